"""Tables in Markdown: how rates are shown, and what is said of their errors."""

from __future__ import annotations

import math
from collections.abc import Iterable

HIGH = 0.06
"""Rates above it are in bold."""


def table(head: str, rows: Iterable[Iterable[object]], note: str = "") -> str:
    """A table in Markdown."""
    names = [name.strip() for name in head.split("|")]
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join([*lines, *(["", note] if note else [])])


def rate(value: float) -> str:
    """A rate, in bold if it is high."""
    text = f"{value:.3f}"
    return f"**{text}**" if value > HIGH else text


def errors(runs: int) -> str:
    """What the standard error of a rate is."""
    at = [f"{math.sqrt(share * (1 - share) / runs):.4f} at {share}" for share in (0.05, 0.1, 0.8)]
    return f"{runs:,} runs a cell; standard error {', '.join(at)}."
