"""The golden module in pydantic-ai itself: each cascade, by error and by an invalid answer."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.gateways.upstream import GOLDEN, gateways

PROGRAM = Path(__file__).with_name("pydantic_cascade.py")
ROUTES = {route["prompt"]: route for route in json.loads((GOLDEN / "json.json").read_text())["routes"]}
GOOD = {"queue": "billing", "verdict": '{"fraud": false, "score": 0.2}', "order-number": "ORD-123456"}
CASCADES = {name: route for name, route in ROUTES.items() if len(route["steps"]) > 1}
CHECKED = {name: route for name, route in CASCADES.items() if route["validators"]}


def names(prompt: str) -> list[str]:
    return [f"{step['provider']}:{step['name']}" for step in ROUTES[prompt]["steps"]]


def run(answers: dict[str, dict[str, str | None]]) -> dict[str, list[object]]:
    python = gateways() / "pydantic-ai" / "bin" / "python"
    if not python.exists():
        pytest.skip(f"no pydantic-ai in {gateways()}: say `make test-gateways`")
    done = subprocess.run(
        [str(python), str(PROGRAM), str(GOLDEN / "pydantic-ai.py")],
        input=json.dumps(answers),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, list[object]] = json.loads(done.stdout)
    return found


def good(prompt: str) -> str:
    return next((GOOD[name] for name in ROUTES[prompt]["validators"]), "fine")


def test_the_first_model_answers() -> None:
    found = run({prompt: dict.fromkeys(names(prompt), good(prompt)) for prompt in ROUTES})
    assert found == {prompt: [names(prompt)[:1], good(prompt)] for prompt in ROUTES}


def test_after_an_error_the_next_is_asked() -> None:
    found = run({prompt: {names(prompt)[-1]: good(prompt)} for prompt in CASCADES})
    assert found == {prompt: [names(prompt), good(prompt)] for prompt in CASCADES}


def test_an_invalid_answer_escalates() -> None:
    answers = {
        prompt: {**dict.fromkeys(names(prompt), 'Sure: {"fraud": 1}'), names(prompt)[-1]: good(prompt)}
        for prompt in CHECKED
    }
    assert run(answers) == {prompt: [names(prompt), good(prompt)] for prompt in CHECKED}  # type: ignore[arg-type]


def test_an_answer_that_stays_invalid_is_not_handed_on() -> None:
    found = run({prompt: dict.fromkeys(names(prompt), "no") for prompt in CHECKED})
    for prompt, (asked, end) in found.items():
        assert asked == names(prompt)
        assert "Fallback" in str(end), end
