"""Finds the messages of a text with `<message role="user">` tags, as Semantic Kernel reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from promptlint.extract.common.speakers import ROLES
from promptlint.extract.common.spoken.roles import Turn
from promptlint.model import SegmentKind
from promptlint.templates.parts import Part, cut

_TAG = re.compile(r"<message\s{1,20}role\s?=\s?[\"'](?P<role>\w{1,20})[\"']\s{0,20}>|</message\s{0,20}>")
_ANY = re.compile(r"</?message\b")


def turns(text: str, parts: Sequence[Part]) -> tuple[Turn, ...] | None:
    """The messages; None where tags do not say them all: a role in a slot, tags in a loop, text outside.

    Args:
        text: what the parts tile.
        parts: of `templates.split`.
    """
    tags = list(_TAG.finditer(text))
    roles = [match["role"] for match in tags]
    if not tags or len(tags) != len(_ANY.findall(text)) or len(tags) % 2:
        return None
    if any(role not in ROLES for role in roles[::2]) or any(role is not None for role in roles[1::2]):
        return None
    if not all(_is_plain(match, parts) for match in tags):
        return None
    outside = [0, *(match.end() for match in tags[1::2])]
    if any(_says(cut(parts, low, high)) for low, high in zip(outside, _starts(text, tags), strict=True)):
        return None
    result = []
    for opened, closed, low in zip(tags[::2], tags[1::2], outside, strict=False):
        high = closed.end() if closed is not tags[-1] else len(text)
        before = map(_silent, cut(parts, low, opened.end()))
        after = map(_silent, cut(parts, closed.start(), high))
        body = cut(parts, opened.end(), closed.start())
        result.append(Turn(ROLES[opened["role"]], (*before, *body, *after)))
    return tuple(result)


def _starts(text: str, tags: list[re.Match[str]]) -> list[int]:
    """Where each stretch outside the messages ends."""
    return [*(match.start() for match in tags[::2]), len(text)]


def _is_plain(match: re.Match[str], parts: Sequence[Part]) -> bool:
    """True if a tag is plain text that every request holds."""
    touched = [part for part in parts if part.start < match.end() and part.end > match.start()]
    return all(part.kind is SegmentKind.TEXT and not part.branch for part in touched)


def _says(parts: Iterable[Part]) -> bool:
    return any(part.kind in (SegmentKind.SLOT, SegmentKind.MEDIA) or part.text.strip() for part in parts)


def _silent(part: Part) -> Part:
    if part.kind is not SegmentKind.TEXT:
        return part
    return replace(part, kind=SegmentKind.CONTROL, text="", name=part.text.strip())
