"""Reads JSON into a tree with exact spans: the only JSON reader for files that hold prompts."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]  # the C scanner of the standard library

from promptlint.errors import SourceError
from promptlint.model import Codec, CodecKind, Piece, Problem, Span
from promptlint.syntax.nodes import (
    MAX_DEPTH,
    MAX_NODES,
    MAX_SIZE,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Spelling,
    frozen,
    unspelt,
)

_SPACE = re.compile(r"[ \t\n\r]*")
_COLON = re.compile(r"[ \t\n\r]*:[ \t\n\r]*")
_NEXT = re.compile(r"[ \t\n\r]*([,\]}])[ \t\n\r]*")
_CLOSING = {"{": "}", "[": "]"}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORD = re.compile(r"true|false|null")
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_MAX_DIGITS = 4000
_CODEC = Codec(CodecKind.JSON)
_OPAQUE = Codec(CodecKind.JSON, editable=False)


def parse(text: str) -> Node:
    """The tree of a JSON document; a BOM before it is allowed.

    Raises:
        SourceError: SRC002 if this is no JSON, SRC003 if it is too large or nested too deeply.
    """
    if len(text) > MAX_SIZE:
        raise _error("SRC003", f"more than {MAX_SIZE:,} characters", 0)
    root, at = _Reader(text).value(_skip(text, 1 if text.startswith("\ufeff") else 0), 0)
    at = _skip(text, at)
    if at < len(text):
        raise _error("SRC002", "nothing may follow the document", at)
    return root


def _error(code: str, message: str, at: int) -> SourceError:
    return SourceError(Problem(code, message, Span(at, at)))


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


class _Reader:
    """Reads values; recursion is safe, as it is at most MAX_DEPTH deep. `left` is how many may follow."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.left = MAX_NODES

    def value(self, at: int, depth: int) -> tuple[Node, int]:
        """The value at a place inside `depth` collections, and the place after it."""
        if not self.left:
            raise _error("SRC003", f"more than {MAX_NODES:,} values", at)
        self.left -= 1
        char = self.text[at : at + 1]
        if char == '"':
            return string(self.text, at)
        if char not in _CLOSING:
            return _leaf(self.text, at)
        if depth >= MAX_DEPTH:
            raise _error("SRC003", f"nested more than {MAX_DEPTH} levels deep", at)
        return (self.mapping if char == "{" else self.sequence)(at, depth + 1)

    def sequence(self, start: int, depth: int) -> tuple[Node, int]:
        """The list that opens at `start`, as `value`."""
        items: list[Node] = []
        at, closed = _opened(self.text, start)
        while not closed:
            item, at = self.value(at, depth)
            items.append(item)
            at, closed = _after(self.text, at, "]")
        return Sequence(tuple(items), Span(start, at)), at

    def mapping(self, start: int, depth: int) -> tuple[Node, int]:
        """The object that opens at `start`, as `value`."""
        entries: list[tuple[Scalar, Node]] = []
        at, closed = _opened(self.text, start)
        while not closed:
            key, at = _key(self.text, at)
            value, at = self.value(at, depth)
            entries.append((key, value))
            at, closed = _after(self.text, at, "}")
        return Mapping(_unique(entries), Span(start, at)), at


def _opened(text: str, start: int) -> tuple[int, bool]:
    """The place of the first value of a collection, or that after its end if it is empty."""
    at = _skip(text, start + 1)
    closed = text[at : at + 1] == _CLOSING[text[start]]
    return at + closed, closed


def _after(text: str, at: int, closing: str) -> tuple[int, bool]:
    """Behind a value: the place of the next one, or that after the end of the collection."""
    match = _NEXT.match(text, at)
    if match is None or (match[1] != "," and match[1] != closing):
        raise _error("SRC002", f"expected ',' or '{closing}'", _skip(text, at))
    return (match.end(), False) if match[1] == "," else (match.end(1), True)


def _key(text: str, at: int) -> tuple[Scalar, int]:
    """The key at a place, and the place of its value."""
    if text[at : at + 1] != '"':
        raise _error("SRC002", "expected a key in double quotes", at)
    key, at = string(text, at)
    match = _COLON.match(text, at)
    if match is None:
        raise _error("SRC002", "expected ':' after a key", _skip(text, at))
    return key, match.end()


def _unique(entries: list[tuple[Scalar, Node]]) -> tuple[tuple[Scalar, Node], ...]:
    """The entries; what stands under a key that is there twice may not be edited."""
    names = [key.value for key, _ in entries]
    if len(set(names)) == len(names):
        return tuple(entries)
    twice = {name for name, count in Counter(names).items() if count > 1}
    return tuple((key, frozen(value) if key.value in twice else value) for key, value in entries)


def _leaf(text: str, at: int) -> tuple[Scalar, int]:
    word = _WORD.match(text, at)
    if word:
        return _plain(_CONSTANTS[word.group()], at, word.end())
    number = _NUMBER.match(text, at)
    if number is None:
        raise _error("SRC002", "expected a value" if at < len(text) else "the document ends too early", at)
    if number.end() - at > _MAX_DIGITS:
        raise _error("SRC003", f"a number of more than {_MAX_DIGITS:,} digits", at)
    real = number.group(1) or number.group(2)
    value = float(number.group()) if real else int(number.group())
    return _plain(value, at, number.end())


def _plain(value: float | bool | None, start: int, end: int) -> tuple[Scalar, int]:
    return Scalar(value, Span(start, end), codec=_OPAQUE), end


def string(text: str, at: int) -> tuple[Scalar, int]:
    """The string whose opening quote stands at `at`, and the place after its closing one.

    Raises:
        SourceError: SRC002 if it is none.
    """
    try:
        value, end = scanstring(text, at + 1, True)
    except JSONDecodeError as error:
        raise _error("SRC002", error.msg[:1].lower() + error.msg[1:], error.pos) from error
    return unspelt(value, value, "", partial(_spelling, text, at, end)), end


def _spelling(text: str, start: int, end: int) -> Spelling:
    return Spelling(Span(start, end), _pieces(text, start + 1, end - 1), _CODEC)


def _pieces(text: str, start: int, end: int) -> tuple[Piece, ...]:
    """The pieces of a string's inside; every escape is one, a surrogate pair too."""
    result = []
    position, at = start, 0
    for match in _ESCAPE.finditer(text, start, end) if "\\" in text[start:end] else ():
        low, high = match.span()
        if low > position:
            result.append(Piece(at, at + low - position, position, low))
            at += low - position
        result.append(Piece(at, at + 1, low, high, verbatim=False))
        position, at = high, at + 1
    if end > position:
        result.append(Piece(at, at + end - position, position, end))
    return tuple(result)
