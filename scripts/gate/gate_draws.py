"""Draws runs of an eval with a known truth, as the sums that the gate's tests take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from promptlint.evals.stats.clustered import Spread
from promptlint.evals.stats.graded import Moments
from promptlint.evals.stats.sample import Method, Sample

Floats = npt.NDArray[np.float64]
Size = Literal["full", "uniform", "thirds"]

MEAN_SIZE = {"full": 1.0, "uniform": 0.5}
"""The mean size of a change that is not zero."""


@dataclass(frozen=True)
class Truth:
    """What is true of each case of a run.

    Args:
        cases: of a run.
        difference: the true mean, candidate - baseline.
        flips: the share of cases that change.
        size: of a change: a full point, uniform up to it, or what three repeats make of a chance to pass that
            is uniform in the unsteady cases (and 1 in all others).
        cluster: cases that share their chances.
        correlation: of the flips of one cluster.
    """

    cases: int
    difference: float
    flips: float
    size: Size = "full"
    cluster: int = 1
    correlation: float = 0.0

    @property
    def chances(self) -> tuple[float, float] | None:
        """Of a loss and of a gain; None: so few flips cannot make such a difference."""
        lean = self.difference / MEAN_SIZE.get(self.size, 0.5)
        if abs(lean) > self.flips + 1e-12:
            return None
        return (self.flips - lean) / 2, max(0.0, (self.flips + lean) / 2)


@dataclass(frozen=True)
class Runs:
    """Runs, as arrays of one row a run.

    Args:
        sizes: of the clusters.
        sums: of the differences, by cluster.
        squares: the sum of the squared differences.
        pooled: the same, each times the size of its cluster.
        losses: cases below zero.
        gains: cases above zero.
    """

    sizes: Floats
    sums: Floats
    squares: Floats
    pooled: Floats
    losses: Floats
    gains: Floats

    def alone(self) -> Runs:
        """The same cases, taken as independent: of their sums, only the total is of use then."""
        rest = np.zeros((len(self.sums), self.cases - len(self.sizes)))
        sums = np.concatenate([self.sums, rest], axis=1)
        return replace(self, sizes=np.ones(self.cases), sums=sums, pooled=self.squares)

    @property
    def cases(self) -> int:
        """Of one run."""
        return int(self.sizes.sum())


def draw(rng: np.random.Generator, truth: Truth, runs: int) -> Runs:
    """So many runs; clusters by a Dirichlet mixture, sizes of changes shared inside a cluster."""
    if truth.size == "thirds":
        return _repeated(rng, truth, runs)
    assert truth.chances is not None
    groups = truth.cases // truth.cluster
    losses, gains = _flips(rng, truth, (runs, groups))
    size = rng.random((runs, groups)) if truth.size == "uniform" else np.ones((runs, groups))
    squares = ((gains + losses) * size * size).sum(axis=1)
    return Runs(
        np.full(groups, float(truth.cluster)),
        (gains - losses) * size,
        squares,
        squares * truth.cluster,
        losses.sum(axis=1),
        gains.sum(axis=1),
    )


def _flips(rng: np.random.Generator, truth: Truth, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Losses and gains of each cluster."""
    assert truth.chances is not None
    loss, gain = truth.chances
    if truth.cluster == 1:
        luck = rng.random(shape)
        return (luck < loss).astype(float), (luck > 1 - gain).astype(float)
    strength = (1 - truth.correlation) / truth.correlation
    parts = [rng.standard_gamma(strength * share, shape) for share in (loss, gain, 1 - loss - gain)]
    whole = parts[0] + parts[1] + parts[2]
    losses = rng.binomial(truth.cluster, parts[0] / whole)
    rest = parts[1] + parts[2]
    later = np.divide(parts[1], rest, out=np.zeros(shape), where=rest > 0)
    gains = rng.binomial(truth.cluster - losses, later)
    return losses.astype(float), gains.astype(float)


def _repeated(rng: np.random.Generator, truth: Truth, runs: int) -> Runs:
    shape = (runs, truth.cases)
    before = np.where(rng.random(shape) < truth.flips, rng.random(shape), 1.0)
    unsteady = before < 1
    after = np.where(unsteady, before * (1 + truth.difference / (truth.flips / 2)), before)
    change = (rng.binomial(3, after) - rng.binomial(3, before)) / 3
    squares = (change * change).sum(axis=1)
    return Runs(
        np.ones(truth.cases),
        change,
        squares,
        squares,
        (change < 0).sum(axis=1).astype(float),
        (change > 0).sum(axis=1).astype(float),
    )


def joined(parts: Iterable[Runs]) -> Runs:
    """Runs that hold the cases of all parts."""
    found = tuple(parts)
    return Runs(
        np.concatenate([part.sizes for part in found]),
        np.concatenate([part.sums for part in found], axis=1),
        np.sum([part.squares for part in found], axis=0),
        np.sum([part.pooled for part in found], axis=0),
        np.sum([part.losses for part in found], axis=0),
        np.sum([part.gains for part in found], axis=0),
    )


def samples(runs: Runs, method: Method) -> Iterator[Sample]:
    """Each run as the gate sees it."""
    sizes = runs.sizes
    rows = zip(
        runs.sums.sum(axis=1).tolist(),
        runs.squares.tolist(),
        runs.pooled.tolist(),
        runs.losses.tolist(),
        runs.gains.tolist(),
        (runs.sums * runs.sums).sum(axis=1).tolist(),
        (runs.sums * sizes).sum(axis=1).tolist(),
        strict=True,
    )
    joint = int((sizes * sizes).sum())
    for row, (total, squares, pooled, losses, gains, sums, weighted) in enumerate(rows):
        yield Sample(
            method,
            Moments(runs.cases, total, squares, losses, gains),
            Spread(runs.cases, total, squares, sums, weighted, joint, pooled) if joint > runs.cases else None,
            tuple(zip(runs.sums[row].tolist(), sizes.astype(int).tolist(), strict=True))
            if method == "bets"
            else (),
        )
