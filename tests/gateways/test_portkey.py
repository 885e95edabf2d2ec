"""The golden config in the real Portkey gateway: one request a rule, and the branch that it takes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.gateways import portkey
from tests.gateways.upstream import GOLDEN, Upstream

CONFIG = json.loads((GOLDEN / "portkey.json").read_text())
PLAN = json.loads((GOLDEN / "json.json").read_text())
CALLS = json.loads((GOLDEN / "client.json").read_text())["prompts"]
ROUTES = {route["prompt"]: route for route in PLAN["routes"]}
GOOD = {"queue": "billing", "verdict": '{"fraud": false, "score": 0.2}', "order-number": "ORD-123456"}
CASCADES = [name for name, route in ROUTES.items() if len(route["steps"]) > 1]
CHECKED = [name for name in CASCADES if ROUTES[name]["validators"]]


@pytest.fixture(scope="module")
def gateway() -> Iterator[str]:
    with portkey.gateway() as address:
        yield address


def ask(gateway: str, upstream: Upstream, prompt: str) -> tuple[int, list[str]]:
    """Status, and the models that were asked, in order, each once."""
    config = portkey.local(CONFIG, upstream.base)
    headers = CALLS[prompt]["portkey"]["headers"] if prompt in CALLS else {}
    status, _ = portkey.ask(gateway, config, headers)
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


def test_every_rule_is_asked_for() -> None:
    conditions = [
        (item["query"]["metadata.prompt_id"]["$eq"], item["then"])
        for item in CONFIG["strategy"]["conditions"]
    ]
    asked = [json.loads(CALLS[prompt]["portkey"]["headers"]["x-portkey-metadata"]) for prompt in ROUTES]
    assert conditions == [(item["prompt_id"], item["prompt_id"]) for item in asked]
    assert {item["name"] for item in CONFIG["targets"]} == {
        *(then for _, then in conditions),
        CONFIG["strategy"]["default"],
    }
    assert CHECKED
