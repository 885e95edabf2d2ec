"""Reads a mapping file: where the values of a log of one's own are, for formats that are not known.

version: 1
columns:
  time: meta.when
  model: engine
  input_tokens: {path: tokens.in, add: tokens.cached}
  latency_ms: {path: seconds, scale: 1000}
messages: body.messages
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from promptlint.errors import SuiteError, UsageError
from promptlint.evals import values
from promptlint.evals.values import Value
from promptlint.records import dataclass
from promptlint.traffic.sources import fields
from promptlint.traffic.sources.fields import unpacked
from promptlint.traffic.sources.whole import Row, Setter

VERSION = 1
_DEEPEST = 12


def _latency(row: Row, value: object) -> None:
    fields.millis(1)(row, value)


_COUNTS = (
    *("turn", "attempt", "calls", "input_tokens", "cached_tokens", "cache_write_tokens", "output_tokens"),
    *("reasoning_tokens", "max_tokens"),
)
_NAMES = (
    *("request_id", "trace_id", "conversation_id", "prompt_id", "prompt_version", "provider"),
    "finish_reason",
)

TARGETS: Mapping[str, Setter] = {
    "time": fields.moment("time"),
    "end": fields.moment("end"),
    "latency_ms": _latency,
    "status": fields.status,
    "error": fields.failure,
    "model": fields.text("model_sent"),
    "user": fields.keep("user_id"),
    "usd": fields.dollars,
    "batch": fields.flag("batch", "true", "1", "yes", "batch"),
    "structured": fields.flag("structured", "true", "1", "yes"),
    "messages": lambda row, value: row.setdefault("messages", unpacked(value)),
    "system": fields.keep("system_text"),
    "answer": lambda row, value: row.setdefault("answer_text", unpacked(value)),
    "tools": lambda row, value: row.setdefault("tools", unpacked(value)),
    **{name: fields.count(name) for name in _COUNTS},
    **{name: fields.text(name) for name in _NAMES},
}
"""What a mapping may set."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is: keys from the outside in; `add` are places of numbers that are added to it."""

    target: str
    keys: tuple[str, ...]
    scale: float = 1.0
    add: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping: the places of the columns, in the file's order."""

    places: tuple[Place, ...]

    def read(self, record: dict[str, Any]) -> Iterator[Row]:
        """The one row of a record; one that has none of the places is no call."""
        row: Row = {}
        for place in self.places:
            value = _at(record, place.keys)
            if value is not None:
                TARGETS[place.target](row, _counted(value, place, record))
        yield row or {"fault": "none of the mapping's values"}


def _counted(value: object, place: Place, record: object) -> object:
    """The value, scaled and with what is added to it."""
    if place.scale == 1 and not place.add:
        return value
    numbers = [value, *(_at(record, keys) for keys in place.add)]
    found = [_number(each) for each in numbers if each is not None]
    if any(each is None for each in found):
        return value
    total = sum(each for each in found if each is not None) * place.scale
    return int(total) if total == total // 1 else total


def _number(value: object) -> float | int | None:
    if isinstance(value, str):
        try:
            return float(value[:40])
        except ValueError:
            return None
    return value if isinstance(value, int | float) and abs(value) < 2**53 else None


def _at(record: object, keys: tuple[str, ...]) -> object:
    for key in keys:
        record = unpacked(record)
        if isinstance(record, dict):
            record = record.get(key)
        elif isinstance(record, list) and key.isdigit() and int(key) < len(record):
            record = record[int(key)]
        else:
            return None
    return record


def read(path: Path) -> Mapped:
    """The mapping file at a path.

    Raises:
        UsageError: it cannot be read, or says something that is not known; file and line are named.
    """
    shown = str(path)
    try:
        root = values.parsed(text := values.text_of(path, shown), values.origin(shown, text), is_json=False)
        if root is None:
            raise UsageError(f"{shown}: an empty mapping")
        return _mapping(root)
    except SuiteError as error:
        raise UsageError(str(error)) from error


def _mapping(root: Value) -> Mapped:
    found = root.fields(("version", "columns"))
    if (version := found.get("version")) is not None and version.number() != VERSION:
        version.fail(f"version {version.scalar()!r} is not known here; {VERSION} is")
    if "columns" not in found:
        root.fail("`columns` is missing")
    columns = found["columns"].fields(tuple(TARGETS))
    if "model" not in columns:
        found["columns"].fail("`model` is missing: without it no call has a price")
    return Mapped(tuple([_place(name, value) for name, value in columns.items()]))


def _place(target: str, value: Value) -> Place:
    if isinstance(value.scalar(), str):
        return Place(target, _keys(value))
    parts = value.fields(("path", "scale", "add"))
    if "path" not in parts:
        value.fail("`path` is missing")
    scale = parts["scale"].number() if "scale" in parts else 1.0
    if not 1e-9 <= scale <= 1e9:
        parts["scale"].fail("from 1e-9 to 1e9")
    added = parts.get("add")
    listed = [] if added is None else [added] if isinstance(added.scalar(), str) else list(added.items())
    return Place(target, _keys(parts["path"]), float(scale), tuple([_keys(each) for each in listed]))


def _keys(value: Value) -> tuple[str, ...]:
    keys = tuple(value.text().split("."))
    if not all(keys) or len(keys) > _DEEPEST:
        value.fail(f"a path is keys with dots between them, at most {_DEEPEST}")
    return keys
