"""Reads the rows of a Markdown table as examples, where its heads name an input and an output."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.model import Span
from promptlint.patterns import lazy
from promptlint.shots.cut import Cut
from promptlint.shots.names import Means, meaning
from promptlint.shots.shot import Form, Part
from promptlint.shots.trim import unquoted, value

_RULE = lazy(r"[|:\- \t]+")
_MOST_CELLS = 40


def rows(text: str, table: Span) -> Iterator[Cut]:
    """One example a row; none if no head means an input or none an output."""
    lines = list(_lines(text, table))
    if len(lines) < 3 or not _RULE.fullmatch(text, lines[1].start, lines[1].end):
        return
    heads = list(_cells(text, lines[0]))
    names = [text[cell.start : cell.end].strip("*_` ") for cell in heads]
    means = [meaning(name) for name in names]
    if Means.INPUT not in means or Means.OUTPUT not in means:
        return
    asked, answered = means.index(Means.INPUT), means.index(Means.OUTPUT)
    for line in lines[2:]:
        cells = list(_cells(text, line))
        if len(cells) != len(heads):
            continue
        parts = tuple(Part(name, mean, cell) for name, mean, cell in zip(names, means, cells, strict=True))
        yield Cut(line, Form.TABLE, parts, cells[asked], cells[answered])


def _lines(text: str, table: Span) -> Iterator[Span]:
    at = table.start
    while at < table.end:
        stop = text.find("\n", at, table.end)
        stop = table.end if stop < 0 else stop
        line = value(text, at, stop)
        if line.end > line.start:
            yield line
        at = stop + 1


def _cells(text: str, line: Span) -> Iterator[Span]:
    """The cells of a row; a bar after a backslash is text."""
    start = line.start + (text[line.start] == "|")
    end = line.end - (text[line.end - 1] == "|" and line.end - 1 > start)
    at = start
    for _ in range(_MOST_CELLS):
        stop = text.find("|", at, end)
        while stop > 0 and text[stop - 1] == "\\":
            stop = text.find("|", stop + 1, end)
        stop = end if stop < 0 else stop
        yield unquoted(text, value(text, start, stop))
        if stop >= end:
            return
        start = at = stop + 1
