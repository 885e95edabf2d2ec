"""The document of `promptlint traffic` as Markdown; names of logs stand in code."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.markdown import code, folded, plain, row, table_head
from promptlint.report.traffic.grid import Table
from promptlint.report.traffic.tables import findings, tables
from promptlint.report.traffic.text import headline
from promptlint.report.traffic.words import Look, origin, outlook
from promptlint.style import plural
from promptlint.traffic_document import Traffic

MAX_ROWS = 60
"""Rows of a table; the JSON has all."""

OPEN = ("by-prompt", "by-model", "weeks")
"""Tables that are not folded."""


def render(found: Traffic, look: Look) -> str:
    """Headline, findings, forecast and all tables; ends with a newline."""
    parts = ["# What the logged calls say\n\n"]
    parts += [f"- {code(line, 300)}\n" for line in headline(found.overview)]
    parts += ["\n", *(f"> {code(note, 300)}\n>\n" for note in found.notes), "## Findings\n\n"]
    made = findings(found)
    parts += [*_table(made)] if made.rows else ["None.\n\n"]
    if found.forecast is not None:
        parts.append(f"## Forecast\n\n{plain(outlook(found.forecast))}. {plain(found.forecast.method)}.\n\n")
    for each in tables(found):
        head, foot = (f"## {plain(each.title)}\n\n", "") if each.key in OPEN else folded(plain(each.title))
        parts += [head, *_table(each), foot]
    return "".join([*parts, *_how(found), f"{plain(origin(found))}\n"])


def _table(each: Table) -> Iterator[str]:
    yield table_head([plain(head) for head in each.heads], right=each.right)
    for cells in each.rows[:MAX_ROWS]:
        yield row(
            [
                code(cell, cell=True) if index in each.names else plain(cell)
                for index, cell in enumerate(cells)
            ]
        )
    if len(each.rows) > MAX_ROWS:
        yield f"\n{plural(len(each.rows) - MAX_ROWS, 'more row')} in the JSON.\n"
    yield "\n"


def _how(found: Traffic) -> Iterator[str]:
    if found.findings:
        head, foot = folded("How each figure was computed")
        yield head
        yield from (f"- **{plain(each.kind)}**: {plain(each.how)}\n" for each in found.findings)
        yield foot
