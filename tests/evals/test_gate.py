"""The gate: each reason for each verdict, what outranks what, and laws that no run may break."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from gate_runs import RULES, pair, run
from hypothesis import given
from hypothesis import strategies as st

from promptlint.errors import UsageError
from promptlint.evals.gate import Rules, Verdict, judge
from promptlint.evals.pairs import Pair, Scored


def test_no_change_is_accepted() -> None:
    verdict = judge(run(0, 0), RULES)
    assert (verdict.decision, verdict.difference, verdict.cases) == ("accepted", 0, 400)
    assert verdict.reasons == ("a loss of 3 points or more is excluded",)
    assert (verdict.method, verdict.confidence, verdict.needs_cases) == ("tango", 0.9, None)
    assert not verdict.worse


@pytest.mark.parametrize(
    ("losses", "decision"), [(6, "accepted"), (7, "undecided"), (18, "undecided"), (19, "rejected")]
)
def test_few_losses_pass_and_many_do_not(losses: int, decision: str) -> None:
    """Exactly those that a true loss of 3 points would seldom give."""
    verdict = judge(run(losses, 0), RULES)
    assert verdict.decision == decision
    assert (verdict.needs_cases is not None) == (decision == "undecided")
    chances = [math.comb(400, k) * 0.03**k * 0.97 ** (400 - k) for k in range(401)]
    assert (sum(chances[: losses + 1]) < 0.05) == (decision == "accepted")
    assert (sum(chances[losses:]) < 0.05) == (decision == "rejected")


def test_rejected_says_by_how_much() -> None:
    verdict = judge(run(40, 0), RULES)
    assert verdict.interval is not None
    assert verdict.interval[1] < -0.03
    assert verdict.reasons == (
        f"worse by more than the margin of 3 points: by {-100 * verdict.interval[1]:.2f} points at least",
    )


def test_a_small_credible_loss_is_accepted_and_said() -> None:
    verdict = judge(run(8, 0, cases=1000), RULES)
    assert verdict.decision == "accepted"
    assert verdict.worse
    assert verdict.reasons[1].startswith("worse, within the margin: by 0.")


def test_one_broken_critical_case_rejects_what_the_mean_accepts() -> None:
    pairs = run(1, 40)
    assert judge(pairs, RULES).decision == "accepted"
    verdict = judge([replace(pairs[0], critical=True), *pairs[1:]], RULES)
    assert (verdict.decision, verdict.broken) == ("rejected", ("0",))
    assert verdict.reasons[0] == "1 critical case broke"


def answers(*passed: bool) -> tuple[Scored, ...]:
    return tuple(Scored(float(each), each) for each in passed)


@pytest.mark.parametrize(
    ("before", "after", "broke"),
    [
        (answers(True, True), answers(True, True), False),
        (answers(True, True), answers(True, False), True),
        (answers(True, False), answers(False, False), False),
        (answers(False, False), answers(True, True), False),
        ((), answers(False), False),
    ],
)
def test_a_case_breaks_if_it_always_passed_and_no_longer_does(
    before: tuple[Scored, ...], after: tuple[Scored, ...], broke: bool
) -> None:
    assert Pair("a", before, after).broke is broke


@pytest.mark.parametrize("lost", [{"candidate": ()}, {"baseline": ()}, {"baseline": (), "candidate": ()}])
@pytest.mark.parametrize("losses", [0, 100])
def test_a_missing_answer_decides_nothing(lost: dict[str, tuple[Scored, ...]], losses: int) -> None:
    pairs = run(losses, 0)
    verdict = judge([*pairs[:-1], replace(pairs[-1], critical=True, **lost)], RULES)
    assert (verdict.decision, verdict.incomplete, verdict.cases) == ("undecided", ("399",), 399)
    assert verdict.reasons[0] == "1 of 400 cases lack an answer"
    assert verdict.needs_cases is None


def test_a_missing_repeat_is_a_missing_answer() -> None:
    twice = [replace(item, baseline=item.baseline * 2, candidate=item.candidate * 2) for item in run(0, 0)]
    rules = replace(RULES, repeats=2)
    assert judge(twice, rules).decision == "accepted"
    assert judge([replace(twice[0], candidate=twice[0].candidate[:1]), *twice[1:]], rules).incomplete == (
        "0",
    )


def test_no_case_at_all() -> None:
    verdict = judge([], RULES)
    assert (verdict.decision, verdict.difference, verdict.interval) == ("undecided", None, None)
    assert verdict.reasons == ("there is no case",)


@pytest.mark.parametrize(("unsupported", "decision"), [(44, "accepted"), (45, "undecided")])
def test_too_many_cases_that_are_not_run(unsupported: int, decision: str) -> None:
    assert judge(run(0, 0), replace(RULES, unsupported=unsupported)).decision == decision


@pytest.mark.parametrize(("losses", "decision"), [(0, "undecided"), (40, "rejected")])
def test_identical_requests_are_never_accepted(losses: int, decision: str) -> None:
    pairs = run(losses, 0)
    verdict = judge([*pairs[:-1], replace(pairs[-1], identical=True)], RULES)
    assert verdict.decision == decision
    assert any("identical requests" in reason for reason in verdict.reasons) == (decision == "undecided")


def test_clusters_are_honoured() -> None:
    """Twelve losses in 800 cases: one by one they pass, all in two clusters they do not."""
    apart = judge(run(12, 0, cases=800, cluster=8), RULES)
    joint = judge(
        [pair(n, 1, 0 if n < 6 or 400 <= n < 406 else 1, cluster=str(n // 8)) for n in range(800)], RULES
    )
    assert (apart.method, apart.decision) == ("tango, clustered", "accepted")
    assert (joint.difference, joint.decision) == (apart.difference, "undecided")


@pytest.mark.parametrize(("clusters", "decision"), [(50, "undecided"), (98, "undecided"), (99, "accepted")])
def test_clusters_without_a_flip_count_as_one_case_each(clusters: int, decision: str) -> None:
    """0.97 ** 99 is the first power below 5 %."""
    verdict = judge(run(0, 0, cases=8 * clusters, cluster=8), RULES)
    assert verdict.decision == decision


def test_repeats_are_averaged_and_graded() -> None:
    flaky = [
        replace(
            item, candidate=answers(True, True, number % 9 > 0), baseline=answers(True, number % 9 < 8, True)
        )
        for number, item in enumerate(run(0, 0))
    ]
    verdict = judge(flaky, replace(RULES, repeats=3))
    assert (verdict.method, verdict.decision, verdict.cases) == ("corrected t", "accepted", 400)
    assert verdict.difference == pytest.approx((44 - 45) / 3 / 400)


@pytest.mark.parametrize("cluster", [1, 8])
@pytest.mark.parametrize(
    ("losses", "gains", "cases"), [(8, 8, 200), (0, 0, 80), (18, 0, 400), (3, 1, 120), (8, 0, 400)]
)
def test_so_many_more_of_the_same_decide(losses: int, gains: int, cases: int, cluster: int) -> None:
    verdict = judge(run(losses, gains, cases, cluster), RULES)
    assert verdict.decision == "undecided"
    assert verdict.needs_cases is not None
    times = (cases + verdict.needs_cases) / cases
    more = cluster * math.ceil(cases * times / cluster)
    assert (
        judge(run(round(losses * times), round(gains * times), more, cluster), RULES).decision != "undecided"
    )


def test_clusters_without_a_flip_need_as_many_clusters_as_cases_are_needed() -> None:
    """99 clusters of eight, less the 50 that are there."""
    assert judge(run(0, 0, cases=400, cluster=8), RULES).needs_cases == 392


def test_a_cluster_may_have_the_name_of_a_case() -> None:
    pairs = run(6, 0)
    named = [*pairs[:390], *(replace(item, cluster="7") for item in pairs[390:])]
    apart = [*pairs[:390], *(replace(item, cluster="x") for item in pairs[390:])]
    assert judge(named, RULES) == judge(apart, RULES)


def test_a_difference_at_the_margin_names_no_number() -> None:
    assert judge(run(12, 0), RULES).needs_cases is None


@st.composite
def runs(draw: st.DrawFn) -> list[Pair]:
    scores = st.sampled_from(draw(st.sampled_from(((0.0, 1.0), (0.0, 0.3, 1.0)))))
    groups = st.sampled_from((None, None, "a", "b", "c"))
    found = draw(st.lists(st.tuples(scores, scores, groups, st.booleans()), min_size=1, max_size=120))
    return [pair(n, old, new, cluster=group, critical=key) for n, (old, new, group, key) in enumerate(found)]


def told(verdict: Verdict) -> tuple[object, ...]:
    return verdict.decision, verdict.reasons, verdict.method, verdict.cases, verdict.worse


@given(runs(), st.sampled_from((0.05, 0.2, 0.5)))
def test_the_order_of_the_cases_says_nothing(pairs: list[Pair], margin: float) -> None:
    rules = Rules(margin)
    assert told(judge(pairs, rules)) == told(judge(pairs[::-1], rules))


@given(runs(), st.sampled_from((0.05, 0.2, 0.5)))
def test_the_verdict_and_its_numbers_agree(pairs: list[Pair], margin: float) -> None:
    verdict = judge(pairs, Rules(margin))
    assert verdict.interval is not None
    assert verdict.difference is not None
    low, high = verdict.interval
    assert -1 <= low <= verdict.difference + 1e-9
    assert verdict.difference - 1e-9 <= high <= 1
    if verdict.decision == "accepted":
        assert low >= -margin - 1e-9
        assert not verdict.broken
    if verdict.decision == "rejected":
        assert verdict.broken or high <= -margin + 1e-9
    assert (verdict.needs_cases or 1) >= 1
    assert verdict.needs_cases is None or verdict.decision == "undecided"


@pytest.mark.parametrize("score", [math.nan, -0.1, 1.5, math.inf])
def test_impossible_scores_are_refused_with_the_case(score: float) -> None:
    with pytest.raises(UsageError, match="'7': a score of"):
        judge([pair(7, 1, score)], RULES)


def test_a_case_that_is_there_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="'7' is there twice"):
        judge([pair(7, 1, 1), pair(7, 1, 1)], RULES)


@pytest.mark.parametrize(
    "wrong",
    [{"margin": 0}, {"margin": 1}, {"margin": math.nan}, {"alpha": 0}, {"alpha": 0.5}, {"repeats": 0}],
)
def test_impossible_rules_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="expected a margin"):
        replace(RULES, **wrong)
