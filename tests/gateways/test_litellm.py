"""The golden config in LiteLLM's own Router: one request a rule."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.gateways.upstream import GOLDEN, Upstream, gateways

PROGRAM = Path(__file__).with_name("litellm_router.py")
PLAN = json.loads((GOLDEN / "json.json").read_text())
ROUTES = {route["prompt"]: route for route in PLAN["routes"]}
ASKED = [prompt for prompt, route in ROUTES.items() for _ in range(5 if route["canary"] else 1)]
"""A prompt with a canary is asked again: its retry, too, is drawn, and may meet the broken canary twice."""
CALLS = json.loads((GOLDEN / "client.json").read_text())["prompts"]


def run(configs: list[str], requests: list[list[object]], base: str) -> dict[str, list[list[object]]]:
    python = gateways() / "litellm" / "bin" / "python"
    if not python.exists():
        pytest.skip(f"no LiteLLM in {gateways()}: say `make test-gateways`")
    given = json.dumps({"configs": configs, "requests": requests, "base": base})
    done = subprocess.run(
        [str(python), str(PROGRAM)],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={"PATH": "/usr/bin:/bin", "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, list[list[object]]] = json.loads(done.stdout[done.stdout.index('{"loaded"') :])
    return found


def firsts(prompt: str) -> set[str]:
    route = ROUTES[prompt]
    return {route["steps"][0]["name"]} | ({route["canary"]["step"]["name"]} if route["canary"] else set())


def request(prompt: str, **more: object) -> list[object]:
    messages = [{"role": "user", "content": f"hello {prompt}"}]
    return [0, {"model": CALLS[prompt]["litellm"]["model"], "messages": messages, "max_tokens": 9, **more}]


def test_each_prompt_goes_to_its_first_model(upstream: Upstream) -> None:
    upstream.answer = lambda model: (200, model)
    found = run(
        [(GOLDEN / "litellm.yaml").read_text()], [request(prompt) for prompt in ROUTES], upstream.base
    )
    assert found["loaded"] == [None]
    for prompt, (status, text) in zip(ROUTES, found["answers"], strict=True):
        assert status == 200
        assert text in firsts(prompt), prompt


@pytest.mark.parametrize("working", ["gpt-4o", "claude-haiku-4-5"])
def test_after_an_error_the_tiers_are_asked_in_order(upstream: Upstream, working: str) -> None:
    upstream.answer = lambda model: (200, model) if model == working else (500, "down")
    found = run([(GOLDEN / "litellm.yaml").read_text()], [request(prompt) for prompt in ASKED], upstream.base)
    for prompt in ROUTES:
        steps = {step["name"] for step in ROUTES[prompt]["steps"]}
        given = [
            tuple(answer) for asked, answer in zip(ASKED, found["answers"], strict=True) if asked == prompt
        ]
        if working in steps:
            assert (200, working) in given, prompt
        elif working not in steps | firsts(prompt):
            assert all(status != 200 for status, _ in given), prompt
