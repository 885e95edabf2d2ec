"""Cuts a message into rows: lines, or runs of lines that belong together, each with what it looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from promptlint.markup import FILL, Element, Extent, elements, fences, json_literals


class RowKind(Enum):
    """What a row looks like."""

    TEXT = "text"
    HEADING = "heading"
    BULLET = "bullet"
    RULER = "ruler"
    CODE = "code"
    DATA = "data"
    TABLE = "table"
    TAG = "tag"
    CLOSE = "close"


BOLD, LABEL = 7, 8  # levels below the six of Markdown: bold or capitals alone on a line, and "Rules:"


class Row(NamedTuple):
    """A row without its surrounding space; a plain tuple because there is one for every line.

    `body` is where the content begins after a marker. `level` is of a heading (1-6, BOLD, LABEL) or, for a bullet,
    1 if it is numbered. `gap`: a blank line comes before (or nothing does).
    """

    kind: RowKind
    start: int
    end: int
    indent: int
    body: int
    level: int
    gap: bool


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
_BOLD_ONLY = re.compile(r"(?:\*\*[^*\n]{1,80}\*\*|__[^_\n]{1,80}__)[:：]?")
_RULER_CHARS = frozenset("-=_*#~+─═━—–")
_MARKERS = frozenset("-*+•●◦▪‣·–—✓✔✗✘❌✅➤►→(0123456789")
_SEPARATOR = frozenset("|-: \t")
_KEY_LINE = re.compile(r"(?:- )?[a-z_][\w.-]{0,40}:(?:[ \t]|$)")
_CODE_LINE = re.compile(
    r"[;{}]$|^(?:def|class|import|from|return|SELECT|const|let|var|function|\$|>>>|#include)\b|\w\([^)]*\)|[=!<>]=|\s=\s"
)


def layout(text: str, start: int, end: int) -> Layout:
    """The rows of `text[start:end]`, in order, none overlapping."""
    code = fences(text, start, end)
    tags = elements(text, start, end, code)
    literals = json_literals(text, start, end, code)
    rows = list(_rows(text, start, end, _Atoms(code, tags, literals)))
    if text.find("|", start, end) >= 0:
        rows = _merge_tables(text, rows)
    rows = _mark_indented_code(text, rows)
    rows = _mark_nested_keys(text, rows)
    return Layout(_mark_headings(text, rows), tags, literals)


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
        indent = _indent(text, line, first) if first - line < 400 else 400
        row, position = _row_at(text, first, stop, end, indent, gap, atoms)
        yield row
        gap = False
        if text[position : position + 1] == "\n":
            position = line = position + 1


def _indent(text: str, line: int, first: int) -> int:
    lead = text[line:first]
    if not lead.isspace():
        return len(lead) - len(lead.lstrip())
    return len(lead.expandtabs(4)) if "\t" in lead else len(lead)


def _row_at(
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
    if char in _RULER_CHARS and len(body) > 2 and len(set(body) - {" "}) == 1:
        return RowKind.RULER, len(body), 0
    if char == "#" and (match := _HASHES.match(body)):
        return RowKind.HEADING, match.end(), len(match[1])
    if char in _RULER_CHARS and (match := _DECORATED.match(body)) and body.endswith(match[1] * 3):
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


def _merge_tables(text: str, rows: Sequence[Row]) -> list[Row]:
    """Joins the lines of each Markdown table; a lone line with bars is text."""
    merged: list[Row] = []
    lines = 0
    for row in rows:
        body = text[row.start : row.end] if row.kind in {RowKind.TEXT, RowKind.TABLE} else ""
        barred = "|" in body and "\n" not in body
        last = merged[-1] if merged else None
        if barred and last and not row.gap and (last.kind is RowKind.TABLE or _is_header(text, last, body)):
            merged[-1] = last._replace(kind=RowKind.TABLE, body=last.start, end=row.end)
            lines += 1
            continue
        if lines == 1 and last:
            merged[-1] = last._replace(kind=RowKind.TEXT)
        lines = 1 if row.kind is RowKind.TABLE else 0
        merged.append(row)
    if lines == 1:
        merged[-1] = merged[-1]._replace(kind=RowKind.TEXT)
    return merged


def _is_header(text: str, row: Row, separator: str) -> bool:
    return (
        row.kind is RowKind.TEXT
        and "-" in separator
        and "|" in text[row.start : row.end]
        and set(separator) <= _SEPARATOR
    )


def _mark_indented_code(text: str, rows: list[Row]) -> list[Row]:
    """Joins text indented by four columns or more after a blank line, outside lists, if most of it reads as code."""
    if not any(row.indent >= 4 for row in rows):
        return rows
    base = min((row.indent for row in rows[1:]), default=0) + 4
    result: list[Row] = []
    index, listed = 0, False
    while index < len(rows):
        row = rows[index]
        listed = row.kind is RowKind.BULLET or (listed and row.indent > 0)
        stop = index
        while row.gap and not listed and stop < len(rows) and rows[stop].indent >= base:
            stop += 1
        run = rows[index:stop]
        coded = sum(bool(_CODE_LINE.search(text, r.start, r.end)) for r in run)
        if run and 2 * coded >= len(run) and all(r.kind not in {RowKind.TAG, RowKind.CLOSE} for r in run):
            result.append(row._replace(kind=RowKind.CODE, body=row.start, end=run[-1].end))
            index = stop
        else:
            result.extend(run or [row])
            index = max(stop, index + 1)
    return result


def _mark_nested_keys(text: str, rows: list[Row]) -> list[Row]:
    """Joins runs of three or more `key: value` lines of which one holds nested lines: YAML without a fence."""
    result: list[Row] = []
    index = 0
    while index < len(rows):
        stop, nested = _key_run(text, rows, index)
        if nested and stop - index >= 3:
            row = rows[index]
            result.append(row._replace(kind=RowKind.DATA, body=row.start, level=0, end=rows[stop - 1].end))
            index = stop
        else:
            result.extend(rows[index : max(stop, index + 1)])
            index = max(stop, index + 1)
    return result


def _key_run(text: str, rows: Sequence[Row], index: int) -> tuple[int, bool]:
    """The end of the run of YAML-like lines that begins at `index`, and whether one of them nests."""
    first, nested, stop = rows[index], False, index
    if first.kind is not RowKind.TEXT:
        return index, False
    while stop < len(rows):
        row = rows[stop]
        text_like = row.kind in {RowKind.TEXT, RowKind.BULLET} and "\n" not in text[row.start : row.end]
        if not text_like or row.indent < first.indent or (row.gap and stop > index):
            break
        under = stop > index and row.indent > rows[stop - 1].indent and text[rows[stop - 1].end - 1] == ":"
        in_list = row.kind is RowKind.BULLET and (under or nested)
        if not in_list and not _KEY_LINE.match(text, row.start, row.end):
            break
        nested = nested or under
        stop += 1
    return stop, nested


def _mark_headings(text: str, rows: Sequence[Row]) -> list[Row]:
    """Finds headings that need a look at their neighbours: underlined, bold, capitals, labels with a colon."""
    result: list[Row] = []
    item = -1  # the indent of the list item that the row may belong to
    for index, row in enumerate(rows):
        if row.kind is RowKind.BULLET:
            item = row.indent
        elif row.kind is not RowKind.TEXT or row.gap or row.indent == 0:
            item = item if row.indent > item >= 0 else -1
        following = rows[index + 1] if index + 1 < len(rows) else None
        if row.kind is RowKind.RULER and result and result[-1].end == row.end:
            continue
        if row.kind is RowKind.TEXT and not row.indent > item >= 0:
            level = _heading_level(text, row, result[-1] if result else None, following)
            if level in {1, 2} and following:
                row = row._replace(end=following.end)  # noqa: PLW2901  # the underline is part of it
            if level:
                row = row._replace(kind=RowKind.HEADING, level=level)  # noqa: PLW2901
        result.append(row)
    return result


def _heading_level(text: str, row: Row, before: Row | None, after: Row | None) -> int:
    """1 or 2 for an underlined line, BOLD, LABEL, or 0 for a line that is no heading."""
    if after is None or row.end - row.start > 100:
        return 0
    body = text[row.start : row.end]
    apart = row.gap or before is None or before.kind in {RowKind.HEADING, RowKind.TAG, RowKind.RULER}
    named = any(char.isalpha() and char != FILL for char in body)
    if not named or "\n" in body:
        return 0
    fenced = before is not None and before.kind is RowKind.RULER
    if after.kind is RowKind.RULER and not after.gap and apart and not fenced and body[-1] not in ".!?,;":
        mark = text[after.start]
        if mark in "=-" and row.indent == after.indent:
            return 1 if mark == "=" else 2
    bare = body.strip("*_ ")
    if _BOLD_ONLY.fullmatch(body) and bare.rstrip(":*_")[-1:] not in ".!?":
        return BOLD
    if apart and not after.kind is RowKind.CLOSE and _is_capitals(bare):
        return BOLD
    if bare.endswith((":", "：")) and _is_label(bare, apart, before, after, text):
        return LABEL
    return 0


def _is_capitals(bare: str) -> bool:
    if not bare.isupper() or bare[-1] in ".!?,;" or len(bare) > 60 or FILL in bare:
        return False
    return (" " in bare or bare[-1] == ":") and max(map(len, bare.split())) > 2


def _is_label(bare: str, apart: bool, before: Row | None, after: Row, text: str) -> bool:
    words = len(bare.split())
    if ". " in bare or "? " in bare or "! " in bare:
        return False
    ended = apart or before is None or text[before.end - 1] in ".!?:;" or (words <= 5 and bare[0].isupper())
    if after.kind in {RowKind.BULLET, RowKind.CODE, RowKind.DATA, RowKind.TABLE}:
        return ended
    return apart and words <= 4 and not after.gap and after.kind is RowKind.TEXT
