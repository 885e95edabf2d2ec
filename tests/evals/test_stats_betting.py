"""Bets: the chance of a wrong answer summed up exactly, at every look; and what a race says of clear streams."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.evals.stats import betting
from promptlint.evals.stats.betting import Race, Wealth

ALPHA = 0.05
gains = st.lists(st.floats(-1, 1), max_size=40)


@given(gains)
def test_the_order_says_nothing_at_the_end(found: list[float]) -> None:
    assert betting.excludes(found, ALPHA) == betting.excludes(sorted(found), ALPHA)


@given(gains)
def test_the_wealth_is_the_mean_of_the_products(found: list[float]) -> None:
    wealth = Wealth()
    for gain in found:
        wealth = wealth.after(gain)
    mean = sum(math.prod(1 + bet * gain for gain in found) for bet in betting.BETS) / len(betting.BETS)
    for alpha in (0.5, 0.1, 0.01, 1e-6):
        if abs(mean * alpha - 1) > 1e-9:
            assert wealth.reaches(alpha) == (mean >= 1 / alpha)


@given(st.floats(-1, 1), st.integers(0, 30))
def test_many_equal_cases_at_once_are_many_cases(gain: float, times: int) -> None:
    wealth = Wealth()
    for _ in range(times):
        wealth = wealth.after(gain)
    assert wealth.logs == pytest.approx(Wealth().after(gain, times).logs)


def wrongly(race: Race, chances: dict[float, float], looks: int, answer: str) -> float:
    """The exact chance that a race gives `answer` at one of the looks; by states, which counts make."""
    states = {(0,) * len(chances): (race, 1.0)}
    total = 0.0
    for _ in range(looks):
        after: dict[tuple[int, ...], tuple[Race, float]] = {}
        for counts, (found, chance) in states.items():
            for place, (value, share) in enumerate(chances.items()):
                key = (*counts[:place], counts[place] + 1, *counts[place + 1 :])
                known = after.get(key)
                after[key] = (
                    (known[0], known[1] + chance * share) if known else (found.after(value), chance * share)
                )
        states = {}
        for counts, (found, chance) in after.items():
            said = found.answer(ALPHA)
            if said == answer:
                total += chance
            elif said is None:
                states[counts] = (found, chance)
    return total


@pytest.mark.parametrize(
    ("margin", "chances"),
    [
        (0.05, {-1.0: 0.05, 0.0: 0.95}),
        (0.3, {-1.0: 0.4, 1.0: 0.1, 0.0: 0.5}),
        (0.3, {-0.6: 0.5, 0.0: 0.5}),
        (0.5, {-1.0: 0.5, 0.0: 0.5}),
    ],
)
def test_a_loss_at_the_margin_is_seldom_accepted_at_any_look(
    margin: float, chances: dict[float, float]
) -> None:
    assert math.fsum(value * share for value, share in chances.items()) == pytest.approx(-margin)
    assert 0 < wrongly(Race(margin), chances, 150, "accept") <= ALPHA


@pytest.mark.parametrize(
    "chances", [{-1.0: 0.3, 1.0: 0.3, 0.0: 0.4}, {-0.2: 0.5, 0.2: 0.5}, {-1.0: 0.5, 1.0: 0.5}]
)
def test_what_is_not_worse_is_seldom_rejected_at_any_look(chances: dict[float, float]) -> None:
    assert wrongly(Race(0.01), chances, 40, "reject") <= ALPHA


def rich(gains: list[float]) -> int:
    """The first case at which the mean of the products is 20; the gains come again and again."""
    products = [1.0] * len(betting.BETS)
    for cases in range(1, 1000):
        gain = gains[(cases - 1) % len(gains)]
        products = [product * (1 + bet * gain) for product, bet in zip(products, betting.BETS, strict=True)]
        if sum(products) >= 20 * len(products):
            return cases
    return 1000


@pytest.mark.parametrize(
    ("stream", "answer", "most"),
    [([0.0], "accept", 120), ([-1.0, 0.0, 0.0, 0.0, 0.0], "reject", 40), ([1.0, 0.0], "accept", 20)],
)
def test_clear_streams_end_soon(stream: list[float], answer: str, most: int) -> None:
    race = Race(0.05)
    while race.answer(ALPHA) is None:
        race = race.after(stream[race.cases % len(stream)])
    gains = [value + 0.05 if answer == "accept" else -value for value in stream]
    assert (race.answer(ALPHA), race.cases) == (answer, rich(gains))
    assert race.cases <= most


@pytest.mark.parametrize("value", [math.nan, 1.5, -1.01, math.inf])
def test_what_is_no_difference_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="between -1 and 1"):
        Race(0.05).after(value)
    if not value > 1:
        with pytest.raises(ValueError, match="at least -1"):
            Wealth().after(value)
