"""Reads BAML as far as prompts need it: functions, clients and template strings, with exact spans."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from promptlint.errors import SourceError
from promptlint.model import Codec, CodecKind, Escaping, Piece, Problem, Span
from promptlint.records import dataclass
from promptlint.syntax import pieces
from promptlint.syntax.nodes import Scalar

MAX_DEPTH = 100
_NEAR = 200  # tokens between the head of a declaration and its body

_TOKEN = re.compile(
    r"[ \t\r\n\f\v\ufeff]+|(?P<comment>//[^\n]*|\{//)|(?P<block>#{1,20}\")"
    r"|(?P<quoted>\"(?:[^\"\\]|\\.)*+\"?+)"
    r"|(?P<mark>[{}()\[\]<>,|?=@:#])"
    r"|(?P<word>(?:(?!->)[^\s{}()\[\]<>,|?=@#\":]|:(?=//)|(?<=\w):(?=\w))+)|(?P<other>.)",
    re.DOTALL,
)
_PAIRS = {")": "(", "}": "{", "]": "["}
_ESCAPE = re.compile(r"\\(?:[nrt\"\\])")
_ESCAPES = {"\\n": "\n", "\\r": "\r", "\\t": "\t", '\\"': '"', "\\\\": "\\"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a string with its quotes, a comment or a mark of punctuation; the span is of the file.

    `inner` is the range between the quotes of a string.
    """

    kind: str
    text: str
    span: Span
    inner: Span = Span(0, 0)

    @property
    def value(self) -> str:
        """What a string says, as far as it needs no escapes; any other token as it stands."""
        return self.text.strip('#"') if self.kind in ("block", "quoted") else self.text


@dataclass(frozen=True, slots=True)
class Function:
    """A function that asks a model, or a template string (`client` is None then, and often here)."""

    name: Token
    parameters: tuple[tuple[Token, str], ...]
    prompt: Token
    client: Token | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds: all prompts in order, and the options of each client."""

    functions: tuple[Function, ...]
    templates: tuple[Function, ...]
    clients: dict[str, tuple[tuple[str, Token], ...]]


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a file, comments included.

    Raises:
        SourceError: a string or a block comment is never closed.
    """
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match is not None
        kind, start, end = match.lastgroup, match.start(), match.end()
        position = end
        if kind == "block":
            close = text.find('"' + match.group()[:-1], end)
            if close < 0:
                raise SourceError(Problem("SRC002", "a block string is never closed", Span(start, end)))
            position = close + end - start
            yield Token("block", text[start:position], Span(start, position), Span(end, close))
        elif kind == "quoted":
            if end - start < 2 or text[end - 1] != '"' or not _closed(match.group()):
                raise SourceError(Problem("SRC002", "a string is never closed", Span(start, start + 1)))
            yield Token("quoted", match.group(), Span(start, end), Span(start + 1, end - 1))
        elif kind == "comment":
            if match.group() == "{//":
                close = text.find("//}", end)
                if close < 0:
                    raise SourceError(Problem("SRC002", "a comment is never closed", Span(start, end)))
                position = close + 3
            yield Token("comment", text[start:position], Span(start, position))
        elif kind is not None:
            yield Token(kind, match.group(), Span(start, end))


def _closed(quoted: str) -> bool:
    """True if the last quote of a string is not an escaped one."""
    body = quoted[1:-1]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 0


def parse(text: str) -> Document:
    """The functions, template strings and clients of a file; anything else is passed over.

    Raises:
        SourceError: a string, comment or bracket is never closed, a bracket closes nothing, or they are
            nested too deeply.
    """
    found = [token for token in tokens(text) if token.kind != "comment"]
    partners = _partners(found)
    functions: list[Function] = []
    templates: list[Function] = []
    clients: dict[str, tuple[tuple[str, Token], ...]] = {}
    at = 0
    while at < len(found):
        word = found[at].text if found[at].kind == "word" else ""
        if word == "function":
            function = _function(found, partners, at)
            functions += [function] if function else []
        elif word == "template_string":
            template = _template(found, partners, at)
            templates += [template] if template else []
        elif word == "client":
            clients.update(_client(found, partners, at))
        at = partners.get(at, at) + 1
    return Document(tuple(functions), tuple(templates), clients)


def _partners(found: Sequence[Token]) -> dict[int, int]:
    """The index of the bracket that closes each opening one."""
    partners: dict[int, int] = {}
    stack: list[int] = []
    for index, token in enumerate(found):
        if token.kind != "mark":
            continue
        if token.text in "{([":
            stack.append(index)
            if len(stack) > MAX_DEPTH:
                raise SourceError(Problem("SRC003", "nested too deeply to be read", token.span))
        elif token.text in _PAIRS:
            if not stack or found[stack[-1]].text != _PAIRS[token.text]:
                raise SourceError(Problem("SRC002", f"'{token.text}' closes nothing", token.span))
            partners[stack.pop()] = index
    if stack:
        opener = found[stack[-1]]
        raise SourceError(Problem("SRC002", f"'{opener.text}' is never closed", opener.span))
    return partners


def _function(found: Sequence[Token], partners: dict[int, int], at: int) -> Function | None:
    """The function whose keyword stands at `at`, or None if it asks no model."""
    opening = _next(found, at + 2, "(")
    if opening != at + 2:
        return None
    body = _next(found, partners[opening] + 1, "{")
    if body is None:
        return None
    entries = dict(_entries(found, partners, body))
    prompt = entries.get("prompt")
    if prompt is None or prompt.kind not in ("block", "quoted"):
        return None
    parameters = tuple(_parameters(found[opening + 1 : partners[opening]]))
    return Function(found[at + 1], parameters, prompt, entries.get("client"))


def _template(found: Sequence[Token], partners: dict[int, int], at: int) -> Function | None:
    following = at + 2
    parameters: tuple[tuple[Token, str], ...] = ()
    if _next(found, following, "(") == following:
        parameters = tuple(_parameters(found[following + 1 : partners[following]]))
        following = partners[following] + 1
    if following >= len(found) or found[following].kind not in ("block", "quoted"):
        return None
    return Function(found[at + 1], parameters, found[following])


def _client(
    found: Sequence[Token], partners: dict[int, int], at: int
) -> Iterator[tuple[str, tuple[tuple[str, Token], ...]]]:
    """The name and the options of `client<llm> NAME { ... options { ... } }`."""
    body = _next(found, at, "{")
    if body is None or found[body - 1].kind != "word":
        return
    options: list[tuple[str, Token]] = []
    for index in range(body + 1, partners[body]):
        if found[index].text == "options" and found[index + 1].text == "{":
            options += _entries(found, partners, index + 1)
    yield found[body - 1].text, tuple(options)


def _entries(found: Sequence[Token], partners: dict[int, int], body: int) -> Iterator[tuple[str, Token]]:
    """The keys directly inside a brace, each with the token that follows it."""
    at, end = body + 1, partners[body]
    while at < end - 1:
        if found[at].kind == "word" and found[at + 1].kind in ("word", "block", "quoted"):
            yield found[at].text, found[at + 1]
            at += 2
        elif found[at].kind == "word" and found[at + 1].text in ("{", "["):
            yield found[at].text, found[at + 1]
            at = partners[at + 1] + 1
        else:
            at = partners.get(at, at) + 1


def _parameters(found: Sequence[Token]) -> Iterator[tuple[Token, str]]:
    """The names of parameters with the first word of their types."""
    depth = 0
    for index, token in enumerate(found):
        depth += (token.text in "([<") - (token.text in ")]>") if token.kind == "mark" else 0
        if depth or token.kind != "word":
            continue
        name, colon, type_name = token.text.partition(":")
        following = [item.text for item in found[index + 1 : index + 3]]
        if colon:
            span = Span(token.span.start, token.span.start + len(name))
            yield Token("word", name, span), type_name
        elif following[:1] == [":"]:
            yield token, following[-1]


def _next(found: Sequence[Token], at: int, mark: str) -> int | None:
    """The index of the first such mark from `at` on, if it is near."""
    for index in range(at, min(at + _NEAR, len(found))):
        if found[index].kind == "mark" and found[index].text == mark:
            return index
    return None


# --- strings --------------------------------------------------------------------------------


def scalar(text: str, token: Token) -> Scalar:
    """A string as BAML sends it: a block without its common indentation, both without blank ends."""
    if token.kind == "quoted":
        whole = _quoted(text, token)
        codec = Codec(CodecKind.BAML, Escaping.JINJA, '"')
    else:
        whole, indent = _dedented(text, token.inner)
        newline = "\r\n" if "\r\n" in token.text else "\n"
        closing = '"' + "#" * (token.inner.start - token.span.start - 1)
        codec = Codec(CodecKind.BAML, Escaping.JINJA, closing, indent=indent, newline=newline)
    said = "".join(spelt for _, spelt in whole)
    tiles = tuple(piece for piece, _ in whole)
    low, high = len(said) - len(said.lstrip()), len(said.rstrip())
    kept = said[low:high] if low < high else ""
    return Scalar(kept, token.span, kept, pieces.cut(tiles, low, high) if kept else (), codec)


def _dedented(text: str, inner: Span) -> tuple[list[tuple[Piece, str]], str]:
    """Pieces with their texts, one a line with its newline; the indentation that all lines share."""
    lines = text[inner.start : inner.end].split("\n")
    widths = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    width = min(widths, default=0)
    found: list[tuple[Piece, str]] = []
    at, source = 0, inner.start
    for number, line in enumerate(lines):
        spelt = line[width:] + ("\n" if number + 1 < len(lines) else "")
        start = source + min(width, len(line))
        if spelt:
            found.append((Piece(at, at + len(spelt), start, start + len(spelt)), spelt))
        at += len(spelt)
        source += len(line) + 1
    sample = next((line[:width] for line in lines[1:] if line.strip()), "")
    return found, sample


def _quoted(text: str, token: Token) -> list[tuple[Piece, str]]:
    found: list[tuple[Piece, str]] = []
    at = 0

    def add(start: int, end: int, spelt: str, verbatim: bool) -> None:
        nonlocal at
        if spelt:
            found.append((Piece(at, at + len(spelt), start, end, verbatim), spelt))
            at += len(spelt)

    done = token.inner.start
    for match in _ESCAPE.finditer(text, token.inner.start, token.inner.end):
        add(done, match.start(), text[done : match.start()], True)
        add(match.start(), match.end(), _ESCAPES[match.group()], False)
        done = match.end()
    add(done, token.inner.end, text[done : token.inner.end], True)
    return found
