"""Reads prompts back by their container's own parser, and says where promptlint's spans or texts are wrong.

Nothing here asks an extractor: Python is read by `ast`, YAML by PyYAML, JSON by `json`, Jinja by its lexer,
POML by expat, TypeScript by tree-sitter with unescaping of its own. What comes out are literals: the places
that hold strings, and what they say. Each TEXT run of a prompt has to be found in the literal around it.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import yaml
from literals import UNREADABLE, Literal, poml_text, readers, separators, unescaped

from promptlint.model import Codec, CodecKind, Escaping, Piece, Prompt, Segment, SegmentKind, Source

_ESCAPES: dict[Escaping, tuple[tuple[str, str], ...]] = {
    Escaping.BRACES: (("{", "{{"), ("}", "}}")),
    Escaping.PERCENT: (("%", "%%"),),
    Escaping.DOLLAR: (("$", "$$"),),
}
_YAML_KINDS = (
    CodecKind.YAML_PLAIN,
    CodecKind.YAML_SINGLE,
    CodecKind.YAML_DOUBLE,
    CodecKind.YAML_LITERAL,
    CodecKind.YAML_FOLDED,
)
# What may stand between two pieces: the indentation of a line, a line that is continued, the seam of two
# strings of a notebook's cell. None of it spells a character.
_GAP = re.compile(r"(?:\\?(?:\r\n?|\n))?[ \t]*(?:\\\r?\n[ \t]*)*")
_YAML_GAP = re.compile(r"\\?\s*\\?")
_SPACE = re.compile(r"\s+")
_SEAM = re.compile(r'(?:(?:\\\\)?(?:\\r)?(?:\\n)?(?:"\s*,\s*")?(?:[ \t]|\\t)*){1,3}')


@dataclass(slots=True)
class Reading:
    """What reading a file back gave: TEXT runs seen, those that no parser could judge, and what is wrong."""

    runs: int = 0
    unread: int = 0
    wrong: list[str] = field(default_factory=list)


def read_back(source: Source, prompts: Sequence[Prompt]) -> Reading:
    """Hold all TEXT runs of a file's prompts against the file."""
    reading = Reading()
    reading.wrong += _ids(source, prompts)
    reading.wrong += _overlaps(prompts)
    found = _Literals(source)
    for prompt in prompts:
        segments = [segment for segment in prompt.segments if segment.kind is SegmentKind.TEXT]
        reading.runs += len(segments)
        reading.wrong += [
            f"{prompt.id}: {fault}" for segment in segments for fault in _pieces(source.text, segment)
        ]
        unread, wrong = _texts(found, prompt, segments)
        reading.unread += unread
        reading.wrong += [f"{prompt.id}: {fault}" for fault in wrong]
    return reading


def _ids(source: Source, prompts: Sequence[Prompt]) -> Iterator[str]:
    ids = [prompt.id for prompt in prompts]
    if len(set(ids)) < len(ids):
        yield f"ids are not unique: {sorted({name for name in ids if ids.count(name) > 1})}"
    for prompt in prompts:
        if prompt.id != source.path and not prompt.id.startswith(f"{source.path}::"):
            yield f"{prompt.id}: the id does not begin with the path"


def _overlaps(prompts: Sequence[Prompt]) -> Iterator[str]:
    """Segments are in order within a message, and share a character with others only where nothing is edited.

    So it is in YAML, where an alias makes one text part of two prompts.
    """
    spans = []
    for prompt in prompts:
        for message in prompt.messages:
            own = [segment.span for segment in message.segments]
            if any(after < before for before, after in pairwise(own)):
                yield f"{prompt.id}: the segments of a message are not in order"
        texts = [each for each in prompt.segments if each.kind is SegmentKind.TEXT and each.codec.editable]
        spans += [(each.span, prompt.id) for each in texts]
    spans.sort(key=lambda item: item[0])
    for (before, one), (after, two) in pairwise(spans):
        if before.overlaps(after):
            yield f"{one} and {two}: segments overlap at {after.start}"


# --- pieces ---------------------------------------------------------------------------------


def _pieces(source: str, segment: Segment) -> Iterator[str]:
    at, place = 0, segment.span.start
    for number, piece in enumerate(segment.pieces):
        if piece.text_start != at or piece.text_end < at:
            yield f"pieces do not tile the text at {piece.source_start}"
        if piece.source_start < place or piece.source_end > segment.span.end:
            yield f"pieces out of order or outside the segment at {piece.source_start}"
        gap = source[place : piece.source_start]
        if number and gap and segment.codec.editable and not _is_gap(gap, segment.codec):
            yield f"text between two pieces at {place}: {gap[:40]!r}"
        at, place = piece.text_end, piece.source_end
        yield from _piece(source, segment, piece)
    if at != len(segment.text):
        yield f"pieces do not tile the text to its end, at {segment.span.end}"


def _is_gap(gap: str, codec: Codec) -> bool:
    if codec.outer is not None:
        return _SEAM.fullmatch(gap) is not None
    return (_YAML_GAP if codec.kind in _YAML_KINDS else _GAP).fullmatch(gap) is not None


def _piece(source: str, segment: Segment, piece: Piece) -> Iterator[str]:
    text = segment.text[piece.text_start : piece.text_end]
    spelt = source[piece.source_start : piece.source_end]
    if piece.verbatim:
        if text != spelt:
            yield f"verbatim piece at {piece.source_start} reads {text[:40]!r}, the source {spelt[:40]!r}"
    elif segment.codec.editable and not _spells(spelt, text, segment.codec):
        yield f"piece at {piece.source_start} reads {text[:40]!r}, the source spells {spelt[:40]!r}"


def _spells(spelt: str, text: str, codec: Codec) -> bool:
    """True if `spelt` is a spelling of `text`, as the container and then the template language read it."""
    try:
        decoded = _decoded(spelt, codec)
    except (ValueError, SyntaxError, yaml.YAMLError):
        return False
    return decoded is None or _lines(decoded) in (_lines(text), _lines(escaped(text, codec.escaping)))


def _decoded(spelt: str, codec: Codec) -> str | None:
    """What the container reads; None for a fold of white space, which only its context decides."""
    if codec.outer is not None:
        inner = _decoded(spelt, codec.outer)
        return inner if inner is None else _DECODERS[codec.kind](inner, codec)
    return _DECODERS[codec.kind](spelt, codec)


def _python(spelt: str, codec: Codec) -> str | None:
    if codec.raw or "\\" not in spelt:
        return spelt
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return str(ast.literal_eval(f'"""{_lines(spelt)}"""'))


def _yaml(spelt: str, codec: Codec) -> str | None:
    if not spelt.strip():
        return None
    if codec.kind is CodecKind.YAML_SINGLE:
        return spelt.replace("''", "'")
    if codec.kind is CodecKind.YAML_DOUBLE:
        return str(yaml.safe_load(f'"{spelt}"'))
    return spelt


def _javascript(spelt: str, codec: Codec) -> str | None:
    return unescaped(_lines(spelt))


_DECODERS: dict[CodecKind, Callable[[str, Codec], str | None]] = {
    CodecKind.VERBATIM: lambda spelt, _: spelt,
    CodecKind.PYTHON: _python,
    CodecKind.JSON: lambda spelt, _: str(json.loads(f'"{spelt}"', strict=False)),
    CodecKind.JAVASCRIPT: _javascript,
    CodecKind.XML: lambda spelt, _: poml_text(spelt) if spelt.strip() else None,
    CodecKind.BAML: _javascript,
    **dict.fromkeys(_YAML_KINDS, _yaml),
}


# --- texts ----------------------------------------------------------------------------------


_NESTED = 50  # literals within one literal, at most


class _Literals:
    """The literals of a file by each parser that is asked for, each asked once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._separators: frozenset[str] | None = None
        self._known: dict[object, tuple[list[Literal], list[int]]] = {}

    def separates(self, text: str) -> bool:
        """True if `text` is what some list of the file is joined by."""
        if self._separators is None:
            self._separators = separators(self._source)
        return text in self._separators

    def around(self, segment: Segment, first: int) -> Literal | str | None:
        """The literal that holds a segment; None if there is none; a string says why nobody can tell.

        `first` is where the prompt begins: a template is read from there.
        """
        key, read = readers(self._source, segment.codec, first)
        if key not in self._known:
            try:
                found = sorted(read(self._source.text), key=lambda each: each.start)
            except UNREADABLE as error:
                return f"{type(error).__name__}: {error}"
            self._known[key] = found, [each.start for each in found]
        found, starts = self._known[key]
        index = bisect_right(starts, segment.span.start) - 1
        least = max(0, index - _NESTED)
        while index > least and found[index].end < segment.span.end:
            index -= 1  # past literals inside the one that holds the segment
        inside = index >= 0 and segment.span.end <= found[index].end
        return found[index] if inside else None


def _texts(found: _Literals, prompt: Prompt, segments: Sequence[Segment]) -> tuple[int, list[str]]:
    """How many segments nobody can judge, and those that their literal does not hold, in order."""
    unread, wrong = 0, []
    first = min((each.span.start for each in prompt.segments), default=0)
    homes: dict[int, tuple[Literal, list[Segment]]] = {}
    for segment in segments:
        if _is_layout(segment):
            continue
        literal = found.around(segment, first)
        if isinstance(literal, str):
            unread += 1
        elif literal is None and not segment.codec.editable and found.separates(segment.text):
            continue  # of a list that grows statement by statement
        elif literal is None:
            wrong.append(f"no literal of the container around {segment.span.start}..{segment.span.end}")
        else:
            homes.setdefault(id(literal), (literal, []))[1].append(segment)
    for literal, held in homes.values():
        missing = _missing(literal, sorted(held, key=lambda each: each.span))
        if missing is not None:
            wrong.append(f"the literal at {literal.start} does not say {missing[:60]!r}")
    return unread, wrong


def _is_layout(segment: Segment) -> bool:
    """True for the line breaks that a renderer of markup puts between two elements."""
    return segment.codec.kind is CodecKind.XML and not segment.codec.editable and segment.text.isspace()


def _missing(literal: Literal, segments: Sequence[Segment]) -> str | None:
    """The first chunk that the literal does not hold after the ones before it."""
    texts = [_lines(text) for text in literal.texts]
    index, at = 0, 0
    for segment in segments:
        for chunk in _chunks(segment, literal.spelt):
            wanted = _lines(chunk) if segment.codec.kind is not CodecKind.XML else _SPACE.sub(" ", chunk)
            while index < len(texts) and (place := texts[index].find(wanted, at)) < 0:
                index, at = index + 1, 0
            if index == len(texts):
                return chunk
            at = place + len(wanted)
    return None


def _chunks(segment: Segment, spelt: bool) -> Iterator[str]:
    """The text, cut where source between two pieces spells nothing for the prompt, but may for its parser.

    `spelt`: what a template language escapes is spelt as it wants it.
    """
    whole = segment.codec.kind in _YAML_KINDS
    chunk, place = "", -1
    for piece in segment.pieces:
        text = segment.text[piece.text_start : piece.text_end]
        if place >= 0 and piece.source_start != place and not whole:
            yield chunk
            chunk = ""
        chunk += text if piece.verbatim or not spelt else escaped(text, segment.codec.escaping)
        place = piece.source_end
    yield chunk


def escaped(text: str, escaping: Escaping) -> str:
    """`text` as a template language that has escapes spells it."""
    for plain, spelt in _ESCAPES.get(escaping, ()):
        text = text.replace(plain, spelt)
    return text


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
