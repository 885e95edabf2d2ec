"""Finds a slot that comes before much fixed text: a prefix cache ends at the slot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from promptlint.locate import Tile, tiles
from promptlint.model import BlockKind, Hit, Profile, SegmentKind
from promptlint.places import joined, touches
from promptlint.records import dataclass
from promptlint.view import View

_ROOT = re.compile(r"\w[\w.]*(?P<call>[ ]?\()?")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_CONSTANT = re.compile(
    r"(?!(?:Date|Math)\.)_?[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*\.|_[a-z]\w*\.|(?:cls|type)\."
)  # Class.text, _module.text


@dataclass(frozen=True, slots=True)
class Params:
    """When to speak.

    Attributes:
        min_tokens: least number of fixed tokens after the slot.
        cache_minimum: fixed tokens in all below which few providers cache a prefix: a minor finding.
        stable: names of slots that hold the same text in every call, in lower case with underscores
            (`maxItems` is `max_items`); `*` stands for any letters. Slots in CAPITALS are constants and
            need no entry.
    """

    min_tokens: int
    cache_minimum: int
    stable: tuple[str, ...]


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit, at the first slot that varies; text that not every call holds is not counted."""
    if view.prompt.profile is Profile.AGENT_DOCUMENT:
        return
    every = tuple(tiles(view.prompt))
    code = joined(block.span for block in view.of_kind(BlockKind.CODE))
    first = next((t for t in every if _varies(t, params) and not touches(code, t.span)), None)
    if first is None:
        return
    fixed = [tile for tile in every if tile.span.start >= first.span.end and _always(tile, first)]
    after = "".join(tile.segment.text for tile in fixed)
    if not view.may_reach(after, params.min_tokens):
        return
    tokens = view.count(after)
    if tokens >= params.min_tokens:
        message = f"{tokens:,} fixed tokens come after {first.segment.text}, where a prefix cache ends"
        minor = tokens + view.count(_before(every, first)) < params.cache_minimum
        yield Hit(first.span, message, related=(fixed[0].span,), caches=tokens, minor=minor)


def _before(every: Sequence[Tile], first: Tile) -> str:
    return "".join(
        tile.segment.text for tile in every if tile.span.end <= first.span.start and _always(tile, first)
    )


def _varies(tile: Tile, params: Params) -> bool:
    if tile.segment.kind is not SegmentKind.SLOT:
        return False
    found = _ROOT.search(tile.segment.name)
    given = _ROOT.match(tile.segment.name, found.end()) if found and found["call"] else None
    found = given or found
    if found is None or _CONSTANT.match(found.group()):
        return found is None
    path = found.group().rstrip(" (").split(".")
    names = path[-2:] if found["call"] else path[-1:]  # the method says little: `cwd.toPosix()`
    return not any(_is_stable(name, params) for name in names)


def _is_stable(name: str, params: Params) -> bool:
    spelt = _HUMP.sub("_", name).lower()
    return name.isupper() or any(fnmatchcase(spelt, each) for each in params.stable)


def _always(tile: Tile, first: Tile) -> bool:
    """True for fixed text that is in every request that holds the slot."""
    return tile.segment.kind is SegmentKind.TEXT and set(tile.segment.branch) <= set(first.segment.branch)
