"""Finds a slot that comes before much fixed text: a prefix cache ends at the slot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

from promptlint.locate import Tile
from promptlint.model import Hit, Profile, Span
from promptlint.patterns import lazy
from promptlint.prefix import apart, fixed_after, fixed_before, holes, text_of
from promptlint.records import dataclass
from promptlint.view import View

_HEAD = 0.15  # of the fixed text: so much may stand between slots that open a prompt
_ROOT = lazy(r"\w[\w.]*(?P<call>[ ]?\()?")
_HUMP = lazy(r"(?<=[a-z0-9])(?=[A-Z])")
_CONSTANT = lazy(
    r"(?!(?:Date|Math)\.)_?[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*\.|_[a-z]\w*\.|(?:cls|type)\."
)  # Class.text, _module.text
_NO_SLOT = lazy(
    r"loop\.|\s*[\"'][^\"']{0,200}[\"']\s*if\b.{1,200}\belse\s*[\"'][^\"']{0,200}[\"']\s*$"
)  # numbers of a loop, one of two constants
_DATA = lazy(r"\{\w+: \w[^{}\n]*,")  # `{hearts: AJ, clubs: 8}`
_CONTEXT = lazy(
    r"context|documents?|docs|passages?|chunks|sources?|retriev|search_results|knowledge|snippets|excerpts|articles?"
    r"|evidence|memor(?:y|ies)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Params:
    """When to speak.

    Attributes:
        min_tokens: least number of fixed tokens after the slot.
        cache_minimum: fixed tokens in all below which few providers cache a prefix, and nothing is told.
        stable: names of slots that hold the same text in every call, in lower case with underscores
            (`maxItems` is `max_items`); `*` stands for any letters. Slots in CAPITALS are constants and
            need no entry.
    """

    min_tokens: int
    cache_minimum: int
    stable: tuple[str, ...]


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit, from the first slot that varies to the last that stands before most of the fixed text.

    Text that not every call holds is not counted. Clocks and random ids have a rule of their own, and so has
    what stands on one line with them; a date changes once a day.
    """
    if view.prompt.profile is Profile.AGENT_DOCUMENT:
        return
    varying = [hole.tile for hole in apart(view, holes(view)) if _varies(hole.tile, params)]
    if not varying:
        return
    first = varying[0]
    fixed = fixed_after(view, first)
    after = text_of(fixed)
    if not view.may_reach(after, params.min_tokens):
        return
    tokens = view.count(after)
    if tokens >= params.min_tokens:
        end = _head(varying, fixed, len(after)).span.end
        names = first.segment.text if end == first.span.end else f"{first.segment.text} and other slots"
        message = (
            f"{tokens:,} fixed tokens come after {names}, where a prefix cache ends{_evicts(view, first)}"
        )
        if tokens + view.count(text_of(fixed_before(view, first))) >= params.cache_minimum:
            yield Hit(Span(first.span.start, end), message, related=(fixed[0].span,), caches=tokens)


def _evicts(view: View, first: Tile) -> str:
    """What to add where the slot holds context that is looked up for each question."""
    if not _CONTEXT.search(first.segment.name):
        return ""
    history = view.prompt.call.get("history")
    turns = " and the turns of the conversation" if history is not None else ""
    return f"; context that changes evicts them{turns}: put it last"


def _head(varying: Sequence[Tile], fixed: Sequence[Tile], whole: int) -> Tile:
    """The last slot that a part of the fixed text stands before, of at most _HEAD of it."""
    last = varying[0]
    before = number = 0
    for tile in varying[1:]:
        while number < len(fixed) and fixed[number].index < tile.index:
            before += len(fixed[number].segment.text)
            number += 1
        if before > whole * _HEAD or tile.message != last.message:
            break
        last = tile
    return last


def _varies(tile: Tile, params: Params) -> bool:
    if _NO_SLOT.match(tile.segment.name) or _DATA.match(tile.segment.text):
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
    if name.isupper():
        return True
    spelt = _HUMP.sub("_", name).lower()
    whole, starts, ends, others = _kinds(params.stable)
    return (
        spelt in whole
        or spelt.startswith(starts)
        or spelt.endswith(ends)
        or any(fnmatchcase(spelt, each) for each in others)
    )


@lru_cache(maxsize=8)
def _kinds(
    patterns: tuple[str, ...],
) -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The patterns by what is fast to test: whole names, starts, ends; and the others."""
    starts = tuple(each[:-1] for each in patterns if _is_plain(each[:-1]) and each.endswith("*"))
    ends = tuple(each[1:] for each in patterns if _is_plain(each[1:]) and each.startswith("*"))
    whole = frozenset(each for each in patterns if _is_plain(each))
    known = {*whole, *(f"{each}*" for each in starts), *(f"*{each}" for each in ends)}
    return whole, starts, ends, tuple(each for each in patterns if each not in known)


def _is_plain(pattern: str) -> bool:
    return not any(sign in pattern for sign in "*?[")
