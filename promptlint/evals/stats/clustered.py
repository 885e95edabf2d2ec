"""Cases that come in clusters (one customer, one document) say less than so many independent ones.

All counts are divided by the design effect, which leaves effective counts (Rao and Scott 1992, Biometrics 48,
577-585), and then tested as independent ones, by Student's t with one degree of freedom less than there are
clusters (large ones count for more than small ones, see `Spread.freedom`). To adjust a paired score test for
the intra-cluster correlation is what Yang, Sun and Hardin recommend (2012, Computational Statistics and Data
Analysis 56, 1301-1320).

The correlation is Pearson's over all pairs of cases of one cluster, each pair alike (Karlin, Cameron and
Williams 1981, PNAS 78, 2664-2668): lone cases are in no pair, and say nothing of how others depend on one
another. It is taken *around the difference that is tested*, as in a generalised score test (Boos 1992,
American Statistician 46, 327-333), and never below 0. Around the tested loss, data without flips have the
full correlation: they do not show that the cases of a cluster are independent. Nor do few flips, so that a
part of a cluster that is lost as a whole is added first (PRIOR). The tested loss and the prior in the
estimate are ours, and measured by scripts/simulate_gate.py.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from promptlint.evals.stats import graded, tango
from promptlint.evals.stats.distributions import t_quantile
from promptlint.records import dataclass

PRIOR = 0.05
"""The part of a cluster, of the size that cases see, that is added to the estimate of the design effect with
all its cases changed. Without it up to 9 % of the runs with few flips are accepted wrongly; with it the power
falls by eight points at most."""


@dataclass(frozen=True, slots=True)
class Spread:
    """What the design effect needs of clusters of differences d, with a sum S and a size n each.

    Args:
        cases: all cases.
        total: the sum of all d.
        squares: the sum of d * d.
        sums: the sum of S * S over clusters.
        weighted: the sum of S * n.
        sizes: the sum of n * n.
        pooled: the sum of d * d * n, n that of its cluster.
    """

    cases: int
    total: float
    squares: float
    sums: float
    weighted: float
    sizes: float
    pooled: float

    @property
    def freedom(self) -> float:
        """Degrees of freedom: the number of clusters less one, as if all had the size that cases see."""
        return self.cases**2 / self.sizes - 1

    def swapped(self) -> Spread:
        """As if candidate and baseline changed places."""
        return replace(self, total=-self.total, weighted=-self.weighted)


def spread(clusters: Iterable[Sequence[float]]) -> Spread:
    """The sums over clusters of differences."""
    found = [(len(cluster), math.fsum(cluster), math.fsum(d * d for d in cluster)) for cluster in clusters]
    return Spread(
        cases=sum(size for size, _, _ in found),
        total=math.fsum(total for _, total, _ in found),
        squares=math.fsum(squares for _, _, squares in found),
        sums=math.fsum(total * total for _, total, _ in found),
        weighted=math.fsum(size * total for size, total, _ in found),
        sizes=sum(size * size for size, _, _ in found),
        pooled=math.fsum(size * squares for size, _, squares in found),
    )


def design_effect(found: Spread, difference: float) -> float:
    """How many clustered cases say what an independent one says, if `difference` is true; at least 1.

    1 + (m - 1) times the correlation, m the size that cases see (Kish 1965, Survey Sampling).
    """
    size = found.sizes / found.cases
    shift = difference**2 * (found.sizes - found.cases) - 2 * difference * (found.weighted - found.total)
    prior = PRIOR * size * (size - 1) * (1 - abs(difference)) ** 2
    together = found.sums - found.squares + shift + prior
    apart = found.pooled - found.squares + shift + prior
    return max(1.0, 1 + (size - 1) * together / apart) if apart > 0 else size


def excludes_flips(flips: tango.Flips, found: Spread, difference: float, alpha: float) -> bool:
    """As `tango.excludes`, for clustered cases."""
    if found.freedom < 1:
        return False
    limit = t_quantile(1 - alpha, found.freedom)
    return tango.excludes(flips.over(design_effect(found, difference)), difference, alpha, limit)


def excludes_mean(moments: graded.Moments, found: Spread, difference: float, alpha: float) -> bool:
    """As `graded.excludes`, for clustered cases."""
    if found.freedom < 1:
        return False
    effective = moments.over(design_effect(found, difference))
    return graded.excludes(effective, difference, alpha, found.freedom)
