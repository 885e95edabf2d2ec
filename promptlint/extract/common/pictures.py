"""Finds the images that Prompty and prompt flow read in a message: Markdown's own notation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from promptlint.model import SegmentKind
from promptlint.templates.parts import Part, cut

_IMAGE = re.compile(r"!\[[^\]\n]{0,200}\]\((?:\{\{[^{}\n]{1,500}\}\}|[^()\s]{1,2000})\)")


def pictured(text: str, parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts, those inside `![image](x.png)` as MEDIA, the slot for an address included."""
    return tuple(_pictured(text, parts)) if "](" in text else tuple(parts)


def _pictured(text: str, parts: Sequence[Part]) -> Iterator[Part]:
    images = [match.span() for match in _IMAGE.finditer(text)]
    number = 0
    for part in parts:
        at = part.start
        while number < len(images) and images[number][1] <= at:
            number += 1
        following = number
        while following < len(images) and images[following][0] < part.end:
            low, high = max(images[following][0], at), min(images[following][1], part.end)
            yield from cut((part,), at, low)
            yield from (_media(piece) for piece in cut((part,), low, high))
            at = high
            following += 1
        yield from cut((part,), at, part.end) if at > part.start else (part,)


def _media(part: Part) -> Part:
    if part.kind not in (SegmentKind.TEXT, SegmentKind.SLOT):
        return part
    return replace(part, kind=SegmentKind.MEDIA, text="", name=part.name or part.text)
