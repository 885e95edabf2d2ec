"""Finds the few-shot examples of a message: tags, headings, repeated labels, good and bad pairs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from promptlint.lines import BOLD, Layout, Row, RowKind
from promptlint.markup import Extent as Unit  # here: one example, as a half-open range of row numbers
from promptlint.markup import inside
from promptlint.model import BlockKind


class Region(NamedTuple):
    """A container to open in the outline: offsets of its ends, and of the end of its opening tag (or its start)."""

    kind: BlockKind
    start: int
    end: int
    head: int


class _Label(NamedTuple):
    """A line that begins `Word:`; `live` if nothing but slots follows, `value` if something fixed does."""

    row: int
    name: str
    value: bool
    live: bool


REACH = 7  # labels of one example at most
APART = 14  # rows between two labels of one example at most
PAIRS = frozenset(
    "q/a question/answer input/output user/assistant human/assistant human/ai user/ai user/bot customer/agent "
    "query/response query/answer prompt/completion prompt/response source/target text/label problem/solution".split()
)
"""Label pairs that make an example even if only one is complete and the other is the live query."""

CATALOGUE = frozenset(
    "name description parameters args arguments usage type tool required default returns title purpose path file "
    "url id date version author note notes warning tip step goal output format summary key value".split()
)
"""Labels of records and definitions: repeated, they describe things and show no behaviour."""

STEPS = frozenset(("thought", "action"))
"""Labels of the steps of one trace: together they are one example, with the question above them."""

GOOD = frozenset(("good", "correct", "right", "better", "good example", "good response", "good answer"))
BAD = frozenset(("bad", "incorrect", "wrong", "worse", "bad example", "bad response", "bad answer"))

_TAG_NAME = re.compile(r"(?:\w+[_-])?(?:example|shot|sample|demonstration|demo)(s?)(?:[_-]?\d+)?")
_LABEL = re.compile(
    r"(?:[✅❌✓✗✔✘]\s*)?(?:\*\*|__)?\[?([^\W\d_][\w /-]{0,30}?)(?:[ _]?#?\d{1,3})?\]?(?:\*\*|__)?\s*[:：](?!//)(?:\*\*|__)?"
)
_HEAD = re.compile(
    r"(?:here (?:are|is) )?(?:(?:an?|some|few|few[- ]shot|good|bad|positive|negative|sample|worked|full|complete|short|"
    r"more|another|for|input/output) ){0,3}(example|demonstration|few[- ]shot)(s?)\b(.*)",
    re.IGNORECASE | re.DOTALL,
)
_NUMBER = re.compile(r"\s*#?(?:\d{1,3}|[A-Z])?\s*(?:\([^)]{0,60}\))?\s*")
_ARROW = re.compile(r"->|=>|→|⇒")
_OPEN_VALUE = re.compile(r"(?:\ue000|\{+[\w. ]{1,60}\}+|[\s\"'`*_<>\[\]])*+")
_TURN = re.compile(r"(?:now|let['’]s|begin|your turn|below (?:is|are))\b", re.IGNORECASE)
_VALUE_ROWS = frozenset((RowKind.TEXT, RowKind.BULLET, RowKind.CODE, RowKind.DATA, RowKind.TABLE))
_CLOSING = re.compile(r"[#* ]*end(?: of)?(?: the)?(?: examples?)?[#*. ]*", re.IGNORECASE)


def regions(text: str, layout: Layout) -> list[Region]:
    """EXAMPLES and EXAMPLE regions, parents before children; they may cross other containers (the outline sorts it out)."""
    rows = layout.rows
    if not rows:
        return []
    parents, tagged = _tagged(layout)
    heads = [_example_head(text, row) for row in rows]
    taken = [False] * len(rows)
    units = _claim(tagged, taken)
    labels = _labels(text, rows)
    units += _claim(_with_heads(_repeated(text, rows, labels, heads), heads), taken)
    units += _claim(_good_bad(text, rows, labels), taken)
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
    parents, units = [], []
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


def _labels(text: str, rows: Sequence[Row]) -> list[_Label]:
    """The lines that begin with a label, in order."""
    found = []
    for index, row in enumerate(rows):
        if row.kind not in {RowKind.TEXT, RowKind.BULLET, RowKind.HEADING}:
            continue
        match = _LABEL.match(text, row.body, row.end)
        if match is None:
            continue
        value = text[match.end() : row.end][:200].strip()
        fixed = not _OPEN_VALUE.fullmatch(value)
        name = " ".join(match[1].lower().split())
        found.append(_Label(index, name, fixed, not fixed and bool(value)))
    return found


def _repeated(
    text: str, rows: Sequence[Row], labels: Sequence[_Label], heads: Sequence[str]
) -> Iterator[Unit]:
    """Examples that begin with the same two labels, one after the other."""
    index = 0
    while index < len(labels):
        groups = _groups(rows, labels, index, heads)
        whole = [g for g in groups if _complete(rows, labels, g)]
        pair = "/".join(label.name for label in labels[index : index + 2])
        few = len(whole) >= 2 or (len(whole) == 1 and len(groups) == 2 and pair in PAIRS)
        if few and labels[index].name in STEPS:
            few = len(whole) >= 3
            asked = index - 1 if index and labels[index - 1].row == labels[index].row - 1 else index
            whole = [(asked, whole[-1][1])]
        if few:
            for low, high in whole:
                yield _extent(text, rows, labels, low, high)
        index = groups[-1][1] if few else index + 1


def _groups(
    rows: Sequence[Row], labels: Sequence[_Label], index: int, heads: Sequence[str]
) -> list[tuple[int, int]]:
    """Ranges of labels that repeat the first two from `index` on; the last range may be the live query."""
    groups: list[tuple[int, int]] = []
    if index + 2 >= len(labels):
        return groups
    first, second = labels[index].name, labels[index + 1].name
    known = f"{first}/{second}" in PAIRS
    if first == second or (first in CATALOGUE and second in CATALOGUE):
        return groups
    if not known and rows[labels[index].row].kind is RowKind.BULLET:
        return groups
    while index + 1 < len(labels) and labels[index].name == first and labels[index + 1].name == second:
        stop = index + 2
        while (
            stop < len(labels)
            and labels[stop].name != first
            and stop - index < REACH
            and _near(rows, labels[stop - 1], labels[stop], heads)
        ):
            stop += 1
        groups.append((index, stop))
        if stop >= len(labels) or not _near(rows, labels[stop - 1], labels[stop], heads):
            break
        index = stop
    return groups if len(groups) > 1 else []


def _near(rows: Sequence[Row], one: _Label, two: _Label, heads: Sequence[str]) -> bool:
    between = range(one.row + 1, two.row)
    return len(between) <= APART and not any(
        rows[i].kind in {RowKind.TAG, RowKind.CLOSE}
        or (rows[i].kind is RowKind.HEADING and rows[i].level < BOLD and not heads[i])
        for i in between
    )


def _complete(rows: Sequence[Row], labels: Sequence[_Label], group: tuple[int, int]) -> bool:
    """True if each label of the group has a value that is not just a slot."""
    for position in range(*group):
        label = labels[position]
        if label.live:
            return False
        following = label.row + 1
        own = labels[position + 1].row if position + 1 < len(labels) else len(rows)
        if not label.value and not following < min(own, len(rows)):
            return False
    return True


def _extent(text: str, rows: Sequence[Row], labels: Sequence[_Label], low: int, high: int) -> Unit:
    """Rows from the first label to the end of the last one's value."""
    label = labels[high - 1]
    limit = labels[high].row if high < len(labels) else len(rows)
    stop = label.row + 1
    if not label.value and stop < limit:
        stop += 1
    while stop < limit and not rows[stop].gap and rows[stop].kind in _VALUE_ROWS:
        if _TURN.match(text, rows[stop].start):
            break
        stop += 1
    return Unit(labels[low].row, stop)


def _with_heads(units: Iterator[Unit], heads: Sequence[str]) -> Iterator[Unit]:
    """Takes in the "Example 1" line above an example."""
    for unit in units:
        above = unit.start - 1
        yield unit._replace(start=above) if above >= 0 and heads[above] == "one" else unit


def _good_bad(text: str, rows: Sequence[Row], labels: Sequence[_Label]) -> Iterator[Unit]:
    for index in range(len(labels) - 1):
        one, two = labels[index], labels[index + 1]
        opposite = (one.name in GOOD and two.name in BAD) or (one.name in BAD and two.name in GOOD)
        if opposite and two.row - one.row <= APART:
            yield _extent(text, rows, labels, index, index + 2)


def _example_head(text: str, row: Row) -> str:
    """ "one" for a line that introduces one example, "many" for several, "" for any other line."""
    if row.kind not in {RowKind.TEXT, RowKind.HEADING}:
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
    """Where the text under the example heading `index` ends: at the next such heading, or where it looks over."""
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
    match = _LABEL.match(body)
    return match is not None and not _OPEN_VALUE.fullmatch(body, match.end())


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
    for low, high in zip(edges, edges[1:], strict=False):
        while high > low and rows[high - 1].kind is RowKind.RULER:
            high -= 1  # noqa: PLW2901
        if high > low:
            yield Unit(low, high)
