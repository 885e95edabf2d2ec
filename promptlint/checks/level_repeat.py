"""Finds what an agent document says again of a document that is loaded together with it."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from promptlint.locate import location
from promptlint.model import (
    BlockKind,
    Hit,
    Include,
    Message,
    Prompt,
    Segment,
    SegmentKind,
    Source,
    SourceKind,
    Span,
)
from promptlint.patterns import lazy
from promptlint.places import joined, touches
from promptlint.records import dataclass
from promptlint.senses import Sense, opposed, sense
from promptlint.statements import Statement, statements
from promptlint.view import View
from promptlint.wording import words

_FRONT = lazy(r"\A---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_FORM = lazy(r"template|skeleton|(?:^|/)assets/", re.IGNORECASE)  # a text to be filled in and handed out
_SKILL = lazy(r"(?:^|/)SKILL\.md$|(?:^|/)references?/")
_LATER = 2  # times the saving, where documents are loaded one after the other if at all
_LONGEST = 100_000  # characters of another document that are compared
_COMMON = 100  # sentences that may share a concept before it tells nothing
_OTHER = lazy(r"\n[ \t]*\S[^\n]*\n")


@dataclass(frozen=True, slots=True)
class Params:
    """How near two sentences must be.

    Attributes:
        min_words: words of the shortest sentence that is compared.
        min_concepts: concepts that sentences in other words must share.
        min_share: share of the concepts of both that both have: 0 to 1.
        min_saving: tokens that lines in a row must take in all; where documents are not always loaded
            together (those of a skill), all that one other document has must take twice as many.
    """

    min_words: int
    min_concepts: int
    min_share: float
    min_saving: int


class _Said(NamedTuple):
    """A sentence of another document: on which line it stands, and what it says."""

    line: int
    sense: Sense


class _Level(NamedTuple):
    """Another document, ready to be compared."""

    path: str
    exact: dict[tuple[str, ...], int]
    said: tuple[_Said, ...]
    by_concept: dict[str, list[int]]


class _Repeat(NamedTuple):
    statement: Statement
    path: str
    line: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a run of lines that another document has, word for word or in words that say the same."""
    source = view.prompt.source
    levels = [level for level in source.context.levels if not _is_told_there(level, source)]
    if not levels or _FORM.search(source.path):
        return
    known = [_level(level.path, level.text) for level in levels]
    tables = joined(block.span for block in view.of_kind(BlockKind.TABLE, BlockKind.CODE))
    found = []
    for statement in statements(view):
        wording = words(statement.text)
        if len(wording) >= params.min_words and not touches(tables, statement.span):
            near = next(
                (repeat for level in known if (repeat := _repeat(statement, wording, level, params))), None
            )
            if near is not None:
                found.append(near)
    hits: dict[str, list[Hit]] = {}
    for run in _runs(view.text, found):
        saves = sum(
            view.count(view.text[each.statement.span.start : each.statement.span.end]) for each in run
        )
        span = Span(run[0].statement.span.start, run[-1].statement.span.end)
        message = _message(run, view.text[span.start : span.end], saves)
        hits.setdefault(run[0].path, []).append(Hit(span, message, saves=saves))
    for path, own in hits.items():
        told = [hit for hit in own if hit.saves >= params.min_saving]
        if sum(hit.saves for hit in told) >= (_LATER if _SKILL.search(path) else 1) * params.min_saving:
            yield from told


def _runs(text: str, found: list[_Repeat]) -> Iterator[list[_Repeat]]:
    """The repeats of one other document on lines in a row: no other line with text is between them."""
    run: list[_Repeat] = []
    for repeat in found:
        if run:
            last = run[-1].statement.span.end
            if run[-1].path != repeat.path or _OTHER.search(text, last, repeat.statement.span.start):
                yield run
                run = []
        run.append(repeat)
    if run:
        yield run


def _message(run: list[_Repeat], said: str, saves: int) -> str:
    lines = sum(1 for line in said.split("\n") if line.strip())
    where = f"{run[0].path}:{run[0].line}"
    if lines == 1:
        return f"{where} says so already, and is loaded together with this document"
    what = f"what these {lines} lines say, {saves:,} tokens in all"
    return f"{where} and more of it say already {what}, and it is loaded together with this document"


def _is_told_there(level: Include, own: Source) -> bool:
    """True for a pair of documents that name each other: only the later one by its path is told."""
    one, other = posixpath.basename(own.path), posixpath.basename(level.path)
    return own.path < level.path and other in own.text and one in level.text and one != other


def _repeat(statement: Statement, wording: tuple[str, ...], level: _Level, params: Params) -> _Repeat | None:
    line = level.exact.get(wording)
    if line is None:
        line = _near(sense(statement.text), level, params)
    return None if line is None else _Repeat(statement, level.path, line)


def _near(own: Sense, level: _Level, params: Params) -> int | None:
    """The line of the sentence that shares most; with the same numbers, and both forbid or neither does."""
    shared: Counter[int] = Counter()
    for concept in own.concepts:
        places = level.by_concept.get(concept, ())
        if len(places) <= _COMMON:
            shared.update(places)
    for index, common in shared.most_common(3):
        other = level.said[index].sense
        both = len(own.concepts & other.concepts)
        whole = len(own.concepts | other.concepts)
        alike = (
            own.numbers == other.numbers
            and own.permits == other.permits
            and own.conditional == other.conditional
        )
        if common < params.min_concepts or not alike or both < params.min_share * whole:
            continue
        if own.negative == other.negative and not opposed(own.concepts, other.concepts):
            return level.said[index].line
    return None


@lru_cache(maxsize=16)
def _level(path: str, text: str) -> _Level:
    """A document read once for all that are loaded with it; what is not read is not compared."""
    front = _FRONT.match(text)
    start = front.end() if front is not None else 0
    body = text[start : start + _LONGEST]
    source = Source(path, text, SourceKind.MARKDOWN)
    segment = Segment(SegmentKind.TEXT, body, Span(start, start + len(body)))
    view = View(Prompt(path, source, (Message(None, (segment,)),)), len)
    exact: dict[tuple[str, ...], int] = {}
    said: list[_Said] = []
    by_concept: dict[str, list[int]] = {}
    for statement in statements(view):
        line = location(text, Span(start + statement.span.start, start + statement.span.end)).line
        exact.setdefault(words(statement.text), line)
        meaning = sense(statement.text)
        for concept in meaning.concepts:
            by_concept.setdefault(concept, []).append(len(said))
        said.append(_Said(line, meaning))
    return _Level(path, exact, tuple(said), by_concept)
