"""Measures how much of a prompt its few-shot examples take."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.model import BlockKind, Hit
from promptlint.places import joined
from promptlint.records import dataclass
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Params:
    """When examples dominate.

    Attributes:
        max_share: the greatest share of the prompt's tokens, 0 to 1.
        min_tokens: examples shorter than this in all are never reported.
    """

    max_share: float
    min_tokens: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a prompt, at the first block of examples."""
    found = view.of_kind(BlockKind.EXAMPLES, BlockKind.EXAMPLE)
    spans = joined(block.span for block in found)
    texts = [view.text[span.start : span.end] for span in spans]
    if not view.may_reach("".join(texts), params.min_tokens):
        return
    tokens = sum(view.count(text) for text in texts)
    share = tokens / view.tokens
    if tokens >= params.min_tokens and share > params.max_share:
        message = f"examples take {tokens:,} of {view.tokens:,} tokens ({share:.0%})"
        yield Hit(spans[0], message, related=spans[1:])
