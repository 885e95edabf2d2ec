"""Measures how much of a prompt its few-shot examples take."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.breaches.fields import fields
from promptlint.model import BlockKind, Hit, Profile, Role
from promptlint.places import joined, of_role, touches
from promptlint.records import dataclass
from promptlint.shots import Shot, Worth, shots
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Params:
    """When examples dominate.

    Attributes:
        max_share: the greatest share of the prompt's tokens, 0 to 1.
        min_tokens: examples shorter than this in all are never reported.
        min_rest: least number of tokens beside the examples; with fewer it is a part of another prompt.
        min_examples: fewer examples than these are never too many.
        per_label: nor are fewer than these a label, where answers are labels.
    """

    max_share: float
    min_tokens: int
    min_rest: int
    min_examples: int
    per_label: float


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a prompt, at the first block of examples; a tool's description is left alone."""
    if view.prompt.profile is not Profile.PROMPT:
        return
    tools = of_role(view.prompt, Role.TOOL_DEFINITION)
    every = [shot for shot in shots(view) if _counts(shot) and not touches(tools, shot.span)]
    if len(every) < params.min_examples or _are_few(view, params):
        return
    found = [block.span for block in view.of_kind(BlockKind.EXAMPLES, BlockKind.EXAMPLE)]
    spans = joined(span for span in (*found, *(shot.group for shot in every)) if not touches(tools, span))
    texts = [view.text[span.start : span.end] for span in spans]
    if not view.may_reach("".join(texts), params.min_tokens):
        return
    tokens = sum(view.count(text) for text in texts)
    share = tokens / view.tokens
    alone = view.tokens - tokens < params.min_rest
    if tokens >= params.min_tokens and share > params.max_share and not alone:
        message = f"{len(every)} examples take {tokens:,} of {view.tokens:,} tokens ({share:.0%}); few may do"
        yield Hit(spans[0], message, related=spans[1:])


def _counts(shot: Shot) -> bool:
    return shot.output is not None and shot.worth is Worth.MODEL and not shot.follows


def _are_few(view: View, params: Params) -> bool:
    """True if the examples show labels, and none of them often."""
    labels = [field for field in fields(view) if field.choices or not field.name]
    counts = [(len(field.said), len({said.value for said in field.said})) for field in labels]
    return any(distinct < shown < params.per_label * distinct for shown, distinct in counts)
