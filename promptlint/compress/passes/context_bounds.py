"""Bounds what a template fills in: the last turns of a history, the first part of a document.

May lose: whatever lies beyond the bound, so only an eval suite can tell. Only Jinja can say it in the
template; elsewhere the bound belongs into code, and the rules for context say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint.compress.proposal import Ground, Idea, Tier
from promptlint.locate import tiles
from promptlint.model import CodecKind, Edit, Prompt, Safety, Segment, SegmentKind, Span
from promptlint.patterns import lazy

TURNS = 10
"""Turns of a history that stay."""

LETTERS = 24_000
"""Characters of a document that stay: about 6,000 tokens of English."""

_LOOP = lazy(r"\{%[-+]?\s*for\s+[\w, ]{1,60}\s+in\s+([\w.]{1,80})\s*[-+]?%\}")
_SLOT = lazy(r"\{\{[-+]?\s*([\w.]{1,80})\s*[-+]?\}\}")


def ideas(ground: Ground) -> Iterator[Idea]:
    """One idea for each loop over a whole history, and for each slot that holds a whole document."""
    bounds = (
        ("CTX001", SegmentKind.CONTROL, _LOOP, f"[-{TURNS}:]", f"the last {TURNS} turns of a history"),
        ("CTX002", SegmentKind.SLOT, _SLOT, f"[:{LETTERS}]", f"the first {LETTERS:,} characters"),
    )
    for code, kind, pattern, cut, why in bounds:
        for found in ground.of(code):
            at = found.hit.at
            if isinstance(at, Span):
                yield from _of(ground.prompt, at, kind, pattern, (cut, why, code))


def _of(
    prompt: Prompt, at: Span, kind: SegmentKind, pattern: re.Pattern[str], said: tuple[str, str, str]
) -> Iterator[Idea]:
    cut, why, code = said
    for tile in tiles(prompt):
        segment = tile.segment
        if segment.kind is not kind or not at.start <= tile.span.start <= at.end:
            continue
        place = _name(prompt, segment, pattern)
        if place is not None:
            edit = Edit(Span(place, place), cut)
            yield Idea((), f"only {why} is sent", Safety.UNSAFE, Tier.EVAL, code=code, in_source=(edit,))
            return


def _name(prompt: Prompt, segment: Segment, pattern: re.Pattern[str]) -> int | None:
    """Where the name of what is filled in ends, in source coordinates; None if it is spelt another way."""
    if segment.codec.kind is not CodecKind.VERBATIM or not segment.codec.editable:
        return None
    match = pattern.fullmatch(prompt.source.text, segment.span.start, segment.span.end)
    return match.end(1) if match else None
