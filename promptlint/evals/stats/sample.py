"""The paired scores of a run, and the one test that fits their kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from promptlint.evals.stats import betting, clustered, graded, inversion, tango
from promptlint.evals.stats.clustered import Spread
from promptlint.evals.stats.graded import Moments
from promptlint.records import dataclass

FEWEST_GRADED = 50
"""Graded cases below which bets decide: the t test is measured from there on, for three clusters and more."""

Method = Literal["tango", "tango, clustered", "corrected t", "corrected t, clustered", "bets"]


@dataclass(frozen=True, slots=True)
class Sample:
    """The differences candidate - baseline, one a case, between -1 and 1.

    Args:
        method: the test that fits.
        moments: of all differences.
        spread: over clusters; None if every case is one of its own.
        units: sum of the differences and number of cases, by cluster.
    """

    method: Method
    moments: Moments
    spread: Spread | None
    units: tuple[tuple[float, int], ...]

    @property
    def flips(self) -> tango.Flips:
        """The counts, for pass or fail."""
        return tango.Flips(self.moments.cases, self.moments.losses, self.moments.gains)

    def swapped(self) -> Sample:
        """As if candidate and baseline changed places."""
        return Sample(
            self.method,
            self.moments.swapped(),
            self.spread and self.spread.swapped(),
            tuple((-total, size) for total, size in self.units),
        )


def sample(clusters: Sequence[Sequence[float]], binary: bool) -> Sample:
    """The sample of differences.

    Args:
        clusters: the differences by cluster; an independent case is a cluster of its own.
        binary: whether each case was passed or failed, once by each prompt.

    Raises:
        ValueError: there is none, or one is not between -1 and 1.
    """
    units = tuple((sum(cluster), len(cluster)) for cluster in clusters)
    joint = any(size > 1 for _, size in units)
    return Sample(
        _method(sum(size for _, size in units), binary, joint),
        graded.moments(value for cluster in clusters for value in cluster),
        clustered.spread(clusters) if joint else None,
        units,
    )


def _method(cases: int, binary: bool, joint: bool) -> Method:
    if binary:
        return "tango, clustered" if joint else "tango"
    if cases < FEWEST_GRADED:
        return "bets"
    return "corrected t, clustered" if joint else "corrected t"


def excludes(found: Sample, difference: float, alpha: float) -> bool:
    """Whether a true mean of `difference` or less is excluded, at one-sided level `alpha`."""
    if found.method == "bets":
        return _outbet(found, difference, alpha)
    if found.method.startswith("tango"):
        if found.spread is None:
            return tango.excludes(found.flips, difference, alpha)
        return clustered.excludes_flips(found.flips, found.spread, difference, alpha)
    if found.spread is None:
        return graded.excludes(found.moments, difference, alpha)
    return clustered.excludes_mean(found.moments, found.spread, difference, alpha)


def _outbet(found: Sample, difference: float, alpha: float) -> bool:
    """A unit's gain is its sum above what is tested, over the largest that it can be: at least -1."""
    largest = max(size for _, size in found.units) * max(1.0, 1 + difference)
    return betting.excludes(((total - difference * size) / largest for total, size in found.units), alpha)


def interval(found: Sample, alpha: float) -> tuple[float, float]:
    """The mean differences that are not excluded from below or above: an interval of level 1 - 2 alpha."""
    other = found.swapped()
    return (
        inversion.lower_bound(lambda tried: excludes(found, tried, alpha), found.moments.difference),
        -inversion.lower_bound(lambda tried: excludes(other, tried, alpha), other.moments.difference),
    )


def design_effect(found: Sample, difference: float) -> float:
    """How many cases say what an independent one says, if `difference` is true; 1 without clusters."""
    return clustered.design_effect(found.spread, difference) if found.spread else 1.0
