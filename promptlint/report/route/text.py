"""The simulation on a terminal: one sentence, a table of tiers, the arithmetic, what to know."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.report.route.words import (
    HEADS,
    Look,
    arithmetic,
    cells,
    headline,
    origin,
    quality,
    total,
)
from promptlint.simulated import Simulation
from promptlint.style import BOLD, DIM, YELLOW, paint, table, visible, wrap

SHOWN = 10
"""Flows whose arithmetic is shown; with --explain all."""


def render(found: Simulation, look: Look) -> str:
    """The whole text."""
    sections = [
        [paint(line, BOLD, look.color) for line in wrap([headline(found)], look.width)],
        _tiers(found) if found.tiers else [],
        wrap([quality(found)], look.width) if found.flows else [],
        list(_arithmetic(found, look)),
        [paint(line, YELLOW, look.color) for note in found.notes for line in wrap([f"! {note}"], look.width)],
        [paint(line, DIM, look.color) for line in wrap([origin(found)], look.width)],
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _tiers(found: Simulation) -> list[str]:
    rows = [HEADS, *(cells(row) for row in found.tiers), total(found)]
    return table([tuple(visible(cell) for cell in row) for row in rows], left=2)


def _arithmetic(found: Simulation, look: Look) -> Iterator[str]:
    rows = list(arithmetic(found))
    shown = rows if look.explain else rows[:SHOWN]
    for name, words in shown:
        yield visible(name)
        yield f"  {visible(words)}"
    if len(rows) > len(shown):
        yield f"... and {len(rows) - len(shown):,} more: --explain"
