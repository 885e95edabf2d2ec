from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.evals.exchange import Attempt, Failure, Reply, Request
from promptlint.evals.model import Answer, Assertion, Case, ToolCall
from promptlint.evals.opinions import rubric
from promptlint.evals.scoring import Panel, Scores, scored
from tests.evals_scoring.judges import Bench, by, case, pair, parts


def good(text: str) -> float:
    """A rule: how often the answer says good, in thirds."""
    return min(3, text.count("good")) / 3


def difference(scores: Scores, id_: str = "one") -> float:
    (baseline,), (candidate,) = scores.of[id_]
    assert baseline.score is not None
    assert candidate.score is not None
    return candidate.score - baseline.score


def test_one_answer_is_asked_for_once_and_marked_by_itself() -> None:
    bench = Bench(by(good))
    scores = scored([case()], {"one": ((Answer("good good"),),)}, bench.panel)
    ((judged,),) = scores.of["one"]
    assert (judged.score, judged.passed, judged.failure) == (2 / 3, True, None)
    assert judged.checks[0].name == "llm-rubric"
    assert "'seen'" in judged.checks[0].reason
    assert scores.agreement is None
    ((request,),) = bench.calls
    assert (request.model, request.parameters, request.repeat) == ("judge-1", {"temperature": 0}, 0)
    assert parts(request) == {"rubric": "is polite", "input": '{"question": "Why?"}', "answer": "good good"}


def test_two_answers_are_shown_in_both_orders_and_nothing_tells_which_is_which() -> None:
    bench = Bench(by(good))
    scores = scored([case()], {"one": pair("good good good", "bad")}, bench.panel)
    ((first, second),) = bench.calls
    assert (parts(first)["answer A"], parts(first)["answer B"]) == ("good good good", "bad")
    assert (parts(second)["answer A"], parts(second)["answer B"]) == ("bad", "good good good")
    assert first.messages[0] == second.messages[0]
    spelt = json.dumps([first.messages, second.messages]).lower()
    assert not any(word in spelt for word in ("baseline", "candidate", "shorter", "new prompt", "anchor"))
    assert difference(scores) == -1
    assert [side[0].passed for side in scores.of["one"]] == [True, False]
    assert scores.agreement == 1
    assert (scores.preferences.pairs, scores.preferences.baseline, scores.preferences.candidate) == (1, 1, 0)


def test_a_judge_that_always_says_a_agrees_never_and_finds_no_difference() -> None:
    reply = {"reason": "A!", "A": {"pass": True, "score": 1}, "B": {"pass": False, "score": 0}, "better": "A"}
    cases = [case(f"c{number}") for number in range(5)]
    answers = {each.id: pair(f"good {each.id}", "bad") for each in cases}
    scores = scored(cases, answers, Bench(lambda request: json.dumps(reply)).panel)
    assert scores.agreement == 0
    assert (scores.preferences.baseline, scores.preferences.candidate) == (0, 0)
    for each in cases:
        assert difference(scores, each.id) == 0
        assert [side[0].score for side in scores.of[each.id]] == [0.5, 0.5]
        assert [side[0].passed for side in scores.of[each.id]] == [False, False]
        assert "the two orders differ" in scores.of[each.id][0][0].reason


@given(
    st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), min_size=1, max_size=6),
    st.integers(0, 2**32),
    st.sampled_from([None, 0.0, 0.4, 1.0]),
    st.booleans(),
)
def test_swapping_the_sides_negates_the_difference(
    texts: list[tuple[str, str]], seed: int, threshold: float | None, negated: bool
) -> None:
    def rule(request: Request) -> str:  # any judge at all: what it says depends on all that it sees
        def mark(*place: str) -> dict[str, object]:
            number = hash((seed, request.key, place)) % 1000
            return {"pass": number % 2 == 0, "score": number / 999}

        better = ("A", "B", "tie")[hash((seed, request.key)) % 3]
        return json.dumps({**mark(), "reason": "", "A": mark("A"), "B": mark("B"), "better": better})

    cases = [case(f"c{number}", threshold=threshold, negated=negated) for number in range(len(texts))]
    there = {each.id: pair(*both) for each, both in zip(cases, texts, strict=True)}
    back = {id_: sides[::-1] for id_, sides in there.items()}
    one, other = (scored(cases, answers, Bench(rule).panel) for answers in (there, back))
    for each in cases:
        assert one.of[each.id][0][0].score == pytest.approx(other.of[each.id][1][0].score)
        assert difference(one, each.id) == pytest.approx(-difference(other, each.id))
        assert [side[0].passed for side in one.of[each.id]] == [side[0].passed for side in other.of[each.id]][
            ::-1
        ]
    assert one.agreement == other.agreement
    assert (one.preferences.baseline, one.preferences.candidate) == (
        other.preferences.candidate,
        other.preferences.baseline,
    )


def test_answers_that_are_alike_are_asked_for_once_and_have_no_difference() -> None:
    bench = Bench(by(good))
    scores = scored([case()], {"one": pair("good good", "good good")}, bench.panel)
    assert [len(call) for call in bench.calls] == [1]
    assert difference(scores) == 0
    assert [side[0].passed for side in scores.of["one"]] == [True, True]
    assert scores.agreement is None
    calls = (Answer("x", (ToolCall("find", {"order": 7}),)), Answer("x", (ToolCall("find", {"order": 8}),)))
    bench = Bench(by(good))
    scored([case()], {"one": ((calls[0],), (calls[1],))}, bench.panel)
    assert [len(call) for call in bench.calls] == [2]
    assert '"order": 7' in parts(bench.calls[0][0])["answer A"]


def test_all_questions_of_all_cases_and_repeats_go_in_one_call() -> None:
    bench = Bench(by(good))
    cases = [case(f"c{number}") for number in range(3)]
    answers = {
        each.id: ((Answer(f"good {each.id}"), Answer("same")), (Answer("bad"), Answer("same")))
        for each in cases
    }
    scores = scored(cases, answers, bench.panel)
    ((*requests,),) = bench.calls
    assert len({request.key for request in requests}) == len(requests) == 3 * 2 + 1
    assert all(judged.failure is None for sides in scores.of.values() for side in sides for judged in side)
    assert scores.preferences.pairs == 3


@pytest.mark.parametrize(
    ("rule", "threshold", "negated", "expected"),
    [
        (1 / 3, None, False, False),
        (2 / 3, None, False, True),
        (2 / 3, 0.9, False, False),
        (1.0, 0.9, False, True),
        (1.0, 1.0, False, True),
        (1.0, 0.9, True, False),
        (2 / 3, 0.9, True, True),
        (0.0, None, True, True),
    ],
)
def test_a_threshold_is_of_the_score_and_a_negation_turns_it_round(
    rule: float, threshold: float | None, negated: bool, expected: bool
) -> None:
    asked = case(threshold=threshold, negated=negated)
    for answers in (((Answer("x"),),), pair("x", "y")):
        scores = scored([asked], {"one": answers}, Bench(by(lambda text: rule)).panel)
        for side in scores.of["one"]:
            assert side[0].passed is expected
            assert side[0].score == pytest.approx(1 - rule if negated else rule)


@pytest.mark.parametrize(("threshold", "passed"), [(None, True), (0.0, True), (0.01, False)])
def test_a_pass_with_a_low_score_is_a_pass_unless_there_is_a_threshold(
    threshold: float | None, passed: bool
) -> None:
    bench = Bench(lambda request: '{"pass": true, "score": 0}')
    ((judged,),) = scored([case(threshold=threshold)], {"one": ((Answer("x"),),)}, bench.panel).of["one"]
    assert (judged.passed, judged.score) == (passed, 0)


@pytest.mark.parametrize("negated", [False, True])
def test_what_a_judge_says_in_one_order_only_is_passed_by_neither_the_rubric_nor_its_contrary(
    negated: bool,
) -> None:
    reply = {"reason": "", "A": {"pass": True, "score": 1}, "B": {"pass": False, "score": 0}, "better": "A"}
    scores = scored(
        [case(negated=negated)], {"one": pair("x", "y")}, Bench(lambda _: json.dumps(reply)).panel
    )
    assert [side[0].passed for side in scores.of["one"]] == [False, False]


def test_a_reply_that_cannot_be_read_is_asked_for_again_and_then_is_a_failure() -> None:
    def reply(request: Request) -> str:
        return "{" if request.repeat < 2 else json.dumps({"reason": "", "pass": True})

    bench = Bench(reply)
    ((judged,),) = scored([case()], {"one": ((Answer("x"),),)}, bench.panel).of["one"]
    assert (judged.passed, judged.score) == (True, 1)
    assert [[request.repeat for request in call] for call in bench.calls] == [[0], [1], [2]]
    bench = Bench(lambda request: "I would say that it passes.")
    cases = [case("one"), case("two", rubric="is short")]
    scores = scored(cases, {"one": ((Answer("x"),),), "two": ((Answer("x"),),)}, bench.panel)
    for sides in scores.of.values():
        assert (sides[0][0].passed, sides[0][0].score) == (None, None)
        assert "no JSON object" in str(sides[0][0].failure)
    assert [len(call) for call in bench.calls] == [2, 2, 2]


def test_a_reply_that_is_cut_off_is_not_believed() -> None:
    repeats = []

    def judge(requests: Sequence[Request]) -> dict[tuple[str, int], Attempt]:
        repeats.extend([request.repeat for request in requests])
        reply = Reply('{"pass": true}', finish="length")
        return {(request.key, request.repeat): Attempt(reply) for request in requests}

    ((judged,),) = scored([case()], {"one": ((Answer("x"),),)}, Panel(judge=judge)).of["one"]
    assert judged.passed is None
    assert "cut off" in str(judged.failure)
    assert repeats == [0, 1, 2]


def test_a_reply_that_cannot_be_read_stays_the_reason_if_nothing_comes_after_it() -> None:
    bench = Bench(lambda request: Failure("unrecorded", "no such answer") if request.repeat else "fine")
    ((judged,),) = scored([case()], {"one": ((Answer("x"),),)}, bench.panel).of["one"]
    assert "cannot be read" in str(judged.failure)
    assert len(bench.calls) == 2


def test_a_judge_that_does_not_answer_is_a_failure_of_both_sides_and_is_not_asked_again() -> None:
    def reply(request: Request) -> str | Failure:
        return (
            Failure("timeout", "no answer in 9 s") if parts(request)["answer A"] == "x" else by(good)(request)
        )

    bench = Bench(reply)
    scores = scored([case()], {"one": pair("x", "y")}, bench.panel)
    for side in scores.of["one"]:
        assert (side[0].passed, side[0].score) == (None, None)
        assert "no answer in 9 s" in str(side[0].failure)
    assert scores.agreement is None
    assert len(bench.calls) == 1

    def nothing(requests: object) -> dict[tuple[str, int], Attempt]:
        return {}

    scores = scored([case()], {"one": pair("x", "y")}, Panel(judge=nothing))
    assert "no call was made" in str(scores.of["one"][0][0].failure)


def test_where_one_answer_is_missing_the_other_is_not_compared_nor_paid_for() -> None:
    bench = Bench(by(good))
    scores = scored([case()], {"one": ((Answer("good good"),), (None,))}, bench.panel)
    assert "missing" in str(scores.of["one"][0][0].failure)
    assert scores.of["one"][1][0].failure == "there is no answer"
    assert not any(bench.calls)


def test_more_than_two_sides_are_marked_each_by_itself() -> None:
    bench = Bench(by(good))
    sides = ((Answer("good good"),), (Answer("bad"),), (None,))
    scores = scored([case()], {"one": sides}, bench.panel)
    assert [side[0].passed for side in scores.of["one"]] == [True, False, None]
    assert [sorted(parts(request)) for request in bench.calls[0]] == [["answer", "input", "rubric"]] * 2


def test_answers_too_long_for_a_judge_are_a_failure_and_are_not_sent() -> None:
    bench = Bench(by(good))
    scores = scored([case()], {"one": pair("x" * 400_000, "y")}, bench.panel)
    assert "too many for a judge" in str(scores.of["one"][1][0].failure)
    assert not any(bench.calls)


def test_without_a_judge_nothing_passes() -> None:
    ((judged,),) = scored([case()], {"one": ((Answer("x"),),)}, Panel()).of["one"]
    assert judged.passed is None
    assert "nobody was asked" in str(judged.failure)


def test_the_same_answers_make_the_same_questions() -> None:
    keys = []
    for _ in range(2):
        bench = Bench(by(good))
        scored([case()], {"one": pair("good", "bad")}, bench.panel)
        keys.append([request.key for request in bench.calls[0]])
    assert keys[0] == keys[1]
    other = replace(case(), vars={"question": "When?"})
    bench = Bench(by(good))
    scored([other], {"one": pair("good", "bad")}, bench.panel)
    assert not {request.key for request in bench.calls[0]} & set(keys[0])


def test_what_the_judge_is_told_is_pinned() -> None:
    # whoever changes the words changes the judge: scores of before and after cannot be compared
    assert rubric.INSTRUCTIONS == "a2789ddc8235"


def test_rubrics_in_a_set_are_asked_for_too() -> None:
    inside = Assertion(
        "assert-set", parts=(Assertion("contains", "x"), Assertion("llm-rubric", "is polite")), threshold=0.5
    )
    asked = Case("one", {}, (inside,))
    scores = scored([asked], {"one": pair("x", "good good")}, Bench(by(good)).panel)
    assert [side[0].score for side in scores.of["one"]] == pytest.approx([0.5, 1 / 3])
    assert [side[0].passed for side in scores.of["one"]] == [True, False]
