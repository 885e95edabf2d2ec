"""Our assertions and suites beside what promptfoo itself said (tests/data/evals/promptfoo.json)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from promptlint.evals import assertions
from promptlint.evals.model import Answer, Assertion
from promptlint.evals.suite import load

ROOT = Path(__file__).parent.parent.parent
TABLE = json.loads((ROOT / "tests/data/evals/promptfoo.json").read_text(encoding="utf-8"))
ASKED, SAID = TABLE["asked"], TABLE["said"]

LENIENT = ("Take {a: 1} or so.", "{'a': 1}", 'It begins {"a": 1')
NO_NUMBER = '{"a": NaN}'
"""What promptfoo takes for JSON in a text, and is none: its search reads YAML, and closes open braces."""

REFUSALS = ("I must decline this request.", "The server cannot help with this, says the manual.")
"""The first reads as a refusal here and not there, the second there and not here."""

TWICE = "<a><item><n>1</n></item><item><n>2</n></item></a>"
"""There an element below one that stands twice is not found; here it is."""


def known(assertion: Assertion, answer: Answer) -> bool:
    """True where the verdicts differ on purpose."""
    return (
        (assertion.type == "contains-json" and answer.text in LENIENT)
        or (assertion.type == "contains-json" and not assertion.value and answer.text == NO_NUMBER)
        or (assertion.type == "is-refusal" and answer.text in REFUSALS)
        or (assertion.type == "is-xml" and assertion.value == "a.item.n" and answer.text == TWICE)
    )


def made(spelt: dict[str, object]) -> Assertion:
    name = str(spelt["type"])
    return Assertion(
        name.removeprefix("not-"), spelt.get("value"), spelt.get("threshold"), negated=name[:4] == "not-"
    )


def both(listed: list[dict[str, object]]) -> Iterator[Assertion]:
    for each in listed:
        yield made(each)
        yield made({**each, "type": f"not-{each['type']}"})


def compared(
    listed: list[dict[str, object]], answers: list[Answer], said: list[list[list[object]]]
) -> Iterator[tuple[Assertion, Answer, tuple[object, object], list[object]]]:
    """Each assertion and answer with our verdict and promptfoo's; an assertion that is refused is "error"."""
    for assertion, row in zip(both(listed), said, strict=True):
        refused = assertions.KINDS[assertion.type].check(assertion)
        for answer, theirs in zip(answers, row, strict=True):
            if refused:
                yield assertion, answer, ("error", refused), theirs
            else:
                ours = assertions.judge(assertion, answer)
                yield assertion, answer, (ours.passed, ours.value), theirs


def test_texts_are_judged_as_promptfoo_judges_them() -> None:
    answers = [Answer(text) for text in ASKED["texts"]]
    different = []
    for assertion, answer, ours, theirs in compared(ASKED["assertions"], answers, SAID["texts"]):
        if (ours[0] != theirs[0]) != known(assertion, answer):
            different.append((assertion.name, assertion.value, answer.text[:60], ours, theirs))
        elif ours[0] == theirs[0] != "error" and answer.text:  # it gives an empty refusal a pass with score 0
            assert ours[1] == pytest.approx(theirs[1], abs=1e-8), (assertion, answer)
    assert different == []


def test_the_table_can_tell() -> None:
    """Each assertion passes somewhere and fails somewhere, so that agreement says something."""
    for assertion, row in zip(both(ASKED["assertions"]), SAID["texts"], strict=True):
        verdicts = {cell[0] for cell in row}
        assert verdicts in ({True, False}, {"error"}), assertion
    assert sum(len(row) for row in SAID["texts"]) > 8000


def test_latency_and_cost_are_judged_as_promptfoo_judges_them() -> None:
    answers = [Answer("x", latency=number, cost=number) for number in ASKED["times"]]
    rows = list(compared(ASKED["limits"], answers, SAID["limits"]))
    assert [ours[0] for _, _, ours, _ in rows] == [theirs[0] for _, _, _, theirs in rows]
    assert {ours[0] for _, _, ours, _ in rows} == {True, False}


def test_tool_calls_are_judged_as_promptfoo_judges_them() -> None:
    answers = [Answer(call if isinstance(call, str) else json.dumps(call)) for call in ASKED["calls"]]
    for assertion, answer, ours, theirs in compared(ASKED["call_assertions"], answers, SAID["calls"]):
        score = (
            1 - float(str(theirs[1])) if assertion.negated else theirs[1]
        )  # it does not turn the score round
        assert ours[0] == theirs[0], (assertion, answer)
        assert ours[1] == pytest.approx(score), (assertion, answer)


SUITES = [*ASKED["tables"], *ASKED["suites"]]


@pytest.mark.parametrize("number", range(len(SUITES)))
def test_whole_suites_end_as_promptfoo_ends_them(tmp_path: Path, number: int) -> None:
    path = tmp_path / ("tests.csv" if number < len(ASKED["tables"]) else "suite.yaml")
    path.write_text(SUITES[number], encoding="utf-8")
    ours = []
    for case in load(path).cases:
        found = assertions.judge_case(case, Answer(str(case.vars["output"])))
        ours.append([found.passed, round(found.value, 9)])
    assert ours == [[passed, score] for _, passed, score in SAID["suites"][number]]


@pytest.mark.slow
def test_the_table_is_what_promptfoo_says(tmp_path: Path) -> None:
    modules, node = os.environ.get("PROMPTFOO_MODULES"), os.environ.get("PROMPTFOO_NODE", "node")
    if modules is None:
        pytest.skip("PROMPTFOO_MODULES names no node_modules with promptfoo; see scripts/evals_promptfoo.py")
    out = tmp_path / "table.json"
    command = [sys.executable, str(ROOT / "scripts/evals_promptfoo.py"), "--out", str(out)]
    subprocess.run([*command, "--modules", modules, "--node", node], check=True, capture_output=True)
    assert json.loads(out.read_text(encoding="utf-8")) == TABLE
