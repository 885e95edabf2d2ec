"""Reads a Jupyter notebook into its cells; passes over outputs and metadata at the speed of the C parser."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from json import JSONDecodeError, JSONDecoder
from json.decoder import scanstring  # type: ignore[attr-defined]  # the C scanner of the standard library

from promptlint.errors import SourceError
from promptlint.model import Problem, Span
from promptlint.records import dataclass
from promptlint.syntax import jsonio
from promptlint.syntax.nodes import Scalar

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = JSONDecoder(parse_int=str, parse_float=str)  # no number here is looked at
_MOST = 600_000  # code points of all sources as spelt: more is generated
_SOURCES = ("source", "input")  # `input` is a code cell's of format 3


_LINE = re.compile(r'^([ \t]*)"((?:[^"\\\n]|\\[^n\n]|\\n(?!"))*)(?:\\n)?",?[ \t]*\r?$', re.MULTILINE)
_QUOTES = re.compile(r'(?:\\")+')


@dataclass(frozen=True, slots=True)
class Cell:
    """The source of one cell.

    `kind` is "code", "markdown" or "raw", empty if the cell is not as the format has it. `strings` spell its
    text together; `span` holds them with the list around them. `break_` is what stands between two strings
    of the list, from quote to quote; empty if the source is one string.
    """

    kind: str
    span: Span
    strings: tuple[Scalar, ...]
    break_: str = ""

    @property
    def text(self) -> str:
        """What the strings say together."""
        return "".join(item.text or "" for item in self.strings)


@dataclass(frozen=True, slots=True)
class Notebook:
    """The cells of a notebook in order, and the language of its code."""

    cells: tuple[Cell, ...]
    language: str


@dataclass(slots=True)
class _Reader:
    text: str
    cells: list[Cell] = field(default_factory=list)
    size: int = 0
    language: str = "python"


def read(text: str) -> Notebook:
    """The cells of a notebook of format 3 or 4; a BOM before it is allowed.

    Raises:
        SourceError: SRC002 if this is no JSON, SRC003 if it is nested too deeply or its cells are too large.
    """
    reader = _Reader(text)
    top: Mapping[str, _Handler] = {"cells": _cells, "worksheets": _worksheets, "metadata": _metadata}
    try:
        end = _space(text, _object(reader, _space(text, int(text.startswith("\ufeff"))), top))
    except JSONDecodeError as error:
        raise _no_json(error.msg[:1].lower() + error.msg[1:], error.pos) from error
    except RecursionError as error:
        raise SourceError(Problem("SRC003", "nested too deeply to be read")) from error
    if end < len(text):
        raise _no_json("nothing may follow the document", end)
    return Notebook(tuple(reader.cells), reader.language)


def code_lines(text: str) -> list[str]:
    """The lines of the file, a string of a list as what it says: every character in its column, blanks after.

    Of escapes only quotes are read.
    """
    lines = _QUOTES.sub(_unquoted, _LINE.sub(r"\1 \2", text)).split("\n")
    return [line.ljust(len(raw)) for line, raw in zip(lines, text.split("\n"), strict=True)]


def _unquoted(match: re.Match[str]) -> str:
    return match.group()[1::2] + " " * (len(match.group()) // 2)


_Handler = Callable[[_Reader, int], int]
"""Reads the value at a place and returns where it ends."""


def _no_json(message: str, at: int) -> SourceError:
    return SourceError(Problem("SRC002", message, Span(at, at)))


def _space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _value(reader: _Reader, at: int) -> tuple[object, int]:
    value: tuple[object, int] = _DECODER.raw_decode(reader.text, at)
    return value


def _pass(reader: _Reader, at: int) -> int:
    return _value(reader, at)[1]


def _object(reader: _Reader, at: int, handlers: Mapping[str, _Handler]) -> int:
    """Read an object, the values of some keys by their handlers; what is no object is passed over."""
    text = reader.text
    if text[at : at + 1] != "{":
        return _pass(reader, at)
    at = _space(text, at + 1)
    if text[at : at + 1] == "}":
        return at + 1
    while True:
        if text[at : at + 1] != '"':
            raise _no_json("expected a key in double quotes", at)
        key, at = jsonio.string(text, at)
        at = _space(text, at)
        if text[at : at + 1] != ":":
            raise _no_json("expected ':' after a key", at)
        at = handlers.get(key.text or "", _pass)(reader, _space(text, at + 1))
        at, done = _next(text, at, "}")
        if done:
            return at


def _list(reader: _Reader, at: int, handler: _Handler) -> int:
    """Read a list, each item by the handler; what is no list is passed over."""
    text = reader.text
    if text[at : at + 1] != "[":
        return _pass(reader, at)
    at = _space(text, at + 1)
    if text[at : at + 1] == "]":
        return at + 1
    while True:
        at, done = _next(text, handler(reader, at), "]")
        if done:
            return at


def _next(text: str, at: int, closing: str) -> tuple[int, bool]:
    """The place of the next entry, or that after the closing bracket."""
    at = _space(text, at)
    char = text[at : at + 1]
    if char not in (",", closing) or not char:
        raise _no_json(f"expected ',' or '{closing}'", at)
    return (at + 1, True) if char == closing else (_space(text, at + 1), False)


# --- what a notebook is made of -------------------------------------------------------------


def _cells(reader: _Reader, at: int) -> int:
    return _list(reader, at, _cell)


def _worksheets(reader: _Reader, at: int) -> int:
    return _list(reader, at, lambda reader, at: _object(reader, at, {"cells": _cells}))


def _metadata(reader: _Reader, at: int) -> int:
    value, end = _value(reader, at)
    for name, key in (("kernelspec", "language"), ("language_info", "name")):
        said = value.get(name) if isinstance(value, dict) else None
        language = said.get(key) if isinstance(said, dict) else None
        if isinstance(language, str):
            reader.language = language.lower()
    return end


def _cell(reader: _Reader, at: int) -> int:
    kinds: list[object] = []
    sources: list[Cell | None] = []

    def kind(reader: _Reader, at: int) -> int:
        value, end = _value(reader, at)
        kinds.append(value)
        return end

    def source(reader: _Reader, at: int) -> int:
        found, end = _source(reader, at)
        sources.append(found)
        return end

    end = _object(reader, at, {"cell_type": kind, **dict.fromkeys(_SOURCES, source)})
    cell = sources[0] if len(sources) == 1 else None
    if cell is not None and len(kinds) == 1 and isinstance(kinds[0], str):
        reader.cells.append(Cell(kinds[0], cell.span, cell.strings, cell.break_))
    else:
        reader.cells.append(Cell("", Span(at, end), ()))
    return end


def _source(reader: _Reader, at: int) -> tuple[Cell | None, int]:
    """The source of a cell, its kind yet unknown; None if it is neither a string nor a list of such."""
    text = reader.text
    if text[at : at + 1] == '"':
        string, end = _string(reader, at)
        return Cell("", Span(at, end), (string,)), end
    strings: list[Scalar] = []
    odd = text[at : at + 1] != "["

    def item(reader: _Reader, at: int) -> int:
        nonlocal odd
        if text[at : at + 1] != '"':
            odd = True
            return _pass(reader, at)
        string, end = _string(reader, at)
        strings.append(string)
        return end

    end = _list(reader, at, item)
    return (None if odd else Cell("", Span(at, end), tuple(strings), _break(text, at, strings))), end


def _string(reader: _Reader, at: int) -> tuple[Scalar, int]:
    _, end = scanstring(reader.text, at + 1, True)
    reader.size += end - at
    if reader.size > _MOST:
        raise SourceError(Problem("SRC003", f"more than {_MOST:,} characters in cells", Span(at, at)))
    return jsonio.string(reader.text, at)


def _break(text: str, at: int, strings: list[Scalar]) -> str:
    """What stands between two strings of the list that opens at `at`, as the file lays it out."""
    if len(strings) > 1:
        return text[strings[0].span.end - 1 : strings[1].span.start + 1]
    before = text[at + 1 : strings[0].span.start] if strings else ""
    return f'",{before}"'
