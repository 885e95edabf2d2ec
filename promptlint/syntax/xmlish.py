"""Reads the markup of POML: tags, attributes, comments, texts with exact places, and their tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field

from promptlint.errors import SourceError
from promptlint.model import Problem, Span
from promptlint.records import dataclass

MAX_DEPTH = 100

_TAG = re.compile(
    r"<(?P<name>[A-Za-z_][\w.:-]*+)"
    r"(?P<attributes>(?:\s++[\w.:-]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'))?+)*+)\s*+(?P<empty>/?)>"
)
_CLOSE = re.compile(r"</(?P<name>[A-Za-z_][\w.:-]*+)\s*+>")
_ATTRIBUTE = re.compile(r"([\w.:-]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'))?+")
_OTHERS = (
    ("<!--", "-->", "comment"),
    ("<![CDATA[", "]]>", "cdata"),
    ("<?", "?>", "other"),
    ("<!", ">", "other"),
)


@dataclass(frozen=True, slots=True)
class Token:
    """A tag ("open", "close", "empty"), a "text", a "comment", a "cdata" section, or any "other" markup."""

    kind: str
    span: Span
    name: str = ""
    attributes: tuple[tuple[str, str, Span], ...] = ()


@dataclass(slots=True)
class Element:
    """A tag with all that it encloses; `close` is None for an empty tag."""

    open: Token
    children: list[Element | Token] = field(default_factory=list)
    close: Token | None = None

    @property
    def name(self) -> str:
        """The name without hyphens, in lower case: `system-msg` and `SystemMsg` are one."""
        return self.open.name.replace("-", "").lower()

    def get(self, name: str) -> str | None:
        """The value of an attribute, however its name is written (`whiteSpace`, `white-space`), or None."""
        wanted = name.replace("-", "").lower()
        values = (value for key, value, _ in self.open.attributes if key.replace("-", "").lower() == wanted)
        return next(values, None)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a file; they tile it.

    Raises:
        SourceError: a tag, a comment or a section is never closed.
    """
    position = 0
    while position < len(text):
        start = text.find("<", position)
        if start < 0:
            yield Token("text", Span(position, len(text)))
            return
        if start > position:
            yield Token("text", Span(position, start))
        token = _markup(text, start)
        yield token
        position = token.span.end


def _markup(text: str, start: int) -> Token:
    for opening, closing, kind in _OTHERS:
        if text.startswith(opening, start):
            end = text.find(closing, start + len(opening))
            if end < 0:
                span = Span(start, start + len(opening))
                raise SourceError(Problem("SRC002", f"'{opening}' is never closed", span))
            return Token(kind, Span(start, end + len(closing)))
    tag = _TAG.match(text, start)
    if tag:
        attributes = tuple(_attributes(text, *tag.span("attributes")))
        return Token("empty" if tag["empty"] else "open", Span(*tag.span()), tag["name"], attributes)
    close = _CLOSE.match(text, start)
    if close is None:
        message = "'<' begins no tag; POML spells the character '#lt;'"
        raise SourceError(Problem("SRC002", message, Span(start, start + 1)))
    return Token("close", Span(*close.span()), close["name"])


def _attributes(text: str, low: int, high: int) -> Iterator[tuple[str, str, Span]]:
    for match in _ATTRIBUTE.finditer(text, low, high):
        group = 3 if match[3] is not None else 2
        yield match[1], match[group] or "", Span(*(match.span(group) if match[group] else match.span()))


def parse(text: str) -> Element:
    """The tree of a file below a root of its own, whose name is empty.

    Raises:
        SourceError: see `tokens`; or tags do not match, or are nested too deeply.
    """
    root = Element(Token("open", Span(0, 0)))
    stack = [root]
    for token in tokens(text):
        if token.kind == "close":
            if len(stack) == 1 or stack[-1].open.name != token.name:
                raise SourceError(Problem("SRC002", f"'</{token.name}>' closes nothing", token.span))
            stack.pop().close = token
            continue
        child = Element(token) if token.kind in ("open", "empty") else token
        stack[-1].children.append(child)
        if token.kind == "open" and isinstance(child, Element):
            stack.append(child)
            if len(stack) > MAX_DEPTH:
                raise SourceError(Problem("SRC003", "nested too deeply to be read", token.span))
    if len(stack) > 1:
        opened = stack[-1].open
        raise SourceError(Problem("SRC002", f"'<{opened.name}>' is never closed", opened.span))
    return root
