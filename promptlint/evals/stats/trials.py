"""How often the gate accepts a candidate that changes nothing, by drawn runs: where no sum is exact."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterator

from promptlint.evals.stats import sample
from promptlint.evals.stats.clustered import Spread
from promptlint.evals.stats.graded import Moments
from promptlint.evals.stats.sample import Sample
from promptlint.records import dataclass

MOST_RUNS, FEWEST_RUNS = 500, 100
DRAWS = 250_000
"""Clusters that are drawn in all, about."""

_SEED = 7


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of each answer of a run, and how a run is made up. Half of the flips are losses.

    Args:
        sizes: of the clusters; 1 for a case that stands alone.
        repeats: answers a case; each flips by itself.
        flips: the share of answers that change, 0 to 1.
        correlation: of the flips of one cluster, 0 to below 1.
    """

    sizes: tuple[int, ...]
    repeats: int
    flips: float
    correlation: float


def acceptance(truth: Truth, margin: float, alpha: float) -> float:
    """The share of drawn runs that end accepted; the same for the same arguments.

    Its standard error is at most .022, or .05 for 2,500 clusters and more, which are drawn less often.
    """
    rng = random.Random(_SEED)  # noqa: S311  # a simulation, no secret
    runs = max(FEWEST_RUNS, min(MOST_RUNS, DRAWS // max(1, len(truth.sizes))))
    none = sample.sample([[0.0] * size for size in truth.sizes], truth.repeats == 1)
    still = {size: _still(truth, size) for size in set(truth.sizes)}
    return sum(sample.excludes(_run(rng, truth, still, none), -margin, alpha) for _ in range(runs)) / runs


def _still(truth: Truth, size: int) -> list[float]:
    """Minus the chances that the first answer, the first two... of a cluster do not flip: rising."""
    chance, found = 1.0, []
    for seen in range(size * truth.repeats):
        chance *= 1 - _share(truth, size, truth.flips, 0, seen)
        found.append(-chance)
    return found


def _share(truth: Truth, size: int, share: float, met: int, seen: int) -> float:
    """The chance of the next flip of a kind, after `met` of it in `seen` answers (Polya's urn)."""
    if size == 1 or not truth.correlation:
        return share
    strength = (1 - truth.correlation) / truth.correlation
    return (strength * share + met) / (strength + seen)


def _run(rng: random.Random, truth: Truth, still: dict[int, list[float]], none: Sample) -> Sample:
    """One run, as the gate sees it; `none` is the run in which nothing flips."""
    total = squares = losses = gains = sums = weighted = pooled = 0.0
    units = list(none.units) if none.method == "bets" else []
    for place, size in enumerate(truth.sizes):
        luck = -rng.random()
        if luck < still[size][-1]:
            changes = list(_changes(rng, truth, size, bisect_left(still[size], luck)))
            joint, apart = sum(changes), sum(change * change for change in changes)
            total, squares, pooled = total + joint, squares + apart, pooled + size * apart
            sums, weighted = sums + joint * joint, weighted + joint * size
            losses += sum(change < 0 for change in changes)
            gains += sum(change > 0 for change in changes)
            if units:
                units[place] = (joint, size)
    cases, spread = none.moments.cases, none.spread
    return Sample(
        none.method,
        Moments(cases, total, squares, losses, gains),
        spread and Spread(spread.cases, total, squares, sums, weighted, spread.sizes, pooled),
        tuple(units),
    )


def _changes(rng: random.Random, truth: Truth, size: int, first: int) -> Iterator[float]:
    """The differences of the cases of a cluster whose first flip is known; cases before it are left out."""
    met = [0, 0]  # losses, gains
    answers = [0.0] * (size * truth.repeats)
    for seen in range(first, len(answers)):
        loss, gain = (_share(truth, size, truth.flips / 2, count, seen) for count in met)
        luck = rng.random() * (loss + gain if seen == first else 1.0)
        if luck < loss + gain:
            kind = int(luck >= loss)
            met[kind] += 1
            answers[seen] = (-1.0, 1.0)[kind]
    for start in range(0, len(answers), truth.repeats):
        yield sum(answers[start : start + truth.repeats]) / truth.repeats
