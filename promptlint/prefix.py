"""What stands before and after the slots of a prompt: how far a prefix cache can reach, and what ends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from promptlint import changing
from promptlint.changing import Pace
from promptlint.locate import Tile
from promptlint.model import BlockKind, Call, SegmentKind
from promptlint.places import joined, places, touches
from promptlint.records import dataclass
from promptlint.view import View

VOLATILE = (Pace.MOMENT, Pace.CALL, Pace.ORDER)
"""The paces at which no two requests are alike."""

_FILLED = "slot."


@dataclass(frozen=True, slots=True)
class Hole:
    """A slot outside code, the pace of its text if that is known, and the expression that fills it."""

    tile: Tile
    pace: Pace | None
    said: str = ""


@lru_cache(maxsize=2)
def holes(view: View) -> tuple[Hole, ...]:
    """The slots of a prompt in order. Several rules ask, one after the other: hence the small memory."""
    if not any(
        item.kind is SegmentKind.SLOT for message in view.prompt.messages for item in message.segments
    ):
        return ()
    slots = [tile for tile in places(view.prompt).tiles if tile.segment.kind is SegmentKind.SLOT]
    code = joined(block.span for block in view.of_kind(BlockKind.CODE))
    return tuple(_hole(tile, view.prompt.call) for tile in slots if not touches(code, tile.span))


def _hole(tile: Tile, call: Call) -> Hole:
    name, spelt = tile.segment.name, tile.segment.text.strip("{}<>[]$% ")
    given = call.get(_FILLED + name) or call.get(_FILLED + spelt)
    if given is not None and isinstance(given.value, str):
        return Hole(tile, changing.pace(given.value), given.value)
    pace = changing.pace(name)
    has_format = pace is Pace.MOMENT and ":" in spelt and ":" not in name  # `{datetime.now():%Y-%m-%d}`
    return Hole(tile, changing.pace(spelt) if has_format else pace)


def fixed_after(view: View, first: Tile) -> tuple[Tile, ...]:
    """The fixed texts after a slot that are in every request that holds it."""
    return tuple(tile for tile in _tiles(view) if tile.index > first.index and _always(tile, first))


def fixed_before(view: View, first: Tile) -> tuple[Tile, ...]:
    """The fixed texts before a slot that are in every request that holds it."""
    return tuple(tile for tile in _tiles(view) if tile.index < first.index and _always(tile, first))


def _tiles(view: View) -> tuple[Tile, ...]:
    """Those with a width: what has none is no fixed text."""
    return places(view.prompt).tiles


def text_of(found: Sequence[Tile]) -> str:
    """Their text."""
    return "".join(tile.segment.text for tile in found)


def _always(tile: Tile, first: Tile) -> bool:
    if tile.segment.kind is not SegmentKind.TEXT:
        return False
    return not tile.segment.branch or set(tile.segment.branch) <= set(first.segment.branch)


def apart(view: View, found: Sequence[Hole]) -> Iterator[Hole]:
    """The slots of no known pace, without those that stand on one line after one that changes by itself."""
    line_end = -1
    for hole in found:
        if hole.pace in VOLATILE:
            end = view.text.find("\n", hole.tile.span.end)
            line_end = len(view.text) if end < 0 else end
        elif hole.pace is None and hole.tile.span.start >= line_end:
            yield hole
