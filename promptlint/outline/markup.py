"""Finds what spans lines in a prompt's text: code fences, XML-like elements, JSON literals.

All functions take the masked text (FILL for slots) and a range of it; all are linear in its length.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from promptlint.words import table

FILL = "\ue000"
"""Stands for every code point of a slot in the masked text."""

MAX_DEPTH = 24
"""Containers nested deeper than this are read as plain text."""

_FENCE = re.compile(r"^[ \t]*(?:[-*+>][ \t]+)?(`{3,}+|~{3,}+)([^\n]*)", re.MULTILINE)
_TAG = re.compile(r"<(/?)([A-Za-z][\w.:-]{0,60})(?:\s[^<>]{0,300})?>")
_INLINE_TAGS = table("a b br code em hr i img p span strong sub sup u")
_BRACKET = re.compile(r'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|[\[\]{}]')
_DATA_HEAD = re.compile(
    r"""\{\s*(?:"[^"\n]{0,80}"|'[^'\n]{0,80}'|[A-Za-z_]\w{0,60}(?=\s*:\s))\s*:|\[\s*[{\["'\ue000]"""
)
_MARGIN = 200  # a tag further than this from the edge of its line is inline


class Extent(NamedTuple):
    """A half-open range; a plain tuple because thousands are made."""

    start: int
    end: int


class Element(NamedTuple):
    """A matched pair of tags that stand at the edges of their lines."""

    name: str
    start: int
    open_end: int
    close_start: int
    end: int


class _Tag(NamedTuple):
    name: str
    closing: bool
    start: int
    end: int


def inside(extents: Sequence[Extent], position: int) -> bool:
    """True if `position` lies in one of the sorted, separate extents."""
    index = bisect_right(extents, (position, 1 << 62)) - 1
    return index >= 0 and position < extents[index].end


def fences(text: str, start: int, end: int) -> list[Extent]:
    """Fenced code blocks, fence lines included; one that is never closed runs to the end."""
    if text.find("```", start, end) < 0 and text.find("~~~", start, end) < 0:
        return []
    found: list[Extent] = []
    opened, mark = -1, ""
    for match in _FENCE.finditer(text, start, end):
        fence, rest = match.group(1, 2)
        if opened < 0:
            if fence[0] not in rest:
                opened, mark = match.start(1), fence
        elif fence.startswith(mark) and not rest.strip():
            found.append(Extent(opened, match.end(1)))
            opened = -1
    if opened >= 0:
        found.append(Extent(opened, opened + len(text[opened:end].rstrip())))
    return found


def elements(text: str, start: int, end: int, code: Sequence[Extent]) -> list[Element]:
    """Elements whose opening tag begins a line and whose closing tag ends one; at most MAX_DEPTH deep."""
    if text.find("</", start, end) < 0:
        return []
    tags = [
        _Tag(match[2].lower(), bool(match[1]), match.start(), match.end())
        for match in _TAG.finditer(text, start, end)
        if match[2].lower() not in _INLINE_TAGS and not inside(code, match.start())
    ]
    leading, trailing = _at_line_edges(text, start, end, tags)
    found = [
        Element(tags[i].name, tags[i].start, tags[i].end, tags[j].start, tags[j].end)
        for i, j in _matched(tags)
        if leading[i] and trailing[j]
    ]
    return _shallow(sorted(found, key=lambda element: element.start))


def _at_line_edges(text: str, start: int, end: int, tags: Sequence[_Tag]) -> tuple[list[bool], list[bool]]:
    """Which tags have only space and tags before them on their line, and which after them."""
    newlines = [start - 1, *(m.start() for m in re.compile("\n").finditer(text, start, end)), end]
    leading, trailing = [False] * len(tags), [False] * len(tags)
    clear = -1
    for index, tag in enumerate(tags):
        edge = max(newlines[bisect_left(newlines, tag.start) - 1] + 1, clear)
        leading[index] = tag.start - edge < _MARGIN and not text[edge : tag.start].strip()
        if leading[index]:
            clear = tag.end
    clear = end
    for index in range(len(tags) - 1, -1, -1):
        tag = tags[index]
        edge = min(newlines[bisect_left(newlines, tag.end)], max(clear, tag.end))
        trailing[index] = edge - tag.end < _MARGIN and not text[tag.end : edge].strip(" \t\r.,")
        clear = tag.start if trailing[index] else end
    return leading, trailing


def _matched(tags: Sequence[_Tag]) -> list[tuple[int, int]]:
    """Pairs (index of the opening tag, index of the closing tag); unclosed tags are passed over."""
    pairs: list[tuple[int, int]] = []
    stack: list[int] = []
    waiting: dict[str, int] = {}
    for index, tag in enumerate(tags):
        if not tag.closing:
            stack.append(index)
            waiting[tag.name] = waiting.get(tag.name, 0) + 1
        elif waiting.get(tag.name):
            while stack:
                opener = stack.pop()
                waiting[tags[opener].name] -= 1
                if tags[opener].name == tag.name:
                    pairs.append((opener, index))
                    break
    return pairs


def _shallow(found: Sequence[Element]) -> list[Element]:
    kept: list[Element] = []
    ends: list[int] = []
    for element in found:
        while ends and ends[-1] <= element.start:
            ends.pop()
        if len(ends) < MAX_DEPTH:
            ends.append(element.end)
            kept.append(element)
    return kept


def json_literals(text: str, start: int, end: int, code: Sequence[Extent]) -> list[Extent]:
    """The outermost balanced {...} and [...] that begin like JSON (or a Python dict), outside code fences."""
    if text.find("{", start, end) < 0 and text.find("[", start, end) < 0:
        return []
    pairs: list[Extent] = []
    stack: list[int] = []
    for match in _BRACKET.finditer(text, start, end):
        char = text[match.start()]
        if char in "{[":
            stack.append(match.start())
        elif char in "}]" and stack:
            if text[stack[-1]] == ("{" if char == "}" else "["):
                pairs.append(Extent(stack.pop(), match.end()))
            else:
                stack.clear()
    return _outermost(text, sorted(pairs), code)


def _outermost(text: str, pairs: Sequence[Extent], code: Sequence[Extent]) -> list[Extent]:
    kept: list[Extent] = []
    last = -1
    for pair in pairs:
        if pair.start < last or not _DATA_HEAD.match(text, pair.start) or inside(code, pair.start):
            continue
        if code and any(e.start < pair.end for e in code[bisect_left(code, (pair.start, 0)) :][:1]):
            continue
        kept.append(pair)
        last = pair.end
    return kept
