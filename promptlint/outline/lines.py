"""Cuts a message into rows: lines, or runs of lines that belong together, each with what it looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from promptlint.outline.markup import Element, Extent, elements, fences, json_literals
from promptlint.outline.rows import Row, RowKind
from promptlint.outline.shapes import mark_headings, mark_indented_code, mark_nested_keys, merge_tables


class Layout(NamedTuple):
    """A message as rows, with the elements that enclose rows and the JSON literals."""

    rows: list[Row]
    elements: list[Element]
    literals: list[Extent]


_NONSPACE = re.compile(r"\S")
_BULLET = re.compile(
    r"(?:([-*+•●◦▪‣·–—✓✔✗✘❌✅➤►→])|\(?\d{1,3}[.)]|\(?[a-zA-Z]\)|\(?[ivx]{1,4}[.)]|[a-z]\.)"
    r"(?:\s+\[[ xX]\])?\s+(?=\S)"
)
_HASHES = re.compile(r"(#{1,6})\s+(?=\S)")
_DECORATED = re.compile(r"([-=*~#_])\1{2,}+\s*(?=[^\s\-=*~#_`])")
_RULER_CHARS = frozenset("-=_*#~+─═━—–")
_MARKERS = frozenset("-*+•●◦▪‣·–—✓✔✗✘❌✅➤►→(0123456789")


def layout(text: str, start: int, end: int) -> Layout:
    """The rows of `text[start:end]`, in order, none overlapping."""
    code = fences(text, start, end)
    tags = elements(text, start, end, code)
    literals = json_literals(text, start, end, code)
    if code or tags or literals:
        rows = list(_rows(text, start, end, _Atoms(code, tags, literals)))
    else:
        rows = list(_lines(text, start, end))
    if text.find("|", start, end) >= 0:
        rows = merge_tables(text, rows)
    rows = mark_indented_code(text, rows)
    rows = mark_nested_keys(text, rows)
    return Layout(mark_headings(text, rows), tags, literals)


class _Atoms:
    """What must not be cut at a line end, by where it starts."""

    def __init__(self, code: list[Extent], tags: list[Element], literals: list[Extent]) -> None:
        self.code = dict(code)
        self.opens = {tag.start: tag.open_end for tag in tags}
        self.closes = {tag.close_start: tag.end for tag in tags}
        self.close_starts = sorted(self.closes, reverse=True)
        self.literals = dict(literals)
        self.literal_starts = sorted(self.literals, reverse=True)

    def next_close(self, position: int) -> int:
        """The first closing tag at or after `position` (which only grows), or a place past the end."""
        while self.close_starts and self.close_starts[-1] < position:
            self.close_starts.pop()
        return self.close_starts[-1] if self.close_starts else 1 << 62

    def stretch(self, text: str, position: int, stop: int, end: int) -> int:
        """The end of the line, moved on past every JSON literal that begins on it."""
        while self.literal_starts and self.literal_starts[-1] < stop:
            opened = self.literal_starts.pop()
            close = self.literals[opened]
            if position <= opened and close > stop and self.next_close(position) >= close:
                stop = text.find("\n", close, end)
                stop = end if stop < 0 else stop
        return stop


def _lines(text: str, start: int, end: int) -> Iterator[Row]:
    """The rows of a text in which nothing spans lines: what `_rows` gives, in a third of the time."""
    line, gap = start, True
    for whole in text[start:end].split("\n"):
        row = whole.rstrip()
        if row:
            body = row.lstrip()
            first = line + len(row) - len(body)
            kind, width, level = _look(body)
            indent = 0 if first == line else _indent(text, line, first)
            yield Row(kind, first, line + len(row), indent, first + width, level, gap)
        gap = not row
        line += len(whole) + 1


def _rows(text: str, start: int, end: int, atoms: _Atoms) -> Iterator[Row]:
    position, line, stop, gap = start, start, -1, True
    while position < end:
        if stop < position:
            stop = text.find("\n", position, end)
            stop = end if stop < 0 else stop
        match = _NONSPACE.search(text, position, stop)
        if match is None:
            gap = gap or position == line
            position = line = stop + 1
            continue
        first = match.start()
        indent = _indent(text, line, first)
        row, position = _row_at(text, first, stop, end, indent, gap, atoms)
        yield row
        gap = False
        if text[position : position + 1] == "\n":
            position = line = position + 1


def _indent(text: str, line: int, first: int) -> int:
    if first - line >= 400:
        return 400
    lead = text[line:first]
    if not lead.isspace():
        return len(lead) - len(lead.lstrip())
    return len(lead.expandtabs(4)) if "\t" in lead else len(lead)


def _row_at(  # noqa: PLR0913, PLR0917  # the state of one scan, not options
    text: str, first: int, stop: int, end: int, indent: int, gap: bool, atoms: _Atoms
) -> tuple[Row, int]:
    """The row that begins at `first`, and where the next one may begin."""
    if first in atoms.code:
        close = atoms.code[first]
        return Row(RowKind.CODE, first, close, indent, first, 0, gap), close
    if first in atoms.opens:
        close = atoms.opens[first]
        return Row(RowKind.TAG, first, close, indent, close, 0, gap), close
    if first in atoms.closes:
        close = atoms.closes[first]
        line_end = stop if stop - close < 200 and not text[close:stop].strip(" \t\r.,") else close
        return Row(RowKind.CLOSE, first, close, indent, close, 0, gap), line_end
    literal = atoms.literals.get(first)
    if literal is not None and atoms.next_close(first) >= literal:
        line_end = text.find("\n", literal, end)
        line_end = end if line_end < 0 else line_end
        if text[literal:line_end].strip(" \t\r.,;") == "":
            return Row(RowKind.DATA, first, literal, indent, first, 0, gap), line_end
    stop = min(atoms.stretch(text, first, stop, end), atoms.next_close(first))
    content_end = first + len(text[first:stop].rstrip())
    kind, width, level = _look(text[first:content_end])
    return Row(kind, first, content_end, indent, first + width, level, gap), stop


def _look(body: str) -> tuple[RowKind, int, int]:
    """Kind, width of the marker, level of one line."""
    char = body[0]
    ruled = body[-1] == char and char in _RULER_CHARS and len(body) > 2
    if ruled and len(set(body) - {" "}) == 1:
        return RowKind.RULER, len(body), 0
    if char == "#" and (match := _HASHES.match(body)):
        return RowKind.HEADING, match.end(), len(match[1])
    if ruled and (match := _DECORATED.match(body)) and body.endswith(match[1] * 3):
        return RowKind.HEADING, match.end(), 2
    if (char in _MARKERS or body[1:2] in (".", ")") or body[2:3] in (".", ")")) and (
        match := _BULLET.match(body)
    ):
        return RowKind.BULLET, match.end(), 0 if match[1] else 1
    if char == "|" and "|" in body[1:]:
        return RowKind.TABLE, 0, 0
    if char == ">":
        return RowKind.TEXT, len(body) - len(body.lstrip("> \t")), 0
    return RowKind.TEXT, 0, 0
