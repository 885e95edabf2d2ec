"""The sentences of a prompt that may instruct, where they stand, and what to say of those that return."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from promptlint.model import Arm, Block, BlockKind, Edit, Hit, Safety, Span
from promptlint.places import Places, arms, exclusive, has_slot, numbered, places, removal, room
from promptlint.view import View

_SHUT = frozenset(
    {
        BlockKind.EXAMPLES,
        BlockKind.EXAMPLE,
        BlockKind.CODE,
        BlockKind.DATA,
        BlockKind.TABLE,
        BlockKind.HEADING,
        BlockKind.RULER,
    }
)
_RECORD = re.compile(
    r"[\"'*_]*[A-Za-z][\w-]*(?: [\w-]+)?[*_]*:[*_]*\s|[<\[{|#$/\\@]|\d+\||see\b", re.IGNORECASE
)
_INSTRUCTIVE = re.compile(
    r"[\"'*_]*(?:note|important|warning|caution|rule|remember|critical|tip|nb|reminder|also)\b", re.IGNORECASE
)
_BOX = re.compile(r"\[[ xX]\]")
_RUN = 3  # statements of a repeated passage may lie this far apart: short sentences are not compared


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence outside examples, code, data, tables and headings.

    `home` is the item or paragraph around it, which holds nothing else if `alone`; `group` is the list
    around the item, or the section; `section` the section. `order` counts the statements.
    """

    text: str
    span: Span
    home: Span
    group: Span
    section: Span
    alone: bool
    order: int
    branch: tuple[Arm, ...]


@lru_cache(maxsize=2)
def statements(view: View) -> tuple[Statement, ...]:
    """All statements but lines that introduce what follows, records (`Query: ...`) and boxes to tick.

    Several rules ask for those of one view, one after the other: hence the small memory.
    """
    ground = places(view.prompt)
    branches = any(tile.segment.branch for tile in ground.tiles)
    whole = Span(0, len(view.text))
    found: list[tuple[Span, _Around]] = []
    _gather(view.blocks, _Around(whole, whole, whole, alone=False), found)
    result = []
    for order, (span, around) in enumerate(found):
        text = view.text[span.start : span.end]
        if _instructs(text) and not _BOX.search(view.text, max(0, span.start - 5), span.start):
            branch = arms(ground, span) if branches else ()
            result.append(Statement(text, span, *around, order, branch))
    return tuple(result)


class _Around(NamedTuple):
    """The part of a statement that its parents decide; a plain tuple because thousands are made."""

    home: Span
    group: Span
    section: Span
    alone: bool


def _gather(blocks: Iterable[Block], around: _Around, found: list[tuple[Span, _Around]]) -> None:
    """Adds the sentences below `blocks`, in order; a list, because each level of generators costs."""
    for block in blocks:
        if block.kind is BlockKind.SENTENCE:
            found.append((block.span, around))
        elif block.kind not in _SHUT:
            _gather(block.children, _inside(block, around), found)


def _inside(block: Block, around: _Around) -> _Around:
    if block.kind is BlockKind.SECTION:
        return _Around(block.span, block.span, block.span, alone=False)
    if block.kind is BlockKind.LIST:
        return _Around(around.home, block.span, around.section, around.alone)
    return _Around(block.span, around.group, around.section, alone=len(block.children) == 1)


def _instructs(text: str) -> bool:
    if text.rstrip("*_ ").endswith(":"):
        return False
    if text[0].isalpha() and ":" not in text and text[0] not in "sS":
        return True  # no record: most sentences need no closer look
    return _RECORD.match(text) is None or _INSTRUCTIVE.match(text) is not None


def twin(statement: Statement, earlier: Iterable[Statement]) -> Statement | None:
    """The first of the earlier ones that can be in one request with `statement`."""
    return next((each for each in earlier if not exclusive(each.branch, statement.branch)), None)


def is_near(one: Statement, later: Statement, ground: Places) -> bool:
    """True for neighbours in one section and for whole items of one list, with no slot or wall between.

    A sentence among others in its item or paragraph may belong to the one before it: it must stand
    right after its twin.
    """
    between = Span(one.span.start, later.span.end)
    if one.branch != later.branch or one.section != later.section or has_slot(ground, between):
        return False
    if not room(ground, one.span).contains(between):
        return False
    next_to = later.order - one.order == 1 and (one.home == later.home or (one.alone and later.alone))
    return next_to or (one.alone and later.alone and one.group == later.group != one.section)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A statement that says what an earlier one said.

    `claim` is what its deletion may claim at most. A weak repeat counts only as part of a passage.
    """

    first: Statement
    later: Statement
    claim: Safety
    weak: bool = False


def hits(found: Iterable[Repeat], ground: Places, what: str) -> Iterator[Hit]:
    """One hit for each passage of repeats, in order: a rule that returns alone, or a whole block."""
    run: list[Repeat] = []
    for repeat in found:
        if run and not _goes_on(run[-1], repeat):
            yield from _hit(run, ground, what)
            run = []
        run.append(repeat)
    yield from _hit(run, ground, what)


def _goes_on(last: Repeat, following: Repeat) -> bool:
    step = following.later.order - last.later.order
    return step == following.first.order - last.first.order and step <= _RUN and last.claim == following.claim


def _hit(run: Sequence[Repeat], ground: Places, what: str) -> Iterator[Hit]:
    if all(repeat.weak for repeat in run):
        return
    safety = min(Safety.UNSAFE if numbered(ground, each.later.span) else each.claim for each in run)
    edits = tuple(_edits(run, ground))
    span = Span(run[0].later.span.start, run[-1].later.span.end)
    related = Span(run[0].first.span.start, run[-1].first.span.end)
    drops = "the second mention, which may be meant to reinforce, or to hold where it stands"
    count = "" if len(run) == 1 else f" ({len(run)} sentences)"
    message = f'{what}{count}: "{_shortened(run[0].first.text)}"'
    yield Hit(span, message, edits, (related,), safety, drops if edits and safety is not Safety.SAFE else "")


def _edits(run: Sequence[Repeat], ground: Places) -> Iterator[Edit]:
    """Deletions of what is in every request of its survivor and holds no slot; neighbours go as one."""
    spans: list[Span] = []
    for repeat in run:
        span = repeat.later.span
        if has_slot(ground, span) or not set(repeat.first.branch) <= set(repeat.later.branch):
            continue
        if spans and not ground.text[spans[-1].end : span.start].strip():
            merged = Span(spans[-1].start, span.end)
            if room(ground, merged) == room(ground, span):
                spans[-1] = merged
                continue
        spans.append(span)
    end = -1
    for span in spans:
        whole = removal(ground, span)
        if whole is not None and whole.start >= end and not has_slot(ground, whole):
            yield Edit(whole, "")
            end = whole.end


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:57].rstrip() + "..."
