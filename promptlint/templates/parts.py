"""What a template language makes of a text: parts that tile it, and the way from parts to segments."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from promptlint.errors import PromptlintError
from promptlint.model import Arm, Codec, Escaping, Piece, Segment, SegmentKind, Span
from promptlint.records import dataclass

MAX_TAGS = 20_000
"""Slots, statements and comments of one template."""

MAX_REWRITTEN = 100_000
"""Line ends of one template that are read as another."""


@dataclass(frozen=True, slots=True)
class Part:
    """A range of a text and what it is; the parts of a text tile it.

    `text` is what the model reads (TEXT), the source spelling (SLOT), or empty. `name` is the expression
    of a SLOT, the statement of a CONTROL, the words of a COMMENT. A TEXT part with a name is one escape,
    whose text is not its source (`{{` read as `{`, CRLF read as LF); any other is verbatim. The group of
    an Arm is the position of the tag that opens it.
    """

    kind: SegmentKind
    start: int
    end: int
    text: str
    name: str = ""
    branch: tuple[Arm, ...] = ()

    @property
    def verbatim(self) -> bool:
        """True if this is text that is spelt by itself, character for character."""
        return self.kind is SegmentKind.TEXT and not self.name


class TemplateError(PromptlintError):
    """A text is no template of the syntax it was read as; `position` is where, in that text."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


class TooManyTagsError(TemplateError):
    """A text holds more tags, or more of what a template language rewrites, than is read."""

    def __init__(self, message: str) -> None:
        super().__init__(message, 0)


_VERBATIM = Codec()
_ESCAPING = {
    "jinja": Escaping.JINJA,
    "mustache": Escaping.JINJA,
    "format": Escaping.BRACES,
    "percent": Escaping.PERCENT,
    "dollar": Escaping.DOLLAR,
}


def file_codec(text: str, syntax: str) -> Codec:
    """How new text is written into a file that is itself a template, or plain text (syntax "none").

    Only Jinja reads CRLF as LF; in any other file a newline is itself, and so is a new one.
    """
    newline = "\r\n" if syntax == "jinja" and "\r\n" in text else "\n"
    return Codec(escaping=_ESCAPING.get(syntax, Escaping.NONE), newline=newline)


def segments(parts: Iterable[Part], offset: int = 0, codec: Codec = _VERBATIM) -> tuple[Segment, ...]:
    """The parts of a text that stands verbatim at `offset` of its source, as segments.

    Adjacent TEXT parts of one branch become one segment; groups of arms are moved by `offset` too, so
    that several texts of one file never share a group.
    """
    result: list[Segment] = []
    for run in _runs(parts):
        first, last = run[0], run[-1]
        branch = tuple(Arm(arm.group + offset, arm.arm) for arm in first.branch)
        span = Span(first.start + offset, last.end + offset)
        if first.kind is SegmentKind.TEXT:
            text = "".join(part.text for part in run)
            result.append(Segment(first.kind, text, span, codec, branch, _pieces(run, offset)))
        else:
            result.append(Segment(first.kind, first.text, span, codec, branch, name=first.name))
    return tuple(result)


def filled(text: str, marks: Iterable[Part]) -> Iterator[Part]:
    """The parts, with the plain text before, between and after them.

    Raises:
        TooManyTagsError: there are more than MAX_TAGS.
    """
    done = 0
    for number, mark in enumerate(marks):
        if number == MAX_TAGS:
            raise TooManyTagsError(f"more than {MAX_TAGS:,} tags")
        if mark.start > done:
            yield Part(SegmentKind.TEXT, done, mark.start, text[done : mark.start])
        yield mark
        done = mark.end
    if done < len(text):
        yield Part(SegmentKind.TEXT, done, len(text), text[done:])


def touched(parts: Sequence[Part], start: int, end: int) -> Sequence[Part]:
    """The parts, in order of place, that have something of the range."""
    first = bisect_right(parts, start, key=lambda part: part.end)
    return parts[first : bisect_left(parts, end, first, key=lambda part: part.start)]


def cut(parts: Sequence[Part], start: int, end: int) -> Iterator[Part]:
    """The parts of the range, those at its edges cut; an escape belongs to the range it starts in."""
    for part in touched(parts, start, end):
        if not part.verbatim:
            if part.start >= start:
                yield part
            continue
        low, high = max(part.start, start), min(part.end, end)
        yield replace(part, start=low, end=high, text=part.text[low - part.start : high - part.start])


def _runs(parts: Iterable[Part]) -> Iterator[list[Part]]:
    run: list[Part] = []
    for part in parts:
        joins = part.kind is SegmentKind.TEXT and run and run[-1].kind is SegmentKind.TEXT
        if run and not (joins and part.branch == run[-1].branch):
            yield run
            run = []
        run.append(part)
    if run:
        yield run


def _pieces(run: list[Part], offset: int) -> tuple[Piece, ...]:
    pieces = []
    position = 0
    for part in run:
        end = position + len(part.text)
        pieces.append(Piece(position, end, part.start + offset, part.end + offset, part.verbatim))
        position = end
    return tuple(pieces)
