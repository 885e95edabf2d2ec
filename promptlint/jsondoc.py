"""The parts that JSON documents are described with, each once for the renderer and for its schema."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from promptlint.model import Location
from promptlint.records import dataclass

SCHEMA_VERSION = 1

T = TypeVar("T")
Schema = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Key(Generic[T]):
    """One key of a JSON object: its schema, what it says, and how to get its value."""

    name: str
    schema: Schema
    says: str
    get: Callable[[T], object]


TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
CHANGE: Schema = {"type": "integer"}
PLACE: Schema = {"type": "integer", "minimum": 1}
SHARE: Schema = {"type": "number", "minimum": 0}
COUNTS: Schema = {"type": "object", "additionalProperties": COUNT}


_LOG_COMMAND = re.compile(r"#(?=#[A-Za-z]*\[)")


def dumps(value: object, indent: int | None = 2) -> str:
    """The JSON of a value in ASCII, without a newline at its end; `indent` None: on one line.

    `##[` and `##vso[`, which the logs of CI services act upon wherever they stand, are spelt `\\u0023#[`: the
    same value. A line begins with a bracket or a quotation mark, and so never with `::`.
    """
    text = json.dumps(value, indent=indent, separators=(",", ":") if indent is None else None)
    return _LOG_COMMAND.sub(r"\\u0023", text)


def object_schema(keys: Sequence[Key[T]]) -> dict[str, object]:
    """The schema of an object: all keys are always there; later versions may add others."""
    return {
        "type": "object",
        "properties": {key.name: {**key.schema, "description": key.says} for key in keys},
        "required": [key.name for key in keys],
    }


def object_of(keys: Sequence[Key[T]], value: T) -> dict[str, object]:
    """The JSON object of a value."""
    return {key.name: key.get(value) for key in keys}


def objects(keys: Sequence[Key[T]], values: Iterable[T]) -> list[dict[str, object]]:
    """The JSON objects of some values."""
    return [object_of(keys, value) for value in values]


def maybe(keys: Sequence[Key[T]], value: T | None) -> dict[str, object] | None:
    """The JSON object of a value, null for None."""
    return None if value is None else object_of(keys, value)


def array(items: Schema) -> Schema:
    """The schema of a list."""
    return {"type": "array", "items": items}


def array_of(keys: Sequence[Key[T]]) -> Schema:
    """The schema of a list of objects."""
    return array(object_schema(keys))


def one_of(values: Iterable[str]) -> Schema:
    """The schema of one of some strings."""
    return {"enum": list(values)}


def or_null(schema: Schema) -> Schema:
    """The schema of what may be null."""
    return {"anyOf": [schema, {"type": "null"}]}


def at(location: Callable[[T], Location]) -> tuple[Key[T], ...]:
    """The keys of a place, in whatever object it lies."""
    return (
        Key("line", PLACE, "First line, from 1.", lambda item: location(item).line),
        Key("column", PLACE, "First column in code points, from 1.", lambda item: location(item).column),
        Key("end_line", PLACE, "Last line.", lambda item: location(item).end_line),
        Key("end_column", PLACE, "Column after the last one.", lambda item: location(item).end_column),
    )


def document(kind: str, says: str, keys: Sequence[Key[T]]) -> dict[str, object]:
    """The JSON Schema of a whole document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"promptlint {kind}, version {SCHEMA_VERSION}",
        "description": says,
        **object_schema(keys),
    }
