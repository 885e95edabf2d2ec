"""Every format of logs gives the same row for the same call, by one convention of tokens."""

from __future__ import annotations

import json
from typing import Any

import pytest

from promptlint.traffic.mapping import read
from tests.traffic.reading import SETTINGS, chat, row, rows

MESSAGES = [{"role": "system", "content": "Sort the mail."}, {"role": "user", "content": "Mail 0"}]
ANSWER = [{"role": "assistant", "parts": [{"type": "text", "content": "spam"}]}]

OTEL = {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.response.id": "r0",
    "gen_ai.conversation.id": "c0",
    "gen_ai.request.max_tokens": 100,
    "gen_ai.usage.input_tokens": 1000,
    "gen_ai.usage.cache_read.input_tokens": 200,
    "gen_ai.usage.output_tokens": 10,
    "gen_ai.response.finish_reasons": ["stop"],
    "gen_ai.input.messages": json.dumps(MESSAGES),
    "gen_ai.output.messages": json.dumps(ANSWER),
}
SPAN: dict[str, Any] = {
    "traceId": "t0",
    "spanId": "s0",
    "startTimeUnixNano": "1790000000000000000",
    "endTimeUnixNano": "1790000000900000000",
}


def typed(value: object) -> dict[str, object]:
    """A value as OTLP JSON spells it."""
    if isinstance(value, list):
        return {"arrayValue": {"values": [typed(item) for item in value]}}
    return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}


OTLP = {
    "resourceSpans": [
        {
            "scopeSpans": [
                {
                    "spans": [
                        {**SPAN, "attributes": [{"key": k, "value": typed(v)} for k, v in OTEL.items()]},
                        {"traceId": "t0", "spanId": "s1", "attributes": []},
                    ]
                }
            ]
        }
    ]
}
LITELLM = {
    "request_id": "r0",
    "call_type": "acompletion",
    "spend": 0.0021,
    "startTime": "2026-09-21T14:13:20Z",
    "endTime": "2026-09-21T14:13:20.900Z",
    "model": "gpt-4o-2024-08-06",
    "prompt_tokens": 1000,
    "completion_tokens": 10,
    "cache_hit": "False",
    "session_id": "c0",
    "messages": MESSAGES,
    "response": {"choices": [{"message": {"role": "assistant", "content": "spam"}, "finish_reason": "stop"}]},
    "metadata": {
        "usage_object": {"prompt_tokens": 1000, "prompt_tokens_details": {"cached_tokens": 200}},
    },
    "proxy_server_request": {"max_tokens": 100},
}
LANGFUSE = {
    "id": "r0",
    "type": "GENERATION",
    "traceId": "t0",
    "sessionId": "c0",
    "startTime": "2026-09-21T14:13:20.000Z",
    "endTime": "2026-09-21T14:13:20.900Z",
    "model": "gpt-4o-2024-08-06",
    "modelParameters": {"max_tokens": 100},
    "usageDetails": {"input": 800, "input_cached_tokens": 200, "output": 10, "total": 1010},
    "costDetails": {"total": 0.0021},
    "input": MESSAGES,
    "output": {"role": "assistant", "content": "spam"},
}
SNAKE = {
    "id": "r0",
    "type": "GENERATION",
    "trace_id": "t0",
    "session_id": "c0",
    "start_time": "2026-09-21 14:13:20.000000",
    "end_time": "2026-09-21 14:13:20.900000",
    "provided_model_name": "gpt-4o-2024-08-06",
    "model_parameters": '{"max_tokens": 100}',
    "usage_details": '{"input": 800, "input_cached_tokens": 200, "output": 10}',
    "input": json.dumps(MESSAGES),
    "output": "spam",
}


@pytest.mark.parametrize(
    ("origin", "record"),
    [
        ("chat", chat()),
        ("otel", {**SPAN, "attributes": OTEL}),
        ("otel", OTLP),
        ("litellm", LITELLM),
        ("langfuse", LANGFUSE),
        ("langfuse", SNAKE),
    ],
    ids=["chat", "span", "otlp", "litellm", "langfuse", "langfuse-blob"],
)
def test_formats_agree(origin: str, record: object) -> None:
    found = rows(record)[0]
    known = row(chat())
    same = ("time", "model", "input_tokens", "cached_tokens", "output_tokens", "latency_ms", "request_id")
    texts = ("text_hash", "normal_hash", "system_hash", "answer_hash", "user_text_hash", "turn", "max_tokens")
    for name in (*same, *texts, "usd_nano", "conversation_id"):
        assert found.get(name) == known[name], name
    assert found["origin"] == origin


def test_spans_that_are_no_calls_are_counted() -> None:
    _, other = rows(OTLP)
    assert other["fault"] == "a span that is no call of a model"
    assert other["calls"] == 1


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (
            {
                "input_tokens": 10,
                "cache_read_input_tokens": 90,
                "cache_creation_input_tokens": 5,
                "output_tokens": 7,
            },
            (105, 90, 5, 7, None),
        ),
        ({"input_tokens": 10, "output_tokens": 7}, (10, None, None, 7, None)),
        (
            {
                "input_tokens": 100,
                "input_tokens_details": {"cached_tokens": 90},
                "output_tokens": 7,
                "output_tokens_details": {"reasoning_tokens": 4},
            },
            (100, 90, None, 7, 4),
        ),
        (
            {
                "promptTokenCount": 100,
                "cachedContentTokenCount": 90,
                "candidatesTokenCount": 7,
                "thoughtsTokenCount": 4,
            },
            (100, 90, None, 11, 4),
        ),
        ({"inputTokens": 10, "cacheReadInputTokens": 90, "outputTokens": 7}, (100, 90, None, 7, None)),
        (
            {"prompt_tokens": 100, "prompt_cache_hit_tokens": 64, "completion_tokens": 7},
            (100, 64, None, 7, None),
        ),
    ],
    ids=["anthropic", "anthropic-plain", "responses", "gemini", "bedrock", "deepseek"],
)
def test_tokens_of_makers(usage: dict[str, object], expected: tuple[int | None, ...]) -> None:
    found = row({"model": "m", "messages": [], "response": {"usage": usage}, "timestamp": 1_790_000_000})
    names = ("input_tokens", "cached_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens")
    assert tuple(found.get(name) for name in names) == expected


def test_usage_exports() -> None:
    results = [
        {
            "input_tokens": 1000,
            "input_cached_tokens": 200,
            "output_tokens": 50,
            "num_model_requests": 5,
            "model": "gpt-4o-2024-08-06",
            "batch": True,
        }
    ]
    page = {"object": "page", "data": [{"object": "bucket", "start_time": 1_790_000_000, "results": results}]}
    found = row(page)
    assert (found["calls"], found["input_tokens"], found["cached_tokens"], found["batch"]) == (
        5,
        1000,
        200,
        True,
    )
    assert found["usd_nano"] == 1000 * 1250 + 50 * 5000  # gpt-4o's batch prices: $1.25 and $5 a million
    report = {
        "starting_at": "2026-09-21T00:00:00Z",
        "results": [
            {
                "uncached_input_tokens": 1000,
                "cache_creation": {"ephemeral_5m_input_tokens": 20, "ephemeral_1h_input_tokens": 10},
                "cache_read_input_tokens": 200,
                "output_tokens": 50,
                "model": "claude-sonnet-4-5-20250929",
            }
        ],
    }
    found = row(report)
    assert (found["input_tokens"], found["cached_tokens"], found["cache_write_tokens"]) == (1230, 200, 30)
    assert "calls" not in found  # Anthropic does not say: unknown, not none


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"status": 429}, "rate_limit"),
        ({"status": 504}, "timeout"),
        ({"status": 503}, "server"),
        ({"status": 400}, "client"),
        ({"error": "Request timed out."}, "timeout"),
        ({"error": {"type": "JSONDecodeError", "message": "Expecting value"}}, "parse"),
        ({"error": "ValidationError: 2 fields missing"}, "validation"),
        ({"error": "what"}, "other"),
        ({"status": 200}, None),
    ],
)
def test_errors_have_a_kind(more: dict[str, object], error: str | None) -> None:
    assert row(chat(**more)).get("error") == error


def test_a_request_with_its_answer_in_it() -> None:
    record = {
        "model": "claude-sonnet-4-5",
        "system": [{"type": "text", "text": "S"}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "q"}]}],
        "tools": [{"name": "find", "input_schema": {}}, {"name": "buy"}],
        "response": {
            "content": [{"type": "tool_use", "name": "find", "input": {}}],
            "stop_reason": "tool_use",
        },
    }
    found = row(record)
    assert found["tools_sent"] == ["buy", "find"]
    assert found["tools_called"] == ["find"]
    assert (found["turn"], found["system_chars"], found["model"]) == (1, 1, "claude-sonnet-4-5")


def test_wrong_values_are_null_and_said() -> None:
    record = chat()
    record["response"]["usage"] = {
        "prompt_tokens": -5,
        "completion_tokens": 10**40,
        "prompt_tokens_details": {"cached_tokens": "many"},
    }
    record["timestamp"] = 2_500_000_000
    found = row(record)
    assert not {"input_tokens", "output_tokens", "cached_tokens", "usd_nano", "time"} & found.keys()
    assert len(found["flaws"]) == 4
    assert row(chat(latency_ms=-4))["flaws"] == ["latency: negative"]


def test_more_cached_than_input_is_wrong() -> None:
    record = chat()
    record["response"]["usage"]["prompt_tokens_details"]["cached_tokens"] = 5000
    found = row(record)
    assert "cached_tokens" not in found
    assert found["flaws"] == ["cached_tokens: more than input_tokens"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b'{"a": ', "broken JSON"),
        (b"[1]", "no object"),
        (b"{}", "unknown shape"),
        (b'{"a": NaN}', "broken JSON"),
        (b"\xff\xfe", "broken JSON"),
        (b"[" * 100_000, "broken JSON"),
    ],
)
def test_what_is_no_call_is_a_row(line: bytes, fault: str) -> None:
    assert row(line)["fault"] == fault


def test_odd_values_are_never_fatal() -> None:
    odd: list[Any] = [
        None,
        True,
        -1,
        1.5,
        "x",
        [],
        {},
        [[]],
        [None],
        {"role": 3},
        "{",
        [{"role": "user"}],
        10**30,
    ]
    for key in ("messages", "system", "tools", "response", "usage", "model", "user", "metadata", "timestamp"):
        found = rows(*[{"model": "gpt-4o", "messages": [], key: value} for value in odd])
        assert len(found) == len(odd)
    for key in ("attributes", "events", "status", "context"):
        rows(*[{"traceId": "t", "attributes": OTEL, key: value} for value in odd])
    for value in odd:
        rows({"resourceSpans": value}, {"data": value, "object": "page"}, {**LITELLM, "metadata": value})
        rows({**LANGFUSE, "usageDetails": value}, {**LANGFUSE, "input": value, "output": value})


def test_a_mapping(tmp_path: Any) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_text(
        "version: 1\ncolumns:\n  time: meta.when\n  model: engine\n"
        "  input_tokens: {path: tokens.in, add: tokens.cached}\n  cached_tokens: tokens.cached\n"
        "  output_tokens: tokens.out\n  latency_ms: {path: seconds, scale: 1000}\n  messages: body.messages\n"
    )
    record = {
        "meta": {"when": "2026-09-21T14:13:20Z"},
        "engine": "gpt-4o-2024-08-06",
        "tokens": {"in": 800, "cached": 200, "out": 10},
        "seconds": 0.9,
        "body": json.dumps({"messages": MESSAGES}),
    }
    settings = type(SETTINGS)(salt=SETTINGS.salt, now=SETTINGS.now, mapping=read(file))
    found, known = row(record, settings), row(chat())
    for name in (
        "time",
        "input_tokens",
        "cached_tokens",
        "output_tokens",
        "usd_nano",
        "latency_ms",
        "text_hash",
    ):
        assert found[name] == known[name], name
    assert row({"other": 1}, settings)["fault"] == "none of the mapping's values"


def test_numbers_beyond_what_a_column_holds_are_unknown() -> None:
    usage = {"prompt_tokens": 2**53, "completion_tokens": 2**40}
    found = row({"timestamp": 1_790_000_000, "model": "gpt-4", "retry": 2**31, "usage": usage})
    assert found["output_tokens"] == 2**40
    assert not found.keys() & {"attempt", "input_tokens", "usd_nano"}
    assert len(found["flaws"]) == 2
