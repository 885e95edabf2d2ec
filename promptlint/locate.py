"""Maps prompt coordinates to the source: the one owner of the arithmetic between the two.

Prompt coordinates are code points of `Prompt.text`; source coordinates are code points of `Source.text`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from promptlint.edges import Change
from promptlint.model import Edit, Location, Piece, Prompt, Segment, SegmentKind, SourceKind, Span
from promptlint.records import dataclass
from promptlint.splice import splice

_NEWLINE = re.compile("\n")


@dataclass(frozen=True, slots=True)
class Tile:
    """A segment with its place in the prompt.

    `span` is in prompt coordinates; `index` counts the prompt's segments, `message` its messages.
    """

    segment: Segment
    span: Span
    index: int
    message: int


def tiles(prompt: Prompt) -> Iterator[Tile]:
    """The segments of a prompt with their prompt coordinates, in order."""
    return iter(_layout(_Same(prompt)).tiles)


def message_spans(prompt: Prompt) -> tuple[Span, ...]:
    """The range of each message, in prompt coordinates."""
    return _layout(_Same(prompt)).messages


class _Same:
    """A prompt as the very object that it is: to hash one would be to read all of it."""

    __slots__ = ("prompt",)

    def __init__(self, prompt: Prompt) -> None:
        self.prompt = prompt

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.prompt is self.prompt

    def __hash__(self) -> int:
        return id(self.prompt)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where everything of a prompt is; `wide` are the tiles that are not empty, `ends` where messages end."""

    tiles: tuple[Tile, ...]
    wide: tuple[Tile, ...]
    messages: tuple[Span, ...]
    ends: frozenset[int]

    def near(self, span: Span) -> tuple[Tile, ...]:
        """The tiles that a range touches or borders on; as tiles follow each other, they are one stretch."""
        low = bisect_left(self.tiles, span.start, key=_end)
        return self.tiles[low : bisect_right(self.tiles, span.end, key=_start)]


@lru_cache(maxsize=8)
def _layout(same: _Same) -> _Layout:
    """The layout of a prompt; remembered, as one may have hundreds of edits to tell the place of."""
    found: list[Tile] = []
    messages = []
    position = 0
    for number, message in enumerate(same.prompt.messages):
        begins = position
        for segment in message.segments:
            end = position + len(segment.text)
            found.append(Tile(segment, Span(position, end), len(found), number))
            position = end
        messages.append(Span(begins, position))
    wide = tuple(tile for tile in found if tile.span.end > tile.span.start)
    return _Layout(tuple(found), wide, tuple(messages), frozenset(each.end for each in messages))


def _start(tile: Tile) -> int:
    return tile.span.start


def _end(tile: Tile) -> int:
    return tile.span.end


def locate(prompt: Prompt, span: Span) -> Span:
    """The source range that spells `span`, for showing; as small as slots and escapes allow."""
    wide = _layout(_Same(prompt)).wide
    if not wide:
        return source_range(prompt)
    first = wide[min(bisect_right(wide, span.start, key=_end), len(wide) - 1)]
    last = wide[max(bisect_left(wide, span.end, key=_start) - 1, 0)]
    start = _show(first, span.start - first.span.start)[0]
    if span.end <= span.start:
        return Span(start, start)
    return Span(start, max(start, _show(last, span.end - last.span.start - 1)[1]))


def source_edits(prompt: Prompt, edit: Edit) -> tuple[Edit, ...] | None:
    """Turn an edit in prompt coordinates into source edits, one a literal; None if it cannot be.

    An edit may not touch a slot, span the arms of a template branch or a control statement, cross a
    message break, or cut an escape in two.
    """
    edit = _trimmed(prompt.text, edit)
    touched = _touched(prompt, edit.span)
    if not touched or any(tile.segment.kind is not SegmentKind.TEXT for tile in touched):
        return None
    home = touched[0]
    for tile in touched:
        if tile.segment.branch != home.segment.branch or tile.message != home.message:
            return None
    result = []
    ends = _layout(_Same(prompt)).ends
    for index, tile in enumerate(touched):
        start, end = (min(max(at, tile.span.start), tile.span.end) for at in (edit.span.start, edit.span.end))
        inside = Span(start - tile.span.start, end - tile.span.start)
        change = Change(tile.segment, inside, edit.new if index == 0 else "", tile.span.end in ends)
        spliced = splice(prompt.source.text, change)
        if spliced is None:
            return None
        result.append(spliced)
    return tuple(result)


def joins_lines(prompt: Prompt, edit: Edit, spelt: Sequence[Edit]) -> bool:
    """True if `spelt`, which spells `edit`, joins source lines where the text has no line break.

    So it would at a backslash that ends a line of a Python literal. One line of a YAML scalar may move up.
    """
    source = prompt.source.text
    gone = sum(source.count("\n", each.span.start, each.span.end) - each.new.count("\n") for each in spelt)
    meant = prompt.text.count("\n", edit.span.start, edit.span.end) - edit.new.count("\n")
    return gone > max(0, meant) + (prompt.source.kind is SourceKind.YAML)


def location(text: str, span: Span) -> Location:
    """The 1-based line and column range of `span` in `text`; the only place that counts lines."""
    line, column = _line_column(text, span.start)
    end_line, end_column = _line_column(text, span.end)
    return Location(line, column, end_line, end_column)


def _line_column(text: str, position: int) -> tuple[int, int]:
    starts = _starts(text)
    line = bisect_right(starts, position)
    start = starts[line - 1]
    bom = 1 if start == 0 and text.startswith("\ufeff") and position > 0 else 0
    return line, position - start + 1 - bom


@lru_cache(maxsize=4)
def _starts(text: str) -> list[int]:
    """Where the lines begin; remembered, as a file may have thousands of places to tell."""
    return [0, *(match.end() for match in _NEWLINE.finditer(text))]


def source_range(prompt: Prompt) -> Span:
    """The source range from a prompt's first segment to its last."""
    spans = [segment.span for segment in prompt.segments]
    if not spans:
        return Span(0, 0)
    return Span(min(span.start for span in spans), max(span.end for span in spans))


def _show(tile: Tile, offset: int) -> tuple[int, int]:
    segment = tile.segment
    if not segment.pieces:
        return segment.span.start, segment.span.end
    piece = _piece_at(segment, offset)
    if piece.verbatim:
        position = piece.source_start + offset - piece.text_start
        return position, position + 1
    return piece.source_start, piece.source_end


def _trimmed(text: str, edit: Edit) -> Edit:
    """Without what old and new text share at both ends, in whole words: as little as possible is touched."""
    start, end, new = edit.span.start, edit.span.end, edit.new
    while new and start < end and text[end - 1] == new[-1]:
        end, new = end - 1, new[:-1]
    while new and start < end and text[start] == new[0]:
        start, new = start + 1, new[1:]
    while start > edit.span.start and text[start - 1].isalnum():
        start, new = start - 1, text[start - 1] + new
    while end < edit.span.end and text[end].isalnum():
        end, new = end + 1, new + text[end]
    return Edit(Span(start, end), new)


def _touched(prompt: Prompt, span: Span) -> list[Tile]:
    """The tiles that an edit touches; comments between them are passed over, nothing else is."""
    around = _layout(_Same(prompt)).near(span)
    if span.start == span.end:
        near = [
            tile
            for tile in around
            if tile.segment.kind is SegmentKind.TEXT and tile.span.start <= span.start <= tile.span.end
        ]
        return near[:1]
    touched = []
    for tile in around:
        if tile.span.start == tile.span.end:
            inside = span.start < tile.span.start < span.end
            if inside and tile.segment.kind is not SegmentKind.COMMENT:
                touched.append(tile)
        elif tile.span.overlaps(span):
            touched.append(tile)
    return [tile for tile in touched if tile.segment.text or tile.segment.kind is not SegmentKind.TEXT]


def _piece_at(segment: Segment, offset: int) -> Piece:
    return segment.pieces[max(0, bisect_right(segment.pieces, offset, key=lambda each: each.text_start) - 1)]


def edited(prompt: Prompt, edits: Iterable[Edit]) -> Prompt:
    """The prompt as it would read after `edits` (prompt coordinates, sorted, not overlapping).

    For counting and comparing only: its segments keep kind, name and branch, but no pieces.
    """
    changes: dict[int, list[tuple[int, int, str]]] = {}
    for edit in edits:
        for order, tile in enumerate(_touched(prompt, edit.span)):
            start = max(edit.span.start, tile.span.start) - tile.span.start
            end = min(edit.span.end, tile.span.end) - tile.span.start
            changes.setdefault(tile.index, []).append((start, end, "" if order else edit.new))
    index = 0
    messages = []
    for message in prompt.messages:
        segments = []
        for segment in message.segments:
            text = replaced(segment.text, changes.get(index, ()))
            segments.append(replace(segment, text=text, pieces=()))
            index += 1
        messages.append(replace(message, segments=tuple(segments)))
    return replace(prompt, messages=tuple(messages))


def replaced(text: str, changes: Iterable[tuple[int, int, str]]) -> str:
    """`text` with each (start, end, new) put in; the changes are sorted and do not overlap."""
    out: list[str] = []
    at = 0
    for start, end, new in changes:
        out.extend((text[at:start], new))
        at = end
    out.append(text[at:])
    return "".join(out)
