"""Finds few-shot examples that are nearly the same as an earlier one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from promptlint.breaches import shows
from promptlint.model import Block, BlockKind, Edit, Hit, Safety, Span
from promptlint.patterns import lazy
from promptlint.places import Places, arms, exclusive, has_slot, places, removal
from promptlint.records import dataclass
from promptlint.shots import Shot, shots
from promptlint.view import View
from promptlint.wording import words

_VERDICTS = frozenset(
    {"not", "no", "never", "none", "cannot", "without", "nor", "neither", "nothing", "yes", "true", "false"}
)
_LABEL = lazy(r"^[ \t]*\**[A-Za-z][\w #-]{0,30}:", re.MULTILINE)
_ARROW = lazy(r"->|=>|→|⇒")
_TAG = lazy(r"\s*<[A-Za-z][^<>\n]{0,200}>")
_ONE_SIDE = lazy(r"[^\n]*\b(?:input|question|query|prompt|user)\b[^\n]{0,20}:?[* ]*\n", re.IGNORECASE)
_MOST = 200
_GROUP = 4  # examples of which a pair may stand out
_TIMES = 3  # what a pair has in common, beside the mean of all pairs
_ENDING = lazy(r"(?<=\w{4})(?:ing|ed|es|s)$")
_SHARED = 2  # content words that two inputs have in common
_FEW = 8  # content words of an input; in a longer one a single word may be what is meant
_EMPTY = frozenset(
    (
        *(
            "a",
            "an",
            "the",
            "and",
            "or",
            "to",
            "of",
            "in",
            "on",
            "at",
            "for",
            "with",
            "from",
            "by",
            "as",
            "it",
        ),
        *("is", "are", "was", "were", "be", "do", "does", "did", "can", "could", "will", "would", "should"),
        *(
            "i",
            "me",
            "my",
            "we",
            "our",
            "you",
            "your",
            "this",
            "that",
            "how",
            "what",
            "please",
            "have",
            "has",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Params:
    """When two examples are too much alike.

    Attributes:
        similarity: least share of words and word pairs that both have, 0 to 1.
        same_answer: least share of the inputs' content words that both have, where the answers are the same.
        near: the same of inputs in a group where most pairs have far less in common.
        near_answer: the same of answers in words, which differ.
    """

    similarity: float
    same_answer: float
    near: float
    near_answer: float


@dataclass(frozen=True, slots=True)
class _Sketch:
    span: Span
    grams: frozenset[tuple[str, ...]]
    outcome: str
    verdicts: tuple[str, ...]
    tag: str
    whole: bool


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each later one of a pair; examples that end differently teach different things."""
    if not view.of_kind(BlockKind.EXAMPLES) and len(shots(view)) < 2:
        return
    ground = places(view.prompt)
    told: list[Span] = []
    found = (
        *_alike_blocks(view, params, ground),
        *_same_answers(view, params, ground),
        *_near_pairs(view, params, ground),
    )
    for hit in found:
        if isinstance(hit.at, Span) and not any(hit.at.overlaps(other) for other in told):
            told.append(hit.at)
            yield hit


def _alike_blocks(view: View, params: Params, ground: Places) -> Iterator[Hit]:
    for group in view.of_kind(BlockKind.EXAMPLES):
        kept: list[_Sketch] = []
        examples = [block for block in group.children if block.kind is BlockKind.EXAMPLE]
        for block in examples[:_MOST]:
            sketch = _sketch(view.text, block)
            if not sketch.whole and _ONE_SIDE.match(view.text, block.span.start):
                continue  # an input whose output stands elsewhere
            twin = next((each for each in kept if _alike(each, sketch, params, ground)), None)
            if twin is None:
                kept.append(sketch)
            else:
                yield _hit(ground, sketch, twin)


def _sketch(text: str, block: Block) -> _Sketch:
    body = text[block.span.start : block.span.end]
    found = words(body)
    grams = frozenset((*((word,) for word in found), *pairwise(found)))
    outcome = " ".join(words(_outcome(body)))
    verdicts = tuple(word for word in found if word in _VERDICTS or word.endswith("n't"))
    tag = _TAG.match(body)
    labels = len(_LABEL.findall(body))
    whole = labels > 1 or tag is not None or ("\n" not in body.strip() and _ARROW.search(body) is not None)
    return _Sketch(block.span, grams, outcome, verdicts, tag.group() if tag else "", whole)


def _outcome(body: str) -> str:
    """What the example teaches: all from its last label (`Output:`) on, or its last line."""
    labels = [match.start() for match in _LABEL.finditer(body)]
    return body[labels[-1] :] if len(labels) > 1 else body.strip().rpartition("\n")[2]


def _alike(one: _Sketch, other: _Sketch, params: Params, ground: Places) -> bool:
    small, large = sorted((len(one.grams), len(other.grams)))
    if small < params.similarity * large or not small:
        return False
    if one.outcome != other.outcome or one.verdicts != other.verdicts or one.tag != other.tag:
        return False
    shared = len(one.grams & other.grams)
    if shared < params.similarity * (small + large - shared):
        return False
    return not exclusive(arms(ground, one.span), arms(ground, other.span))


def _hit(ground: Places, sketch: _Sketch, twin: _Sketch) -> Hit:
    span = removal(ground, sketch.span)
    fits = sketch.whole and span is not None and not has_slot(ground, span)
    edits = (Edit(span, ""),) if fits and span is not None else ()
    return Hit(
        sketch.span,
        "this example, input and output, is nearly the same as an earlier one",
        edits,
        related=(twin.span,),
        safety=Safety.UNSAFE if edits else Safety.DISPLAY,
        drops="the whole example, and with it what sets the two apart" if edits else "",
    )


# --- one answer, and the same asked in other words ------------------------------------------------


def _same_answers(view: View, params: Params, ground: Places) -> Iterator[Hit]:
    """One hit for each row of examples that ask what an earlier one asks, with its answer."""
    kept: dict[tuple[Span, str], list[tuple[frozenset[str], Shot]]] = {}
    row: list[Shot] = []
    first: Shot | None = None
    every = [shot for shot in shots(view) if shows(shot) and shot.input and not shot.follows]
    for shot in every[:_MOST]:
        answer = _answer(view.text, shot)
        asked = _content(view.text, shot)
        others = kept.setdefault((shot.group, answer), [])
        twin = next((other for words_, other in others if answer and _same(words_, asked, params)), None)
        if twin is not None and exclusive(arms(ground, twin.span), arms(ground, shot.span)):
            twin = None
        if row and (twin is None or twin is not first):
            yield _row(row, first)
            row = []
        if twin is None:
            others.append((asked, shot))
        else:
            row.append(shot)
        first = twin
    if row:
        yield _row(row, first)


def _row(row: Sequence[Shot], first: Shot | None) -> Hit:
    many = "these examples ask" if len(row) > 1 else "this example asks"
    related = (first.span,) if first is not None else ()
    return Hit(
        Span(row[0].span.start, row[-1].span.end),
        f"{many} what an earlier one asks, with the same answer",
        related=related,
    )


def _answer(text: str, shot: Shot) -> str:
    if shot.output is None or not (shot.label or shot.literal):
        return ""
    return " ".join(text[shot.output.start : shot.output.end].lower().split())


def _content(text: str, shot: Shot) -> frozenset[str]:
    """The words of an input that say something, without a plural s."""
    given = "\n".join(text[span.start : span.end] for span in shot.inputs)
    return frozenset(
        word.removesuffix("s") if len(word) > 3 else word
        for word in words(given)
        if word not in _EMPTY or word in _VERDICTS
    )


def _same(one: frozenset[str], other: frozenset[str], params: Params) -> bool:
    both = len(one & other)
    if both < _SHARED or max(len(one), len(other)) > _FEW or (one ^ other) & _VERDICTS:
        return False
    return both >= params.same_answer * len(one | other)


# --- pairs that stand out --------------------------------------------------------------------------


class _Kept(NamedTuple):
    """An example with the words of what is given and of what is answered."""

    shot: Shot
    given: frozenset[str]
    answer: frozenset[str]
    exact: str
    is_prose: bool


def _near_pairs(view: View, params: Params, ground: Places) -> Iterator[Hit]:
    """One hit for each example that has much more in common with an earlier one than examples here have."""
    groups: dict[Span, list[_Kept]] = {}
    for shot in [shot for shot in shots(view) if shows(shot) and shot.input and not shot.follows][:_MOST]:
        groups.setdefault(shot.group, []).append(_kept(view.text, shot))
    for every in groups.values():
        group = [each for each in every if each.is_prose]
        if len(every) < _GROUP or len(group) < 2:
            continue
        pairs = [(one, other) for index, other in enumerate(group) for one in group[:index]]
        scores = [_share(one.given, other.given) for one, other in pairs]
        floor = max(params.near, _TIMES * sum(scores) / len(scores))
        for (one, other), score in zip(pairs, scores, strict=True):
            apart = score < floor or not _says_same(one, other, params)
            if not apart and not exclusive(arms(ground, one.shot.span), arms(ground, other.shot.span)):
                yield _row([other.shot], one.shot)


def _kept(text: str, shot: Shot) -> _Kept:
    answer = text[shot.output.start : shot.output.end] if shot.output else ""
    given = text[shot.input.start : shot.input.end] if shot.input else ""
    prose = not _EMPTY.isdisjoint(words(given))
    return _Kept(shot, _stems(_content(text, shot)), _stems(words(answer)), _answer(text, shot), prose)


def _stems(found: Iterable[str]) -> frozenset[str]:
    """Words without digits, which differ, and without endings."""
    return frozenset(_ENDING.sub("", word) for word in found if word[0].isalpha() and word not in _EMPTY)


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


def _says_same(one: _Kept, other: _Kept, params: Params) -> bool:
    """True for the same label, or for two answers in words that have most of them in common."""
    if len(one.given & other.given) < _SHARED or (one.given ^ other.given) & _VERDICTS:
        return False
    if one.exact or other.exact:
        short, long = sorted((one.exact, other.exact), key=len)
        return short != "" and (long == short or long.startswith((f"{short},", f"{short} ")))
    return (one.answer ^ other.answer).isdisjoint(_VERDICTS) and _share(
        one.answer, other.answer
    ) >= params.near_answer
