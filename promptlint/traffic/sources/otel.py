"""OpenTelemetry spans of calls: OTLP JSON with many spans, or one span a line, by the `gen_ai.*` conventions.

Attributes are those of the semantic conventions for generative AI, with the names of earlier versions beside
them; input counts what was read from and written to caches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from promptlint.traffic.sources import fields
from promptlint.traffic.sources.chat import METADATA
from promptlint.traffic.sources.fields import count, first, keep, moment, text, unpacked
from promptlint.traffic.sources.whole import Fields, Row, Setter

NAME = "otel"

_KIND = ("gen_ai.operation.name", "gen_ai.request.model", "gen_ai.response.model", "gen_ai.system")
_NO_CALLS = frozenset(("execute_tool", "invoke_agent", "create_agent", "invoke_workflow", "retrieval"))
"""Operations that make calls, or none: their spans have the tokens of others."""

_WHOLE = re.compile(r"-?[0-9]{1,20}")
_NO_CALL = "a span that is no call of a model"


def _format(row: Row, value: object) -> None:
    if isinstance(value, str):
        row.setdefault("structured", value != "text")


def _messages(name: str) -> Setter:
    return lambda row, value: row.setdefault(name, unpacked(value))


_ATTRIBUTES: Fields = {
    **{f"gen_ai.request.{key}": setter for key, setter in METADATA.items()},
    "gen_ai.provider.name": text("provider"),
    "gen_ai.system": text("provider"),
    "gen_ai.request.model": text("model_asked"),
    "gen_ai.response.model": text("model_sent"),
    "gen_ai.response.id": text("request_id"),
    "gen_ai.conversation.id": text("conversation_id"),
    "session.id": text("conversation_id"),
    "gen_ai.prompt.name": text("prompt_id"),
    "gen_ai.prompt.version": text("prompt_version"),
    "promptlint.prompt": text("prompt_id"),
    "prompt_id": text("prompt_id"),
    "gen_ai.usage.input_tokens": count("input_tokens"),
    "gen_ai.usage.prompt_tokens": count("input_tokens"),
    "gen_ai.usage.output_tokens": count("output_tokens"),
    "gen_ai.usage.completion_tokens": count("output_tokens"),
    "gen_ai.usage.cache_read.input_tokens": count("cached_tokens"),
    "gen_ai.usage.cache_read_input_tokens": count("cached_tokens"),
    "gen_ai.usage.input_tokens.cached": count("cached_tokens"),
    "gen_ai.usage.cache_creation.input_tokens": count("cache_write_tokens"),
    "gen_ai.usage.cache_creation_input_tokens": count("cache_write_tokens"),
    "gen_ai.usage.cache_write_input_tokens": count("cache_write_tokens"),
    "gen_ai.usage.reasoning.output_tokens": count("reasoning_tokens"),
    "gen_ai.usage.reasoning_tokens": count("reasoning_tokens"),
    "gen_ai.usage.output_tokens.reasoning": count("reasoning_tokens"),
    "gen_ai.usage.cost": fields.dollars,
    "gen_ai.request.max_tokens": count("max_tokens"),
    "gen_ai.response.finish_reasons": first(text("finish_reason")),
    "gen_ai.output.type": _format,
    "gen_ai.openai.request.response_format": _format,
    "gen_ai.system_instructions": _messages("system_text"),
    "gen_ai.input.messages": _messages("messages"),
    "gen_ai.prompt": _messages("messages"),
    "gen_ai.output.messages": _messages("answer_text"),
    "gen_ai.completion": _messages("answer_text"),
    "gen_ai.tool.definitions": _messages("tools"),
    "http.response.status_code": fields.status,
    "error.type": fields.failure,
    "http.request.resend_count": count("attempt"),
    "enduser.id": keep("user_id"),
    "user.id": keep("user_id"),
}

_SPAN: Fields = {
    "traceId": text("trace_id"),
    "trace_id": text("trace_id"),
    "spanId": text("span_id"),
    "span_id": text("span_id"),
    "startTimeUnixNano": moment("time"),
    "start_time_unix_nano": moment("time"),
    "start_time": moment("time"),
    "startTime": moment("time"),
    "endTimeUnixNano": moment("end"),
    "end_time_unix_nano": moment("end"),
    "end_time": moment("end"),
    "endTime": moment("end"),
    "context": lambda row, value: fields.walk(row, value, _CONTEXT),
}

_CONTEXT: Fields = {key: _SPAN[key] for key in ("traceId", "trace_id", "spanId", "span_id")}


def fits(record: dict[str, Any]) -> bool:
    """Whether a record is of OTLP JSON, or one span."""
    if "resourceSpans" in record or "resource_spans" in record or "scopeSpans" in record:
        return True
    return "attributes" in record and any(key in record for key in ("traceId", "trace_id", "context"))


def read(record: dict[str, Any]) -> Iterator[Row]:
    """A row a span; all spans that are no calls together are one."""
    others = 0
    for span in _spans(record):
        attributes = _attributes(span.get("attributes"))
        if not any(key in attributes for key in _KIND) or attributes.get(_KIND[0]) in _NO_CALLS:
            others += 1
            continue
        row: Row = {}
        fields.walk(row, span, _SPAN)
        fields.walk(row, attributes, _ATTRIBUTES)
        _events(row, span.get("events"))
        _status(row, span.get("status"))
        if "request_id" not in row and "span_id" in row:
            row["request_id"] = row["span_id"]
        yield row
    if others:
        yield {"fault": _NO_CALL, "calls": others}


def _spans(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "attributes" in record:
        yield record
        return
    resources = record.get("resourceSpans") or record.get("resource_spans") or [record]
    for resource in _objects(resources):
        for scope in _objects(resource.get("scopeSpans") or resource.get("scope_spans") or ()):
            yield from _objects(scope.get("spans"))


def _objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def _attributes(value: object) -> dict[str, object]:
    """Attributes as a plain object: OTLP JSON has them as a list of keys and typed values."""
    if isinstance(value, dict):
        return value
    return {str(item.get("key")): _value(item.get("value"), 0) for item in _objects(value)}


def _value(value: object, depth: int) -> object:
    if not isinstance(value, dict) or depth > 20:
        return value
    for kind, inner in value.items():
        inside = inner.get("values") if isinstance(inner, dict) else None
        if kind in ("intValue", "int_value"):
            return int(inner) if isinstance(inner, str) and _WHOLE.fullmatch(inner) else inner
        if kind in ("arrayValue", "array_value"):
            return [_value(item, depth + 1) for item in inside] if isinstance(inside, list) else []
        if kind in ("kvlistValue", "kvlist_value"):
            return {str(item.get("key")): _value(item.get("value"), depth + 1) for item in _objects(inside)}
        return inner
    return None


def _events(row: Row, events: object) -> None:
    """Messages in events of a span, as instrumentations before 2026 have them, and exceptions."""
    for event in _objects(events):
        attributes = _attributes(event.get("attributes"))
        if event.get("name") == "exception":
            said = (attributes.get("exception.type"), attributes.get("exception.message"))
            fields.failure(row, " ".join(str(each) for each in said if each))
        else:
            fields.walk(row, attributes, _EVENT)


_EVENT: Fields = {
    key: _ATTRIBUTES[key]
    for key in (
        *("gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.prompt", "gen_ai.completion"),
        *("gen_ai.system_instructions", "gen_ai.tool.definitions"),
    )
}


def _status(row: Row, status: object) -> None:
    if not isinstance(status, dict):
        return
    if (status.get("code") or status.get("status_code")) in (2, "STATUS_CODE_ERROR", "ERROR"):
        row.setdefault("failed", True)
        fields.failure(row, status.get("message") or status.get("description"))
