"""The JSON of an eval: the keys of the contract, its schema, read back strictly, refused with the place."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from comparisons import results
from hostile import SMALL

from promptlint import documents, evaluated, evaluation
from promptlint.errors import UsageError
from promptlint.report.evals.json import render

from . import evals_results as made

Doc = dict[str, Any]
MAKERS = (made.accepted, made.rejected, made.small, made.alone, made.empty)
CONTRACT = {
    "schema_version",
    "verdict",
    "reasons",
    "difference",
    "interval",
    "needs_cases",
    "cases",
    "baseline",
    "candidate",
    "calls",
    "cached_calls",
}


@pytest.mark.parametrize("make", MAKERS)
def test_it_is_what_the_schema_says_and_is_read_as_it_was_written(make: Callable[[], Any]) -> None:
    text = render(make())
    data = json.loads(text)
    jsonschema.Draft202012Validator(evaluation.schema()).validate(data)
    assert data.keys() >= CONTRACT
    assert {"pass_rate", "cost"} <= data["baseline"].keys()
    again = evaluated.parse(text.encode())
    assert render(again) == text
    assert again.results == make().results


def test_the_schema_notices() -> None:
    data = json.loads(render(made.small()))
    del data["reasons"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, evaluation.schema())


def test_a_document_of_before_the_recording_was_named_is_read() -> None:
    data = json.loads(render(made.small()))
    del data["source"]["recording_path"], data["source"]["recording_sha256"]
    jsonschema.validate(data, evaluation.schema())
    assert evaluated.parse(json.dumps(data).encode()).source.recording_path is None


def test_long_texts_are_cut_and_say_so() -> None:
    answer = made.make_answer("a" * 1_000_000, 1.0)
    text = render(made.make_result([made.make_case(0, [answer], [answer])]))
    (case,) = evaluated.parse(text.encode()).results
    assert case.baseline[0].text == "a" * evaluated.LONGEST + "… [cut: 1,000,000 characters in all]"
    assert len(case.baseline[0].text) <= documents.MAX_TEXT


@pytest.mark.slow
def test_many_long_answers_stay_within_what_is_read() -> None:
    answer = made.make_answer("b" * 30_000, 1.0)
    result = made.make_result([made.make_case(number, [answer] * 5, [answer] * 5) for number in range(500)])
    assert len(render(result)) < evaluated.MAX_BYTES
    shorter = evaluated.parse(render(result).encode()).results[0].baseline[0].text
    assert 500 < len(shorter) < 16_000


@pytest.mark.parametrize("text", [text for _, text in SMALL], ids=[name for name, _ in SMALL])
def test_hostile_text_is_carried_as_it_is(text: str) -> None:
    found = made.hostile(made.small(), text)
    shown = render(found)
    assert shown.isascii()
    assert evaluated.parse(shown.encode()).results == found.results


def _set(*keys: str | int, value: object) -> Callable[[Doc], object]:
    def change(data: Any) -> None:  # a place of any type in the document
        for key in keys[:-1]:
            data = data[key]
        data[keys[-1]] = value

    return change


WRONG = [
    (_set("verdict", value="passed"), ".verdict"),
    (_set("interval", value=None), "without a difference"),
    (_set("interval", value=[0.2, 0.1]), ".interval: expected [low, high]"),
    (_set("cost", "interval", value=[2, 1]), ".cost: expected [low, high]"),
    (_set("candidate", value=None), "without a candidate"),
    (_set("margin", value=None), "without a candidate and a margin"),
    (_set("margin", value=-0.1), "margin"),
    (_set("confidence", value=1.5), ".confidence"),
    (_set("alpha", value=0), ".alpha"),
    (_set("cases", value=-1), ".cases"),
    (_set("seconds", value=-1), ".seconds"),
    (_set("needs_cases", value=-4), "needs_cases"),
    (_set("baseline", "pass_rate", value=89.0), ".baseline"),
    (_set("candidate", "passed", value=10**6), ".candidate.passed"),
    (_set("results", 3, "id", value="case-0000"), ".results[3].id: is there twice"),
    (_set("results", 3, "baseline", 0, "score", value=1.01), ".results[3]"),
    (_set("results", 3, "candidate", 0, "passed", value=None), ".results[3]"),
    (_set("results", 3, "change", value="better"), ".results[3].change"),
    (_set("results", 3, "vars", value="x" * 20_001), "20,000 characters"),
    (_set("confusion", 0, "labels", value=["a"]), ".confusion[0]"),
    (_set("confusion", 0, "baseline", 0, 0, value=-1), ".confusion[0]"),
    (_set("confusion", 0, "candidate", value=[[1]]), ".confusion[0]"),
    (_set("schema_version", value=2), "version 2"),
]


@pytest.mark.parametrize(("change", "says"), WRONG)
def test_what_is_wrong_is_refused_with_its_place(change: Callable[[Doc], object], says: str) -> None:
    data = json.loads(render(made.rejected()))
    change(data)
    with pytest.raises(UsageError) as caught:
        evaluated.parse(json.dumps(data).encode(), "e.json")
    assert str(caught.value).startswith("e.json")
    assert says in str(caught.value)


# --- verdicts for a comment -----------------------------------------------------------------


def test_an_eval_is_a_verdict_of_a_comment() -> None:
    (verdict,) = evaluated.verdicts_of(made.rejected()).evals
    assert (verdict.verdict, verdict.prompt, verdict.cases) == ("rejected", "prompts/tickets.short.md", 600)
    assert verdict.answers == "recorded"
    assert (verdict.recording, verdict.recording_sha256) == ("evals/tickets.answers.jsonl", "5d" * 32)
    (live,) = evaluated.verdicts_of(made.small()).evals
    assert (live.answers, live.recording, live.recording_sha256) == ("live", None, None)
    assert evaluated.verdicts_of(made.alone()).evals == ()


def test_either_document_is_taken(tmp_path: Path) -> None:
    one, many = tmp_path / "eval.json", tmp_path / "verdicts.json"
    one.write_text(render(made.accepted()))
    many.write_text(json.dumps(documents.to_json(results())))
    assert evaluated.measured(one).evals[0].verdict == "accepted"
    assert evaluated.measured(many) == results()
    assert evaluated.read(one).cases == 600
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps({**json.loads(one.read_text()), "cases": -1}))
    with pytest.raises(UsageError, match=r"wrong\.json\.cases"):
        evaluated.measured(wrong)
    wrong.write_text("[]")
    with pytest.raises(UsageError):
        evaluated.measured(wrong)


def test_a_live_verdict_names_no_recording() -> None:
    source = replace(made.rejected().source, recorded=False)
    (verdict,) = evaluated.verdicts_of(replace(made.rejected(), source=source)).evals
    assert (verdict.answers, verdict.recording) == ("live", None)
