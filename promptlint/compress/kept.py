"""Finds what a `promptlint: keep` comment protects: no pass and no search may touch it.

`keep` speaks for the paragraph after it, and for all up to `end keep` if there is one. Where a comment speaks
for a whole prompt (code, YAML, JSON), so does `keep`, unless it stands within the prompt's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from promptlint import comments
from promptlint.locate import source_range, tiles
from promptlint.model import Prompt, SegmentKind, Source, Span
from promptlint.patterns import lazy
from promptlint.places import joined

_KEEP = lazy(r"promptlint:[ \t]*(end[ -]keep|keep)\b", re.IGNORECASE)
_PARAGRAPH = lazy(r"\n[ \t]*\r?\n")
_WORDS = lazy(r"\S")


def kept(source: Source, prompts: Iterable[Prompt], prompt: Prompt) -> tuple[Span, ...]:
    """The ranges of a prompt's text that a comment protects, comments included, sorted and apart."""
    if "promptlint:" not in source.text:
        return ()
    every = tuple(prompts)
    marks = [(span, _verb(source.text[span.start : span.end])) for span in _comments(source, every)]
    marks = [(span, verb) for span, verb in marks if verb]
    ranges = tuple(_ranges(source.text, marks, prompt))
    return joined(found for span in ranges for found in _in_prompt(prompt, span))


def _comments(source: Source, prompts: Sequence[Prompt]) -> Iterator[Span]:
    """The comments of the format, and HTML comments in the text of any prompt: all formats may have them."""
    found = set(comments.find(source, prompts))
    start = source.text.find("<!--")
    while start >= 0:
        end = source.text.find("-->", start + 4)
        if end < 0:
            break
        found.add(Span(start, end + 3))
        start = source.text.find("<!--", end + 3)
    yield from sorted(found)


def _verb(comment: str) -> str:
    match = _KEEP.search(comment)
    return match[1].lower().replace("-", " ") if match else ""


def _ranges(text: str, marks: Sequence[tuple[Span, str]], prompt: Prompt) -> Iterator[Span]:
    """What each `keep` protects, in source coordinates."""
    whole = source_range(prompt)
    for (span, verb), (following, then) in pairwise([*marks, (Span(len(text), len(text)), "")]):
        if verb != "keep":
            yield span
        elif then == "end keep":
            yield Span(span.start, following.end)
        elif not whole.contains(span):
            if span.end <= whole.start and _is_next(text[span.end : whole.start]):
                yield whole
        else:
            yield Span(span.start, _paragraph_end(text, span.end))


def _is_next(between: str) -> bool:
    """True if no more than one statement stands between a comment and the prompt."""
    return between.count("\n") <= 2  # the line that the prompt opens on, and one for its name


def _paragraph_end(text: str, at: int) -> int:
    first = _WORDS.search(text, at)
    if first is None:
        return len(text)
    blank = _PARAGRAPH.search(text, first.start())
    return blank.start() if blank else len(text)


def _in_prompt(prompt: Prompt, span: Span) -> Iterator[Span]:
    """The stretches of the prompt's text that a range of the source spells."""
    for tile in tiles(prompt):
        segment = tile.segment
        if not segment.text or not segment.span.overlaps(span):
            continue
        if segment.kind is not SegmentKind.TEXT or span.contains(segment.span):
            yield tile.span
            continue
        pieces = [
            piece
            for piece in segment.pieces
            if piece.source_start < span.end and span.start < piece.source_end
        ]
        if pieces:
            first, last = pieces[0], pieces[-1]
            start, end = first.text_start, last.text_end
            if first.verbatim:
                start += max(0, span.start - first.source_start)
            if last.verbatim:
                end -= max(0, last.source_end - span.end)
            yield Span(tile.span.start + start, tile.span.start + end)
