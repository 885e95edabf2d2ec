"""Spend logs of the LiteLLM proxy, as its API and its database give them, and its standard logging payload.

Its tokens follow OpenAI's convention, whatever the provider: the input counts what was read from caches.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from promptlint.traffic.sources import fields
from promptlint.traffic.sources.chat import METADATA, REQUEST, RESPONSE
from promptlint.traffic.sources.fields import count, into, keep, moment, text, unpacked
from promptlint.traffic.sources.usage import INCLUSIVE
from promptlint.traffic.sources.whole import Fields, Row

NAME = "litellm"

_CALLS = ("completion", "responses", "messages", "generate_content")


def _message_list(row: Row, value: object) -> None:
    value = unpacked(value)
    if value not in ({}, []):
        row.setdefault("messages", value)


def _response(row: Row, value: object) -> None:
    """The answer; its usage is left to the columns of the log."""
    value = unpacked(value)
    if isinstance(value, dict):
        fields.walk(row, {key: item for key, item in value.items() if key not in ("usage", "id")}, RESPONSE)
    elif isinstance(value, str):
        row.setdefault("answer_text", value)


_METADATA: Fields = {
    **METADATA,
    "usage_object": into(INCLUSIVE),
    "additional_usage_values": into(INCLUSIVE),
    "error_information": fields.failure,
    "status": fields.status,
    "attempted_retries": count("attempt"),
    "requester_metadata": into(METADATA),
}

_PROXY: Fields = {
    "tools": lambda row, value: row.setdefault("tools", unpacked(value)),
    "max_tokens": count("max_tokens"),
    "max_completion_tokens": count("max_tokens"),
    "response_format": REQUEST["response_format"],
    "metadata": into(METADATA),
    "messages": _message_list,
}

_ROW: Fields = {
    "request_id": text("request_id"),
    "id": text("request_id"),
    "trace_id": text("trace_id"),
    "litellm_trace_id": text("trace_id"),
    "session_id": text("conversation_id"),
    "model": text("model_sent"),
    "custom_llm_provider": text("provider"),
    "spend": fields.dollars,
    "response_cost": fields.dollars,
    "prompt_tokens": count("input_tokens"),
    "completion_tokens": count("output_tokens"),
    "startTime": moment("time"),
    "endTime": moment("end"),
    "request_duration_ms": fields.millis(1),
    "end_user": keep("user_id"),
    "user": keep("user_id"),
    "status": fields.status,
    "error_str": fields.failure,
    "messages": _message_list,
    "response": _response,
    "metadata": into(_METADATA),
    "proxy_server_request": into(_PROXY),
    "model_parameters": into(_PROXY),
}


def fits(record: dict[str, Any]) -> bool:
    """Whether a record is a row of LiteLLM's log."""
    spent = "spend" in record or "response_cost" in record
    return spent and "startTime" in record and ("call_type" in record or "prompt_tokens" in record)


def read(record: dict[str, Any]) -> Iterator[Row]:
    """The one row of a record; answers from LiteLLM's own cache, and what is no completion, are no calls."""
    kind = record.get("call_type")
    if isinstance(kind, str) and kind and not any(name in kind for name in _CALLS):
        yield {"fault": "a call of another kind than a completion"}
        return
    if str(record.get("cache_hit")).lower() == "true":
        yield {"fault": "an answer of the gateway's own cache"}
        return
    row: Row = {}
    fields.walk(row, record, _ROW)
    if record.get("end_user"):  # `user` is who owns the key
        row["user_id"] = record["end_user"]
    if isinstance(kind, str) and "batch" in kind:
        row["batch"] = True
    yield row
