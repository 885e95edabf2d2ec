"""Cuts the pieces of a decoded string, so that a template inside it becomes segments with exact spans."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from operator import attrgetter

from promptlint.model import Arm, Escaping, Piece, Segment, SegmentKind, Span
from promptlint.syntax.nodes import Scalar
from promptlint.templates.parts import Part

_ESCAPING = {
    "jinja": Escaping.JINJA,
    "mustache": Escaping.JINJA,
    "format": Escaping.BRACES,
    "percent": Escaping.PERCENT,
    "dollar": Escaping.DOLLAR,
}


def cut(pieces: Sequence[Piece], start: int, end: int) -> tuple[Piece, ...]:
    """The pieces of text[start:end], their text positions counted from `start`.

    An atomic piece that the range cuts stays whole in the source; one as long as its text is cut too.
    """
    result = []
    for number in range(_after(pieces, start), len(pieces)):
        if pieces[number].text_start >= end:
            break
        result.append(_clipped(pieces[number], start, end))
    return tuple(result)


def _after(pieces: Sequence[Piece], offset: int) -> int:
    """The number of the first piece that ends after `offset`."""
    return bisect_right(pieces, offset, key=_text_end)


_text_end = attrgetter("text_end")


def _clipped(piece: Piece, start: int, end: int) -> Piece:
    low, high = max(piece.text_start, start), min(piece.text_end, end)
    source_start, source_end = piece.source_start, piece.source_end
    if piece.verbatim or source_end - source_start == piece.text_end - piece.text_start:
        source_start += low - piece.text_start
        source_end -= piece.text_end - high
    return Piece(low - start, high - start, source_start, source_end, piece.verbatim)


def place(pieces: Sequence[Piece], offset: int) -> int | None:
    """The source position of the character at `offset` of the text, or of the end of the text."""
    number = _after(pieces, offset)
    if number < len(pieces):
        piece = pieces[number]
        return piece.source_start + (max(0, offset - piece.text_start) if piece.verbatim else 0)
    return pieces[-1].source_end if pieces else None


def segments(scalar: Scalar, parts: Iterable[Part], syntax: str) -> tuple[Segment, ...]:
    """The parts of a scalar's text as segments.

    Adjacent TEXT parts of one branch become one segment, but for the head of the scalar, where fewer texts
    can be written (`raw` of a YAML codec). Groups of arms are moved by the scalar's place, so that two
    texts of one file never share a group.
    """
    codec = replace(scalar.codec, escaping=_ESCAPING.get(syntax, Escaping.NONE))
    result: list[Segment] = []
    for run in _runs(scalar, parts):
        first = run[0]
        branch = tuple(Arm(arm.group + scalar.span.start, arm.arm) for arm in first.branch)
        span = _span(scalar, first.start, run[-1].end)
        if first.kind is SegmentKind.TEXT:
            text = "".join(part.text for part in run)
            own = replace(codec, raw=True) if first.start < scalar.head else codec
            result.append(Segment(first.kind, text, span, own, branch, _run_pieces(scalar, run)))
        else:
            result.append(Segment(first.kind, first.text, span, codec, branch, name=first.name))
    return tuple(result)


def _runs(scalar: Scalar, parts: Iterable[Part]) -> Iterator[list[Part]]:
    run: list[Part] = []
    for part in chain.from_iterable(_split(scalar, whole) for whole in parts):
        joins = run and part.kind is SegmentKind.TEXT and run[-1].kind is SegmentKind.TEXT
        same = joins and part.branch == run[-1].branch
        if run and not (same and part.start != scalar.head):
            yield run
            run = []
        run.append(part)
    if run:
        yield run


def _split(scalar: Scalar, part: Part) -> Iterator[Part]:
    """The part; a verbatim one in two if the head of the scalar ends inside it."""
    head = scalar.head
    if not part.verbatim or not part.start < head < part.end:
        yield part
        return
    yield replace(part, end=head, text=part.text[: head - part.start])
    yield replace(part, start=head, text=part.text[head - part.start :])


def _span(scalar: Scalar, start: int, end: int) -> Span:
    found = cut(scalar.pieces, start, end)
    if not found:
        at = place(scalar.pieces, start)
        return scalar.span if at is None else Span(at, at)
    return Span(found[0].source_start, found[-1].source_end)


def _run_pieces(scalar: Scalar, run: list[Part]) -> tuple[Piece, ...]:
    result: list[Piece] = []
    at = 0
    for part in run:
        end = at + len(part.text)
        found = cut(scalar.pieces, part.start, part.end)
        if part.verbatim:
            result += [replace(p, text_start=p.text_start + at, text_end=p.text_end + at) for p in found]
        elif found:
            result.append(Piece(at, end, found[0].source_start, found[-1].source_end, verbatim=False))
        at = end
    return tuple(result)
