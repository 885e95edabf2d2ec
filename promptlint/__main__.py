"""Runs the command line as `python -m promptlint`."""

from __future__ import annotations

from promptlint.cli import main

main()
