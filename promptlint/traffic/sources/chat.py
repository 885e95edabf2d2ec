"""Plain logs of chat requests and responses: OpenAI, Anthropic and alike, with or without an envelope."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from promptlint.traffic.sources import fields
from promptlint.traffic.sources.fields import (
    count,
    first,
    flag,
    into,
    keep,
    millis,
    moment,
    opened,
    text,
    unpacked,
)
from promptlint.traffic.sources.usage import usage
from promptlint.traffic.sources.whole import Fields, Row, Setter, Values, Whole, known

NAME = "chat"


def _input(row: Row, value: object) -> None:
    """The `input` of the Responses API, a `prompt` or a question: messages, or the user's text."""
    value = unpacked(value)
    if isinstance(value, dict):
        fields.walk(row, value, REQUEST)
    elif isinstance(value, str):
        row.setdefault("messages", [{"role": "user", "content": value}])
    elif isinstance(value, list):
        row.setdefault("messages", value)


def _asked(kind: type, values: Values) -> Values | None:
    if kind is list:
        return values
    found = fields.plain(kind, values) if kind is str else None
    return found and [[{"role": "user", "content": value}] for value in found]


def _format(row: Row, value: object) -> None:
    kind = value.get("type") if isinstance(value, dict) else value
    if isinstance(value, dict) and isinstance(value.get("format"), dict):
        kind = value["format"].get("type")
    if isinstance(kind, str):
        row.setdefault("structured", kind != "text")


def _formats(kind: type, values: Values) -> Values | None:
    """Of objects with a type and no format in them."""
    types = [value.get("type") for value in values if "format" not in value] if kind is dict else values
    is_usual = len(types) == len(values) and all(each.__class__ is str for each in types)
    return [each != "text" for each in types] if is_usual else None


known(_format, Whole("structured", _formats))


def _answer(row: Row, value: object) -> None:
    """The answer: a text, a list of parts, a message, or a response of a maker."""
    if value.__class__ is not dict:
        value = unpacked(value)
    if isinstance(value, dict):
        fields.walk(row, value, RESPONSE)
    elif isinstance(value, str | list):
        row.setdefault("answer_text", value)


def _answers(kind: type, values: Values) -> Values | None:
    return fields.plain(kind, values) if kind in (str, list) else None


def _output(row: Row, value: object) -> None:
    """The output of OpenAI's Responses, a list, or of Bedrock's Converse, with the message in it."""
    row.setdefault("answer_text", value.get("message", value) if isinstance(value, dict) else value)


def _outputs(kind: type, values: Values) -> Values:
    return [value.get("message", value) for value in values] if kind is dict else values


known(_output, Whole("answer_text", _outputs))


def _body(row: Row, value: object) -> None:
    """The request in a log of Bedrock's."""
    fields.walk(row, unpacked(value), REQUEST)


METADATA: Fields = {
    "prompt_id": text("prompt_id"),
    "promptlint.prompt": text("prompt_id"),
    "prompt_name": text("prompt_id"),
    "prompt": text("prompt_id"),
    "prompt_version": text("prompt_version"),
    "conversation_id": text("conversation_id"),
    "session_id": text("conversation_id"),
    "thread_id": text("conversation_id"),
    "trace_id": text("trace_id"),
    "user_id": keep("user_id"),
    "turn": count("turn"),
    "attempt": count("attempt"),
    "retry": count("attempt"),
}

_LIMITS: Fields = {
    "maxOutputTokens": count("max_tokens"),
    "maxTokens": count("max_tokens"),
    "responseMimeType": lambda row, value: row.setdefault("structured", value != "text/plain"),
}
"""Of Gemini and Bedrock."""

REQUEST: Fields = {
    "model": text("model_asked"),
    "messages": opened("messages"),
    "input": _input,
    "prompt": _input,
    "system": keep("system_text"),
    "instructions": keep("system_text"),
    "max_tokens": count("max_tokens"),
    "max_completion_tokens": count("max_tokens"),
    "max_output_tokens": count("max_tokens"),
    "tools": opened("tools"),
    "functions": opened("tools"),
    "contents": opened("messages"),
    "systemInstruction": keep("system_text"),
    "system_instruction": keep("system_text"),
    "generationConfig": into(_LIMITS),
    "modelId": text("model_asked"),
    "inferenceConfig": into(_LIMITS),
    "inputBodyJson": _body,
    "inputTokenCount": count("input_tokens"),
    "toolConfig": into({"tools": opened("tools")}),
    "response_format": _format,
    "text": _format,
    "metadata": into(METADATA),
    "user": keep("user_id"),
    "safety_identifier": keep("user_id"),
}

_CHOICE: Fields = {
    "message": keep("answer_text"),
    "text": keep("answer_text"),
    "finish_reason": text("finish_reason"),
}

_CANDIDATE: Fields = {"content": keep("answer_text"), "finishReason": text("finish_reason")}

RESPONSE: Fields = {
    "id": text("request_id"),
    "model": text("model_sent"),
    "usage": usage,
    "usageMetadata": usage,
    "choices": first(into(_CHOICE)),
    "content": keep("answer_text"),
    "candidates": first(into(_CANDIDATE)),
    "modelVersion": text("model_sent"),
    "responseId": text("request_id"),
    "output": _output,
    "stopReason": text("finish_reason"),
    "metrics": into({"latencyMs": millis(1)}),
    "ResponseMetadata": into({"RequestId": text("request_id"), "HTTPStatusCode": fields.status}),
    "outputBodyJson": _answer,
    "outputTokenCount": count("output_tokens"),
    "incomplete_details": into({"reason": text("finish_reason")}),
    "message": keep("answer_text"),
    "stop_reason": text("finish_reason"),
    "finish_reason": text("finish_reason"),
    "status_code": fields.status,
    "request_id": text("request_id"),
    "error": fields.failure,
    "created": moment("created"),
    "created_at": moment("created"),
    "service_tier": flag("batch", "batch"),
    "body": _answer,
}

known(_input, Whole("messages", _asked, inside=REQUEST))
known(_answer, Whole("answer_text", _answers, inside=RESPONSE))

_ENVELOPE: dict[str, Setter] = {
    **METADATA,
    "prompt": _input,
    "id": text("line_id"),
    "custom_id": text("line_id"),
    "request_id": text("request_id"),
    "requestId": text("request_id"),
    "timestamp": moment("time"),
    "time": moment("time"),
    "ts": moment("time"),
    "@timestamp": moment("time"),
    "start_time": moment("time"),
    "startTime": moment("time"),
    "started_at": moment("time"),
    "created_at": moment("created"),
    "created": moment("created"),
    "end_time": moment("end"),
    "endTime": moment("end"),
    "latency_ms": millis(1),
    "duration_ms": millis(1),
    "latency": millis(1000),
    "duration": millis(1000),
    "status": fields.status,
    "status_code": fields.status,
    "error": fields.failure,
    "provider": text("provider"),
    "model": text("model_asked"),
    "usage": usage,
    "user": keep("user_id"),
    "batch": flag("batch"),
    "cost": fields.dollars,
    "cost_usd": fields.dollars,
    "retry_count": count("attempt"),
    "metadata": into(METADATA),
    "request": into(REQUEST),
    "body": into(REQUEST),
    "kwargs": into(REQUEST),
    "response": _answer,
    "completion": _answer,
    "answer": _answer,
    "output": _answer,
}

_REQUESTS = frozenset(("request", "body", "kwargs"))

_ANSWERED: Fields = {**REQUEST, **_ENVELOPE}
"""Of a record that is a request, with its answer in it."""

_FLAT: Fields = {
    **REQUEST,
    **RESPONSE,
    **_ENVELOPE,
    "model": text("model_asked"),
    "choices": RESPONSE["choices"],
}
"""Of a record that is request and answer at once."""

_KNOWN = _REQUESTS | {
    "response",
    "messages",
    "usage",
    "choices",
    "prompt",
    "input",
    "completion",
    "prompt_tokens",
}


def fits(record: dict[str, Any]) -> bool:
    """Whether a record looks like a logged chat."""
    return not _KNOWN.isdisjoint(record) or ("model" in record and "input_tokens" in record)


def table(keys: Collection[str]) -> Fields:
    """The table of records with these keys."""
    if not _REQUESTS.isdisjoint(keys):
        return _ENVELOPE
    return _ANSWERED if "response" in keys else _FLAT


def read(record: dict[str, Any]) -> Iterator[Row]:
    """The one row of a record."""
    row: Row = {}
    fields.walk(row, record, table(record))
    if row.get("input_tokens") is None and row.get("output_tokens") is None:
        usage(row, record.get("usage") or record)
    if "custom_id" in record:
        row["batch"] = True
    yield row


def settle(columns: dict[str, Values], keys: Collection[str]) -> bool:
    """What `read` does after the table, for many records with these keys; False: it needs each by itself."""
    known = columns.get("input_tokens") or columns.get("output_tokens")
    if known and "custom_id" in keys:
        columns["batch"] = [True] * len(known)
    return bool(known)
