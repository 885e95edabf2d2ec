"""Spells the reply of a model as JSON and reads it back: what the store and recordings have of one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NoReturn

from promptlint.evals.exchange import Reply, Usage
from promptlint.evals.model import ToolCall

_COUNTS = ("input", "output", "cached", "cache_write", "reasoning")
_MOST = 2**53


def to_json(reply: Reply) -> dict[str, object]:
    """The reply as `json.dumps` takes it; what was not told is left out."""
    usage = reply.usage
    found: dict[str, object] = {
        "text": reply.text,
        "calls": [{"name": call.name, "arguments": call.arguments} for call in reply.calls],
        "usage": usage and {name: getattr(usage, name) for name in _COUNTS if getattr(usage, name)},
        "latency": reply.latency,
        "model": reply.model,
        "fingerprint": reply.fingerprint,
        "finish": reply.finish,
    }
    told = {name: value for name, value in found.items() if value not in (None, "", [])}
    return {"text": "", **told}


def from_json(value: object) -> Reply:
    """The reply that parsed JSON spells; keys that are not known are passed over.

    Raises:
        ValueError: it spells none.
    """
    found = _mapping(value, "a reply")
    usage, latency = found.get("usage"), found.get("latency")
    if latency is not None and not _is_number(latency):
        _fail("`latency` is no number")
    return Reply(
        text=_text(found, "text"),
        calls=_calls(found.get("calls", [])),
        usage=None if usage is None else _usage(_mapping(usage, "`usage`")),
        latency=None if latency is None else float(latency),  # type: ignore[arg-type]  # a number, see above
        model=_text(found, "model"),
        fingerprint=_text(found, "fingerprint"),
        finish=_text(found, "finish"),
    )


def _calls(value: object) -> tuple[ToolCall, ...]:
    if not isinstance(value, list):
        _fail("`calls` is no list")
    calls = [_mapping(item, "a call") for item in value]
    return tuple([ToolCall(_text(call, "name"), call.get("arguments")) for call in calls])


def _usage(value: Mapping[str, object]) -> Usage:
    counts = {name: value.get(name, 0) for name in _COUNTS}
    for name, count in counts.items():
        if type(count) is not int or not 0 <= count < _MOST:
            _fail(f"`usage.{name}` is no count of tokens")
    return Usage(**counts)  # type: ignore[arg-type]  # integers, see above


def _mapping(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        _fail(f"{what} is no object")
    return value


def _text(value: Mapping[str, object], name: str) -> str:
    found = value.get(name, "")
    if not isinstance(found, str):
        _fail(f"`{name}` is no text")
    return found


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and 0 <= value < _MOST  # type: ignore[arg-type, operator]


def _fail(why: str) -> NoReturn:
    raise ValueError(why)
