"""Finds examples by their labels: "Q: ... A: ...", any pair of labels that repeats, "Good: ... Bad: ..."."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from promptlint.outline.markup import Extent as Unit  # here: one example, as a half-open range of row numbers
from promptlint.outline.rows import BOLD, Row, RowKind
from promptlint.words import table


class Label(NamedTuple):
    """A line that begins `Word:`; `live` if nothing but slots follows, `value` if something fixed does."""

    row: int
    name: str
    value: bool
    live: bool


REACH = 7  # labels of one example at most
APART = 14  # rows between two labels of one example at most
PAIRS = table(
    "q/a question/answer input/output user/assistant human/assistant human/ai user/ai user/bot "
    "customer/agent query/response query/answer prompt/completion prompt/response source/target text/label "
    "problem/solution"
)
"""Label pairs that make an example even if only one is complete and the other is the live query."""

CATALOGUE = table(
    "name description parameters args arguments usage type tool required default returns title purpose path "
    "file url id date version author note notes warning tip step goal output format summary key value"
)
"""Labels of records and definitions: repeated, they describe things and show no behaviour."""

STEPS = frozenset(("thought", "action"))
"""Labels of the steps of one trace: together they are one example, with the question above them."""

GOOD = frozenset(("good", "correct", "right", "better", "good example", "good response", "good answer"))
BAD = frozenset(("bad", "incorrect", "wrong", "worse", "bad example", "bad response", "bad answer"))

LABEL_LINE = re.compile(
    r"(?:[✅❌✓✗✔✘]\s*)?(?:\*\*|__)?\[?([^\W\d_][\w /-]{0,30}?)"
    r"(?:[ _]?#?\d{1,3})?\]?(?:\*\*|__)?\s*[:：](?!//)(?:\*\*|__)?"
)
OPEN_VALUE = re.compile(r"(?:\ue000|\{+[\w. ]{1,60}\}+|[\s\"'`*_<>\[\]])*+")
_TURN = re.compile(r"(?:now|let['’]s|begin|your turn|below (?:is|are))\b", re.IGNORECASE)
_VALUE_ROWS = (RowKind.TEXT, RowKind.BULLET, RowKind.CODE, RowKind.DATA, RowKind.TABLE)


def find_labels(text: str, rows: Sequence[Row]) -> list[Label]:
    """The lines that begin with a label, in order."""
    found = []
    for index, row in enumerate(rows):
        if text.find(":", row.body, row.end) < 0 and text.find("：", row.body, row.end) < 0:
            continue
        if row.kind not in (RowKind.TEXT, RowKind.BULLET, RowKind.HEADING):
            continue
        match = LABEL_LINE.match(text, row.body, row.end)
        if match is None:
            continue
        value = text[match.end() : row.end][:200].strip()
        fixed = not OPEN_VALUE.fullmatch(value)
        name = " ".join(match[1].lower().split())
        found.append(Label(index, name, fixed, not fixed and bool(value)))
    return found


def repeated(text: str, rows: Sequence[Row], labels: Sequence[Label], heads: Sequence[str]) -> Iterator[Unit]:
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
    rows: Sequence[Row], labels: Sequence[Label], index: int, heads: Sequence[str]
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


def _near(rows: Sequence[Row], one: Label, two: Label, heads: Sequence[str]) -> bool:
    between = range(one.row + 1, two.row)
    return len(between) <= APART and not any(
        rows[i].kind in (RowKind.TAG, RowKind.CLOSE)
        or (rows[i].kind is RowKind.HEADING and rows[i].level < BOLD and not heads[i])
        for i in between
    )


def _complete(rows: Sequence[Row], labels: Sequence[Label], group: tuple[int, int]) -> bool:
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


def _extent(text: str, rows: Sequence[Row], labels: Sequence[Label], low: int, high: int) -> Unit:
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


def good_and_bad(text: str, rows: Sequence[Row], labels: Sequence[Label]) -> Iterator[Unit]:
    """A right and a wrong way, side by side."""
    for index in range(len(labels) - 1):
        one, two = labels[index], labels[index + 1]
        opposite = (one.name in GOOD and two.name in BAD) or (one.name in BAD and two.name in GOOD)
        if opposite and two.row - one.row <= APART:
            yield _extent(text, rows, labels, index, index + 2)
