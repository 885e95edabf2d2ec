"""Finds JSON Schemas written out in full where names and types say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import field

from promptlint.model import Edit, Hit, Role, Safety, Span
from promptlint.patterns import lazy
from promptlint.places import has_slot, joined, of_role, places, touches
from promptlint.records import dataclass
from promptlint.view import View

_START = lazy(
    r"\{\s{0,200}\"(?:\$schema|\$id|\$defs|definitions|required|title|type|properties|description|name|strict|schema)\"\s{0,20}:"
)
_KNOWN = frozenset(
    [
        "$schema",
        "$id",
        "$defs",
        "definitions",
        "$ref",
        "title",
        "type",
        "properties",
        "required",
        "items",
        "enum",
        "const",
        "anyOf",
        "oneOf",
        "description",
        "default",
        "additionalProperties",
        "format",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "pattern",
        "uniqueItems",
        "nullable",
        "examples",
        "strict",
        "exclusiveMinimum",
        "exclusiveMaximum",
    ]
)
_LIMITS = (
    "format",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "default",
    "examples",
)
_TRIES = 40
_DEEPEST = 12
_PLAIN = lazy(r"[A-Za-z_$][\w$-]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Params:
    """When it is worth a word.

    Attributes:
        min_saving: tokens that the short form must save.
    """

    min_saving: int


class _UnlikeError(Exception):
    """A schema says more than the short form can."""


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a schema, with the short form beside it; the definition of a tool has to be a schema."""
    if '"properties"' not in view.text or not view.may_reach(view.text, params.min_saving):
        return
    tools = joined(of_role(view.prompt, Role.TOOL_DEFINITION))
    ground = places(view.prompt)
    for span, schema in _schemas(view.text):
        if touches(tools, span) or has_slot(ground, span):
            continue
        try:
            short = _Writer(schema).type_of(schema, 0)
        except _UnlikeError:
            continue
        tokens = view.count(view.text[span.start : span.end])
        fewer = view.count(short)
        if tokens - fewer >= params.min_saving:
            message = f"a JSON Schema in {tokens:,} tokens; as names and types it takes {fewer:,}"
            yield Hit(span, message, (Edit(span, short),), safety=Safety.DISPLAY)


def _schemas(text: str) -> Iterator[tuple[Span, Mapping[str, object]]]:
    """The schemas of objects in a text, none inside another; what is no JSON is passed over."""
    at = 0
    for _ in range(_TRIES):
        match = _START.search(text, at)
        if match is None:
            return
        at = match.end()
        try:
            value, end = _DECODER.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        at = end
        if isinstance(value, dict):
            inner = value.get("schema")
            schema = inner if isinstance(inner, dict) else value
            if schema.get("type") == "object" and isinstance(schema.get("properties"), dict):
                yield Span(match.start(), end), schema


@dataclass(slots=True)
class _Writer:
    """Writes types in the short form; `open` are the definitions under way, so that none contains itself."""

    root: Mapping[str, object]
    open: list[str] = field(default_factory=list)

    def type_of(self, schema: object, depth: int) -> str:
        """The short form of a schema."""
        if not isinstance(schema, dict) or depth > _DEEPEST or not _KNOWN.issuperset(schema):
            raise _UnlikeError
        if "$ref" in schema:
            return self._referred(schema["$ref"], depth)
        if "enum" in schema or "const" in schema:
            values = schema.get("enum", [schema.get("const")])
            if not isinstance(values, list):
                raise _UnlikeError
            return " | ".join(json.dumps(value, ensure_ascii=False) for value in values)
        for key in ("anyOf", "oneOf"):
            if isinstance(schema.get(key), list):
                return " | ".join(dict.fromkeys(self.type_of(item, depth + 1) for item in schema[key]))
        kind = schema.get("type", "any")
        if isinstance(kind, list):
            return " | ".join(self._named({**schema, "type": one}, str(one), depth) for one in kind)
        return self._named(schema, str(kind), depth)

    def _named(self, schema: Mapping[str, object], kind: str, depth: int) -> str:
        if kind == "array":
            inner = self.type_of(schema.get("items", {}), depth + 1)
            return f"({inner})[]" if " | " in inner else f"{inner}[]"
        if kind != "object":
            return kind
        properties = schema.get("properties", {})
        required = schema.get("required", [])
        if not isinstance(properties, dict) or not isinstance(required, list):
            raise _UnlikeError
        if isinstance(schema.get("additionalProperties"), dict) and not properties:
            return f"{{[key]: {self.type_of(schema['additionalProperties'], depth + 1)}}}"
        parts = [self._entry(name, inner, name in required, depth) for name, inner in properties.items()]
        return "{" + ", ".join(parts) + "}" if parts else "object"

    def _entry(self, name: str, schema: object, needed: bool, depth: int) -> str:
        spelt = name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)
        said = []
        if isinstance(schema, dict):
            said = [
                f"{key} {json.dumps(schema[key], ensure_ascii=False)}"
                for key in _LIMITS
                if schema.get(key) is not None
            ]
            described = schema.get("description")
            if isinstance(described, str) and not _repeats(name, described):
                said.insert(0, " ".join(described.split()))
        note = f" ({'; '.join(said)})" if said else ""
        return f"{spelt}{'' if needed else '?'}: {self.type_of(schema, depth + 1)}{note}"

    def _referred(self, target: object, depth: int) -> str:
        if not isinstance(target, str) or not target.startswith("#/") or target in self.open:
            raise _UnlikeError
        found: object = self.root
        for step in target[2:].split("/"):
            found = found.get(step) if isinstance(found, dict) else None
        self.open.append(target)
        written = self.type_of(found, depth + 1)
        self.open.pop()
        return written


def _repeats(name: str, described: str) -> bool:
    """True for a description that says no more than the name: "The title" of `title`."""
    words = set(re.findall(r"[a-z0-9]+", described.lower())) - {"the", "a", "an", "of"}
    return words <= set(re.findall(r"[a-z0-9]+", name.lower()))
