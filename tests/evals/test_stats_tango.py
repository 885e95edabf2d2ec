"""Pass or fail: the score test against an independent likelihood, its laws, and how often it errs, exactly."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.evals.stats import inversion, paired, power, tango
from promptlint.evals.stats.tango import Flips

ALPHA = 0.05


@st.composite
def flips(draw: st.DrawFn, most: int = 400) -> Flips:
    cases = draw(st.integers(1, most))
    losses = draw(st.integers(0, cases))
    return Flips(cases, losses, draw(st.integers(0, cases - losses)))


differences = st.floats(-0.97, 0.97)


def likelihood(found: Flips, gain: float, loss: float) -> float:
    """The log likelihood if `gain` is the share of gains and `loss` by how much higher that of losses is."""
    chances = ((found.losses, gain + loss), (found.gains, gain))
    same = found.cases - found.losses - found.gains
    parts = (*chances, (same, 1 - 2 * gain - loss))
    if any(count and chance <= 0 for count, chance in parts):
        return -math.inf
    return math.fsum(count * math.log(chance) for count, chance in parts if count)


def likeliest(found: Flips, loss: float) -> float:
    """The share of gains that maximises the likelihood: by ternary search, with no formula of the product."""
    low, high = max(0.0, -loss), (1 - loss) / 2
    for _ in range(200):
        first, second = low + (high - low) / 3, high - (high - low) / 3
        if likelihood(found, first, loss) < likelihood(found, second, loss):
            low = first
        else:
            high = second
    return (low + high) / 2


@given(flips(), st.floats(0.005, 0.9))
def test_it_agrees_with_a_numeric_constrained_likelihood(found: Flips, loss: float) -> None:
    gain = likeliest(found, loss)
    variance = found.cases * (2 * gain + loss * (1 - loss))
    expected = (found.gains - found.losses + found.cases * loss) / math.sqrt(variance)
    assert tango.score(found, -loss) == pytest.approx(expected, rel=1e-5, abs=1e-5)


@given(flips(), differences)
def test_exchanging_the_prompts_turns_the_sign(found: Flips, difference: float) -> None:
    assert tango.score(found, difference) == pytest.approx(-tango.score(found.swapped(), -difference))


@given(flips(), differences, differences)
def test_a_higher_difference_is_never_further_below(found: Flips, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert tango.score(found, low) >= tango.score(found, high) - 1e-9


@given(flips())
def test_the_interval_holds_the_estimate_and_is_mirrored(found: Flips) -> None:
    low, high = tango.interval(found, ALPHA)
    assert -1 <= low <= found.difference <= high <= 1
    assert tango.interval(found.swapped(), ALPHA) == pytest.approx((-high, -low), abs=1e-9)


@given(flips(), st.floats(-0.9, 0.9))
def test_the_test_and_the_interval_say_the_same(found: Flips, difference: float) -> None:
    low, high = tango.interval(found, ALPHA)
    if abs(low - difference) > 1e-9:
        assert tango.excludes(found, difference, ALPHA) == (difference < low)
    if abs(high - difference) > 1e-9:
        assert tango.excludes(found.swapped(), -difference, ALPHA) == (difference > high)


@given(flips(most=200), st.sampled_from((0.03, 0.05, 0.1)))
def test_one_loss_more_is_never_accepted_sooner(found: Flips, margin: float) -> None:
    if found.losses + found.gains < found.cases:
        worse = Flips(found.cases, found.losses + 1, found.gains)
        assert tango.excludes(found, -margin, ALPHA) >= tango.excludes(worse, -margin, ALPHA)


@pytest.mark.parametrize("margin", [0.02, 0.03, 0.05, 0.1, 0.15])
@pytest.mark.parametrize("cases", [45, 50, 57, 62, 88, 93, 110, 166, 200, 298])
def test_a_loss_at_the_margin_is_seldom_accepted(cases: int, margin: float) -> None:
    """By exact enumeration of all outcomes, over shares of flips from the fewest that can be."""
    shares = [margin + extra for extra in (0, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.4, 0.6)]
    rates = [
        power.acceptance(cases, margin, ALPHA, (share + margin) / 2, (share - margin) / 2)
        for share in shares
        if share <= 1
    ]
    assert 0 <= min(rates) <= max(rates) <= 0.055


def test_the_score_test_alone_accepts_too_often() -> None:
    """Why there is an exact bound: 88 cases, only losses, a true loss of 3 points."""
    most = max(losses for losses in range(9) if tango.score(Flips(88, losses, 0), -0.03) > 1.6449)
    chance = sum(math.comb(88, k) * 0.03**k * 0.97 ** (88 - k) for k in range(most + 1))
    assert chance == pytest.approx(0.0685, abs=5e-5)
    assert not tango.excludes(Flips(88, most, 0), -0.03, ALPHA)


def test_without_a_gain_the_bounds_are_exact() -> None:
    low, high = tango.interval(Flips(200, 4, 0), ALPHA)
    few = sum(math.comb(200, k) * (-low) ** k * (1 + low) ** (200 - k) for k in range(5))
    many = 1 - sum(math.comb(200, k) * (-high) ** k * (1 + high) ** (200 - k) for k in range(4))
    assert few <= ALPHA + 1e-9
    assert many <= ALPHA + 1e-9


@pytest.mark.parametrize(
    "counts",
    [(0, 0, 0), (10, 11, 0), (10, 6, 5), (10, -1, 0), (math.nan, 0, 0), (10, math.nan, 0), (math.inf, 0, 0)],
)
def test_impossible_counts_are_refused(counts: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="Flips"):
        Flips(*counts)


def test_newcombe_gives_the_textbook_interval() -> None:
    low, high = paired.newcombe(paired.Table(36, 12, 2, 0), 0.025)
    assert (-high, -low) == pytest.approx((0.0569, 0.3404), abs=5e-5)


def test_the_published_intervals_of_the_airways() -> None:
    """Of 21 children, 1 passes twice, 1 before only, 7 after only (Bentur et al. 2009).

    95 % intervals to three digits, as in Fagerland, Lydersen and Laake 2014, Statistics in Medicine 33.
    """
    assert paired.newcombe(paired.Table(1, 1, 7, 12), 0.025) == pytest.approx((0.026, 0.507), abs=5e-4)
    found, z = Flips(21, 1, 7), 1.959964
    low = inversion.lower_bound(lambda tried: tango.score(found, tried) > z, found.difference)
    high = -inversion.lower_bound(lambda tried: tango.score(found.swapped(), tried) > z, -found.difference)
    assert (low, high) == pytest.approx((0.026, 0.517), abs=5e-4)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_newcombe_lies_near_tango(both: int, losses: int, gains: int, neither: int) -> None:
    cases = both + losses + gains + neither
    if cases < 100:
        return
    ours = tango.interval(Flips(cases, losses, gains), 0.025)
    assert paired.newcombe(paired.Table(both, losses, gains, neither), 0.025) == pytest.approx(ours, abs=0.03)


@given(st.integers(0, 80), st.integers(0, 80))
def test_mcnemar_is_the_sum_of_the_binomial(losses: int, gains: int) -> None:
    flipped = losses + gains
    tail = sum(math.comb(flipped, k) for k in range(min(losses, gains) + 1)) / 2**flipped
    assert paired.mcnemar(losses, gains) == pytest.approx(min(1, 2 * tail))


@pytest.mark.parametrize("counts", [(0, 0, 0, 0), (3, -1, 0, 2)])
def test_impossible_tables_are_refused(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="Table"):
        paired.Table(*counts)
