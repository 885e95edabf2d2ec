"""Finds headings with nothing below them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from promptlint.locate import message_spans, tiles
from promptlint.model import Hit, SegmentKind, Span
from promptlint.patterns import lazy
from promptlint.places import places, removal, touches
from promptlint.records import dataclass
from promptlint.shown import has_placeholder, shown
from promptlint.view import View

_HEADING = lazy(r"^(?P<level>#{1,6})[ \t]+(?P<title>[^\n]*\S)[ \t]*$", re.MULTILINE)
_SAYS = lazy(r"(?i:output|format|structure|template|layout|options)|[:：]\s*\S|[.!?]\W*$|`|\d")
_WORDS = 7


@dataclass(frozen=True, slots=True)
class Params:
    """When to speak.

    Attributes:
        min_sections: least number of headings of the prompt; fewer are no structure.
        max_share: the most empty ones, as a share of all headings; more are an outline to be filled in.
    """

    min_sections: int
    max_share: float


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit an empty section between two that are not; titles, and layouts to fill in, are left alone."""
    if "\n#" not in view.text:
        return
    apart = shown(view).layouts
    found = [match for match in _HEADING.finditer(view.text) if not touches(apart, Span(*match.span()))]
    if len(found) < params.min_sections:
        return
    unseen = _unseen(view)
    ends = [span.end for span in message_spans(view.prompt)]
    empty = []
    for index, match in enumerate(found[:-1]):
        after = found[index + 1]
        if view.text[match.end() : after.start()].strip() or _has(unseen, match.end(), after.start()):
            continue
        same_message = bisect_left(ends, match.end()) == bisect_left(ends, after.start() + 1)
        if same_message and len(after["level"]) <= len(match["level"]):
            empty.append(index)
    if not empty or len(empty) > max(1, params.max_share * len(found)):
        return
    alone = set(empty)
    for index in empty:
        if index and not {index - 1, index + 1} & alone and _is_bare(found[index]["title"]):
            yield from _hit(view, found[index])


def _hit(view: View, match: re.Match[str]) -> Iterator[Hit]:
    span = Span(*match.span())
    gone = removal(places(view.prompt), span)
    saves = view.count(view.text[gone.start : gone.end]) if gone is not None else 0
    yield Hit(span, "a heading with nothing below it: fill the section, or take the heading out", saves=saves)


def _is_bare(title: str) -> bool:
    """True for a name; a heading may say all there is to say."""
    return len(title.split()) <= _WORDS and not _SAYS.search(title) and not has_placeholder(title)


def _unseen(view: View) -> list[int]:
    """Where statements, images and comments stand, which have no width."""
    other = (SegmentKind.CONTROL, SegmentKind.MEDIA)
    return [tile.span.start for tile in tiles(view.prompt) if tile.segment.kind in other]


def _has(positions: list[int], start: int, end: int) -> bool:
    index = bisect_left(positions, start)
    return index < len(positions) and positions[index] <= end
