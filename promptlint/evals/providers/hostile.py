"""Reads the JSON that a server sends, which may be anything."""

from __future__ import annotations

import json
import math
import re
from typing import NoReturn

MOST_TOKENS = 10**12
"""More than any call has."""

_MOST_NAME = 300
_MOST_DEPTH = 100
_LONE = re.compile("[\ud800-\udfff]")
_SAYS = {"text": "text", "output_text": "text", "refusal": "refusal"}
_ESCAPED = re.compile(rb"\\u[dD][89a-fA-F]")


class MalformedError(Exception):
    """What a server sent is no answer; the message is for people and may quote it."""


def parsed(data: bytes) -> dict[str, object]:
    """The object that JSON in UTF-8 spells.

    What is no finite number becomes None, half a surrogate pair U+FFFD: neither could be written later.

    Raises:
        MalformedError: it is none.
    """
    try:
        value = json.loads(
            data.decode(),
            object_pairs_hook=_object,
            parse_constant=lambda _: None,
            parse_float=_finite,
        )
        value = _whole(value) if _ESCAPED.search(data) else value
    except (ValueError, RecursionError) as error:  # of UTF-8, of JSON, of an integer's length, of depth
        start = data[:80].decode(errors="replace")
        raise MalformedError(f"no JSON: {str(error)[:100]}: {start!r}") from None
    if not isinstance(value, dict):
        raise MalformedError(f"expected a JSON object, found {type(value).__name__}")
    return value


def arguments(spelt: object) -> object:
    """The arguments of a call: the value of JSON; a text that is none, or is nested too deep, as it is."""
    if not isinstance(spelt, str):
        return spelt if _depth(spelt) <= _MOST_DEPTH else ""
    try:
        value = json.loads(
            spelt, object_pairs_hook=_object, parse_constant=_constant, parse_float=_finite_or_fail
        )
        value = _whole(value)
    except (ValueError, RecursionError):
        return spelt
    return value if _depth(value) <= _MOST_DEPTH else spelt


def mapping(value: object) -> dict[str, object]:
    """The object, empty if it is none."""
    return value if isinstance(value, dict) else {}


def name(value: object) -> str:
    """A short text, empty if it is none."""
    return value[:_MOST_NAME] if isinstance(value, str) else ""


def count(value: object) -> int | None:
    """A number of tokens; None: it is none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if type(value) is int and 0 <= value < MOST_TOKENS else None


def part(value: object, whole: int) -> int:
    """A number of tokens that are among others; 0: it is none."""
    found = count(value)
    return found if found is not None and found <= whole else 0


def text(content: object) -> str | None:
    """The text of a message's content, which may come in parts; None: it is no content."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return None
    parts = [item if isinstance(item, str) else _said(mapping(item)) for item in content]
    return "".join([item for item in parts if isinstance(item, str)])


def _said(item: dict[str, object]) -> object:
    """What a part says to the reader: no thoughts."""
    field = _SAYS.get(name(item.get("type", "text")))
    return item.get(field) if field else None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _finite(spelt: str) -> float | None:
    found = float(spelt)
    return found if math.isfinite(found) else None


def _finite_or_fail(spelt: str) -> float:
    found = float(spelt)
    return found if math.isfinite(found) else _constant(spelt)


def _constant(spelt: str) -> NoReturn:
    raise ValueError(f"{spelt} is no number of JSON")


def _whole(value: object) -> object:
    """The value without halves of surrogate pairs."""
    if isinstance(value, str):
        return _LONE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_LONE.sub("\ufffd", key): _whole(item) for key, item in value.items()}
    return value


def _depth(value: object) -> int:
    level, depth = [value], 0
    while level and depth <= _MOST_DEPTH:
        depth += 1
        inner = [
            item.values() if isinstance(item, dict) else item
            for item in level
            if isinstance(item, dict | list)
        ]
        level = [item for items in inner for item in items]
    return depth
