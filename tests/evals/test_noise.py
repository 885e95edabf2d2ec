"""A baseline against itself: what is counted, what it means, and that shared answers show nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gate_runs import RULES, run

from promptlint.evals import noise
from promptlint.evals.pairs import Pair


def text(pairs: list[Pair], alike: int = 0) -> str:
    return " / ".join(noise.reading(noise.noise(pairs, RULES, alike)))


def test_flips_are_counted_and_planned_with() -> None:
    found = noise.noise(run(10, 10), RULES)
    assert (found.cases, found.flips, found.losses, found.gains) == (400, 0.05, 10, 10)
    assert found.verdict.decision == "accepted"
    assert found.plan is not None
    assert [(row.flips, row.needed) for row in found.plan.rows] == [(0.05, 382)]
    assert found.plan.flips == "measured"
    assert text(run(10, 10)) == ""


def test_of_repeats_the_flips_of_single_answers_are_planned_with() -> None:
    pairs = [
        replace(pair, baseline=pair.baseline * 2, candidate=(pair.candidate[0], pair.baseline[0]))
        for pair in run(20, 20)
    ]
    found = noise.noise(pairs, replace(RULES, repeats=2))
    assert found.flips == pytest.approx(0.1)
    assert found.plan is not None
    assert [row.flips for row in found.plan.rows] == [0.05]
    assert found.verdict.method == "corrected t"


def test_arms_that_share_an_answer_are_never_accepted() -> None:
    pairs = run(0, 0)
    shared = [replace(pair, identical=True) for pair in pairs]
    found = noise.noise(shared, RULES)
    assert (found.identical, found.verdict.decision) == (400, "undecided")
    assert "identical requests: in 400 cases" in text(shared)
    assert noise.noise([replace(pairs[0], identical=True), *pairs[1:]], RULES).verdict.decision == "undecided"


def test_the_same_texts_asked_for_anew_are_no_shared_answers() -> None:
    assert noise.noise(run(0, 0), RULES, alike=400).verdict.decision == "accepted"
    assert "deterministic" in text(run(0, 0), alike=400)
    assert "their scores do not" in text(run(0, 0), alike=399)


def test_drift_is_said() -> None:
    assert noise.noise(run(60, 0), RULES).verdict.decision == "rejected"
    assert "something changed between the two arms" in text(run(60, 0))


def test_too_few_cases_are_said() -> None:
    assert "too few to accept even the baseline itself" in text(run(1, 1, 50))


def test_missing_answers_are_not_counted() -> None:
    pairs = run(0, 0)
    lost = [replace(pairs[0], candidate=()), *pairs[1:]]
    found = noise.noise(lost, RULES)
    assert (found.cases, found.verdict.decision, found.flips) == (399, "undecided", 0)
    assert "1 cases lack" not in text(lost)
    assert "1 case lacks an answer" in text(lost)
    none = noise.noise([replace(pair, baseline=()) for pair in pairs], RULES)
    assert (none.cases, none.flips, none.plan) == (0, None, None)
    assert "nothing was measured" in list(noise.reading(none))
