"""What a prompt, or the call that sends it, declares about the answer: schemas, labels, limits, tools."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from promptlint.declared import banned, formats, keys, limits, sets
from promptlint.declared.form import (
    Basis,
    Choice,
    Declared,
    Forbidden,
    Format,
    Key,
    Labels,
    Language,
    Limit,
    Place,
    Rule,
    Schema,
    Shape,
    Tool,
    Unit,
)
from promptlint.declared.shapes import is_schema, of_layout, of_schema, unwrapped
from promptlint.model import Block, BlockKind, Field, Prompt, Role, Span
from promptlint.outline.masks import masked
from promptlint.patterns import lazy
from promptlint.places import joined, of_role, touches
from promptlint.shots import shots
from promptlint.syntax import loose
from promptlint.syntax.loosenodes import Literal, Sort, Value
from promptlint.view import View

__all__ = [
    "Basis",
    "Choice",
    "Declared",
    "Forbidden",
    "Format",
    "Key",
    "Labels",
    "Language",
    "Limit",
    "Place",
    "Rule",
    "Schema",
    "Shape",
    "Tool",
    "Unit",
    "declared",
]

_EXAMPLES = (BlockKind.EXAMPLE, BlockKind.EXAMPLES)
_SAYS_OUTPUT = lazy(
    r"\b(?:respond|reply|answer|return|output|produce|response|result|formatted|schema|structure|generate)\b|"
    r"\bjson (?:object|format|structure|schema)\b|\bformat\b",
    re.IGNORECASE,
)
_SAYS_INPUT = lazy(
    r"\b(?:inputs?|you (?:will|are)(?: be)? (?:receive|given|provided)|as follows, you get|request body"
    r"|user message"
    r"|instead of|not|never|wrong|incorrect|invalid|example|e\.g\.|for instance|such as|tools?|functions?"
    r"|arguments"
    r"|if|when|otherwise|call|config\w*|package\.json|settings)\b",
    re.IGNORECASE,
)
_SAYS_SCHEMA = lazy(
    r"\b(?:answer|respon\w+|output|return|result|correspond|conform|follow|match|valid)\b[^{}]{0,200}?\bschema\b"
    r"[^{}\n]{0,30}(?:\n[^{}\n]{0,120})?$",
    re.IGNORECASE,
)
_LONGEST = 2_000  # code points of a sentence; what is longer is no rule
_LEAD = 240  # code points before a literal in which it is introduced


@lru_cache(maxsize=2)
def declared(view: View) -> Declared:
    """What is declared, outside examples and tool definitions.

    Several rules ask for that of one view, one after the other: hence the small memory.
    """
    text = masked(view.prompt)
    shut = [block.span for block in view.of_kind(*_EXAMPLES)]
    shut += of_role(view.prompt, Role.TOOL_DEFINITION)
    shut += of_role(view.prompt, Role.ASSISTANT)
    shut += [shot.span for shot in shots(view)]
    apart = joined(shut)
    spans = (block.span for block in view.sentences)
    said = [span for span in spans if span.end - span.start <= _LONGEST and not touches(apart, span)]
    schemas = [*_sent(view.prompt)]
    schemas += [found for found in _literals(view, text) if not touches(apart, _span(found.at))]
    schemas += [found for span in said for found in keys.keys(text, span)]
    schemas += [
        found
        for found in (*keys.key_lists(text), *keys.headed_keys(text), *keys.column_keys(text))
        if not touches(apart, _span(found.at))
    ]
    labels = [found for span in said for found in sets.in_sentence(text, span)]
    labels += [found for found in sets.in_lists(text) if not touches(apart, found.at)]
    labels.sort(key=lambda found: found.at)
    return Declared(
        tuple(schemas),
        tuple(labels),
        tuple(found for span in said for found in limits.limits(text, span)),
        tuple(found for span in said for found in limits.languages(text, span)),
        tuple(found for span in said for found in formats.formats(text, span)),
        tuple(found for span in said for found in banned.forbidden(text, span)),
        tuple(_tools(view.prompt)),
    )


def _span(place: Place) -> Span:
    return place if isinstance(place, Span) else place.span


# --- the call -----------------------------------------------------------------------------------------


def _sent(prompt: Prompt) -> Iterator[Schema]:
    """The schema that the call enforces, where the extractor could read it."""
    field = prompt.call.get("response_format.schema")
    literal = _of_field(field)
    if field is None or literal is None:
        return
    value = unwrapped(literal.root)
    if is_schema(value):
        yield Schema(field, of_schema(value, lambda _: field), Basis.CALL)


def _of_field(field: Field | None) -> Literal | None:
    if field is None or not isinstance(field.value, str):
        return None
    return loose.whole(field.value, 0, len(field.value))


def _tools(prompt: Prompt) -> Iterator[Tool]:
    """The tools that the call is given, and those that messages define."""
    field = prompt.call.get("tools.schema")
    literal = _of_field(field)
    if field is not None and literal is not None:
        for item in literal.root.items or (literal.root,):
            yield from _tool(item, field)
    for span in of_role(prompt, Role.TOOL_DEFINITION):
        found = loose.within(prompt.text, span.start, span.end)
        for item in (found.root.items or (found.root,)) if found else ():
            yield from _tool(item, span)


def _tool(value: Value, at: Place) -> Iterator[Tool]:
    inner = value.get("function")
    value = inner if inner is not None and inner.sort is Sort.OBJECT else value
    name = value.get("name")
    schema = unwrapped(value)
    if name is not None and name.sort is Sort.STRING and name.text:
        yield Tool(at, name.text, of_schema(schema, lambda _: at) if is_schema(schema) else Shape())


# --- the prompt ---------------------------------------------------------------------------------------


def _literals(view: View, text: str) -> Iterator[Schema]:
    """JSON Schemas, and objects that show how the answer looks, that the text before them calls so."""
    for block, head in _data(view.blocks):
        literal = loose.whole(text, block.span.start, block.span.end)
        if literal is None or literal.cut:
            continue
        root = literal.root
        lead = _lead(text, block.span.start)
        schema = unwrapped(root)
        if is_schema(schema) and _SAYS_SCHEMA.search(
            text, max(0, block.span.start - _LEAD), block.span.start
        ):
            yield Schema(root.span, of_schema(schema, lambda span: span), Basis.JSON_SCHEMA)
            continue
        introduced = _SAYS_OUTPUT.search(lead) or (
            not lead.strip() and _SAYS_OUTPUT.search(_head(text, head))
        )
        if not introduced or _SAYS_INPUT.search(lead) or _SAYS_INPUT.search(_head(text, head)):
            continue
        if is_schema(schema):
            yield Schema(root.span, of_schema(schema, lambda span: span), Basis.JSON_SCHEMA)
        elif _shows(root):
            yield Schema(root.span, of_layout(root, lambda span: span), Basis.LAYOUT)


def _shows(root: Value) -> bool:
    """True for an object with keys, or an array of such."""
    objects = root.items[:3] if root.sort is Sort.ARRAY else (root,)
    return bool(objects) and all(one.sort is Sort.OBJECT and one.entries for one in objects)


def _data(blocks: tuple[Block, ...]) -> Iterator[tuple[Block, Span | None]]:
    """Code and data outside examples, each with the heading of its section."""
    stack: list[tuple[Block, Span | None]] = [(block, None) for block in reversed(blocks)]
    while stack:
        block, head = stack.pop()
        if block.kind in (BlockKind.CODE, BlockKind.DATA):
            yield block, head
        elif block.kind not in _EXAMPLES:
            first = block.children[0] if block.children else None
            if block.kind is BlockKind.SECTION and first is not None and first.kind is BlockKind.HEADING:
                head = first.span
            stack.extend((child, head) for child in reversed(block.children))


def _head(text: str, head: Span | None) -> str:
    return text[head.start : min(head.end, head.start + _LEAD)] if head is not None else ""


def _lead(text: str, start: int) -> str:
    """What introduces a literal: the line before it, or its own up to there."""
    before = text[max(0, start - _LEAD) : start].rstrip()
    lines = before.rsplit("\n\n", 1)[-1].split("\n")
    last = lines[-1]
    if text.rfind("\n", 0, start) + 1 < start and not text[text.rfind("\n", 0, start) + 1 : start].isspace():
        return last  # an inline literal is what its own line says
    return last if len(last.split()) > 3 else "\n".join(lines[-2:])
