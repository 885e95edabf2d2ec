"""The sentences of a prompt that may instruct, where they stand, and what to say of those that return."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from promptlint.locate import replaced
from promptlint.model import Arm, BlockKind, Edit, Hit, Role, Safety, Span
from promptlint.patterns import lazy
from promptlint.places import (
    Places,
    arms,
    exclusive,
    has_slot,
    numbered,
    of_role,
    places,
    removal,
    room,
    touches,
)
from promptlint.records import dataclass
from promptlint.scopes import sentences, shared
from promptlint.senses import Sense, sense
from promptlint.senses.likeness import Likeness, alike
from promptlint.shown import has_placeholder, shown
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
_RECORD = lazy(r"[\"'*_]*[A-Za-z][\w-]*(?: [\w-]+)?[*_]*:[*_]*\s|[<\[{|#$/\\@]|\d+\||see\b", re.IGNORECASE)
_INSTRUCTIVE = lazy(
    r"[\"'*_]*(?:note|important|warning|caution|rule|remember|critical|tip|nb|reminder|also)\b", re.IGNORECASE
)
_FIELD = lazy(
    r"[ \t]*(?:[-*+•] +|\d+[.)] +)?[*_`\"']*([A-Za-z][\w /()-]{0,40}?)[*_`\"']*(?: [-–—]|[:：])[*_]* "
)
_DEFINES = lazy(r"([\"'`])[\w.-]+\1 (?:is|are|means|represents|specifies|indicates)\b|“[\w.-]+” (?:is|are)\b")
_LEANS = lazy(r"[*_]*(?:it|its|they|them|their|these|those)\b", re.IGNORECASE)
_BOX = lazy(r"\[[ xX]\]")
_LINE = lazy(r"[ \t]*+([-*+•–][ \t]|\(?\w{1,3}[.)][ \t])?(?=[ \t]*\S)")  # with its marker
LONGEST = 600  # code points of a statement that is compared by meaning
LEAST_SHARE = 0.35  # of the concepts of two statements that are near
LONGEST = 100_000
"""Characters of a text in which repetitions are told: a longer one is a reference; its entries look alike."""

_RUN = 3  # statements of a repeated passage may lie this far apart: short sentences are not compared


class Statement(NamedTuple):
    """A sentence outside examples, code, data, tables and headings.

    `home`, `group`, `section`, `scope` and `alone` are as in `scopes.Around`, but that the scope of what a
    tool says of itself is that tool. `order` counts the statements. `leans_on` is the sentence before it, if
    it begins with a word that points there ("It", "They").
    """

    text: str
    span: Span
    home: Span
    group: Span
    section: Span
    scope: Span
    alone: bool
    order: int
    branch: tuple[Arm, ...]
    leans_on: str = ""


@lru_cache(maxsize=2)
def statements(view: View) -> tuple[Statement, ...]:
    """All statements but lines that introduce what follows, records (`Query: ...`) and boxes to tick.

    Several rules ask for those of one view, one after the other: hence the small memory.
    """
    ground = places(view.prompt)
    branches = any(tile.segment.branch for tile in ground.tiles)
    tools = of_role(view.prompt, Role.TOOL_DEFINITION)
    boxes = _BOX.search(view.text) is not None
    found = sentences(view.text, view.blocks, _SHUT)
    result = []
    whole = view.text
    for order, (span, around) in enumerate(found):
        text = whole[span.start : span.end]
        if not _instructs(text) or (boxes and _BOX.search(whole, max(0, span.start - 5), span.start)):
            continue
        if tools:
            around = around._replace(scope=_within(tools, around.scope, span))  # noqa: PLW2901
        leans_on = ""
        if order and text[0] in "iItT*_" and _LEANS.match(text):
            before, _ = found[order - 1]
            leans_on = whole[before.start : before.end]
        branch = arms(ground, span) if branches else ()
        result.append(Statement(text, span, *around, order, branch, leans_on))
    return tuple(result)


class Said(NamedTuple):
    """The statements that rules compare by meaning: what each says, and which are near.

    `near` holds for the number of a statement the earlier ones that share concepts with it, nearest first;
    those with other numbers in them only if they share a set phrase.
    """

    rules: tuple[Statement, ...]
    senses: tuple[Sense, ...]
    near: Mapping[int, Sequence[Likeness]]


@lru_cache(maxsize=2)
def said(view: View) -> Said:
    """The statements of a view that are short and not of a tool, compared once for all rules."""
    tools = of_role(view.prompt, Role.TOOL_DEFINITION)
    rules = tuple(
        [
            each
            for each in statements(view)
            if len(each.text) <= LONGEST and not (tools and touches(tools, each.span))
        ]
    )
    senses = tuple([sense(each.text) for each in rules])
    numbers = [each.numbers for each in senses]
    return Said(rules, senses, alike([each.concepts for each in senses], LEAST_SHARE, kinds=numbers))


def _within(tools: Sequence[Span], scope: Span, span: Span) -> Span:
    """The scope of a sentence at `span`, but no wider than the tool that says it."""
    index = bisect_right(tools, span.start, key=attrgetter("start")) - 1
    own = tools[index] if index >= 0 and tools[index].contains(span) else scope
    return scope if own.contains(scope) else own


@lru_cache(maxsize=1 << 12)
def _instructs(text: str) -> bool:
    if text.rstrip("*_ ").endswith(":"):
        return False
    if text[0] in "\"'`“" and _DEFINES.match(text):
        return False
    if text[0].isalpha() and ":" not in text and text[0] not in "sS":
        return True  # no record: most sentences need no closer look
    return _RECORD.match(text) is None or _INSTRUCTIVE.match(text) is not None


def twin(view: View, statement: Statement, earlier: Iterable[Statement]) -> Statement | None:
    """The first of the earlier ones that is in one request with `statement` and holds where that holds.

    None of what is shown rather than said; no step of a procedure because another procedure has it too.
    """
    if _is_shown(view, statement):
        return None
    ground = places(view.prompt)
    in_order = numbered(ground, statement.span)
    field = _field(view.text, statement)
    for each in earlier:
        if exclusive(each.branch, statement.branch) or not shared(each.scope, statement.scope):
            continue
        if each.leans_on != statement.leans_on != each.text:
            continue
        if _field(view.text, each) != field:
            continue
        listed = each.group != each.section
        if (in_order or numbered(ground, each.span)) and listed and each.group != statement.group:
            continue
        if not _is_shown(view, each):
            return each
    return None


def _field(text: str, statement: Statement) -> str:
    """What the line is about on which the statement is a further sentence: `IMPACT - name it. Be brief.`"""
    line = text.rfind("\n", 0, statement.span.start) + 1
    match = _FIELD.match(text, line, statement.span.start)
    return match[1] if match is not None else ""


def _is_shown(view: View, statement: Statement) -> bool:
    return has_placeholder(statement.text) or touches(shown(view).layouts, statement.span)


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
    if _dangles(ground.text, edits):
        edits = ()
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


def _dangles(text: str, edits: Sequence[Edit]) -> bool:
    """True if, after the edits, a line that ends in a colon introduces no line of the kind it had."""
    after = replaced(text, ((edit.span.start, edit.span.end, edit.new) for edit in edits))
    gone = 0
    for edit in edits:
        at = edit.span.start - gone
        gone += edit.span.end - edit.span.start - len(edit.new)
        before = after[:at].rstrip("\n\t *_")
        if not before.endswith((":", "：")):
            continue
        old, new = _LINE.match(text, edit.span.start), _LINE.match(after, at)
        if not old or not new or bool(old.group(1)) != bool(new.group(1)):
            return True
        if not new.group(1) and "\n\n" in after[len(before) : at]:
            return True
    return False


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:57].rstrip() + "..."
