"""What is said to a provider, and what is made of its answers, which may be anything."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.errors import SuiteError
from promptlint.evals import providers, replies
from promptlint.evals.exchange import Request, Usage
from promptlint.evals.folder import Folder
from promptlint.evals.model import Provider, ToolCall
from promptlint.evals.providers import anthropic, openai
from promptlint.evals.providers.hostile import MalformedError, arguments, parsed
from promptlint.evals.providers.keys import Keys

from .faults import HERE, asked, live
from .server import SIZE, Server

CALL = {"id": "c1", "type": "function", "function": {"name": "track", "arguments": '{"order": 7}'}}
TOOL = {
    "type": "function",
    "function": {"name": "track", "description": "Where.", "parameters": {"type": "object"}},
}


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
def test_a_whole_answer(kind: str) -> None:
    with Server() as server, live(server.base_url, kind) as client:
        reply = client.ask(asked("say:billing", temperature=0)).reply
        called = client.ask(asked('call:track {"order": 7}')).reply
        cut = client.ask(asked("plan:length say:bill")).reply
        kept = client.ask(asked("plan:filtered say:no")).reply
    assert reply is not None
    assert called is not None
    assert (reply.text, reply.finish, reply.calls) == ("billing", "stop", ())
    assert reply.model.startswith("small-2026")
    assert reply.latency is not None
    assert reply.latency > 0
    assert reply.usage is not None
    assert 0 < reply.usage.cached < reply.usage.input
    assert (called.text, called.calls, called.finish) == (
        "",
        (ToolCall("track", {"order": 7}),),
        "tool_calls",
    )
    assert [each.finish for each in (cut, kept) if each] == ["length", "content_filter"]
    path = "/v1/messages" if kind == "anthropic" else "/v1/chat/completions"
    assert {entry["path"] for entry in server.log} == {path}
    assert server.log[0]["body"]["temperature"] == 0


def test_an_embedding() -> None:
    request = Request(
        "small", ({"role": "user", "content": "a b a"},), {"dimensions": 64}, endpoint="embeddings"
    )
    with Server() as server, live(server.base_url) as client, live(server.base_url, "anthropic") as other:
        reply = client.ask(request).reply
        refused = other.ask(request)
        assert server.log[0]["body"] == {"model": "small", "input": "a b a", "dimensions": 64}
        assert len(server.log) == 1
    assert reply is not None
    vector = json.loads(reply.text)
    assert len(vector) == SIZE
    assert sum(vector) == 3
    assert reply.usage == Usage(3, 0)
    assert refused.failure is not None
    assert (refused.failure.kind, refused.tries) == ("refused", 0)


def test_what_anthropic_is_sent() -> None:
    request = Request(
        "claude",
        (
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Where is it?"},
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "c1", "content": "In Ulm."},
            {"role": "user", "content": [{"type": "text", "text": "And now?"}]},
            {"role": "developer", "content": "Be kind."},
        ),
        {
            "stop": ["END"],
            "max_completion_tokens": 50,
            "tools": [TOOL],
            "tool_choice": "required",
            "top_p": 0.5,
        },
    )
    assert anthropic.body(request) == {
        "model": "claude",
        "system": "Be brief.\n\nBe kind.",
        "max_tokens": 50,
        "stop_sequences": ["END"],
        "top_p": 0.5,
        "tools": [{"name": "track", "description": "Where.", "input_schema": {"type": "object"}}],
        "tool_choice": {"type": "any"},
        "messages": [
            {"role": "user", "content": "Where is it?"},
            {
                "role": "assistant",
                "content": [{"type": "tool_use", "id": "c1", "name": "track", "input": {"order": 7}}],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "c1", "content": "In Ulm."},
                    {"type": "text", "text": "And now?"},
                ],
            },
        ],
    }


def test_what_anthropic_is_sent_besides() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    linked = {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}
    choice = {"type": "function", "function": {"name": "track"}}
    found = anthropic.body(
        Request("c", ({"role": "user", "content": [image, linked]},), {"tool_choice": choice})
    )
    assert found["max_tokens"] == anthropic.MOST_OUTPUT
    assert found["tool_choice"] == {"type": "tool", "name": "track"}
    assert "system" not in found
    assert found["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
                {"type": "image", "source": {"type": "url", "url": "https://a.example/b.png"}},
            ],
        }
    ]


@pytest.mark.parametrize("name", anthropic.UNSAYABLE)
def test_what_anthropic_has_no_word_for_is_said_before_anything_is_sent(name: str) -> None:
    provider = Provider("anthropic", "m", "http://127.0.0.1:1", parameters={name: "x"}, line=4)
    with pytest.raises(SuiteError, match=rf"line 4.*{name}"):
        providers.client(provider, Folder(HERE, HERE), Keys())


@pytest.mark.parametrize(
    "request_",
    [
        asked("a", seed=1),
        asked("a", tool_choice="sometimes"),
        Request("c", ({"role": "user", "content": [{"type": "input_audio"}]},)),
        Request("c", ({"role": "user", "content": [{"type": "image_url"}]},)),
    ],
)
def test_a_request_that_cannot_be_said_is_not_sent(request_: Request) -> None:
    with Server() as server, live(server.base_url, "anthropic") as client:
        attempt = client.ask(request_)
        assert server.log == []
    assert attempt.failure is not None
    assert (attempt.failure.kind, attempt.tries) == ("refused", 0)


def completion(**message: object) -> dict[str, object]:
    return {
        "choices": [
            {"message": {"role": "assistant", **message}, "finish_reason": message.pop("finish", "stop")}
        ]
    }


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": "yes"}, "yes"),
        ({"content": ""}, ""),
        ({"content": [{"type": "text", "text": "y"}, {"type": "text", "text": "es"}]}, "yes"),
        ({"content": [{"type": "thinking", "text": "hm"}, {"type": "output_text", "text": "yes"}]}, "yes"),
        ({"content": None, "refusal": "I cannot."}, "I cannot."),
        ({"content": None, "tool_calls": [CALL]}, ""),
        ({"content": None, "finish": "length"}, ""),
        ({"content": None, "finish": "content_filter"}, ""),
    ],
)
def test_the_text_of_a_completion(message: dict[str, object], text: str) -> None:
    assert openai.reply(completion(**message), "chat").text == text


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"choices": []},
        {"choices": "yes"},
        {"choices": [None]},
        {"choices": [{"text": "yes"}]},
        completion(content=None),
        completion(content=7),
        completion(content={"text": "yes"}),
        completion(content=None, tool_calls="track"),
        completion(content=None, tool_calls=[{"function": {"arguments": "{}"}}]),
        completion(content=None, tool_calls=[None]),
    ],
)
def test_no_completion(answer: dict[str, object]) -> None:
    with pytest.raises(MalformedError):
        openai.reply(answer, "chat")


@pytest.mark.parametrize(
    "data",
    [[], [{}], [{"embedding": []}], [{"embedding": "AAAA"}], [{"embedding": [1, "2"]}], [{"embedding": [True]}],
     [{"embedding": [10**400]}], [{"embedding": [None]}], {"embedding": [1]}],
)  # fmt: skip
def test_no_embedding(data: object) -> None:
    with pytest.raises(MalformedError):
        openai.reply({"data": data}, "embeddings")


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        ({"prompt_tokens": 10, "completion_tokens": 5}, Usage(10, 5)),
        ({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}, Usage(10, 5)),
        ({"prompt_tokens": 10, "total_tokens": 10}, Usage(10, 0)),
        (
            {
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "prompt_tokens_details": {"cached_tokens": 8},
                "completion_tokens_details": {"reasoning_tokens": 3},
            },
            Usage(10, 5, cached=8, reasoning=3),
        ),
        (
            {
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "prompt_cache_hit_tokens": 6,
                "prompt_cache_miss_tokens": 4,
            },
            Usage(10, 5, cached=6),
        ),
        (
            {
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "total_tokens": 22,
                "completion_tokens_details": {"reasoning_tokens": 7},
            },
            Usage(10, 12, reasoning=7),
        ),
        (
            {"prompt_tokens": 10, "completion_tokens": 5, "cache_creation_input_tokens": 4},
            Usage(10, 5, cache_write=4),
        ),
        (
            {"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 11}},
            Usage(10, 5),
        ),
        (
            {"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": None, "total_tokens": -1},
            Usage(10, 5),
        ),
        (
            {
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "prompt_cache_hit_tokens": 8,
                "cache_creation_input_tokens": 4,
            },
            Usage(10, 5, cached=8),
        ),
        ({"prompt_tokens": -1, "completion_tokens": 5}, None),
        ({"prompt_tokens": 10**30, "completion_tokens": 5}, None),
        ({"prompt_tokens": float("nan"), "completion_tokens": 5}, None),
        ({"prompt_tokens": float("inf"), "completion_tokens": 5}, None),
        ({"prompt_tokens": True, "completion_tokens": 5}, None),
        ({"prompt_tokens": "10", "completion_tokens": 5}, None),
        ({"prompt_tokens": 10, "completion_tokens": None}, None),
        ([10, 5], None),
        (None, None),
    ],
)
def test_the_usage_of_a_completion(told: object, usage: Usage | None) -> None:
    assert openai.usage(told) == usage


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        ({"input_tokens": 10, "output_tokens": 5}, Usage(10, 5)),
        (
            {
                "input_tokens": 10,
                "output_tokens": 5,
                "cache_read_input_tokens": 100,
                "cache_creation_input_tokens": 20,
            },
            Usage(130, 5, cached=100, cache_write=20),
        ),
        ({"input_tokens": 10, "output_tokens": 5, "cache_read_input_tokens": None}, Usage(10, 5)),
        ({"input_tokens": 10, "output_tokens": 5, "cache_read_input_tokens": -4}, Usage(10, 5)),
        ({"input_tokens": 10}, None),
        (None, None),
    ],
)
def test_the_usage_of_a_message(told: object, usage: Usage | None) -> None:
    assert anthropic.usage(told) == usage


def test_thoughts_are_no_answer() -> None:
    content = [
        {"type": "thinking", "thinking": "hm"},
        {"type": "text", "text": "yes"},
        {"type": "redacted_thinking"},
    ]
    assert anthropic.reply({"content": content, "stop_reason": "end_turn"}).text == "yes"


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"content": "yes", "stop_reason": "end_turn"},
        {"content": [{"type": "text", "text": "yes"}]},
        {"content": ["yes"], "stop_reason": "end_turn"},
        {"content": [{"type": "tool_use", "input": {}}], "stop_reason": "tool_use"},
    ],
)
def test_no_message(answer: dict[str, object]) -> None:
    with pytest.raises(MalformedError):
        anthropic.reply(answer)


@pytest.mark.parametrize(
    ("spelt", "value"),
    [
        ('{"order": 7}', {"order": 7}),
        ({"order": 7}, {"order": 7}),
        ("", ""),
        ('{"order": ', '{"order": '),
        ('{"a": NaN}', '{"a": NaN}'),
        ('{"a": 1e999}', '{"a": 1e999}'),
        ('{"a": 1, "a": 2}', '{"a": 1, "a": 2}'),
        ('"\\ud800"', "\ufffd"),
        ("[" * 500 + "]" * 500, "[" * 500 + "]" * 500),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_arguments_of_a_call(spelt: object, value: object) -> None:
    assert arguments(spelt) == value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
USAGE = st.dictionaries(
    st.sampled_from(
        [
            "prompt_tokens",
            "completion_tokens",
            "total_tokens",
            "prompt_cache_hit_tokens",
            "input_tokens",
            "output_tokens",
        ]
    ),
    JSON,
)
MESSAGE = st.fixed_dictionaries(
    {}, optional={"content": JSON, "refusal": JSON, "tool_calls": JSON | st.lists(st.just(CALL))}
)
ANSWER = st.fixed_dictionaries(
    {},
    optional={
        "choices": JSON | st.lists(st.fixed_dictionaries({"message": MESSAGE}), max_size=2),
        "content": JSON
        | st.lists(st.fixed_dictionaries({"type": st.just("text"), "text": JSON}), max_size=2),
        "data": JSON
        | st.lists(st.fixed_dictionaries({"embedding": JSON | st.lists(st.floats() | st.integers())})),
        "usage": USAGE | JSON,
        "model": JSON,
        "stop_reason": JSON,
        "system_fingerprint": JSON,
    },
)


@given(ANSWER)
def test_whatever_is_answered_is_a_reply_that_can_be_kept_or_is_malformed(answer: dict[str, object]) -> None:
    try:
        clean = parsed(json.dumps(answer).encode())
    except MalformedError:
        return
    for read in (
        lambda: openai.reply(clean, "chat"),
        lambda: openai.reply(clean, "embeddings"),
        lambda: anthropic.reply(clean),
    ):
        try:
            reply = read()
        except MalformedError:
            continue
        spelt = json.dumps(replies.to_json(reply), allow_nan=False, ensure_ascii=False).encode()
        assert replies.from_json(json.loads(spelt)) == reply
        if reply.usage:
            assert reply.usage.cached + reply.usage.cache_write <= reply.usage.input
            assert reply.usage.reasoning <= reply.usage.output


def test_what_could_not_be_written_again_is_replaced() -> None:
    data = rb'{"a": "\ud800", "\udfff": ["\ud83d\ude00", NaN, 1e999]}'
    assert parsed(data) == {"a": "\ufffd", "\ufffd": ["\U0001f600", None, None]}


@given(st.binary(max_size=200))
def test_whatever_bytes_come_are_an_object_or_malformed(data: bytes) -> None:
    with suppress(MalformedError):
        assert isinstance(parsed(data), dict)
