"""The formats in which `make_traffic.py` spells the same calls: a function from a call to a record each."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from make_traffic import Call

LATENCY = timedelta(milliseconds=800)


def _tools(call: Call) -> list[dict[str, Any]]:
    return [
        {"type": "function", "function": {"name": name, "description": f"Does {name}. " * 8}}
        for name in call.tools
    ]


def _answer(call: Call) -> dict[str, Any]:
    found: dict[str, Any] = {"role": "assistant", "content": call.answer}
    if call.called:
        found["tool_calls"] = [
            {"id": "c", "type": "function", "function": {"name": name, "arguments": "{}"}}
            for name in call.called
        ]
    return found


def _answered(call: Call) -> bool:
    return not call.error or call.status == 200


def _without_null(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value is not None}


def span(call: Call) -> dict[str, Any]:
    """A span of OpenTelemetry, its attributes as a plain object."""
    begin = int(call.time.timestamp() * 1_000_000) * 1000
    return {
        "traceId": call.trace or "",
        "spanId": f"s-{call.id}",
        "startTimeUnixNano": str(begin),
        "endTimeUnixNano": str(begin + 800_000_000),
        "attributes": _without_null({**_asked(call), **(_said(call) if _answered(call) else {})}),
    }


def _asked(call: Call) -> dict[str, Any]:
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": call.model,
        "gen_ai.response.id": call.id,
        "gen_ai.prompt.name": call.prompt,
        "gen_ai.prompt.version": call.version,
        "gen_ai.conversation.id": call.conversation,
        "gen_ai.request.max_tokens": call.max_tokens,
        "gen_ai.input.messages": json.dumps(call.messages),
        "gen_ai.tool.definitions": json.dumps(_tools(call)) if call.tools else None,
        "gen_ai.output.type": "json" if call.structured else None,
        "http.response.status_code": call.status,
        "http.request.resend_count": call.attempt or None,
        "error.type": call.error,
        "user.id": call.user,
    }


def _said(call: Call) -> dict[str, Any]:
    input_, cached, output = call.tokens
    return {
        "gen_ai.response.model": call.model,
        "gen_ai.usage.input_tokens": input_,
        "gen_ai.usage.cache_read.input_tokens": cached,
        "gen_ai.usage.output_tokens": output,
        "gen_ai.response.finish_reasons": [call.finish],
        "gen_ai.output.messages": json.dumps([_answer(call)]),
    }


def otlp(call: Call) -> dict[str, Any]:
    """A document of OTLP JSON with the span, and one beside it that is no call."""
    made = span(call)
    made["attributes"] = [{"key": key, "value": _typed(value)} for key, value in made["attributes"].items()]
    other = {
        "traceId": made["traceId"],
        "spanId": "h",
        "attributes": [{"key": "http.route", "value": _typed("/")}],
    }
    return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"spans": [other, made]}]}]}


def _typed(value: object) -> dict[str, Any]:
    if isinstance(value, list):
        return {"arrayValue": {"values": [_typed(item) for item in value]}}
    return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": str(value)}


def litellm(call: Call) -> dict[str, Any]:
    """A row of LiteLLM's spend log."""
    request = {
        "max_tokens": call.max_tokens,
        "tools": _tools(call) or None,
        "response_format": {"type": "json_object"} if call.structured else None,
    }
    row: dict[str, Any] = {
        "request_id": call.id,
        "call_type": "acompletion",
        "spend": 0.0,
        "startTime": call.time.isoformat(),
        "endTime": (call.time + LATENCY).isoformat(),
        "model": call.model,
        "cache_hit": "False",
        "session_id": call.conversation,
        "end_user": call.user,
        "messages": call.messages,
        "metadata": _metadata(call),
        "proxy_server_request": _without_null(request),
        "status": "failure" if call.error else "success",
    }
    if _answered(call):
        row["prompt_tokens"], row["completion_tokens"] = call.tokens[0], call.tokens[2]
        row["response"] = {"choices": [{"message": _answer(call), "finish_reason": call.finish}]}
    return _without_null(row)


def _metadata(call: Call) -> dict[str, Any]:
    """What LiteLLM keeps beside its columns: the caller's metadata, errors, tokens that were cached."""
    given = {"prompt_id": call.prompt, "prompt_version": call.version, "trace_id": call.trace}
    found: dict[str, Any] = {"requester_metadata": _without_null(given)}
    if call.attempt:
        found["attempted_retries"] = call.attempt
    if call.error:
        code = str(call.status) if call.status != 200 else ""
        found["error_information"] = {"error_code": code, "error_class": call.error}
    if _answered(call):
        found["usage_object"] = {"prompt_tokens_details": {"cached_tokens": call.tokens[1]}}
    return found


def langfuse(call: Call) -> dict[str, Any]:
    """An observation of Langfuse."""
    input_, cached, output = call.tokens
    row: dict[str, Any] = {
        "id": call.id,
        "type": "GENERATION",
        "traceId": call.trace or "",
        "sessionId": call.conversation,
        "userId": call.user,
        "startTime": call.time.isoformat(),
        "endTime": (call.time + LATENCY).isoformat(),
        "model": call.model,
        "modelParameters": _without_null({"max_tokens": call.max_tokens}),
        "promptName": call.prompt,
        "promptVersion": call.version,
        "input": _without_null(
            {
                "messages": call.messages,
                "tools": _tools(call) or None,
                "response_format": {"type": "json_object"} if call.structured else None,
            }
        ),
        "level": "ERROR" if call.error else "DEFAULT",
        "statusMessage": f"{call.error} ({call.status})" if call.error else None,
        "metadata": {"attempt": call.attempt} if call.attempt else None,
    }
    if _answered(call):
        row["usageDetails"] = {"input": input_ - cached, "input_cached_tokens": cached, "output": output}
        row["output"] = _answer(call)
    return _without_null(row)


FORMATS: Mapping[str, Callable[[Call], dict[str, Any]]] = {
    "span": span,
    "otlp": otlp,
    "litellm": litellm,
    "langfuse": langfuse,
    "langfuse-csv": langfuse,
    "litellm-array": litellm,
    "otlp-gz": otlp,
}


def spelt(path: Path, format_: str, records: Iterable[dict[str, Any]]) -> None:
    """Write records in the container of a format: CSV, a JSON array, packed lines, else lines."""
    if format_.endswith("-csv"):
        rows = [
            {key: value if isinstance(value, str) else json.dumps(value) for key, value in record.items()}
            for record in records
        ]
        names = list(dict.fromkeys(key for row in rows for key in row))
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(rows)
    elif format_.endswith("-array"):
        path.write_text(json.dumps(list(records), indent=1), encoding="utf-8")
    else:
        with gzip.open(path, "wt") if format_.endswith("-gz") else path.open("w", encoding="utf-8") as text:
            for record in records:
                text.write(json.dumps(record) + "\n")
