"""Scores between 0 and 1 on the same cases by two prompts: a t test that few changes do not fool.

Where most differences are zero, Student's t sees too little variance and accepts too often. Two pairs more,
one of a full loss and one of a full gain, are put to the data first, as Agresti and Min (2005, Statistics in
Medicine 24, 729-740) do for binary pairs. And where no case was gained, the exact bound of `tango` must
exclude the loss too, with the sum of the losses for their number. Measured for 50 cases and more.

A difference is candidate - baseline, between -1 and 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from promptlint.evals.stats.distributions import chance_of_few, t_quantile
from promptlint.evals.stats.inversion import lower_bound
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Moments:
    """What the test needs of the differences.

    Args:
        cases: all pairs; fractions are effective counts (see `clustered`).
        total: sum of the differences.
        squares: sum of their squares.
        losses: pairs below zero.
        gains: pairs above zero.
    """

    cases: float
    total: float
    squares: float
    losses: float
    gains: float

    @property
    def difference(self) -> float:
        """The mean difference."""
        return self.total / self.cases

    def swapped(self) -> Moments:
        """As if candidate and baseline changed places."""
        return Moments(self.cases, -self.total, self.squares, self.gains, self.losses)

    def over(self, effect: float) -> Moments:
        """The effective moments under a design effect."""
        return Moments(
            *(value / effect for value in (self.cases, self.total, self.squares, self.losses, self.gains))
        )


def moments(differences: Iterable[float]) -> Moments:
    """The moments of differences between -1 and 1.

    Raises:
        ValueError: there is none, or one is no such number.
    """
    found = tuple(differences)
    if not found or not all(-1 <= item <= 1 for item in found):
        raise ValueError("differences are numbers between -1 and 1, and at least one")
    return Moments(
        cases=len(found),
        total=math.fsum(found),
        squares=math.fsum(item * item for item in found),
        losses=sum(item < 0 for item in found),
        gains=sum(item > 0 for item in found),
    )


def excludes(found: Moments, difference: float, alpha: float, freedom: float | None = None) -> bool:
    """Whether a true mean of `difference` or less is excluded, at one-sided level `alpha`.

    Args:
        found: the moments.
        difference: between -1 and 1; minus the margin, to accept.
        alpha: one-sided.
        freedom: degrees of freedom of t; None: cases + 1, one less than there are pairs.
    """
    pairs = found.cases + 2
    mean = found.total / pairs
    variance = (found.squares + 2 - pairs * mean * mean) / (pairs - 1)
    critical = t_quantile(1 - alpha, found.cases + 1 if freedom is None else freedom)
    if mean - difference <= critical * math.sqrt(variance / pairs):
        return False
    return found.gains > 0 or chance_of_few(-found.total, found.cases, -difference) < alpha


def interval(found: Moments, alpha: float) -> tuple[float, float]:
    """The mean differences that are not excluded from below or above: an interval of level 1 - 2 alpha."""
    return (
        lower_bound(lambda tried: excludes(found, tried, alpha), found.difference),
        -lower_bound(lambda tried: excludes(found.swapped(), tried, alpha), -found.difference),
    )
