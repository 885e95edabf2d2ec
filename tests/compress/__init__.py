"""Tests of `promptlint compress`."""
