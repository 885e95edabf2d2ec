"""Splits a stretch of prose into sentences; slots, code, quotations and JSON literals are never cut."""

from __future__ import annotations

import re
from collections.abc import Sequence

from promptlint.outline.markup import FILL, Extent, inside
from promptlint.words import table

_BOUNDARY = re.compile(
    r"[.!?…。！？\n](?:(?<=[.!?…])(?<![.!?…]{2})[.!?…]*+[\"'”’)\]*_`]*+(?=\s|$)"
    r"|(?<=[。！？])[。！？]*+[」』”’）]*+|(?<=\n)\s*+)"
)  # begins with a set of characters, because the engine skips fast to the next of a set
_OPAQUE = re.compile(r'`[^`\n]+`|(?<!\w)"[^"\n]{1,400}"(?!\w)|“[^”\n]{1,400}”')
_SOLID = re.compile(r"[^\s\"'“‘(\[*_`]")
_WORD = re.compile(r"\S{1,20}")
_INITIALS = re.compile(r"[a-z](?:\.[a-z])+")
_ENDERS = frozenset(".!?:;…。！？：；")
_LEADING = re.compile(r"\s*+(?:>\s++)*+")
_WRAPPED = 60  # a line at least this long may have been broken by an editor rather than by its author

NEVER_END = table(
    "e.g i.e eg ie vs dr mr mrs ms prof fig figs eq sec ch cf approx st ca incl resp viz esp max min p.o"
)
"""Abbreviations after which a sentence goes on, without their last dot."""

MAY_END = table("etc inc ltd co corp jr sr a.m p.m u.s u.k al no nos vol pp est ver")
"""Abbreviations that end a sentence only before something that begins like one; so do initials ("D.C.")."""


def opaque(text: str, start: int, end: int) -> list[Extent]:
    """Inline code and quotations, sorted."""
    if text.find("`", start, end) < 0 and text.find('"', start, end) < 0 and text.find("“", start, end) < 0:
        return []
    return [Extent(match.start(), match.end()) for match in _OPAQUE.finditer(text, start, end)]


def split(
    text: str, start: int, end: int, shut: Sequence[Extent], breaks: Sequence[int] = ()
) -> list[Extent]:
    """The sentences of `text[start:end]`, without surrounding space.

    Args:
        text: the masked text (FILL for every code point of a slot).
        start: where the prose begins.
        end: where it ends.
        shut: sorted extents that may not be cut.
        breaks: sorted positions where the template branch changes: a sentence ends there if it could.
    """
    first = _BOUNDARY.search(text, start, end)
    if not breaks and (first is None or first.end() == end):  # most lines are one sentence
        whole = _trim(text, start, end)
        return [whole] if whole else []
    found = []
    begin = start
    for stop in (*_stops(text, start, end, shut, breaks), end):
        if sentence := _trim(text, begin, stop):
            found.append(sentence)
        begin = stop
    return found


def _stops(text: str, start: int, end: int, shut: Sequence[Extent], breaks: Sequence[int]) -> list[int]:
    stops = []
    for match in _BOUNDARY.finditer(text, start, end):
        low, high = match.span()
        if shut and inside(shut, low) and not (inside(shut, high - 1) and not inside(shut, high)):
            continue
        if high < end and _ends(text, start, low, high, end):
            stops.append(high)
    if breaks:
        stops.extend(b for b in breaks if _ends_at_branch(text, start, b, shut))
        stops = sorted(set(stops))
    return stops


def _ends_at_branch(text: str, start: int, position: int, shut: Sequence[Extent]) -> bool:
    before = text[max(start, position - 200) : position]
    if not before or (inside(shut, position - 1) and inside(shut, position)):
        return False
    return before.rstrip(" \t")[-1:] == "\n" or before.rstrip("\"'”’)]*_` \t")[-1:] in _ENDERS


def _ends(text: str, start: int, low: int, high: int, end: int) -> bool:
    """Does a sentence end at the boundary text[low:high], which has something after it?"""
    mark = text[low]
    if mark in "。！？":
        return True
    if mark == "\n":
        return _newline_ends(text, start, low, high, end)
    match = _SOLID.search(text, high, end)
    if match is None:
        return False
    following = match[0]
    run = text[low:high].rstrip("\"'”’)]*_`")
    if "!" in run or "?" in run:
        return not following.islower()
    if len(run) > 1 or mark == "…":
        return following.isupper() or following == FILL
    if following.islower() and any(char in '"”’' for char in text[low:high]):
        return False
    return _dot_ends(text, start, low, following)


def _dot_ends(text: str, start: int, dot: int, following: str) -> bool:
    before = text[max(start, dot - 16) : dot].split()
    word = before[-1].lstrip("(\"'“‘[*_").lower() if before and not text[dot - 1].isspace() else ""
    if word in NEVER_END:
        return False
    if word in MAY_END or _INITIALS.fullmatch(word):
        return not (following.islower() or (following.isdigit() and word != "etc"))
    if word.isdigit() and len(word) <= 2:
        return len(before) > 1 and before[-2][-1] not in _ENDERS  # else it is the number of an item
    return True


def _newline_ends(text: str, start: int, low: int, high: int, end: int) -> bool:
    line = max(text.rfind("\n", max(start, low - 400), low) + 1, start, low - 400)
    last = text[line:low].rstrip()[-1:]
    following = text[high]
    if last in _ENDERS:
        return True
    if last == "," or following.islower() or following in "()[]{}&+/":
        return False
    word = _WORD.match(text, high, end)
    return low - line + (len(word[0]) if word else 0) < _WRAPPED


def _trim(text: str, start: int, end: int) -> Extent | None:
    if start < end and (text[start] == ">" or text[start].isspace()):
        match = _LEADING.match(text, start, end)
        start = match.end() if match else start
    if start < end and text[end - 1].isspace():
        end = start + len(text[start:end].rstrip())
    return Extent(start, end) if end > start else None
