"""The golden config in the real Portkey gateway: one request a rule, and the branch that it takes."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateways.upstream import GOLDEN, Upstream, gateways

SERVER = "portkey/node_modules/@portkey-ai/gateway/build/start-server.js"
PLAN = json.loads((GOLDEN / "json.json").read_text())
CALLS = json.loads((GOLDEN / "client.json").read_text())["prompts"]
ROUTES = {route["prompt"]: route for route in PLAN["routes"]}
GOOD = {"queue": "billing", "verdict": '{"fraud": false, "score": 0.2}', "order-number": "ORD-123456"}
CASCADES = [name for name, route in ROUTES.items() if len(route["steps"]) > 1]
CHECKED = [name for name in CASCADES if ROUTES[name]["validators"]]


@pytest.fixture(scope="module")
def gateway() -> Iterator[str]:
    server = gateways() / SERVER
    if not server.exists() or shutil.which("node") is None:
        pytest.skip(f"no Portkey gateway in {gateways()}: say `make gateways`")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {"PATH": os.environ["PATH"], "NODE_ENV": "production"}
    command = ["node", "--require", str(Path(__file__).with_name("loopback.js"))]
    process = subprocess.Popen(
        [*command, str(server), "--headless", f"--port={port}"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the gateway has ended"
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the gateway does not listen")


def _local(value: object, base: str) -> object:
    """The config with the upstream instead of providers, and a word instead of the placeholders of keys."""
    if isinstance(value, dict):
        found = {key: _local(item, base) for key, item in value.items() if key != "_promptlint"}
        if "provider" in found:
            found |= {"custom_host": base, "api_key": "none"}
        return found
    return [_local(item, base) for item in value] if isinstance(value, list) else value


def ask(gateway: str, upstream: Upstream, prompt: str) -> tuple[int, list[str]]:
    """Status, and the models that were asked, in order, each once."""
    config = _local(json.loads((GOLDEN / "portkey.json").read_text()), upstream.base)
    headers = CALLS[prompt]["portkey"]["headers"] if prompt in CALLS else {}
    headers = {**headers, "x-portkey-config": json.dumps(config), "content-type": "application/json"}
    body = json.dumps({"messages": [{"role": "user", "content": "hello"}], "max_tokens": 9}).encode()
    request = urllib.request.Request(f"{gateway}/v1/chat/completions", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            status = answer.status
            answer.read()
    except urllib.error.HTTPError as error:
        status = error.code
        error.close()
    return status, list(dict.fromkeys(upstream.asked))


def good(route: dict[str, list[str]]) -> str:
    return next((GOOD[name] for name in route["validators"]), "fine")


def firsts(route: dict[str, dict[str, dict[str, str]]]) -> set[str]:
    found = {route["steps"][0]["name"]}  # type: ignore[index]
    return found | ({route["canary"]["step"]["name"]} if route["canary"] else set())


@pytest.mark.parametrize("prompt", ROUTES)
def test_a_request_goes_to_its_first_model(gateway: str, upstream: Upstream, prompt: str) -> None:
    route = ROUTES[prompt]
    upstream.answer = lambda model: (200, good(route))
    status, asked = ask(gateway, upstream, prompt)
    assert status == 200
    assert len(asked) == 1
    assert set(asked) <= firsts(route)


@pytest.mark.parametrize("prompt", CASCADES)
def test_after_an_error_the_next_is_asked(gateway: str, upstream: Upstream, prompt: str) -> None:
    route = ROUTES[prompt]
    last = route["steps"][-1]["name"]
    upstream.answer = lambda model: (200, good(route)) if model == last else (500, "down")
    status, asked = ask(gateway, upstream, prompt)
    assert status == 200
    assert asked[0] in firsts(route)
    assert asked[1:] == [step["name"] for step in route["steps"][1:]]
    calls = sum(route["retries"] + 1 for _ in route["steps"])
    assert len(upstream.asked) <= calls


@pytest.mark.parametrize("prompt", CHECKED)
def test_an_invalid_answer_escalates(gateway: str, upstream: Upstream, prompt: str) -> None:
    route = ROUTES[prompt]
    last = route["steps"][-1]["name"]
    upstream.answer = lambda model: (200, good(route) if model == last else "Sure! Let me think {")
    status, asked = ask(gateway, upstream, prompt)
    assert status == 200
    assert asked == [step["name"] for step in route["steps"]]


@pytest.mark.parametrize("prompt", CHECKED)
def test_an_answer_that_stays_invalid_is_not_handed_on(gateway: str, upstream: Upstream, prompt: str) -> None:
    upstream.answer = lambda model: (200, 'Sure: {"fraud": "maybe"} ORD- billing?')
    status, asked = ask(gateway, upstream, prompt)
    assert status == 446
    assert asked == [step["name"] for step in ROUTES[prompt]["steps"]]


def test_a_request_without_a_prompt_goes_to_the_last_tier(gateway: str, upstream: Upstream) -> None:
    status, asked = ask(gateway, upstream, "")
    assert (status, asked) == (200, [PLAN["tiers"][-1]["name"]])
