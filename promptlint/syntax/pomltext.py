"""Makes segments of the texts of POML: white space as it is rendered, entities, expressions, breaks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from promptlint.model import Arm, Codec, CodecKind, Escaping, Piece, Segment, SegmentKind, Span
from promptlint.records import dataclass

_CODEC = Codec(CodecKind.XML, Escaping.NONE)
_FIXED = Codec(CodecKind.XML, editable=False)
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'", "hash": "#"}
_ENTITIES |= {"lbrace": "{", "rbrace": "}"}
_TOKEN = re.compile(r"(?P<space>[ \t\r\n]+)|[#&](?P<entity>lt|gt|amp|quot|apos|hash|lbrace|rbrace);")
_KEPT = re.compile(_TOKEN.pattern.replace(r"[ \t\r\n]+", r"\r\n"))


@dataclass(frozen=True, slots=True)
class Bit:
    """A stretch of a prompt before it is made a segment; `rendered` text is not in the source as such."""

    kind: SegmentKind
    text: str
    span: Span
    branch: tuple[Arm, ...] = ()
    name: str = ""
    verbatim: bool = True
    rendered: bool = False


class Writer:
    """Collects the bits of one message; white space waits until it is known whether it is rendered."""

    def __init__(self, source: str) -> None:
        """Begin an empty message of that file."""
        self._source = source
        self._bits: list[Bit] = []
        self._space: tuple[int, Bit] | None = None
        self._break: tuple[int, str] | None = None
        self._said = False
        self._spaced = True

    def mark(self, kind: SegmentKind, span: Span, branch: tuple[Arm, ...], name: str) -> None:
        """Add what has no width: a tag, a comment, an image."""
        if kind is SegmentKind.MEDIA:
            self._settle()
        self._bits.append(Bit(kind, "", span, branch, name))

    def inline(self, opens: bool) -> None:
        """The edge of an element inside a line: space in front of it counts, space just inside does not."""
        if opens:
            self._settle(keep=True)
            self._spaced = True
        else:
            self._space = None
            self._spaced = False

    def boundary(self, text: str) -> None:
        """The last mark is the edge of a block: between two texts it is rendered as line breaks."""
        self._space = None
        self._spaced = True
        if self._said:
            index, before = self._break or (len(self._bits) - 1, "")
            self._break = index, max(before, text, key=len)

    def slot(self, span: Span, branch: tuple[Arm, ...], name: str) -> None:
        """Add what is filled in."""
        self._settle()
        self._bits.append(Bit(SegmentKind.SLOT, self._source[span.start : span.end], span, branch, name))
        self._said, self._spaced = True, False

    def text(self, span: Span, branch: tuple[Arm, ...], kept: bool) -> None:
        """Add text without expressions; with `kept` its white space is rendered as it stands."""
        done = span.start
        for match in (_KEPT if kept else _TOKEN).finditer(self._source, span.start, span.end):
            self._plain(Span(done, match.start()), branch)
            done = match.end()
            place = Span(*match.span())
            if match["entity"]:
                self._piece(_ENTITIES[match["entity"]], place, branch)
            elif kept:
                self._piece("\n", place, branch)
            elif not self._spaced:
                verbatim = match.group() == " "
                space = Bit(SegmentKind.TEXT, " ", place, branch, verbatim=verbatim)
                self._space = self._space or (len(self._bits), space)
        self._plain(Span(done, span.end), branch)

    def segments(self) -> tuple[Segment, ...]:
        """The segments of the message; white space at its end is none."""
        return tuple(_segments(self._bits))

    @property
    def says(self) -> bool:
        """True if the message holds a text, a slot or an image."""
        return self._said or any(bit.kind is SegmentKind.MEDIA for bit in self._bits)

    def _plain(self, span: Span, branch: tuple[Arm, ...]) -> None:
        if span.start < span.end:
            self._piece(self._source[span.start : span.end], span, branch, verbatim=True)

    def _piece(self, text: str, span: Span, branch: tuple[Arm, ...], verbatim: bool = False) -> None:
        self._settle()
        self._bits.append(Bit(SegmentKind.TEXT, text, span, branch, verbatim=verbatim))
        self._said, self._spaced = True, False

    def _settle(self, keep: bool = False) -> None:
        """What waited is rendered, because something follows; with `keep` a break goes on waiting."""
        if self._space:
            self._bits.insert(*self._space)
            self._space = None
        if self._break and not keep:
            index, text = self._break
            tag = self._bits[index]
            self._bits[index] = Bit(
                SegmentKind.TEXT, text, tag.span, tag.branch, verbatim=False, rendered=True
            )
            self._break = None


def _segments(bits: Iterable[Bit]) -> Iterator[Segment]:
    run: list[Bit] = []
    for bit in bits:
        first = run[0] if run else None
        joins = first and first.kind is bit.kind is SegmentKind.TEXT and first.branch == bit.branch
        if run and not (joins and first and first.rendered is bit.rendered is False):
            yield _segment(run)
            run = []
        run.append(bit)
    if run:
        yield _segment(run)


def _segment(run: list[Bit]) -> Segment:
    first = run[0]
    span = Span(first.span.start, run[-1].span.end)
    if first.kind is not SegmentKind.TEXT:
        return Segment(first.kind, first.text, span, _CODEC, first.branch, name=first.name)
    pieces: list[Piece] = []
    at = 0
    for bit in run:
        end = at + len(bit.text)
        last = pieces[-1] if pieces else None
        if last and last.verbatim and bit.verbatim and last.source_end == bit.span.start:
            pieces[-1] = Piece(last.text_start, end, last.source_start, bit.span.end)
        else:
            pieces.append(Piece(at, end, bit.span.start, bit.span.end, bit.verbatim))
        at = end
    text = "".join(bit.text for bit in run)
    return Segment(
        SegmentKind.TEXT, text, span, _FIXED if first.rendered else _CODEC, first.branch, tuple(pieces)
    )


def expressions(text: str, span: Span) -> Iterator[tuple[Span, str]]:
    """The ranges of `{{ ... }}` in a range of the text, with what stands in them."""
    start = text.find("{{", span.start, span.end)
    close = -1
    while start >= 0:
        if close < start + 2:
            close = text.find("}}", start + 2, span.end)
        if close < 0:
            return
        end = close + 2
        while text.startswith("}", end) and end < span.end:
            end += 1
        inner = text[start + 2 : end - 2].strip()
        if inner and "\n" not in inner:
            yield Span(start, end), inner
            start = text.find("{{", end, span.end)
        else:
            start = text.find("{{", start + 2, span.end)
