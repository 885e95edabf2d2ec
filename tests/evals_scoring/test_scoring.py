from __future__ import annotations

from typing import NoReturn

import pytest

from promptlint.evals.matrices import MOST_LABELS
from promptlint.evals.model import Answer, Assertion, Case
from promptlint.evals.opinions.rubric import Preferences
from promptlint.evals.scoring import Panel, scored
from tests.evals_scoring.judges import Bench


def label(value: str, metric: str = "", listed: list[str] | None = None, **changes: object) -> Assertion:
    config = {"labels": listed} if listed else {}
    return Assertion("label", value, metric=metric, config=config, **changes)  # type: ignore[arg-type]


def test_each_answer_of_each_side_and_repeat_has_its_score() -> None:
    case = Case("one", {}, (Assertion("contains", "a", metric="letters"), Assertion("starts-with", "b")))
    sides = ((Answer("ba"), Answer("b")), (Answer("x"), None))
    found = scored([case], {"one": sides}, Panel()).of["one"]
    assert [[judged.score for judged in side] for side in found] == [[1.0, 0.5], [0.0, None]]
    assert [[judged.passed for judged in side] for side in found] == [[True, False], [False, None]]
    assert found[1][1].failure == "there is no answer"
    assert [(check.name, check.metric, check.passed) for check in found[0][1].checks] == [
        ("contains", "letters", False),
        ("starts-with", "", True),
    ]
    assert found[0][1].reason == found[0][1].checks[0].reason


def test_what_cannot_be_judged_is_neither_a_pass_nor_a_fail() -> None:
    case = Case("one", {}, (Assertion("equals", "x"), Assertion("latency", threshold=10.0)))
    (judged,), (known,) = scored([case], {"one": ((Answer("x"),), (Answer("x", latency=5),))}, Panel()).of[
        "one"
    ]
    assert (judged.score, judged.passed, judged.checks) == (None, None, ())
    assert judged.failure == "it could not be judged: the time of the answer is not known"
    assert (known.passed, known.failure) == (True, None)


def test_where_no_judge_is_needed_none_is_spoken_of() -> None:
    scores = scored([Case("one", {}, (Assertion("equals", "x"),))], {"one": ((Answer("x"),),)}, Panel())
    assert scores.agreement is None
    assert scores.preferences == Preferences(pairs=0, alike=0, baseline=0, candidate=0)


def test_whoever_may_be_asked_and_is_not_needed_is_not_asked() -> None:
    def never(requests: object) -> NoReturn:
        raise AssertionError("nobody should be asked")

    panel = Panel(judge=never, embedder=never, python=True)
    scores = scored([Case("one", {}, (Assertion("equals", "x"),))], {"one": ((Answer("x"),),)}, panel)
    assert scores.of["one"][0][0].passed is True


def test_sides_may_have_different_numbers_of_answers() -> None:
    rubric = Case("one", {}, (Assertion("llm-rubric", "is polite"),))
    sides = ((Answer("x"), Answer("y")), (Answer("x"),))
    bench = Bench(lambda request: '{"pass": true}')
    found = scored([rubric], {"one": sides}, bench.panel).of["one"]
    assert [[judged.passed for judged in side] for side in found] == [[True, None], [True]]
    assert scored([rubric], {"one": ((), ())}, bench.panel).of["one"] == ((), ())


def test_an_unsupported_case_is_never_scored() -> None:
    case = Case("one", {}, (Assertion("javascript", "1", unsupported="code"),), unsupported=("code",))
    ((judged,),) = scored([case], {"one": ((Answer("x"),),)}, Panel()).of["one"]
    assert (judged.score, judged.passed) == (None, None)
    assert "not supported: code" in str(judged.failure)


def test_a_case_without_answers_is_passed_over() -> None:
    cases = [Case("one", {}, (Assertion("equals", "x"),)), Case("two", {}, (label("a"),))]
    scores = scored(cases, {"one": ((Answer("x"),),)}, Panel())
    assert set(scores.of) == {"one"}
    assert scores.confusion == ()
    assert scored([], {}, Panel()).of == {}


# --- confusion ------------------------------------------------------------------------------


def test_a_matrix_has_a_row_a_wanted_label_and_a_last_column_for_none() -> None:
    listed = ["billing", "bug", "other"]
    cases = [
        Case(f"c{number}", {}, (label(want, listed=listed),))
        for number, want in enumerate(["billing", "bug", "bug"])
    ]
    answers = {
        "c0": ((Answer("**Billing**."), Answer("bug")), (Answer("no idea"), None)),
        "c1": ((Answer("bug"), Answer("bug")), (Answer("other"), Answer("'BUG'"))),
        "c2": ((Answer("bug"), Answer("")), (Answer("bug"), Answer("bug"))),
    }
    (found,) = scored(cases, answers, Panel()).confusion
    assert (found.metric, found.labels) == ("label", tuple(listed))
    assert found.baseline == ((1, 1, 0, 0), (0, 3, 0, 1), (0, 0, 0, 0))
    assert found.candidate == ((0, 0, 0, 1), (0, 3, 1, 0), (0, 0, 0, 0))


def test_metrics_have_a_matrix_each_and_so_has_each_list_of_labels() -> None:
    cases = [
        Case("one", {}, (label("a", "topic", ["a", "b"]), label("x", listed=["x", "y"]))),
        Case("two", {}, (label("c", "topic", ["c", "d"]), label("p", listed=["p", "q"]))),
    ]
    found = scored(cases, {each.id: ((Answer("x"),),) for each in cases}, Panel()).confusion
    assert [(each.metric, each.labels) for each in found] == [
        ("topic", ("a", "b", "c", "d")),
        ("label", ("x", "y")),
        ("label", ("p", "q")),
    ]
    assert found[1].baseline == ((1, 0, 0), (0, 0, 0))
    assert all(each.candidate == () for each in found)


def test_labels_without_a_list_make_one_matrix_of_all_that_are_wanted() -> None:
    cases = [Case(name, {}, (label(name),)) for name in ("a", "b")]
    answers = {"a": ((Answer("b"),),), "b": ((Answer("b"),),)}
    (found,) = scored(cases, answers, Panel()).confusion
    assert (found.labels, found.baseline) == (("a", "b"), ((0, 1, 0), (0, 1, 0)))


def test_labels_in_sets_count_and_negated_ones_and_unsupported_cases_do_not() -> None:
    inside = Assertion("assert-set", parts=(label("a"), label("z", negated=True)))
    cases = [Case("one", {}, (inside,)), Case("two", {}, (label("b"),), unsupported=("code",))]
    (found,) = scored(cases, {each.id: ((Answer("a"),),) for each in cases}, Panel()).confusion
    assert (found.labels, found.baseline) == (("a",), ((1, 0),))


@pytest.mark.parametrize(("more", "made"), [(0, 1), (1, 0)])
def test_a_matrix_of_too_many_labels_is_not_made(more: int, made: int) -> None:
    cases = [Case(f"c{number}", {}, (label(f"label {number}"),)) for number in range(MOST_LABELS + more)]
    answers = {each.id: ((Answer("label 1"),),) for each in cases}
    assert len(scored(cases, answers, Panel()).confusion) == made
