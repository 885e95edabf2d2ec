"""The gate on dollars, and the budget of losses since the anchor."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from gate_runs import CHEAP, DEAR, RULES, billed, run
from hypothesis import given
from hypothesis import strategies as st

from promptlint.evals.anchor import Budget, allowed, charged
from promptlint.evals.gate import Rules, judge
from promptlint.evals.pairs import Scored
from promptlint.evals.spending import Bill


def test_a_rise_of_the_cost_rejects_though_the_input_is_cheaper() -> None:
    long = [Bill(0.0005, 0.0, 0.003 + 0.0001 * (number % 7)) for number in range(400)]
    verdict = judge(billed(run(0, 0), lambda _: CHEAP, long.__getitem__), RULES)
    assert verdict.decision == "rejected"
    assert verdict.reasons[0].startswith("saves input, but costs more in total: by $0.")
    assert verdict.cost is not None
    assert verdict.cost.interval is not None
    low, high = verdict.cost.interval
    assert 0 < low < verdict.cost.difference < high


@pytest.mark.parametrize(
    ("before", "after", "decision"),
    [
        (CHEAP, DEAR, "rejected"),
        (DEAR, CHEAP, "accepted"),
        (CHEAP, CHEAP, "accepted"),
        (Bill(0, 0, 0), CHEAP, "rejected"),
    ],
)
def test_costs_without_variance(before: Bill, after: Bill, decision: str) -> None:
    assert judge(billed(run(0, 0), lambda _: before, lambda _: after), RULES).decision == decision


def test_a_rise_without_a_saving_says_so() -> None:
    reasons = judge(billed(run(0, 0), lambda _: CHEAP, lambda _: DEAR), RULES).reasons
    assert reasons[0] == "costs more: by $1 for 1,000 cases"


def test_a_rise_by_chance_is_no_reason() -> None:
    noisy = [Bill(0.001, 0.0, 0.002 + (0.02 if number == 7 else 0.0)) for number in range(400)]
    verdict = judge(billed(run(0, 0), lambda _: CHEAP, noisy.__getitem__), RULES)
    assert verdict.cost is not None
    assert verdict.cost.difference > 0
    assert verdict.decision == "accepted"


def test_an_unknown_bill_makes_the_cost_unknown() -> None:
    pairs = billed(run(0, 0), lambda _: CHEAP, lambda _: DEAR)
    holes = [replace(pairs[0], candidate=(Scored(1, True),)), *pairs[1:]]
    assert judge(holes, RULES).cost is None
    assert judge(holes, RULES).decision == "accepted"


def test_small_accepted_losses_do_not_add_up() -> None:
    """Each candidate loses 2 points of 10,000 cases to the anchor before; five points in all are allowed."""
    budget = Budget(0.05)
    decisions = []
    for _ in range(4):
        verdict = judge(run(200, 0, cases=10_000), Rules(margin=0.04, budget=budget))
        decisions.append((verdict.decision, round(verdict.margin, 3)))
        if verdict.decision == "accepted":
            assert verdict.difference is not None
            budget = charged(budget, verdict.difference)
    assert decisions == [("accepted", 0.04), ("accepted", 0.03), ("rejected", 0.01), ("rejected", 0.01)]


def test_a_spent_budget_asks_for_a_gain() -> None:
    rules = replace(RULES, budget=Budget(0.02, 0.02))
    assert judge(run(0, 0), rules).decision == "undecided"
    assert judge(run(0, 12), rules).decision == "accepted"
    assert judge(run(12, 0), rules).decision == "rejected"
    assert (
        "0 points are left of what may be lost since the anchor was blessed"
        in judge(run(0, 0), rules).reasons
    )


@given(st.floats(0, 1), st.lists(st.floats(-1, 1), max_size=12), st.floats(0.01, 0.5))
def test_the_budget_never_grows_and_bounds_the_margin(
    total: float, losses: list[float], margin: float
) -> None:
    budget = Budget(total)
    for difference in losses:
        after = charged(budget, difference)
        assert after.left <= budget.left
        budget = after
    assert 0 <= allowed(margin, budget) <= min(margin, total)
    assert allowed(margin, None) == margin


@pytest.mark.parametrize("change", [(math.nan, 0), (-0.1, 0), (0.1, math.nan), (0.1, -1), (2, 0)])
def test_impossible_budgets_are_refused(change: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="budget"):
        Budget(*change)


@pytest.mark.parametrize("parts", [(-1, 0, 0), (0, math.nan, 0), (0, 0, math.inf)])
def test_impossible_bills_are_refused(parts: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="bill"):
        Bill(*parts)
