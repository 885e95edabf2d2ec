"""Compares the prompts of two states of a project: what `promptlint diff` and the comment tell."""

from promptlint.compare.whole import Asked, Compared, compared

__all__ = ["Asked", "Compared", "compared"]
