"""Finds which source spells which character of a YAML scalar, for all five styles; pure text, no loader.

`spell` is handed the value that the loader read. It either explains every character of it or says that
it cannot: then nothing in the scalar can be edited.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from promptlint.model import Codec, CodecKind, Piece, Span
from promptlint.records import dataclass
from promptlint.syntax.nodes import Spelling

_BREAK = r"(?:\r\n|[\r\n\x85\u2028\u2029])"
_BREAKS = re.compile(_BREAK)
_FOLD = rf"[ \t]*(?:{_BREAK}[ \t]*)+"
_PLAIN = re.compile(rf"(?P<fold>{_FOLD})|(?P<fixed>[^\s]?#|:[^\s]?)")
_SINGLE = re.compile(rf"(?P<fold>{_FOLD})|(?P<quote>'')")
_DOUBLE = re.compile(
    rf"(?P<fold>{_FOLD})|\\(?P<joined>{_BREAK}(?:[ \t]*{_BREAK})*[ \t]*)"
    r"|\\(?:x(?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8})|(?P<one>.))"
)
_ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "/": "/",
    "\\": "\\",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
_HEADER = re.compile(rf"[|>](?:[+-]?([1-9])?|([1-9])[+-])[ \t]*(?:#[^\r\n\x85\u2028\u2029]*)?({_BREAK}|\Z)")
_SIMPLE = re.compile(r"[^\r\n\x85\u2028\u2029#:]*")
_LETTER = re.compile(r"[^\W\d_]")
_KINDS = {
    "'": CodecKind.YAML_SINGLE,
    '"': CodecKind.YAML_DOUBLE,
    "|": CodecKind.YAML_LITERAL,
    ">": CodecKind.YAML_FOLDED,
}


@dataclass(frozen=True, slots=True)
class _Unit:
    """A stretch of source and what it spells."""

    start: int
    end: int
    text: str
    verbatim: bool = False


def spell(text: str, span: Span, value: str, newline: str) -> Spelling:
    """Explain `value` by the source of its scalar.

    Args:
        text: the whole source.
        span: the scalar without anchor and tag; of a block scalar it may go on to the next token.
        value: what the loader read.
        newline: the file's line ending.
    """
    style = text[span.start : span.start + 1] if span.end > span.start else ""
    kind = _KINDS.get(style, CodecKind.YAML_PLAIN)
    plain = kind is CodecKind.YAML_PLAIN
    at = span.start if plain else span.start + 1
    end = span.end if plain else span.end - 1
    if value and text[at:end] == value and style not in ("|", ">") and _SIMPLE.fullmatch(value):
        editable = not plain or _LETTER.match(value) is not None  # most scalars spell themselves
        piece = Piece(0, len(value), at, end)
        return Spelling(span, (piece,), Codec(kind, newline=newline, editable=editable), int(plain))
    explain = _block if style in ("|", ">") else _flow
    found = explain(text, span, value, newline)
    if found is not None:
        return found
    piece = Piece(0, len(value), span.start, span.end, verbatim=False)
    return Spelling(span, (piece,) if value else (), Codec(kind, newline=newline, editable=False))


def _joined(units: Iterable[_Unit]) -> tuple[Piece, ...]:
    """Pieces of the units in order; verbatim neighbours become one."""
    result: list[Piece] = []
    at = 0
    for unit in units:
        end = at + len(unit.text)
        last = result[-1] if result else None
        if unit.verbatim and last and last.verbatim and last.source_end == unit.start:
            result[-1] = Piece(last.text_start, end, last.source_start, unit.end)
        elif end > at:
            result.append(Piece(at, end, unit.start, unit.end, unit.verbatim))
        at = end
    return tuple(result)


# --- plain and quoted -----------------------------------------------------------------------


def _flow(text: str, span: Span, value: str, newline: str) -> Spelling | None:
    style = text[span.start : span.start + 1] if span.end > span.start else ""
    if style in ("'", '"'):
        inside = Span(span.start + 1, max(span.start + 1, span.end - 1))
        units = list(_flow_units(text, inside, _SINGLE if style == "'" else _DOUBLE))
        head, editable = 0, True
    else:
        units = list(_flow_units(text, span, _PLAIN))
        head, editable = 1, _LETTER.match(value) is not None
    if "".join(unit.text for unit in units) != value:
        return None
    kind = _KINDS.get(style, CodecKind.YAML_PLAIN)
    return Spelling(span, _joined(units), Codec(kind, newline=newline, editable=editable), head)


def _flow_units(text: str, span: Span, pattern: re.Pattern[str]) -> Iterator[_Unit]:
    position = span.start
    for match in pattern.finditer(text, span.start, span.end):
        start, end = match.span()
        if start > position:
            yield _Unit(position, start, text[position:start], verbatim=True)
        yield _Unit(start, end, _meaning(match))
        position = end
    if span.end > position:
        yield _Unit(position, span.end, text[position : span.end], verbatim=True)


def _meaning(match: re.Match[str]) -> str:
    groups = {name: found for name, found in match.groupdict().items() if found is not None}
    if "fold" in groups:
        return _folded(_line_breaks(groups["fold"]))
    if "fixed" in groups:
        return groups["fixed"]
    if "quote" in groups:
        return "'"
    if "joined" in groups:
        return "".join(_line_breaks(groups["joined"])[1:])
    if "one" in groups:
        return _ESCAPES.get(groups["one"], "\\" + groups["one"])
    code = int(next(iter(groups.values())), 16)
    return chr(code) if code <= 0x10FFFF else ""


def _line_breaks(text: str) -> list[str]:
    return [found if found in "\u2028\u2029" else "\n" for found in _BREAKS.findall(text)]


def _folded(breaks: list[str]) -> str:
    """What a run of line breaks between two lines of text is read as."""
    first, rest = breaks[0], "".join(breaks[1:])
    return first + rest if first != "\n" else rest or " "


# --- literal and folded blocks --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a block: its text without indentation, and its line break."""

    start: int
    content: str
    break_start: int
    end: int
    newline: str


def _block(text: str, span: Span, value: str, newline: str) -> Spelling | None:
    header = _HEADER.match(text, span.start, span.end)
    if header is None:
        return None
    explicit = int(header.group(1) or header.group(2) or 0)
    for indent in _indents(text[header.end() : span.end], explicit):
        lines = list(_lines(text, Span(header.end(), span.end), indent))
        units = list(_block_units(lines, text[span.start] == ">"))
        units = _chomped(units, value)
        if "".join(unit.text for unit in units) == value:
            codec = Codec(_KINDS[text[span.start]], indent=" " * indent, newline=newline)
            end = units[-1].end if units else header.end()
            body = value.lstrip("\n\u2028\u2029")
            head = len(value) - len(body) + 1 if body and not explicit else 0
            return Spelling(Span(span.start, end), _joined(units), codec, head)
    return None


def _indents(body: str, explicit: int) -> Iterator[int]:
    """Possible indentations; an explicit one counts from the parent's, which is not known here."""
    lines = _BREAKS.split(body)
    spaces = [len(line) - len(line.lstrip(" ")) for line in lines]
    filled = [count for line, count in zip(lines, spaces, strict=True) if line.strip(" ")]
    most = filled[0] if filled else max(spaces, default=0)
    yield from range(explicit, max(spaces, default=0) + 1) if explicit else (most,)


def _lines(text: str, body: Span, indent: int) -> Iterator[_Line]:
    position = body.start
    while position < body.end:
        match = _BREAKS.search(text, position, body.end)
        stop, end = match.span() if match else (body.end, body.end)
        spaces = re.compile(rf" {{0,{indent}}}").match(text, position, stop)
        start = spaces.end() if spaces else position
        yield _Line(start, text[start:stop], stop, end, match.group() if match else "")
        position = end


def _block_units(lines: list[_Line], folds: bool) -> Iterator[_Unit]:
    """The texts and line breaks of a block; a fold is one unit."""
    above: _Line | None = None
    breaks: list[_Line] = []
    for line in lines:
        if line.content:
            yield from _between(above, breaks, line, folds)
            yield _Unit(line.start, line.break_start, line.content, verbatim=True)
            above, breaks = line, []
        if line.newline:
            breaks.append(line)
    yield from map(_break_unit, breaks)


def _between(above: _Line | None, breaks: list[_Line], below: _Line, folds: bool) -> Iterator[_Unit]:
    blank = above is None or above.content[0] in " \t" or below.content[0] in " \t"
    if not folds or blank:
        yield from map(_break_unit, breaks)
        return
    spelt = [line.newline if line.newline in "\u2028\u2029" else "\n" for line in breaks]
    yield _Unit(breaks[0].break_start, breaks[-1].end, _folded(spelt))


def _break_unit(line: _Line) -> _Unit:
    verbatim = line.newline in "\n\u2028\u2029"
    return _Unit(line.break_start, line.end, line.newline if verbatim else "\n", verbatim)


def _chomped(units: list[_Unit], value: str) -> list[_Unit]:
    """Without the line breaks at the end that are no part of the value."""
    length = sum(len(unit.text) for unit in units)
    while units and length > len(value) and not units[-1].text.strip("\n\u2028\u2029"):
        length -= len(units.pop().text)
    return units
