"""Reads JSON into a tree with exact spans: the only JSON reader for files that hold prompts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import field
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]  # the C scanner of the standard library

from promptlint.errors import SourceError
from promptlint.model import Codec, CodecKind, Piece, Problem, Span
from promptlint.records import dataclass
from promptlint.syntax.nodes import MAX_DEPTH, MAX_NODES, MAX_SIZE, Mapping, Node, Scalar, Sequence, frozen

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORD = re.compile(r"true|false|null")
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_MAX_DIGITS = 4000
_CODEC = Codec(CodecKind.JSON)
_OPAQUE = Codec(CodecKind.JSON, editable=False)


@dataclass(slots=True)
class _Frame:
    """An object or list that is not closed yet; `keys` is None for a list."""

    start: int
    keys: list[Scalar] | None
    values: list[Node] = field(default_factory=list)


def parse(text: str) -> Node:
    """The tree of a JSON document; a BOM before it is allowed.

    Raises:
        SourceError: SRC002 if this is no JSON, SRC003 if it is too large or nested too deeply.
    """
    if len(text) > MAX_SIZE:
        raise _error("SRC003", f"more than {MAX_SIZE:,} characters", 0)
    at = _skip(text, 1 if text.startswith("\ufeff") else 0)
    stack: list[_Frame] = []
    node: Node
    for _ in range(MAX_NODES):
        opened = _open(text, at, stack)
        if opened is None:
            node, at = _leaf(text, at)
        else:
            at, done = opened
            if not done:
                continue
            node = _close(stack, at)
        finished, at = _settle(text, node, at, stack)
        if finished is not None:
            if at < len(text):
                raise _error("SRC002", "nothing may follow the document", at)
            return finished
    raise _error("SRC003", f"more than {MAX_NODES:,} values", at)


def _error(code: str, message: str, at: int) -> SourceError:
    return SourceError(Problem(code, message, Span(at, at)))


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _open(text: str, at: int, stack: list[_Frame]) -> tuple[int, bool] | None:
    """If a list or object begins here: the place of its first value, or that after its end."""
    char = text[at : at + 1]
    if char not in ("{", "["):
        return None
    if len(stack) >= MAX_DEPTH:
        raise _error("SRC003", f"nested more than {MAX_DEPTH} levels deep", at)
    frame = _Frame(at, [] if char == "{" else None)
    stack.append(frame)
    at = _skip(text, at + 1)
    if text[at : at + 1] == ("]" if frame.keys is None else "}"):
        return at + 1, True
    return (at if frame.keys is None else _key(text, at, frame.keys)), False


def _key(text: str, at: int, keys: list[Scalar]) -> int:
    if text[at : at + 1] != '"':
        raise _error("SRC002", "expected a key in double quotes", at)
    key, at = string(text, at)
    at = _skip(text, at)
    if text[at : at + 1] != ":":
        raise _error("SRC002", "expected ':' after a key", at)
    keys.append(key)
    return _skip(text, at + 1)


def _settle(text: str, node: Node, at: int, stack: list[_Frame]) -> tuple[Node | None, int]:
    """Put a finished value into what holds it, closing all that ends here; the root if it is complete."""
    at = _skip(text, at)
    while stack:
        frame = stack[-1]
        frame.values.append(node)
        char = text[at : at + 1]
        if char == ",":
            at = _skip(text, at + 1)
            return None, (at if frame.keys is None else _key(text, at, frame.keys))
        closing = "]" if frame.keys is None else "}"
        if char != closing:
            raise _error("SRC002", f"expected ',' or '{closing}'", at)
        node = _close(stack, at + 1)
        at = _skip(text, at + 1)
    return node, at


def _close(stack: list[_Frame], end: int) -> Node:
    frame = stack.pop()
    span = Span(frame.start, end)
    if frame.keys is None:
        return Sequence(tuple(frame.values), span)
    names = [key.value for key in frame.keys]
    if len(set(names)) == len(names):
        return Mapping(tuple(zip(frame.keys, frame.values, strict=True)), span)
    twice = {name for name, count in Counter(names).items() if count > 1}
    pairs = zip(frame.keys, frame.values, strict=True)
    return Mapping(tuple((key, frozen(value) if key.value in twice else value) for key, value in pairs), span)


def _leaf(text: str, at: int) -> tuple[Scalar, int]:
    if text[at : at + 1] == '"':
        return string(text, at)
    word = _WORD.match(text, at)
    if word:
        return Scalar(_CONSTANTS[word.group()], Span(at, word.end()), codec=_OPAQUE), word.end()
    number = _NUMBER.match(text, at)
    if number is None:
        raise _error("SRC002", "expected a value" if at < len(text) else "the document ends too early", at)
    if number.end() - at > _MAX_DIGITS:
        raise _error("SRC003", f"a number of more than {_MAX_DIGITS:,} digits", at)
    real = number.group(1) or number.group(2)
    value = float(number.group()) if real else int(number.group())
    return Scalar(value, Span(at, number.end()), codec=_OPAQUE), number.end()


def string(text: str, at: int) -> tuple[Scalar, int]:
    """The string whose opening quote stands at `at`, and the place after its closing one.

    Raises:
        SourceError: SRC002 if it is none.
    """
    try:
        value, end = scanstring(text, at + 1, True)
    except JSONDecodeError as error:
        raise _error("SRC002", error.msg[:1].lower() + error.msg[1:], error.pos) from error
    return Scalar(value, Span(at, end), value, _pieces(text, at + 1, end - 1), _CODEC), end


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
