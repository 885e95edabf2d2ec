"""Makes a shape of a JSON Schema, or of an object that shows how an answer looks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from promptlint.declared.form import Key, Place, Shape
from promptlint.model import Span
from promptlint.patterns import lazy
from promptlint.syntax.loosenodes import Entry, Sort, Value
from promptlint.words import pairs

TYPES = frozenset(("object", "array", "string", "number", "integer", "boolean", "null"))
_MOST = 20_000  # parts of a schema that are read
_DEEPEST = 12  # schemas nested deeper are taken for anything
_WRAPS = ("json_schema", "schema", "parameters", "input_schema", "inputSchema", "function")
_WORDS = pairs(
    "string/string str/string text/string date/string datetime/string int/integer integer/integer "
    "float/number number/number double/number bool/boolean boolean/boolean list/array array/array "
    "object/object dict/object map/object null/null none/null"
)
_SORTS = {Sort.NUMBER: "number", Sort.BOOLEAN: "boolean"}
_MARKS = " \t<>\"'`“”"
_LISTED = lazy(r"(?:list|array|sequence)\b|.*\[\]$", re.IGNORECASE)
_UNSURE = lazy(r"\d|\b(?:number|score|list|array|true|false|integer|boolean|int|float|null|count)\b", re.I)
_OPTIONAL = lazy(r"\boptional\b|\bif (?:any|applicable|available|present)\b|\bmay be omitted\b", re.I)
_ALTERNATIVES = lazy(r"\s*\|\s*|\s+or\s+(?=[\"'`])")
_ANY = Shape()


def is_schema(value: Value) -> bool:
    """True for a JSON Schema of an object or array."""
    kind = value.get("type")
    named = kind is not None and kind.text in TYPES
    properties = value.get("properties")
    if properties is not None and properties.sort is Sort.OBJECT:
        return named or value.get("required") is not None or _all_schemas(properties)
    return named and (value.get("items") is not None or value.get("enum") is not None)


def _all_schemas(properties: Value) -> bool:
    return bool(properties.entries) and all(
        entry.value.get("type") or entry.value.get("$ref") or entry.value.get("anyOf")
        for entry in properties.entries
    )


def unwrapped(value: Value) -> Value:
    """The schema inside `{"name": ..., "schema": {...}}` and its like; else the value itself."""
    for _ in range(4):
        inner = next((found for name in _WRAPS if (found := value.get(name)) is not None), None)
        if is_schema(value) or inner is None or inner.sort is not Sort.OBJECT:
            break
        value = inner
    return value


At = Callable[[Span], Place]


def of_schema(root: Value, at: At) -> Shape:
    """The shape that a JSON Schema says; `at` makes the place of a key of the place in the text."""
    return _of_schema(value=root, within=_Within(root, at, []), depth=0)


class _Within(NamedTuple):
    """The schema that is read; `spent` grows with each part of it, since references may repeat parts."""

    root: Value
    at: At
    spent: list[int]


def _of_schema(value: Value, within: _Within, depth: int) -> Shape:
    within.spent.append(depth)
    if depth > _DEEPEST or len(within.spent) > _MOST or value.sort is not Sort.OBJECT:
        return _ANY
    reference = value.get("$ref")
    if reference is not None:
        found = _followed(within.root, reference.text)
        return _of_schema(found, within, depth + 1) if found is not None else _ANY
    merged = next((found for name in ("anyOf", "oneOf") if (found := value.get(name)) is not None), None)
    if merged is not None:
        return _either([_of_schema(item, within, depth + 1) for item in merged.items])
    if value.get("allOf") is not None:
        return _ANY
    properties, items, extra = value.get("properties"), value.get("items"), value.get("additionalProperties")
    required = {item.text for item in needed.items} if (needed := value.get("required")) else set()
    keys = tuple(
        Key(
            entry.key,
            _of_schema(entry.value, within, depth + 1),
            entry.key in required,
            within.at(entry.span),
        )
        for entry in (properties.entries if properties else ())
    )
    allowed = value.get("enum")
    constant = value.get("const")
    values = tuple(item.text for item in allowed.items) if allowed else (constant.text,) if constant else ()
    return Shape(
        _types(value),
        keys,
        extra is not None and extra.sort is Sort.BOOLEAN and extra.text == "false",
        values,
        _of_schema(items, within, depth + 1) if items else None,
        _number(value.get("minimum")),
        _number(value.get("maximum")),
    )


def _types(value: Value) -> frozenset[str]:
    kind = value.get("type")
    if kind is None:
        return frozenset(("object",)) if value.get("properties") else frozenset()
    named = (
        frozenset(item.text for item in kind.items) if kind.sort is Sort.ARRAY else frozenset((kind.text,))
    )
    null = value.get("nullable")
    return (named | {"null"} if null and null.text == "true" else named) if named <= TYPES else frozenset()


def _number(value: Value | None) -> float | None:
    if value is None or value.sort is not Sort.NUMBER:
        return None
    return float(value.text)


def _followed(root: Value, path: str) -> Value | None:
    found: Value | None = root
    for name in path.removeprefix("#/").split("/")[:6]:
        found = found.get(name) if found is not None else None
    return found if path.startswith("#/") else None


def _either(shapes: list[Shape]) -> Shape:
    """What any of some shapes allows; where two of them have keys, or one says nothing, anything."""
    rich = [shape for shape in shapes if shape.keys or shape.item]
    if len(rich) > 1 or any(not shape.types and not shape.values for shape in shapes):
        return _ANY
    base = rich[0] if rich else Shape()
    types = frozenset[str]().union(*(shape.types for shape in shapes))
    values = tuple(value for shape in shapes for value in shape.values or ("null",))
    limited = all(shape.values or shape.types == {"null"} for shape in shapes)
    if any(shape.values and not shape.types for shape in shapes):
        types = frozenset()
    return Shape(types, base.keys, base.closed, values if limited else (), base.item)


# --- an object that shows how the answer looks ------------------------------------------------------


def of_layout(value: Value, at: At) -> Shape:
    """The shape of the values that look like this one: its keys, and the types that it names or shows."""
    return _of_layout(value, at, 0)


def _of_layout(value: Value, at: At, depth: int) -> Shape:
    if depth > _DEEPEST:
        return _ANY
    if value.sort is Sort.OBJECT:
        keys = tuple(
            Key(
                entry.key,
                _of_layout(entry.value, at, depth + 1),
                not _is_optional(entry.value),
                at(entry.span),
            )
            for entry in value.entries
            if not _is_placeholder(entry.key)
        )
        closed = not value.open and len(keys) == len(value.entries) and not any(map(_goes_on, value.entries))
        return Shape(frozenset(("object",)), keys, closed)
    if value.sort is Sort.ARRAY:
        items = [_of_layout(item, at, depth + 1) for item in value.items]
        same = items and all(item == items[0] for item in items)
        item = items[0] if same or len(items) == 1 else None
        return Shape(frozenset(("array",)), item=item)
    if value.sort in _SORTS:
        return Shape(frozenset((_SORTS[value.sort],)))
    return _of_words(value) if value.sort in (Sort.WORD, Sort.STRING) else _ANY


def _goes_on(entry: Entry) -> bool:
    return entry.value.text.startswith(("...", "…"))


def _is_optional(value: Value) -> bool:
    return _OPTIONAL.search(value.note) is not None or _OPTIONAL.search(value.text) is not None


def _is_placeholder(key: str) -> bool:
    return not key or key[0] in "<[{$\ue000" or key.strip(".") == ""


def _of_words(value: Value) -> Shape:
    """What a type in words allows: `string`, `"a" | "b"`, `list of strings`; anything if it is not clear."""
    if value.open:
        return _ANY
    parts = [part.strip(_MARKS) for part in _ALTERNATIVES.split(value.text.strip("<> "))]
    named = [_WORDS.get(part.lower()) for part in parts]
    if len(parts) > 1:
        if all(named):
            return Shape(frozenset(name for name in named if name))
        nullable = "null" in named
        rest = [part for part, name in zip(parts, named, strict=True) if name is None]
        if nullable + len(rest) == len(parts) and all(0 < len(part.split()) <= 3 for part in rest):
            return Shape(frozenset(("string", "null") if nullable else ("string",)), values=tuple(rest))
        return _ANY
    if named[0]:
        return Shape(frozenset((named[0],)))
    if _LISTED.match(parts[0]):
        return Shape(frozenset(("array",)))
    if value.sort is Sort.STRING and not _UNSURE.search(value.text):
        return Shape(frozenset(("string",)))
    return _ANY
