"""Finds the few-shot examples of a message: tags, headings, repeated labels, good and bad pairs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from promptlint.model import BlockKind
from promptlint.outline.labels import LABEL_LINE, OPEN_VALUE, find_labels, good_and_bad, repeated
from promptlint.outline.lines import Layout
from promptlint.outline.markup import Extent as Unit  # here: one example, as a half-open range of row numbers
from promptlint.outline.markup import inside
from promptlint.outline.rows import BOLD, Row, RowKind


class Region(NamedTuple):
    """A container to open in the outline; `head` is the end of its opening tag (its start if it has none)."""

    kind: BlockKind
    start: int
    end: int
    head: int


_TAG_NAME = re.compile(r"(?:\w+[_-])?(?:example|shot|sample|demonstration|demo)(s?)(?:[_-]?\d+)?")
_HEAD = re.compile(
    r"(?:here (?:are|is) )?(?:(?:an?|some|few|few[- ]shot|good|bad|positive|negative|sample|worked|full|"
    r"complete|short|more|another|for|input/output) ){0,3}(example|demonstration|few[- ]shot)(s?)\b(.*)",
    re.IGNORECASE | re.DOTALL,
)
_NUMBER = re.compile(r"\s*#?(?:\d{1,3}|[A-Z])?\s*(?:\([^)]{0,60}\))?\s*")
_ARROW = re.compile(r"->|=>|→|⇒")
_CLOSING = re.compile(r"[#* ]*end(?: of)?(?: the)?(?: examples?)?[#*. ]*", re.IGNORECASE)


def regions(text: str, layout: Layout) -> list[Region]:
    """EXAMPLES and EXAMPLE regions, parents before children; they may yet cross other containers."""
    rows = layout.rows
    if not rows:
        return []
    parents, tagged = _tagged(layout)
    heads = _example_heads(text, rows)
    taken = [False] * len(rows)
    units = _claim(tagged, taken)
    labels = find_labels(text, rows)
    units += _claim(_with_heads(repeated(text, rows, labels, heads), heads), taken)
    units += _claim(good_and_bad(text, rows, labels), taken)
    units += _claim(_headed(text, rows, heads, taken), taken)
    for parent in parents:
        if not any(taken[parent.start : parent.end]):
            units += _claim(_body_units(text, rows, Unit(parent.start + 1, parent.end - 1)), taken)
    units.sort()
    result = [Region(BlockKind.EXAMPLES, *_offsets(rows, parent)) for parent in parents]
    result += [Region(BlockKind.EXAMPLES, *_offsets(rows, run)) for run in _runs(rows, units, parents)]
    return result + [Region(BlockKind.EXAMPLE, *_offsets(rows, unit)) for unit in units]


def _offsets(rows: Sequence[Row], unit: Unit) -> tuple[int, int, int]:
    start = rows[unit.start].start
    return start, rows[unit.end - 1].end, start


def _claim(units: Iterator[Unit], taken: list[bool]) -> list[Unit]:
    """The units none of whose rows is taken; takes them."""
    claimed = []
    for unit in units:
        if unit.end > unit.start and not any(taken[unit.start : unit.end]):
            taken[unit.start : unit.end] = [True] * (unit.end - unit.start)
            claimed.append(unit)
    return claimed


def _runs(rows: Sequence[Row], units: Sequence[Unit], parents: Sequence[Unit]) -> Iterator[Unit]:
    """Neighbouring units outside tagged parents, as one range each; rulers may stand between."""
    free = [unit for unit in units if not inside(parents, unit.start)]
    if not free:
        return
    start, end = free[0]
    for unit in free[1:]:
        if all(rows[i].kind is RowKind.RULER for i in range(end, min(unit.start, end + 3))) and (
            unit.start - end < 3
        ):
            end = unit.end
        else:
            yield Unit(start, end)
            start, end = unit
    yield Unit(start, end)


def _tagged(layout: Layout) -> tuple[list[Unit], Iterator[Unit]]:
    """Ranges of <examples>-like elements, and of <example>-like ones."""
    number = {row.start: index for index, row in enumerate(layout.rows)}
    parents: list[Unit] = []
    units: list[Unit] = []
    for element in layout.elements:
        match = _TAG_NAME.fullmatch(element.name)
        first, last = number.get(element.start), number.get(element.close_start)
        if match is None or first is None or last is None:
            continue
        if not match[1]:
            units.append(Unit(first, last + 1))
        elif not parents or parents[-1].end <= first:
            parents.append(Unit(first, last + 1))
    return parents, iter(units)


def _with_heads(units: Iterator[Unit], heads: Sequence[str]) -> Iterator[Unit]:
    """Takes in the "Example 1" line above an example."""
    for unit in units:
        above = unit.start - 1
        yield unit._replace(start=above) if above >= 0 and heads[above] == "one" else unit


def _example_heads(text: str, rows: Sequence[Row]) -> list[str]:
    """What `_example_head` says of each row."""
    folded = text[rows[0].start : rows[-1].end].casefold()
    if not any(word in folded for word in ("example", "demonstration", "few")):
        return [""] * len(rows)
    return [_example_head(text, row) for row in rows]


def _example_head(text: str, row: Row) -> str:
    """ "one" for a line that introduces one example, "many" for several, "" for any other line."""
    if row.kind not in (RowKind.TEXT, RowKind.HEADING):
        return ""
    body = text[row.body : min(row.end, row.body + 120)].strip("#*_ ")
    match = _HEAD.match(body)
    if match is None:
        return ""
    tail = match[3]
    number = _NUMBER.match(tail)
    rest = tail[number.end() if number else 0 :].strip("*_ ")
    many = "many" if match[2] or not match[1].lower().startswith("ex") else "one"
    if row.kind is RowKind.HEADING:
        return many if len(tail.split()) <= 6 else ""
    if not rest or rest in {":", "："}:
        return many
    lead_in = rest.endswith(":") and len(tail.split()) <= 8
    return many if lead_in or (many == "one" and rest.startswith(":")) else ""


def _headed(text: str, rows: Sequence[Row], heads: Sequence[str], taken: Sequence[bool]) -> Iterator[Unit]:
    """Examples below a line that announces them."""
    for index, head in enumerate(heads):
        if not head or taken[index]:
            continue
        stop = _body_end(text, rows, heads, index)
        if head == "one":
            yield Unit(index, stop)
        elif not any(taken[index:stop]):
            yield from _body_units(text, rows, Unit(index + 1, stop))


def _body_end(text: str, rows: Sequence[Row], heads: Sequence[str], index: int) -> int:
    """Where the text under the example heading `index` ends: at the next one, or where it looks over."""
    head, depth, loose = rows[index], 0, 0
    formal = head.kind is RowKind.HEADING and head.level < BOLD
    for stop in range(index + 1, len(rows)):
        row = rows[stop]
        depth += (row.kind is RowKind.TAG) - (row.kind is RowKind.CLOSE)
        heading = row.kind is RowKind.HEADING and row.level <= (head.level if formal else BOLD - 1)
        if depth < 0 or heading:
            return loose or stop
        if formal:
            continue
        if heads[stop]:
            return stop if heads[index] == heads[stop] == "one" else loose or stop
        if row.end - row.start < 40 and _CLOSING.fullmatch(text, row.start, row.end):
            return stop + 1
        ruled = rows[stop - 1].kind is RowKind.RULER
        if (
            not loose
            and not depth
            and (row.gap or ruled)
            and stop > index + 1
            and not _goes_on(text, row, head)
        ):
            loose = stop
    return loose or len(rows)


def _goes_on(text: str, row: Row, head: Row) -> bool:
    """True if the paragraph that begins at `row` still looks like (part of) an example."""
    if row.kind is not RowKind.TEXT:
        return row.kind is not RowKind.HEADING
    body = text[row.start : min(row.end, row.start + 300)]
    if row.indent > head.indent or body[0] in "\"“'>" or _ARROW.search(body):
        return True
    match = LABEL_LINE.match(body)
    return match is not None and not OPEN_VALUE.fullmatch(body, match.end())


def _body_units(text: str, rows: Sequence[Row], body: Unit) -> Iterator[Unit]:
    """Cuts the text under "Examples" into examples: by headings, rulers, bullets, arrows; else it is one."""
    starts = [i for i in range(*body) if rows[i].kind is RowKind.HEADING]
    first = [
        i
        for i in starts
        if text[rows[i].start : rows[i].end] == text[rows[starts[0]].start : rows[starts[0]].end]
    ]
    starts = first if len(first) > 1 else starts
    if not starts:
        starts = [i + 1 for i in range(*body) if rows[i].kind is RowKind.RULER]
    if not starts:
        least = min((rows[i].indent for i in range(*body)), default=0)
        starts = [i for i in range(*body) if rows[i].kind is RowKind.BULLET and rows[i].indent == least]
    if not starts:
        starts = [
            i
            for i in range(*body)
            if _ARROW.search(text, rows[i].start, min(rows[i].end, rows[i].start + 300))
        ]
        starts = starts if len(starts) == body.end - body.start else []
    edges = sorted({body.start, *starts, body.end})
    for low, high in pairwise(edges):
        while high > low and rows[high - 1].kind is RowKind.RULER:
            high -= 1  # noqa: PLW2901
        if high > low:
            yield Unit(low, high)
