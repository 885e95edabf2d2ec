"""Reads and writes JSON as fast as what is installed can: orjson, else the standard library."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NoReturn

DEEPEST = 200
"""Levels of nesting that a record may have."""


def _chosen() -> tuple[Callable[[bytes | str], object], Callable[[object], bytes]]:
    try:
        import orjson
    except ImportError:
        return _loads, _dumps
    return orjson.loads, lambda value: bytes(orjson.dumps(value, default=str))


def _loads(data: bytes | str) -> object:
    try:
        found: object = json.loads(data, parse_constant=_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return found


def _dumps(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace")


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


loads, dumps = _chosen()
