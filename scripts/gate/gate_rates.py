"""How often the tests accept, by simulation; and the tests that the gate does not use, for comparison."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from gate_draws import Floats, Runs, samples

from promptlint.evals.stats import paired, sample, tango
from promptlint.evals.stats.betting import Race, Wealth
from promptlint.evals.stats.distributions import t_quantile, z_quantile
from promptlint.evals.stats.sample import Method

RESAMPLES = 2000

LONGEST = 1000
"""Cases after which a race ends undecided."""


Counted = Callable[[int, int, int], bool]
"""A test by cases, losses and gains."""


def accepted(runs: Runs, method: Method, margin: float, alpha: float) -> float:
    """The share of the runs that the gate's test accepts."""
    if method == "tango":
        return by_counts(runs, test(_tango, margin, alpha))
    return float(np.mean([sample.excludes(found, -margin, alpha) for found in samples(runs, method)]))


def rejected(runs: Runs, method: Method, margin: float, alpha: float) -> float:
    """The share of the runs that the gate's test rejects."""
    return float(
        np.mean([sample.excludes(found.swapped(), margin, alpha) for found in samples(runs, method)])
    )


def by_counts(runs: Runs, accepts: Counted) -> float:
    """The share of the runs whose counts (cases, losses, gains) a test accepts; each count is tested once."""
    counts = np.stack([runs.losses, runs.gains], axis=1).astype(int)
    found, times = np.unique(counts, axis=0, return_counts=True)
    answers = [accepts(runs.cases, losses, gains) for losses, gains in found.tolist()]
    return float(np.average(answers, weights=times))


def test(method: Callable[[int, int, int, float, float], bool], margin: float, alpha: float) -> Counted:
    """A test at a margin and a level."""
    return lambda cases, losses, gains: method(cases, losses, gains, margin, alpha)


def _tango(cases: int, losses: int, gains: int, margin: float, alpha: float) -> bool:
    return tango.excludes(tango.Flips(cases, losses, gains), -margin, alpha)


def tango_alone(cases: int, losses: int, gains: int, margin: float, alpha: float) -> bool:
    """Tango's test without the exact bound."""
    return tango.score(tango.Flips(cases, losses, gains), -margin) > z_quantile(1 - alpha)


def newcombe(cases: int, losses: int, gains: int, margin: float, alpha: float) -> bool:
    """Newcombe's interval, where 80 % of the cases pass before."""
    both = max(0, round(0.8 * cases) - losses)
    table = paired.Table(both, losses, gains, max(0, cases - both - losses - gains))
    return paired.newcombe(table, alpha)[0] > -margin


def wald(cases: int, losses: int, gains: int, margin: float, alpha: float) -> bool:
    """The usual standard error of the difference."""
    mean = (gains - losses) / cases
    error = math.sqrt(((gains + losses) / cases - mean * mean) / cases)
    return mean - z_quantile(1 - alpha) * error > -margin


def bootstrap(cases: int, losses: int, gains: int, margin: float, alpha: float) -> bool:
    """The percentile bootstrap of the difference."""
    rng = np.random.default_rng([cases, losses, gains])
    shares = [losses / cases, gains / cases, (cases - losses - gains) / cases]
    again = rng.multinomial(cases, shares, RESAMPLES)
    return bool(np.quantile((again[:, 1] - again[:, 0]) / cases, alpha) > -margin)


def student(runs: Runs, margin: float, alpha: float, clusters: bool = False) -> float:
    """The share of the runs that an uncorrected paired t test accepts, by cases or by clusters' sums."""
    cases = runs.cases
    mean = runs.sums.sum(axis=1) / cases
    if clusters:
        units = runs.sums.shape[1]
        apart = ((runs.sums - runs.sums.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
        error: Floats = np.sqrt(apart * units / (units - 1)) / cases
    else:
        units = cases
        error = np.sqrt((runs.squares - cases * mean * mean).clip(0) / (cases - 1) / cases)
    return float(np.mean(mean - t_quantile(1 - alpha, units - 1) * error > -margin))


def race(
    rng: np.random.Generator, chances: tuple[float, float], margin: float, runs: int
) -> tuple[float, ...]:
    """Mean cases to the end, shares of accepted and of rejected runs; 1,000 cases at most, alpha 5 %."""
    luck = rng.random((runs, LONGEST))
    losses = (luck < chances[0]).cumsum(axis=1)
    gains = (luck > 1 - chances[1]).cumsum(axis=1)
    known = np.full((losses.max() + 1, gains.max() + 1, 2), -1)
    for lost, gained in set(zip(losses.ravel().tolist(), gains.ravel().tolist(), strict=True)):
        known[lost, gained] = _ends(lost, gained, margin)
    fine = np.arange(1, LONGEST + 1) >= known[losses, gains, 0]
    over = fine | (known[losses, gains, 1] == 1)
    first = np.where(over.any(axis=1), over.argmax(axis=1), LONGEST - 1)
    rows = np.arange(runs)
    accepts, ends = fine[rows, first], over[rows, first]
    return float(np.mean(first + 1)), float(np.mean(accepts)), float(np.mean(ends & ~accepts))


def _ends(losses: int, gains: int, margin: float) -> tuple[int, bool]:
    """From how many cases on a race with such counts ends accepted, and whether it else ends rejected."""
    if _answer(LONGEST, losses, gains, margin) != "accept":
        return LONGEST + 1, _answer(LONGEST, losses, gains, margin) == "reject"
    low, high = losses + gains - 1, LONGEST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _answer(middle, losses, gains, margin) == "accept" else (middle, high)
    return high, _answer(max(low, losses + gains), losses, gains, margin) == "reject"


def _answer(cases: int, losses: int, gains: int, margin: float) -> str | None:
    """What a race says of such counts, in whatever order they came; unchanged cases never speak against."""
    fine = worse = Wealth()
    for value, times in ((-1.0, losses), (1.0, gains), (0.0, cases - losses - gains)):
        fine = fine.after(value + margin, times)
        worse = worse.after(-value, times)
    return Race(margin, fine, worse, cases).answer(0.05)
