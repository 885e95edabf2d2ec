"""The text of a prompt with its slots blotted out, for readers that must not take a slot's name for words."""

from __future__ import annotations

from promptlint.model import Prompt, SegmentKind
from promptlint.outline.markup import FILL

__all__ = ["FILL", "masked"]


def masked(prompt: Prompt) -> str:
    """`Prompt.text` with FILL for every code point of a slot: as long, so that offsets mean the same."""
    return "".join(
        FILL * len(segment.text) if segment.kind is SegmentKind.SLOT else segment.text
        for segment in prompt.segments
    )
