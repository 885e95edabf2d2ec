"""Finds clocks, random ids and unsorted data before fixed text: no two requests share a prefix then."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.calling import there
from promptlint.model import Hit, Profile
from promptlint.prefix import VOLATILE, Hole, fixed_after, fixed_before, holes, text_of
from promptlint.records import dataclass
from promptlint.view import View

_SHOWN = 60  # code points of an expression that a message shows


@dataclass(frozen=True, slots=True)
class Params:
    """When to speak.

    Attributes:
        min_tokens: least number of fixed tokens after the slot.
        cache_minimum: fixed tokens in all below which few providers cache a prefix: a minor finding.
    """

    min_tokens: int
    cache_minimum: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit, at the first such slot, unless a slot on an earlier line already ends the prefix."""
    if view.prompt.profile is Profile.AGENT_DOCUMENT:
        return
    if view.prompt.call.get("before") is not None:
        yield from _after_all(view, params)
        return
    found = holes(view)
    first = next((hole for hole in found if hole.pace in VOLATILE), None)
    if first is None or _is_late(view, found, first):
        return
    after = text_of(fixed_after(view, first.tile))
    if not view.may_reach(after, params.min_tokens):
        return
    tokens = view.count(after)
    if tokens < params.min_tokens or first.pace is None:
        return
    said = f" ({first.said})" if 0 < len(first.said) <= _SHOWN else ""
    message = (
        f"{first.tile.segment.text}{said} {first.pace.value}; the {tokens:,} fixed tokens after it are never "
        "read from a prefix cache"
    )
    minor = tokens + view.count(text_of(fixed_before(view, first.tile))) < params.cache_minimum
    yield Hit(first.tile.span, message, caches=tokens, minor=minor)


def _after_all(view: View, params: Params) -> Iterator[Hit]:
    """One hit where code puts what changes before the whole prompt."""
    field = view.prompt.call.get("before")
    if field is None or not isinstance(field.value, str):
        return
    if not view.may_reach(view.text, params.min_tokens):
        return
    tokens = view.count(view.text)
    if tokens >= params.min_tokens:
        said = f" ({field.value})" if len(field.value) <= _SHOWN else ""
        message = (
            f"what stands before the prompt{said} is new in every call; the {tokens:,} tokens after it are "
            f"never read from a prefix cache{there(field)}"
        )
        yield Hit(field, message, caches=tokens, minor=tokens < params.cache_minimum)


def _is_late(view: View, found: tuple[Hole, ...], first: Hole) -> bool:
    """True if a slot of another kind stands on a line before it: the prefix ends there already."""
    line = view.text.rfind("\n", 0, first.tile.span.start)
    return any(hole.pace is None and hole.tile.span.end <= line for hole in found)
