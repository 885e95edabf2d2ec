"""Measures how much of a prompt its few-shot examples take."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.model import BlockKind, Hit, Role
from promptlint.places import joined, of_role, touches
from promptlint.records import dataclass
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Params:
    """When examples dominate.

    Attributes:
        max_share: the greatest share of the prompt's tokens, 0 to 1.
        min_tokens: examples shorter than this in all are never reported.
        min_rest: least number of tokens beside the examples; with fewer it is a part of another prompt.
    """

    max_share: float
    min_tokens: int
    min_rest: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a prompt, at the first block of examples; a tool's description is left alone."""
    tools = of_role(view.prompt, Role.TOOL_DEFINITION)
    found = (block.span for block in view.of_kind(BlockKind.EXAMPLES, BlockKind.EXAMPLE))
    spans = joined(span for span in found if not touches(tools, span))
    texts = [view.text[span.start : span.end] for span in spans]
    if not view.may_reach("".join(texts), params.min_tokens):
        return
    tokens = sum(view.count(text) for text in texts)
    share = tokens / view.tokens
    alone = view.tokens - tokens < params.min_rest
    if tokens >= params.min_tokens and share > params.max_share and not alone:
        message = f"examples take {tokens:,} of {view.tokens:,} tokens ({share:.0%})"
        yield Hit(spans[0], message, related=spans[1:])
