"""Finds examples that no heading announces, with JSON as answers: a text, an object, a text, and so on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from promptlint.model import Span
from promptlint.patterns import lazy
from promptlint.shots.cut import Cut
from promptlint.shots.shot import Form
from promptlint.shots.trim import unquoted, value
from promptlint.syntax import loose
from promptlint.syntax.loosenodes import Literal, Sort, Value

_TALL = 14  # lines of what is given
_LONGEST = 60  # lines of an answer
_DEEP = 12  # columns that an answer may be indented
_MOST_LINES = 20_000
_WIDE = 600  # code points of a line that is looked at
_ENOUGH = 3  # answers without a common opener
_OPENER = lazy(r"[ \t]*(#{0,6})[ \t]*([A-Za-z][\w' ]{0,24}?)[ \t]?(?:[:：](?=[ \t]*\S)|$)")
_INTRODUCES = lazy(r"\b(?:json|schema|format|output|respond|return|answer|reply)\b[^\n]*[:：]\s*$", re.I)

_TRACE = lazy(
    r"(?:action|action input|observation|tool call|arguments|parameters)[ \t]*:", re.IGNORECASE
)  # steps of one trace


class Line(NamedTuple):
    """A line of a text, without its line break."""

    start: int
    end: int
    blank: bool


class _Answer(NamedTuple):
    first: int  # number of its first line
    after: int  # number of the line after it
    literal: Literal
    end: int


def lines_of(text: str, within: Span) -> Iterator[Line]:
    """The lines of a range, of a long one the first."""
    at = within.start
    for _ in range(_MOST_LINES):
        if at >= within.end:
            return
        stop = text.find("\n", at, within.end)
        stop = within.end if stop < 0 else stop
        yield Line(at, stop, stop == at or text[at : min(stop, at + _WIDE)].isspace())
        at = stop + 1


def data_runs(text: str, lines: Sequence[Line]) -> Iterator[list[Cut]]:
    """Runs of two or more examples with answers of the same keys; what is given opens alike."""
    run: list[tuple[_Answer, Cut, str]] = []
    after = 0
    for answer in _answers(text, lines):
        made = _example(text, lines, answer, after)
        if run and (made is None or after != run[-1][0].after or not _alike(run[-1][0], answer)):
            yield from _closed(run)
            run = []
        if made is not None:
            run.append((answer, *made))
        after = answer.after
    yield from _closed(run)


def _closed(run: Sequence[tuple[_Answer, Cut, str]]) -> Iterator[list[Cut]]:
    if sum(answer.literal.cut for answer, _, _ in run) > 1:
        return  # data that someone shortened
    names = [name for _, _, name in run]
    same = len(run) > 1 and names[-1] != "" and len(set(names)) == 1
    if same or len(run) >= _ENOUGH:
        yield [cut for _, cut, _ in run]


def _answers(text: str, lines: Sequence[Line]) -> Iterator[_Answer]:
    """The objects that begin a line and end one, or are cut off at a blank line."""
    index = 0
    while index < len(lines):
        line = lines[index]
        start = line.start
        while start < min(line.end, line.start + _DEEP) and text[start] in " \t":
            start += 1
        stop = index
        if start < line.end and text[start] == "{":
            while stop < len(lines) and not lines[stop].blank and stop - index < _LONGEST:
                stop += 1
            found = loose.read(text, start, lines[stop - 1].end)
            if found is not None and found.root.sort is Sort.OBJECT and _named(found.root):
                end = found.root.span.end
                after = next((n for n in range(index, stop) if lines[n].end >= end), stop - 1) + 1
                if not text[end : lines[after - 1].end].strip():
                    yield _Answer(index, after, found, end)
                    index = after
                    continue
        index += 1


def _named(root: Value) -> bool:
    return bool(root.entries) and all(entry.key.isidentifier() for entry in root.entries[:20])


def _alike(one: _Answer, other: _Answer) -> bool:
    keys = {entry.key for entry in one.literal.root.entries}
    wanted = {entry.key for entry in other.literal.root.entries}
    return len(keys & wanted) * 2 >= min(len(keys), len(wanted))


def _example(text: str, lines: Sequence[Line], answer: _Answer, floor: int) -> tuple[Cut, str] | None:
    """The example that ends in an answer, and the name of what opens it."""
    low = answer.first
    while low > floor and lines[low - 1].blank:
        low -= 1
    bottom = low
    while low > floor and bottom - low < _TALL and not lines[low - 1].blank:
        low -= 1
    if (
        low > floor + 1
        and lines[low - 1].blank
        and _OPENER.match(text, lines[low].start, lines[low].end) is None
    ):
        higher = low - 1
        while higher > floor and not lines[higher - 1].blank and low - higher < _TALL:
            higher -= 1
        if higher == floor and _OPENER.match(text, lines[higher].start, lines[higher].end):
            low = higher
    if bottom == low or bottom - low >= _TALL:
        return None
    lead = value(text, lines[bottom - 1].start, lines[bottom - 1].end)
    if _TRACE.fullmatch(text, lead.start, lead.end) or _INTRODUCES.search(text, lead.start, lead.end):
        return None
    if text.startswith(("```", "~~~", "</"), lead.start):
        return None
    opener = _OPENER.match(text, lines[low].start, min(lines[low].end, lines[low].start + 60))
    head = opener is not None and bool(opener[1])
    name = " ".join(opener[2].split()[: -1 if head else None]).lower() if opener is not None else ""
    given_start = (
        lines[low + 1].start if head and bottom - low > 1 else opener.end() if opener else lines[low].start
    )
    given = unquoted(text, value(text, given_start, lines[bottom - 1].end))
    span = Span(value(text, lines[low].start, lines[low].end).start, answer.end)
    step = text.startswith("Observation", given.start)  # of a trace that began above
    return Cut(span, Form.LABELS, (), given, answer.literal.root.span, follows=step), name
