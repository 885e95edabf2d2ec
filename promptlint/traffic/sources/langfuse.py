"""Observations exported from Langfuse: from its tables as CSV or JSON, its API, or to blob storage.

Its kinds of usage add up: `input` is what no other kind of input counts, `output` likewise ("Token and cost
tracking"), so they are summed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from promptlint.traffic.sources import fields
from promptlint.traffic.sources.chat import METADATA, REQUEST
from promptlint.traffic.sources.fields import into, keep, millis, moment, text, unpacked
from promptlint.traffic.sources.whole import Fields, Row

NAME = "langfuse"

_READ = ("cached", "cache_read", "cacheread")
_SIGNS = ("usageDetails", "usage_details", "costDetails", "modelParameters", "promptName")
_WRITTEN = ("cache_creation", "cache_write", "cachewrite")


def _details(row: Row, value: object) -> None:
    """The sums of all kinds of input and of output, and what of them was cached, written or reasoning."""
    value = unpacked(value)
    if not isinstance(value, dict):
        return
    sums: dict[str, int] = {}
    for kind, amount in value.items():
        key = kind.lower()
        if amount is None or "total" in key:
            continue
        side = "output" if "output" in key or "completion" in key else "input"
        number = fields.whole(row, f"{side}_tokens", amount)
        if number is None:
            continue
        names = [f"{side}_tokens"]
        names += ["cached_tokens"] * any(part in key for part in _READ)
        names += ["cache_write_tokens"] * any(part in key for part in _WRITTEN)
        names += ["reasoning_tokens"] * ("reasoning" in key)
        for name in names:
            sums[name] = sums.get(name, 0) + number
    for name, number in sums.items():
        row.setdefault(name, number)


def _cost(row: Row, value: object) -> None:
    value = unpacked(value)
    if isinstance(value, dict) and value.get("total") is not None:
        fields.dollars(row, value["total"])


def _input(row: Row, value: object) -> None:
    """The input as it was traced: messages, a request with messages and tools, or a text."""
    value = unpacked(value)
    if isinstance(value, dict):
        fields.walk(row, value, REQUEST)
    else:
        row.setdefault("messages", value)


_PAIRS: Fields = {
    "trace_id": text("trace_id"),
    "session_id": text("conversation_id"),
    "user_id": keep("user_id"),
    "start_time": moment("time"),
    "end_time": moment("end"),
    "prompt_name": text("prompt_id"),
    "prompt_version": text("prompt_version"),
    "usage_details": _details,
    "cost_details": _cost,
    "total_cost": fields.dollars,
    "calculated_total_cost": fields.dollars,
    "model_parameters": into(REQUEST),
    "provided_model_name": text("model_sent"),
    "status_message": fields.failure,
}
"""Keys with an underscore; those of the API are spelt with capitals instead."""


def _camel(key: str) -> str:
    head, *rest = key.split("_")
    return head + "".join(part.title() for part in rest)


_ROW: Fields = {
    "id": text("request_id"),
    **_PAIRS,
    **{_camel(key): setter for key, setter in _PAIRS.items()},
    "model": text("model_sent"),
    "input": _input,
    "output": keep("answer_text"),
    "metadata": into(METADATA),
    "latency": millis(1000),
    "usage": _details,
}


def fits(record: dict[str, Any]) -> bool:
    """Whether a record is an observation."""
    traced = "traceId" in record or "trace_id" in record
    return traced and any(key in record for key in _SIGNS)


def read(record: dict[str, Any]) -> Iterator[Row]:
    """The one row of an observation; those that are no generation are no calls."""
    kind = record.get("type")
    if isinstance(kind, str) and kind.upper() not in ("GENERATION", ""):
        yield {"fault": "an observation that is no generation"}
        return
    row: Row = {}
    fields.walk(row, record, _ROW)
    if str(record.get("level")).upper() == "ERROR":
        row.setdefault("failed", True)
    else:
        row.pop("failure", None)
    answer = unpacked(row.get("answer_text"))
    if answer is not None:
        row["answer_text"] = answer
    yield row
