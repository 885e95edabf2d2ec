"""Finds the images that Prompty and prompt flow read in a message: Markdown's own notation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from promptlint.model import SegmentKind
from promptlint.templates.parts import MAX_TAGS, Part, cut

_IMAGE = re.compile(r"!\[[^\]\n]{0,200}\]\((?:\{\{[^{}\n]{1,500}\}\}|[^()\s]{1,2000})\)")


def pictured(text: str, parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts, those inside `![image](x.png)` as MEDIA, the slot for an address included."""
    there = bool(parts) and text.find("](", parts[0].start, parts[-1].end) >= 0
    return tuple(_pictured(text, parts)) if there else tuple(parts)


def _pictured(text: str, parts: Sequence[Part]) -> Iterator[Part]:
    found = _IMAGE.finditer(text, parts[0].start, parts[-1].end)
    images = [match.span() for match in islice(found, MAX_TAGS)]
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
