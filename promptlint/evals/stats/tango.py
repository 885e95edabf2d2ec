"""Pass or fail on the same cases by two prompts: the score test of the difference and its interval.

Tango 1998, Statistics in Medicine 17, 891-908: the variance is that of the likelihood under the difference
that is tested. The score test alone errs too often where few cases flip. So the critical value is a little
higher than the normal one (`critical`), and where no case was gained (or none lost), the difference is minus
a share of losses (or a share of gains), which the exact bound of a share (Clopper and Pearson) must exclude
too. With both, no loss as high as the margin is accepted at a rate above .055, from 45 cases and margins of
.02 on: by exact enumeration.

A difference is candidate - baseline, between -1 and 1.
"""

from __future__ import annotations

import math

from promptlint.evals.stats.distributions import chance_of_few, chance_of_many, z_quantile
from promptlint.evals.stats.inversion import lower_bound
from promptlint.records import dataclass

SMALL_SAMPLE = 1.5
"""By how much the critical value is raised, over the number of cases. Found by exact enumeration; Student's t
would be about 0.9, which leaves .057 in the worst case."""


@dataclass(frozen=True, slots=True)
class Flips:
    """How many cases there are, and how many changed.

    Args:
        cases: all pairs; fractions are effective counts (see `clustered`).
        losses: passed before, fails now.
        gains: failed before, passes now.
    """

    cases: float
    losses: float
    gains: float

    def __post_init__(self) -> None:
        if not (self.losses >= 0 and self.gains >= 0 and 0 < self.cases < math.inf):
            raise ValueError(f"no counts: {self}")
        if self.losses + self.gains > self.cases * (1 + 1e-9):
            raise ValueError(f"more flips than cases: {self}")

    @property
    def difference(self) -> float:
        """The estimate: gains - losses, as a share of the cases."""
        return (self.gains - self.losses) / self.cases

    def swapped(self) -> Flips:
        """As if candidate and baseline changed places."""
        return Flips(self.cases, self.gains, self.losses)

    def over(self, effect: float) -> Flips:
        """The effective counts under a design effect."""
        return Flips(self.cases / effect, self.losses / effect, self.gains / effect)


def score(flips: Flips, difference: float) -> float:
    """Tango's z: how many standard errors the estimate lies above a true `difference`."""
    if difference > 0:
        return -score(flips.swapped(), -difference)
    loss = -difference
    variance = flips.cases * (2 * gain_share(flips, loss) + loss * (1 - loss))
    excess = flips.gains - flips.losses + flips.cases * loss
    if variance <= 0:
        return math.copysign(math.inf, excess) if abs(excess) > 1e-9 else 0.0
    return excess / math.sqrt(variance)


def gain_share(flips: Flips, loss: float) -> float:
    """The likeliest share of gains if the share of losses is higher by `loss` (0 to 1)."""
    n, losses, gains = flips.cases, flips.losses, flips.gains
    linear = -losses - gains + (2 * n - losses + gains) * loss
    constant = -gains * loss * (1 - loss)
    root = math.sqrt(linear * linear - 8 * n * constant)
    if linear > 0:  # the same root, without the difference of two near numbers
        return -2 * constant / (linear + root)
    return (root - linear) / (4 * n)


def critical(cases: float, alpha: float) -> float:
    """The score from which on a difference is excluded, at one-sided level `alpha`."""
    return z_quantile(1 - alpha) * (1 + SMALL_SAMPLE / cases)


def excludes(flips: Flips, difference: float, alpha: float, limit: float | None = None) -> bool:
    """Whether a true difference of `difference` or less is excluded, at one-sided level `alpha`.

    Args:
        flips: the counts.
        difference: between -1 and 1; minus the margin, to accept.
        alpha: one-sided.
        limit: of the score; None: `critical`.
    """
    if score(flips, difference) <= (critical(flips.cases, alpha) if limit is None else limit):
        return False
    if flips.gains == 0 and difference < 0:
        return chance_of_few(flips.losses, flips.cases, -difference) < alpha
    if flips.losses == 0 and difference > 0:
        return chance_of_many(flips.gains, flips.cases, difference) < alpha
    return True


def interval(flips: Flips, alpha: float) -> tuple[float, float]:
    """The differences that are not excluded from below or above: an interval of level 1 - 2 alpha."""
    return (
        lower_bound(lambda tried: excludes(flips, tried, alpha), flips.difference),
        -lower_bound(lambda tried: excludes(flips.swapped(), tried, alpha), -flips.difference),
    )
