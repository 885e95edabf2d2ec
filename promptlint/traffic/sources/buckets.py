"""Usage exports of OpenAI and Anthropic: sums by time, model and project, from their APIs and as CSV.

A row stands for as many calls as the export says (OpenAI), or for an unknown number
(Anthropic does not say).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from promptlint.traffic.sources import fields
from promptlint.traffic.sources.fields import count, flag, into, moment, text
from promptlint.traffic.sources.usage import beside
from promptlint.traffic.sources.whole import Fields, Row

NAME = "usage export"


def _written(row: Row, value: object) -> None:
    number = fields.whole(row, "cache_write_tokens", value)
    if number is not None:
        row["cache_write_tokens"] = row.get("cache_write_tokens", 0) + number


_TIERS = {
    "ephemeral_5m_input_tokens": _written,
    "ephemeral_1h_input_tokens": _written,
}

_OPENAI: Fields = {
    "start_time": moment("time"),
    "start_time_iso": moment("time"),
    "model": text("model_sent"),
    "num_model_requests": count("calls"),
    "input_tokens": count("input_tokens"),
    "output_tokens": count("output_tokens"),
    "input_cached_tokens": count("cached_tokens"),
    "batch": flag("batch"),
    "service_tier": flag("batch", "batch"),
    "user_id": fields.keep("user_id"),
}

_ANTHROPIC: Fields = {
    "starting_at": moment("time"),
    "usage_date_utc": moment("time"),
    "model": text("model_sent"),
    "model_version": text("model_sent"),
    "uncached_input_tokens": count("input_tokens"),
    "usage_input_tokens_no_cache": count("input_tokens"),
    "cache_read_input_tokens": count("cached_tokens"),
    "usage_input_tokens_cache_read": count("cached_tokens"),
    "cache_creation": into(_TIERS),
    "cache_creation_5m_input_tokens": _written,
    "cache_creation_1h_input_tokens": _written,
    "usage_input_tokens_cache_write_5m": _written,
    "usage_input_tokens_cache_write_1h": _written,
    "output_tokens": count("output_tokens"),
    "usage_output_tokens": count("output_tokens"),
    "service_tier": flag("batch", "batch"),
    "usage_type": flag("batch", "batch"),
}

_OPENAI_KEYS = ("num_model_requests", "input_cached_tokens")
_ANTHROPIC_KEYS = ("uncached_input_tokens", "usage_input_tokens_no_cache")


def fits(record: dict[str, Any]) -> bool:
    """Whether a record is a page, a bucket, or a line of such an export."""
    if "results" in record and ("start_time" in record or "starting_at" in record):
        return True
    if isinstance(record.get("data"), list):
        return all(isinstance(item, dict) and "results" in item for item in record["data"])
    return any(key in record for key in (*_OPENAI_KEYS, *_ANTHROPIC_KEYS))


def read(record: dict[str, Any]) -> Iterator[Row]:
    """A row a result; a bucket without any gives none, so a page may give one that says so."""
    found = False
    for bucket in record["data"] if isinstance(record.get("data"), list) else [record]:
        times = {key: bucket[key] for key in ("start_time", "starting_at") if key in bucket}
        for result in bucket["results"] if isinstance(bucket.get("results"), list) else [bucket]:
            if isinstance(result, dict):
                found = True
                yield _row({**times, **result})
    if not found:
        yield {"fault": "a bucket of usage without calls"}


def _row(result: dict[str, Any]) -> Row:
    row: Row = {}
    if any(key in result for key in _ANTHROPIC_KEYS):
        fields.walk(row, result, _ANTHROPIC)
        beside(row)
        row["calls"] = None
        row["provider"] = "anthropic"
    else:
        fields.walk(row, result, _OPENAI)
        row["provider"] = "openai"
        row.setdefault("calls", None)
    return row
