"""Data classes that are JSON documents: written, described by a schema, and read back strictly.

For documents that come back from elsewhere. A field is a string, a number, a truth value, an enumeration of
strings, another such class, a tuple of them, or one of these or None.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import stat
import types
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from promptlint.errors import UsageError

MAX_TEXT = 20_000
"""Characters of one string that is read."""

MAX_ITEMS = 20_000
"""Entries of one list that is read."""

T = TypeVar("T")


def said(says: str, **options: Any) -> Any:
    """A field with its description; `default` as for `dataclasses.field`. Any, as `field` itself is typed."""
    return dataclasses.field(metadata={"says": says}, **options)


# --- writing --------------------------------------------------------------------------------


def to_json(value: object) -> object:
    """The value as `json.dumps` takes it; numbers are rounded to nine places."""
    if type(value) in _NAMES and not isinstance(value, float):  # most are, and large documents have many
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        return round(value, 9)
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if dataclasses.is_dataclass(value):
        return {item.name: to_json(getattr(value, item.name)) for item in dataclasses.fields(value)}
    return value


def schema(cls: type[object]) -> dict[str, object]:
    """The JSON Schema of a class: all keys are always written; later versions may add others.

    A key that has a default may be missing: documents of earlier promptlints lack it.
    """
    hints = _hints(cast(Any, cls))
    return {
        "type": "object",
        "properties": {
            item.name: {**_schema(hints[item.name]), "description": item.metadata["says"]}
            for item in _fields(cls)
        },
        "required": [item.name for item in _fields(cls) if item.default is dataclasses.MISSING],
    }


def _schema(kind: Any) -> dict[str, object]:  # a type expression has no type of its own
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(each) for each in arguments]}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is tuple and arguments[-1] is Ellipsis:
        return {"type": "array", "items": _schema(arguments[0])}
    if origin is tuple:
        size = len(arguments)
        return {"type": "array", "items": _schema(arguments[0]), "minItems": size, "maxItems": size}
    if dataclasses.is_dataclass(kind):
        return schema(cast(type[object], kind))
    if issubclass(kind, Enum):
        return {"enum": [item.value for item in kind]}
    return {"type": _NAMES[kind]}


# --- reading --------------------------------------------------------------------------------


def data_of(path: Path, cap: int) -> bytes:
    """The bytes of a file.

    Args:
        path: of the file, which may be hostile: a pipe or a device is not waited for.
        cap: the most bytes that it may have.

    Raises:
        UsageError: it cannot be read, or is too large; the message names the file.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(handle, "rb") as file:  # noqa: PTH123  # Path.open takes no descriptor
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise UsageError(f"{path}: cannot be read: not a regular file")
            data = file.read(cap + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    if len(data) > cap:
        raise UsageError(f"{path}: larger than {cap:,} bytes")
    return data


def strict_json(data: bytes, where: str) -> object:
    """The value that JSON spells: UTF-8, no key twice, no NaN.

    Raises:
        UsageError: it is not that.
    """
    try:
        found: object = json.loads(data.decode(), object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError) as error:  # of UTF-8, of JSON, of an integer's length, of depth
        raise UsageError(f"{where}: no strict JSON: {str(error)[:200]}") from error
    return found


def parse(cls: type[T], data: bytes, version: int, where: str) -> T:
    """The document that strict JSON spells.

    Args:
        cls: of the document; it has the field `schema_version`.
        data: the JSON, which may be hostile.
        version: the one that is read.
        where: what the document is called in messages.

    Raises:
        UsageError: it is no strict JSON, of another version, or not of the form of the document.
    """
    value = strict_json(data, where)
    found = value.get("schema_version") if isinstance(value, dict) else None
    if type(found) is int and found != version:
        at = data.find(b'"schema_version"')
        line = data.count(b"\n", 0, at) + 1
        raise UsageError(
            f"{where}:{line}: version {found} of the document, this promptlint reads {version}: "
            "make and read it with the same promptlint"
        )
    return from_json(cls, value, where)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def from_json(cls: type[T], data: object, where: str = "document") -> T:
    """The value that a parsed JSON document spells; keys that are not known are passed over.

    Raises:
        UsageError: a key without a default is missing, or a value is of another type, too long or not finite;
            the message names the place.
    """
    if not isinstance(data, Mapping):
        _fail(where, "an object", data)
    hints = _hints(cast(Any, cls))
    values = {}
    for item in _fields(cls):
        if item.name not in data:
            if item.default is not dataclasses.MISSING:
                continue
            raise UsageError(f"{where}: the key `{item.name}` is missing")
        values[item.name] = _read(hints[item.name], data[item.name], f"{where}.{item.name}")
    return cls(**values)


def _read(kind: Any, data: object, where: str) -> Any:  # of the type that `kind` spells
    if kind.__class__ is type and kind in _NAMES:  # most are, and large documents have many
        return _read_plain(kind, data, where)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if data is None and type(None) in arguments:
            return None
        return _read(next(each for each in arguments if each is not type(None)), data, where)
    if origin is Literal:
        return data if data in arguments else _fail(where, f"one of {', '.join(map(str, arguments))}", data)
    if origin is tuple:
        return _read_tuple(arguments, data, where)
    if dataclasses.is_dataclass(kind):
        return from_json(cast(type[object], kind), data, where)
    if issubclass(kind, Enum):
        found = next((item for item in kind if item.value == data), None)
        return found or _fail(where, f"one of {', '.join(str(item.value) for item in kind)}", data)
    return _read_plain(kind, data, where)


def _read_tuple(arguments: Sequence[Any], data: object, where: str) -> tuple[object, ...]:
    if not isinstance(data, list):
        _fail(where, "a list", data)
    if arguments[-1] is not Ellipsis and len(data) != len(arguments):
        _fail(where, f"{len(arguments)} entries", data)
    if len(data) > MAX_ITEMS:
        _fail(where, f"at most {MAX_ITEMS:,} entries", data)
    return tuple([_read(arguments[0], item, f"{where}[{index}]") for index, item in enumerate(data)])


def _read_plain(kind: type[object], data: object, where: str) -> object:
    if kind is float and type(data) is int:
        data = float(data) if abs(data) < 2**53 else math.inf
    if type(data) is not kind:
        _fail(where, _NAMES[kind], data)
    if isinstance(data, str) and len(data) > MAX_TEXT:
        _fail(where, f"at most {MAX_TEXT:,} characters", data)
    if isinstance(data, (int, float)) and not abs(data) < 2**53:
        _fail(where, "a number of usual size", data)
    return data


def _fail(where: str, wanted: str, data: object) -> NoReturn:
    raise UsageError(f"{where}: expected {wanted}, found {type(data).__name__}")


_NAMES: Mapping[Any, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
}


@lru_cache(maxsize=64)
def _hints(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls)


def _fields(cls: type[object]) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(cast(Any, cls))
