"""Extracts the prompts of BAML functions and template strings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from promptlint import templates
from promptlint.errors import SourceError
from promptlint.extract.common import declared
from promptlint.extract.common.spoken import roles
from promptlint.extract.common.spoken.roles import Turn
from promptlint.model import (
    UNKNOWN,
    Call,
    Extraction,
    Field,
    Message,
    Problem,
    Prompt,
    Role,
    SegmentKind,
    Source,
    Span,
)
from promptlint.syntax import baml, pieces
from promptlint.syntax.baml import Document, Function, Token
from promptlint.syntax.nodes import MAX_SIZE, Scalar
from promptlint.templates import JinjaSettings, TemplateError
from promptlint.templates.parts import Part

_SETTINGS = JinjaSettings(trim_blocks=True, lstrip_blocks=True)
_ROLE = re.compile(r"_\.(?:role|chat)\(\s*(?:role\s*=\s*)?(?:(?P<quote>[\"'])(?P<role>\w+)(?P=quote))?")
_CACHED = re.compile(r"cache_control\s*=\s*\{\s*[\"']type[\"']\s*:\s*[\"'](\w+)[\"']")
_MEDIA = frozenset({"image", "audio", "pdf", "video"})
_CALLED = re.compile(r"([^\W\d]\w*)\s*\(")
_NAMES = frozenset({"_", "ctx"})

MAX_LINES = 100_000
"""Of one file."""

MAX_FUNCTIONS = 5_000
"""Functions and template strings of one file."""


def extract(source: Source) -> Extraction:
    """One prompt a function (`path::Name`) and one a template string, as BAML renders them.

    A block string loses its common indentation, and each message the white space at its ends; inside a branch
    it stays. `{{ _.role("user") }}` begins a message. The model is known if its client is in the same file.
    A string that is no template is TPL001, a file that is no BAML one SRC002.
    """
    if "prompt" not in source.text and "template_string" not in source.text:
        return Extraction(reason="no function in it asks a model")
    if len(source.text) > MAX_SIZE:
        raise SourceError(Problem("SRC003", "too large to be read", Span(0, 0)))
    if source.text.count("\n") > MAX_LINES:
        raise SourceError(Problem("SRC003", f"more than {MAX_LINES:,} lines", Span(0, 0)))
    document = baml.parse(source.text)
    if len(document.functions) + len(document.templates) > MAX_FUNCTIONS:
        raise SourceError(Problem("SRC003", f"more than {MAX_FUNCTIONS:,} functions", Span(0, 0)))
    prompts: list[Prompt] = []
    problems: list[Problem] = []
    for function in sorted((*document.functions, *document.templates), key=_place):
        try:
            prompt = _prompt(source, document, function)
        except TemplateError as error:
            at = pieces.place(baml.scalar(source.text, function.prompt).pieces, error.position)
            start = function.prompt.span.start if at is None else at
            problems.append(Problem("TPL001", error.message, Span(start, start + 1)))
            continue
        if prompt.text:
            prompts.append(prompt)
    reason = "functions that ask a model" if prompts else "no function in it asks a model"
    return Extraction(tuple(_named(prompts)), tuple(problems), reason)


def _place(function: Function) -> int:
    return function.name.span.start


def _named(prompts: Sequence[Prompt]) -> Iterator[Prompt]:
    seen: dict[str, int] = {}
    for prompt in prompts:
        seen[prompt.id] = seen.get(prompt.id, 0) + 1
        yield replace(prompt, id=f"{prompt.id}~{seen[prompt.id]}") if seen[prompt.id] > 1 else prompt


def _prompt(source: Source, document: Document, function: Function) -> Prompt:
    scalar = baml.scalar(source.text, function.prompt)
    text = scalar.text or ""
    media = frozenset(name.text for name, kind in function.parameters if kind in _MEDIA)
    parts = [_read(part, media) for part in templates.split(text, "jinja", _SETTINGS)]
    called = frozenset(_CALLED.findall(text)) | _NAMES
    names = templates.variables(text, "jinja", _SETTINGS)
    return Prompt(
        id=f"{source.path}::{function.name.text}",
        source=source,
        messages=tuple(_messages(scalar, parts)),
        call=_call(document, function.client),
        origin="BAML",
        inputs=tuple(Field(name.text, None, name.span) for name, _ in function.parameters),
        variables=tuple(name for name in names if name not in called),
    )


# --- the call -------------------------------------------------------------------------------


def _call(document: Document, client: Token | None) -> Call:
    if client is None:
        return Call()
    if client.kind == "quoted" or "/" in client.text:
        return Call((Field("model", client.value, client.span),))
    options = document.clients.get(client.text, ())
    fields = (Field(name, _value(token), token.span) for name, token in options if declared.is_field(name))
    found = {field.name: field for field in fields}
    found.setdefault("model", Field("model", UNKNOWN, client.span))
    return Call(tuple(found.values()))


def _value(token: Token) -> str | int | float | bool | None:
    if token.kind in ("quoted", "block"):
        return token.value
    return declared.plain(token.text)


# --- messages -------------------------------------------------------------------------------


def _read(part: Part, media: frozenset[str]) -> Part:
    """The part, a slot as what it is to BAML: the beginning of a message, an image, or a value."""
    if part.kind is not SegmentKind.SLOT:
        return part
    if _ROLE.match(part.name):
        return replace(part, kind=SegmentKind.CONTROL, text="")
    return replace(part, kind=SegmentKind.MEDIA, text="") if part.name in media else part


def _messages(scalar: Scalar, parts: Sequence[Part]) -> Iterator[Message]:
    """The messages with what begins them; text in front of the first is one of its own, of no role."""
    for opener, turn in _turns(parts):
        segments = pieces.segments(scalar, roles.trimmed(turn.parts), "jinja")
        mark = _CACHED.search(opener)
        if segments:
            yield Message(turn.role, segments, mark[1] if mark else None)


def _turns(parts: Sequence[Part]) -> Iterator[tuple[str, Turn]]:
    opener, role = "", None
    run: list[Part] = []
    for part in parts:
        match = _ROLE.match(part.name) if part.kind is SegmentKind.CONTROL else None
        if match:
            if roles.says(run) or opener:
                yield opener, Turn(role, tuple(run))
                run = []
            opener, role = part.name, _role(match)
        run.append(part)
    yield opener, Turn(role, tuple(run))


def _role(match: re.Match[str]) -> Role | None:
    return roles.named(match["role"]) if match["role"] else None
