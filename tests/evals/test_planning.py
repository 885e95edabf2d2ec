"""What a suite can show, before it is run: against the exact sums, the gate's own verdicts, and known tables."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from gate_runs import RULES, run
from hypothesis import given, settings
from hypothesis import strategies as st

from promptlint.evals import planning
from promptlint.evals.anchor import Budget
from promptlint.evals.gate import judge
from promptlint.evals.model import Assertion, Case, Suite
from promptlint.evals.planning import Design
from promptlint.evals.stats import power, trials
from promptlint.evals.stats.trials import Truth

ALPHA = 0.05


def suite(cases: int, cluster: int = 1, unsupported: int = 0, **more: object) -> Suite:
    found = [
        Case(
            f"c{number}",
            {},
            (Assertion("equals", "x"),),
            cluster=str(number // cluster) if cluster > 1 else None,
            unsupported=("a transform",) if number < unsupported else (),
        )
        for number in range(cases)
    ]
    return replace(Suite("evals/t.yaml", tuple(found), margin=0.03), **more)


# --- drawn runs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("cases", "margin", "flips"), [(200, 0.03, 0.05), (400, 0.03, 0.1), (60, 0.1, 0.2)])
def test_drawn_runs_accept_as_often_as_the_exact_sum_says(cases: int, margin: float, flips: float) -> None:
    drawn = trials.acceptance(Truth((1,) * cases, 1, flips, 0.1), margin, ALPHA)
    exact = power.acceptance(cases, margin, ALPHA, flips / 2, flips / 2)
    assert abs(drawn - exact) < 4 * math.sqrt(exact * (1 - exact) / trials.MOST_RUNS)


@pytest.mark.parametrize(
    ("clusters", "margin", "flips", "correlation", "known"),
    [
        (50, 0.05, 0.05, 0.1, 0.90),
        (50, 0.05, 0.1, 0.3, 0.51),
        (100, 0.03, 0.05, 0.3, 0.64),
        (25, 0.05, 0.1, 0.1, 0.43),
    ],
)
def test_drawn_clusters_accept_as_often_as_the_simulation_says(
    clusters: int, margin: float, flips: float, correlation: float, known: float
) -> None:
    """The table "Power of graded and clustered" of docs/gate.md, made by other code."""
    drawn = trials.acceptance(Truth((8,) * clusters, 1, flips, correlation), margin, ALPHA)
    assert abs(drawn - known) < 0.005 + 4 * math.sqrt(known * (1 - known) * (1 / trials.MOST_RUNS + 1e-4))


def test_drawn_runs_are_the_same_each_time() -> None:
    truth = Truth((3, 1, 2) * 20, 2, 0.1, 0.1)
    assert trials.acceptance(truth, 0.05, ALPHA) == trials.acceptance(truth, 0.05, ALPHA)


@pytest.mark.parametrize("repeats", [1, 3])
@pytest.mark.parametrize("cluster", [1, 8])
def test_drawn_runs_without_a_flip_are_those_in_which_nothing_changes(repeats: int, cluster: int) -> None:
    for clusters in (20, 60, 110):
        drawn = trials.acceptance(Truth((cluster,) * clusters, repeats, 0.0, 0.3), 0.03, ALPHA)
        same = [
            replace(pair, baseline=pair.baseline * repeats, candidate=pair.candidate * repeats)
            for pair in run(0, 0, clusters * cluster, cluster)
        ]
        accepted = judge(same, replace(RULES, repeats=repeats)).decision == "accepted"
        assert drawn == float(accepted)


@settings(max_examples=15)
@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=30), st.integers(1, 3), st.sampled_from((0.0, 0.2, 1.0))
)
def test_any_design_has_a_share(sizes: list[int], repeats: int, flips: float) -> None:
    assert 0 <= trials.acceptance(Truth(tuple(sizes), repeats, flips, 0.2), 0.1, ALPHA) <= 1


# --- a plan ---------------------------------------------------------------------------------------


def test_the_plan_of_independent_cases_is_exact() -> None:
    plan = planning.plan(Design(0.03, ALPHA, (1,) * 400))
    assert [(row.flips, row.basis, row.needed) for row in plan.rows] == [
        (flips, "exact", power.cases_needed(0.03, ALPHA, flips)) for flips in planning.FLIPS
    ]
    assert plan.rows[1].power == power.acceptance(400, 0.03, ALPHA, 0.025, 0.025)
    assert (plan.fewest, plan.flips, plan.hopeless) == (99, "assumed", None)


def test_without_cases_it_says_how_many_are_needed() -> None:
    plan = planning.plan(Design(0.03, ALPHA, ()), (0.05,), "given")
    assert [(row.power, row.needed) for row in plan.rows] == [(None, 382)]
    assert plan.hopeless is None


@pytest.mark.parametrize(("flips", "correlation"), [(0.05, 0.1), (0.1, 0.1)])
@pytest.mark.parametrize("margin", [0.03, 0.05])
def test_so_many_clustered_cases_have_about_the_power(
    margin: float, flips: float, correlation: float
) -> None:
    (row,) = planning.plan(Design(margin, ALPHA, (8,) * 20), (flips,)).rows
    assert row.needed is not None
    truth = Truth((8,) * math.ceil(row.needed / 8), 1, flips, correlation)
    assert 0.72 <= trials.acceptance(truth, margin, ALPHA) <= 0.92


@pytest.mark.parametrize("flips", [0.05, 0.1, 0.2])
def test_so_many_repeated_cases_have_about_the_power(flips: float) -> None:
    (row,) = planning.plan(Design(0.03, ALPHA, (1,) * 50, 3), (flips,)).rows
    assert row.needed is not None
    assert 0.74 <= trials.acceptance(Truth((1,) * row.needed, 3, flips, 0.0), 0.03, ALPHA) <= 0.95


@pytest.mark.parametrize(
    "found",
    [
        Design(0.02, ALPHA, (8,) * 100),
        Design(0.03, ALPHA, (8,) * 100),
        Design(0.05, ALPHA, (8,) * 50),
        Design(0.03, ALPHA, (1,) * 300, 3),
        Design(0.03, ALPHA, (4,) * 100, 3),
    ],
)
def test_designs_too_large_to_be_drawn_are_judged_by_the_normal_curve(
    found: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Near what drawn runs say of the same design."""
    drawn = [row.power for row in planning.plan(found, (0.05, 0.2)).rows]
    monkeypatch.setattr(planning, "_MOST_DRAWN", 0)
    near = planning.plan(found, (0.05, 0.2)).rows
    assert [row.basis for row in near] == ["estimated"] * 2
    assert [row.power for row in near] == pytest.approx(drawn, abs=0.12)


def test_a_design_of_very_many_answers_is_planned_at_once() -> None:
    rows = planning.plan(Design(0.03, ALPHA, (100,) * 1000, 1000)).rows
    assert [row.power for row in rows] == pytest.approx([1.0] * 4, abs=1e-6)


def test_too_many_cases_are_not_named() -> None:
    assert planning.cases_needed(0.0005, ALPHA, 0.2) is None
    assert planning.cases_needed(0.003, ALPHA, 0.1) == power.cases_for_spread(0.003, 0.1, ALPHA)
    (row,) = planning.plan(Design(0.0005, ALPHA, (8,) * 20, 3), (0.5,)).rows
    assert row.needed is None


def test_the_design_is_of_the_cases_that_can_be_judged() -> None:
    found = planning.design(suite(20, cluster=4, unsupported=2, repeats=3))
    assert found == Design(0.03, ALPHA, (2, 4, 4, 4, 4), 3)
    assert planning.design(suite(20, margin=None)) is None
    left = planning.design(suite(20), Budget(0.03, 0.02))
    assert left is not None
    assert left.margin == pytest.approx(0.01)


def test_a_cluster_may_have_the_name_of_a_case() -> None:
    assert planning.sizes([("a", None), ("b", "a"), ("c", "a")]) == (1, 2)


# --- hopeless -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cases", "hopeless"), [(20, True), (98, True), (99, False), (400, False)])
def test_a_suite_is_hopeless_if_it_accepts_too_seldom_what_changes_nothing(
    cases: int, hopeless: bool
) -> None:
    assert (planning.hopeless(suite(cases)) is not None) == hopeless


def test_a_few_flips_may_save_clusters_that_show_nothing_without() -> None:
    """50 clusters of eight are not accepted without a flip, but in most runs with some."""
    few = suite(400, cluster=8)
    assert judge(run(0, 0, 400, 8), RULES).decision == "undecided"
    assert planning.hopeless(few) is None
    assert "5 clusters cannot show" in (planning.hopeless(suite(100, cluster=20)) or "")


def test_repeats_do_not_save_a_suite_of_few_cases() -> None:
    assert planning.hopeless(suite(30, repeats=5, margin=0.1)) is not None
    assert planning.hopeless(suite(60, repeats=5, margin=0.1)) is None


def test_a_spent_budget_is_hopeless_and_a_suite_without_margin_is_not() -> None:
    assert "nothing is left" in (planning.hopeless(suite(400), Budget(0.03, 0.03)) or "")
    assert planning.hopeless(suite(3, margin=None)) is None
    assert planning.hopeless(suite(400), Budget(0.03, 0.025)) is not None


@pytest.mark.parametrize(("unsupported", "hopeless"), [(40, False), (41, True)])
def test_a_suite_that_cannot_be_judged_is_hopeless(unsupported: int, hopeless: bool) -> None:
    why = planning.hopeless(suite(400, unsupported=unsupported))
    assert ("less than 90%" in (why or "")) == hopeless


# --- what the loader says ---------------------------------------------------------------------------


def test_the_loader_says_how_many_cases_a_margin_needs() -> None:
    note = (
        "a margin of 0.03 needs at least 99 cases even if no answer changes, and about 382 for 80 % power if "
        "5% do (assumed); {} can be judged"
    )
    assert planning.too_few(suite(40)) == note.format(40)
    assert planning.too_few(suite(381)) == note.format(381)
    assert planning.too_few(suite(382)) is None
    assert planning.too_few(suite(3, margin=None)) is None
    assert "over 1,000,000" in (planning.too_few(suite(3, margin=0.0001)) or "")
