"""A text that the strings of another file spell: what is found in it, moved to where that file has it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from promptlint.model import (
    Arm,
    Call,
    Codec,
    Extraction,
    Field,
    Message,
    Piece,
    Prompt,
    Reference,
    Segment,
    SegmentKind,
    Source,
    Span,
    Use,
)
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Nested:
    """A text inside a file.

    `pieces` say which source spells which of its characters; line breaks that were put in between two strings
    are spelt by nothing. `starts` are the places of the pieces in the text. `codecs` are pairs of an offset
    of the text and the codec of all strings from there on.
    """

    text: str
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]
    codecs: tuple[tuple[int, Codec], ...]


def nested(text: str, pieces: Iterable[Piece], codecs: Iterable[tuple[int, Codec]]) -> Nested:
    """A nested text; `pieces` and `codecs` are in order."""
    kept = tuple(pieces)
    return Nested(text, kept, tuple(piece.text_start for piece in kept), tuple(codecs))


def place(inner: Nested, offset: int) -> int:
    """The source position of the character at `offset`; if nothing spells it, the end of the one before."""
    index = bisect_right(inner.starts, offset) - 1
    if index < 0:
        return inner.pieces[0].source_start if inner.pieces else 0
    piece = inner.pieces[index]
    if offset >= piece.text_end:
        return piece.source_end
    return piece.source_start + (offset - piece.text_start if piece.verbatim else 0)


def offset(inner: Nested, position: int) -> int:
    """The character that the source at `position` spells, or the first one after it."""
    index = bisect_right(inner.pieces, position, key=lambda piece: piece.source_start) - 1
    if index < 0:
        return 0
    piece = inner.pieces[index]
    if position >= piece.source_end:
        return piece.text_end
    return piece.text_start + (position - piece.source_start if piece.verbatim else 0)


def span(inner: Nested, found: Span) -> Span:
    """The source range that spells a range of the text."""
    start = place(inner, found.start)
    if found.end == found.start:
        return Span(start, start)
    last = place(inner, found.end - 1)
    piece = inner.pieces[max(0, bisect_right(inner.starts, found.end - 1) - 1)] if inner.pieces else None
    if piece is None or found.end - 1 >= piece.text_end:
        return Span(start, max(start, last))
    return Span(start, last + 1 if piece.verbatim else piece.source_end)


def extraction(inner: Nested, found: Extraction, path: str, source: Source) -> Extraction:
    """All that was found in the text, read as a file `path`, as part of `source`."""

    def field(item: Field) -> Field:
        return item if item.path not in ("", path) else replace(item, span=span(inner, item.span), path="")

    return replace(
        found,
        prompts=tuple(_prompt(inner, prompt, source, field) for prompt in found.prompts),
        problems=tuple(replace(item, span=span(inner, item.span)) for item in found.problems),
        references=tuple(_reference(inner, item, field) for item in found.references),
        passed=tuple(replace(item, span=span(inner, item.span)) for item in found.passed),
    )


_MoveField = Callable[[Field], Field]


def _prompt(inner: Nested, prompt: Prompt, source: Source, field: _MoveField) -> Prompt:
    return replace(
        prompt,
        id=source.path + prompt.id.removeprefix(prompt.source.path),
        source=source,
        messages=tuple(_message(inner, message) for message in prompt.messages),
        call=_call(prompt.call, field),
        inputs=None if prompt.inputs is None else tuple(map(field, prompt.inputs)),
    )


def _message(inner: Nested, message: Message) -> Message:
    return replace(message, segments=tuple(_segment(inner, segment) for segment in message.segments))


def _call(call: Call, field: _MoveField) -> Call:
    return Call(tuple(map(field, call.fields)))


def _reference(inner: Nested, item: Reference, field: _MoveField) -> Reference:
    use: Use = replace(item.use, call=_call(item.use.call, field))
    return replace(item, span=span(inner, item.span), use=use)


def _segment(inner: Nested, segment: Segment) -> Segment:
    moved = replace(
        segment,
        span=span(inner, segment.span),
        branch=tuple(Arm(place(inner, arm.group), arm.arm, arm.said) for arm in segment.branch),
    )
    if segment.kind is not SegmentKind.TEXT:
        return moved
    pieces = tuple(part for piece in segment.pieces for part in _pieces(inner, piece))
    return replace(
        moved, pieces=pieces, codec=replace(segment.codec, outer=_codec(inner, segment.span.start))
    )


def _codec(inner: Nested, at: int) -> Codec:
    index = bisect_right(inner.codecs, at, key=lambda pair: pair[0]) - 1
    return inner.codecs[max(0, index)][1]


def _pieces(inner: Nested, piece: Piece) -> Iterator[Piece]:
    """A piece of a text in the nested text as pieces in the source: verbatim if it is so in both."""
    if not piece.verbatim:
        place_ = span(inner, Span(piece.source_start, piece.source_end))
        yield replace(piece, source_start=place_.start, source_end=place_.end)
        return
    shift = piece.text_start - piece.source_start
    index = max(0, bisect_right(inner.starts, piece.source_start) - 1)
    while index < len(inner.pieces) and inner.pieces[index].text_start < piece.source_end:
        outer = inner.pieces[index]
        low, high = max(outer.text_start, piece.source_start), min(outer.text_end, piece.source_end)
        start, end = outer.source_start, outer.source_end
        if outer.verbatim:
            start, end = start + low - outer.text_start, end - (outer.text_end - high)
        yield Piece(low + shift, high + shift, start, end, outer.verbatim)
        index += 1
