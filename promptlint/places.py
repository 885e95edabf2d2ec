"""Says where a stretch of a prompt lies (branch, message, slots) and how to take it out cleanly."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter

from promptlint.locate import Tile, message_spans, tiles
from promptlint.model import Arm, Prompt, Role, SegmentKind, Span
from promptlint.records import dataclass

_MARKER = re.compile(r"[ \t]*(?:[-*+•–]|(?P<number>\(?\w{1,3}[.)]))[ \t]+(?:\[[ xX]\][ \t]+)?")
_NEXT_LINE = re.compile(r"\n+([ \t]*)(?=\S)")
_EMPHASIS = ("**", "__", "*", "_")


@dataclass(frozen=True, slots=True)
class Places:
    """The tiles of a prompt, ready to be asked about; make it with `places`."""

    text: str
    tiles: tuple[Tile, ...]
    starts: tuple[int, ...]
    walls: tuple[int, ...]
    slots: tuple[Span, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A prompt as the key of a memory: the very object, because to compare two prompts reads all of both."""

    prompt: Prompt

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.prompt is self.prompt

    def __hash__(self) -> int:
        return id(self.prompt)


def places(prompt: Prompt) -> Places:
    """The places of a prompt. A wall is where a message ends or a template statement stands."""
    return _places(_Same(prompt))


@lru_cache(maxsize=2)
def _places(key: _Same) -> Places:
    """Several rules ask for those of one prompt, one after the other: hence the small memory."""
    prompt = key.prompt
    every = tuple(tiles(prompt))
    wide = tuple(tile for tile in every if tile.span.end > tile.span.start)
    walls = {
        tile.span.start for tile in every if tile.segment.kind in (SegmentKind.CONTROL, SegmentKind.MEDIA)
    }
    walls |= {later.span.start for one, later in pairwise(wide) if one.message != later.message}
    return Places(
        text=prompt.text,
        tiles=wide,
        starts=tuple(tile.span.start for tile in wide),
        walls=tuple(sorted({0, len(prompt.text)} | walls)),
        slots=tuple(tile.span for tile in wide if tile.segment.kind is SegmentKind.SLOT),
    )


def of_role(prompt: Prompt, role: Role) -> tuple[Span, ...]:
    """The ranges of the messages that `role` speaks, in order, without the empty ones."""
    pairs = zip(prompt.messages, message_spans(prompt), strict=True)
    return tuple(span for message, span in pairs if message.role is role and span.end > span.start)


def tile_at(ground: Places, position: int) -> Tile:
    """The tile that holds the character at `position`."""
    return ground.tiles[max(0, bisect_right(ground.starts, position) - 1)]


def arms(ground: Places, span: Span) -> tuple[Arm, ...]:
    """The alternatives that the start of `span` lies in."""
    return tile_at(ground, span.start).segment.branch


def exclusive(one: tuple[Arm, ...], other: tuple[Arm, ...]) -> bool:
    """True if two texts in these alternatives never meet in one request."""
    taken = {arm.group: arm.arm for arm in one}
    return any(taken.get(arm.group, arm.arm) != arm.arm for arm in other)


def has_slot(ground: Places, span: Span) -> bool:
    """True if a slot lies in `span`, or touches it."""
    return touches(ground.slots, span)


def room(ground: Places, span: Span) -> Span:
    """The stretch around `span` up to the nearest walls: no edit leaves it."""
    left = bisect_right(ground.walls, span.start) - 1
    start = ground.walls[max(0, left)]
    right = bisect_left(ground.walls, span.end, max(0, left) + 1)
    end = ground.walls[right] if right < len(ground.walls) else len(ground.text)
    return Span(start, max(end, span.end))


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same ground as `spans`, sorted and without overlap, for `touches`."""
    result: list[Span] = []
    for span in sorted(spans, key=attrgetter("start", "end")):
        if result and span.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return tuple(result)


def touches(spans: tuple[Span, ...], span: Span) -> bool:
    """True if `span` overlaps one of `spans`, which are sorted and apart (see `joined`)."""
    if not spans:
        return False
    after = bisect_right(spans, span)
    return any(each.overlaps(span) for each in spans[max(0, after - 1) : after + 1])


def removal(ground: Places, span: Span) -> Span | None:
    """The range to delete so that `span` goes without a trace: its line, list marker or space with it.

    None if it is a list item that others hang on.
    """
    area = room(ground, span)
    text = ground.text[: area.end]
    start, end = _unwrapped(text, span)
    line = max(area.start, text.rfind("\n", area.start, start) + 1)
    stop = text.find("\n", end)
    stop = area.end if stop < 0 else stop
    before = text[line:start]
    marker = _MARKER.fullmatch(before)
    if text[end:stop].strip():
        if before.strip() and marker is None:
            return Span(line + len(before.rstrip()), end)
        return Span(start, end + len(text[end:stop]) - len(text[end:stop].lstrip()))
    if before.strip() and marker is None:
        return Span(line + len(before.rstrip()), end)
    if marker is not None and _hangs(text, stop, marker):
        return None
    return _lines(text, Span(line, stop), area.start)


def numbered(ground: Places, span: Span) -> bool:
    """True if `span` opens an item of a numbered list: others may be called by their number."""
    line = ground.text.rfind("\n", 0, span.start) + 1
    marker = _MARKER.match(ground.text, line, span.start)
    return marker is not None and marker.group("number") is not None


def _unwrapped(text: str, span: Span) -> tuple[int, int]:
    start, end = span.start, span.end
    for mark in _EMPHASIS:
        if text.startswith(mark, start - len(mark)) and text.startswith(mark, end):
            start, end = start - len(mark), end + len(mark)
    return start, end


def _hangs(text: str, stop: int, marker: re.Match[str]) -> bool:
    """True if the lines after an item are indented deeper than its marker: they belong to it."""
    depth = len(marker.group()) - len(marker.group().lstrip())
    following = _NEXT_LINE.match(text, stop)
    return following is not None and len(following.group(1)) > depth


def _lines(text: str, span: Span, floor: int) -> Span:
    """Whole lines with one of the line breaks around them, and with one of two blank lines.

    At the end of the text all blank lines before go too: a YAML block cannot end with several.
    """
    start, end = span.start, span.end
    if text.startswith("\n", end):
        end += 1
    if end == len(text):
        kept = max(floor, len(text[:start].rstrip("\n")))
        return Span(kept, end - 1 if kept > floor and text.endswith("\n") else end)
    blank_before = start == floor or text.endswith("\n\n", floor, start)
    return Span(start, end + 1 if blank_before and text.startswith("\n", end) else end)
