"""Finds few-shot examples that are nearly the same as an earlier one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from promptlint.model import Block, BlockKind, Edit, Hit, Safety, Span
from promptlint.places import Places, arms, exclusive, has_slot, places, removal
from promptlint.records import dataclass
from promptlint.view import View
from promptlint.wording import words

_VERDICTS = frozenset(
    {"not", "no", "never", "none", "cannot", "without", "nor", "neither", "nothing", "yes", "true", "false"}
)
_LABEL = re.compile(r"^[ \t]*\**[A-Za-z][\w #-]{0,30}:", re.MULTILINE)
_ARROW = re.compile(r"->|=>|→|⇒")
_TAG = re.compile(r"\s*<[A-Za-z][^<>\n]{0,200}>")
_ONE_SIDE = re.compile(r"[^\n]*\b(?:input|question|query|prompt|user)\b[^\n]{0,20}:?[* ]*\n", re.IGNORECASE)
_MOST = 200


@dataclass(frozen=True, slots=True)
class Params:
    """When two examples are too much alike.

    Attributes:
        similarity: least share of words and word pairs that both have, 0 to 1.
    """

    similarity: float


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
    ground = places(view.prompt)
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
