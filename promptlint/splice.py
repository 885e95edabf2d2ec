"""Spells one edit of one segment in the source: which characters go, and what with the margins of lines."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from promptlint.codecs import encode
from promptlint.edges import Change, fits
from promptlint.model import Codec, Edit, Segment, Span
from promptlint.records import dataclass

_Gap = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Gaps:
    """The source before and after the text of an edit that spells nothing, as (start, end).

    `bare` says that a line without a margin begins with the text; `blank` is where the white space ends that
    an empty line may have instead of one.
    """

    before: _Gap
    after: _Gap
    bare: bool
    blank: int


def splice(source: str, change: Change) -> Edit | None:
    """The edit in source coordinates, or None if it cannot be spelt, or would be read as something else."""
    gaps = _gaps(source, change)
    spelt = encode(change.new, change.segment.codec)
    if gaps is None or spelt is None:
        return None
    write = _inserted if change.span.start == change.span.end else _replaced
    edit = write(change, gaps, spelt)
    return edit if edit is not None and fits(source, change, edit) else None


def _line_lead(codec: Codec) -> tuple[str, str]:
    """How new text spells what stands between two lines of the outer container, and the margin of a line."""
    if codec.outer is None:
        return "", codec.indent
    return codec.outer.indent, encode(codec.indent, codec.outer) or ""


def _gaps(source: str, change: Change) -> _Gaps | None:
    segment, start, end = change.segment, change.span.start, change.span.end
    before, after = _edges(segment, start), _edges(segment, end)
    if before is None or after is None:
        return None
    between = _line_lead(segment.codec)[0]
    if between and end == len(segment.text) and source.startswith(between, after[1]):
        after = (after[0], after[1] + len(between))
        before = after if start == end else before
    begins, blank = _line_begins(source, segment, start, before[0]), before[1]
    if begins and _is_empty(segment, start):
        edge = before[0] + len(between) * source.startswith(between, before[0])
        before = (before[0], min(edge, before[1]))
    bare = begins and source[before[0] : before[1]] in ("", between)
    return _Gaps(before, after, bare, blank)


def _is_empty(segment: Segment, start: int) -> bool:
    """True if no text of a line is left from `start`."""
    return segment.text[start : start + 1] in ("", "\n")


def _line_begins(source: str, segment: Segment, start: int, place: int) -> bool:
    """True if a line begins at `start` of the text, which is at `place` of the source."""
    if segment.codec.outer is not None:
        return segment.text[start - 1 : start] == "\n"
    return source[place - 1 : place] in ("\n", "\r")


def _inserted(change: Change, gaps: _Gaps, spelt: str) -> Edit | None:
    segment, start = change.segment, change.span.start
    margin = _line_lead(segment.codec)[1]
    if not (change.new and gaps.bare and _is_empty(segment, start)):
        return Edit(Span(gaps.before[1], gaps.before[1]), spelt)
    if start == len(segment.text) and margin and not change.new.endswith("\n"):
        return None  # whether a margin follows is not known
    return Edit(Span(gaps.before[1], gaps.blank), margin + spelt.removesuffix(margin))


def _replaced(change: Change, gaps: _Gaps, spelt: str) -> Edit | None:
    segment, new, end = change.segment, change.new, change.span.end
    between, margin = _line_lead(segment.codec)
    before, after = gaps.before, gaps.after
    lead, trail = before[0] < before[1], after[0] < after[1]
    first = new[:1] if new or trail else segment.text[end : end + 1]
    if gaps.bare and first != "\n" and (first or not change.last):
        spelt = margin + spelt  # it was an empty line
    if not new and lead and (trail or (change.last and end == len(segment.text))):
        low, high = before[0], after[0]
    elif trail and not new.endswith("\n") and (new or lead or not gaps.bare):
        low, high = before[1], after[1]
    else:
        low, high = before[1], after[0]
        spelt = spelt.removesuffix(between + margin) if trail else spelt  # the next line has its own
    return Edit(Span(low, high), spelt) if low <= high else None


def _edges(segment: Segment, offset: int) -> _Gap | None:
    """The source positions just after the text before `offset` and just before the text after it."""
    low = high = None
    first = bisect_left(segment.pieces, offset, key=lambda each: each.text_end)
    last = bisect_right(segment.pieces, offset, key=lambda each: each.text_start)
    for piece in segment.pieces[first:last]:
        if piece.text_end == offset:
            low = piece.source_end
        if piece.text_start == offset and high is None and piece.text_end > offset:
            high = piece.source_start
        if piece.text_start < offset < piece.text_end:
            if not piece.verbatim:
                return None
            low = high = piece.source_start + offset - piece.text_start
    if low is None:
        return None if high is None else (high, high)
    return low, low if high is None else high
