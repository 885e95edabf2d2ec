"""How many cases a margin needs, before any is paid for; and how likely a suite is to decide.

For pass or fail the probabilities are exact: all outcomes of the test of `tango` are summed up. For graded
and clustered scores they are the usual normal approximation.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import count

from promptlint.evals.stats import tango
from promptlint.evals.stats.distributions import chance_of_few, z_quantile
from promptlint.evals.stats.tango import Flips

POWER = 0.8
"""The probability of acceptance that a suite should have if nothing changed."""

MOST = 1_000_000
"""Cases beyond which no number is named."""


def acceptance(
    cases: int, margin: float, alpha: float, losses: float, gains: float, limit: float | None = None
) -> float:
    """The exact probability that independent cases of pass or fail end accepted.

    Args:
        cases: how many.
        margin: the acceptable loss, 0 to 1.
        alpha: one-sided.
        losses: the true share of cases that are lost; with `gains` at most 1.
        gains: the true share of cases that are gained.
        limit: of the score; None: that of `tango`.
    """
    if not (losses >= 0 and gains >= 0 and losses + gains <= 1):
        raise ValueError(f"no shares: {losses}, {gains}")
    lost = losses / (1 - gains) if gains < 1 else 0.0
    return math.fsum(
        _point(gained, cases, gains) * chance_of_few(most, cases - gained, lost)
        for gained, most in accepted_losses(cases, margin, alpha, _likely(cases, gains), limit)
        if most >= 0
    )


def accepted_losses(
    cases: int, margin: float, alpha: float, gains: range, limit: float | None = None
) -> Iterator[tuple[int, int]]:
    """For each number of gains, the most losses that are accepted; -1: none is."""

    def passes(losses: int, gained: int) -> bool:
        return tango.excludes(Flips(cases, losses, gained), -margin, alpha, limit)

    most = -1
    for gained in gains:
        while most + 1 + gained <= cases and passes(most + 1, gained):
            most += 1
        yield gained, min(most, cases - gained)


def most_losses(cases: int, margin: float, alpha: float) -> int | None:
    """The most losses, without a gain, that are accepted; None: not even none is."""
    ((_, most),) = accepted_losses(cases, margin, alpha, range(1))
    return most if most >= 0 else None


def fewest_cases(margin: float, alpha: float) -> int:
    """The number of independent cases below which even no flip at all is not accepted (binary)."""
    z = z_quantile(1 - alpha)
    start = max(1, int(max(math.log(alpha) / math.log1p(-margin), z * z * (1 - margin) / margin)) - 1)
    return next(cases for cases in count(start) if most_losses(cases, margin, alpha) is not None)


def cases_needed(margin: float, alpha: float, flips: float, power: float = POWER) -> int | None:
    """The cases of pass or fail that accept with probability `power` if nothing changed on average.

    Power is no smooth function of the cases; the number returned has it, and the one before it has not.

    Args:
        margin: the acceptable loss, above 0.
        alpha: one-sided.
        flips: the true share of cases that flip, half of them to the worse; noise of the model itself.
        power: the probability asked for.

    Returns:
        The number; None beyond MOST.
    """

    def enough(cases: int) -> bool:
        return acceptance(cases, margin, alpha, flips / 2, flips / 2) >= power

    low = high = fewest_cases(margin, alpha)
    while not enough(high):
        low, high = high, high * 2
        if high > MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def cases_for_spread(
    distance: float, variance: float, alpha: float, power: float = POWER, effect: float = 1.0
) -> int | None:
    """The cases that show a mean to lie on its side of a bound; normal approximation.

    Args:
        distance: of the mean from the bound: the margin, if nothing changed.
        variance: of the differences; the share of flips, for pass or fail.
        alpha: one-sided.
        power: the probability asked for.
        effect: the design effect of clusters.

    Returns:
        The number; None beyond MOST.
    """
    if distance <= 0:
        return None
    reach = z_quantile(1 - alpha) + z_quantile(power)
    cases = reach * reach * variance * effect / (distance * distance)
    return math.ceil(cases) if cases <= MOST else None


def _likely(cases: int, share: float) -> range:
    """The counts that are not negligible: all that lies within eight standard deviations, and some more."""
    middle, reach = cases * share, 8 * math.sqrt(cases * share * (1 - share)) + 20
    return range(max(0, math.floor(middle - reach)), min(cases, math.ceil(middle + reach)) + 1)


def _point(seen: int, cases: int, share: float) -> float:
    """P(X = seen) for X of Binomial(cases, share)."""
    if share in (0, 1):
        return float(seen == cases * share)
    ways = math.lgamma(cases + 1) - math.lgamma(seen + 1) - math.lgamma(cases - seen + 1)
    return math.exp(ways + seen * math.log(share) + (cases - seen) * math.log1p(-share))
