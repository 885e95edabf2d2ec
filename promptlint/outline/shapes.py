"""Finds what shows only over several rows: tables, code by its indent, YAML, headings without a `#`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from promptlint.outline.markup import FILL
from promptlint.outline.rows import BOLD, LABEL, Row, RowKind

_BOLD_ONLY = re.compile(r"(?:\*\*[^*\n]{1,80}\*\*|__[^_\n]{1,80}__)[:：]?")
_SEPARATOR = frozenset("|-: \t")
_KEY_LINE = re.compile(r"(?:- )?[a-z_][\w.-]{0,40}:(?:[ \t]|$)")
_CODE_LINE = re.compile(
    r"[;{}]$|^(?:def|class|import|from|return|SELECT|const|let|var|function|\$|>>>|#include)\b|\w\([^)]*\)|[=!<>]=|\s=\s"
)


def merge_tables(text: str, rows: Sequence[Row]) -> list[Row]:
    """Joins the lines of each Markdown table; a lone line with bars is text."""
    merged: list[Row] = []
    lines = 0
    for row in rows:
        body = text[row.start : row.end] if row.kind in (RowKind.TEXT, RowKind.TABLE) else ""
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


def mark_indented_code(text: str, rows: list[Row]) -> list[Row]:
    """Joins text indented by four columns after a blank line, outside lists, if most of it reads as code."""
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
        if run and 2 * coded >= len(run) and all(r.kind not in (RowKind.TAG, RowKind.CLOSE) for r in run):
            result.append(row._replace(kind=RowKind.CODE, body=row.start, end=run[-1].end))
            index = stop
        else:
            result.extend(run or [row])
            index = max(stop, index + 1)
    return result


def mark_nested_keys(text: str, rows: list[Row]) -> list[Row]:
    """Joins three or more `key: value` lines of which one holds nested lines: YAML without a fence."""
    if not any(two.indent > one.indent and text[one.end - 1] == ":" for one, two in pairwise(rows)):
        return rows
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
        text_like = row.kind in (RowKind.TEXT, RowKind.BULLET) and "\n" not in text[row.start : row.end]
        if not text_like or row.indent < first.indent or (row.gap and stop > index):
            break
        under = stop > index and row.indent > rows[stop - 1].indent and text[rows[stop - 1].end - 1] == ":"
        in_list = row.kind is RowKind.BULLET and (under or nested)
        if not in_list and not _KEY_LINE.match(text, row.start, row.end):
            break
        nested = nested or under
        stop += 1
    return stop, nested


def mark_headings(text: str, rows: Sequence[Row]) -> list[Row]:
    """Finds headings that need a look at their neighbours: underlined, bold, capitals, labels."""
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
    apart = row.gap or before is None or before.kind in (RowKind.HEADING, RowKind.TAG, RowKind.RULER)
    if "\n" in body or not any(map(str.isalpha, body)):  # FILL is no letter
        return 0
    fenced = before is not None and before.kind is RowKind.RULER
    if after.kind is RowKind.RULER and not after.gap and apart and not fenced and body[-1] not in ".!?,;":
        mark = text[after.start]
        if mark in "=-" and row.indent == after.indent:
            return 1 if mark == "=" else 2
    bare = body.strip("*_ ")
    if _BOLD_ONLY.fullmatch(body) and bare.rstrip(":*_")[-1:] not in ".!?":
        return BOLD
    if apart and after.kind is not RowKind.CLOSE and _is_capitals(bare):
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
    if after.kind in (RowKind.BULLET, RowKind.CODE, RowKind.DATA, RowKind.TABLE):
        return ended
    return apart and words <= 4 and not after.gap and after.kind is RowKind.TEXT
