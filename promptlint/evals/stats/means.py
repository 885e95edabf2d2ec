"""The interval of the mean of unbounded numbers, such as dollars: Student's t, by clusters if there are."""

from __future__ import annotations

import math
from collections.abc import Sequence

from promptlint.evals.stats.distributions import t_quantile


def interval(clusters: Sequence[Sequence[float]], alpha: float) -> tuple[float, float] | None:
    """The interval of the mean over all cases, of level 1 - 2 alpha; None with fewer than two clusters.

    The variance is that of the clusters' sums around their expectation (Liang and Zeger 1986, Biometrika 73,
    13-22), times K / (K - 1); the degrees of freedom are as in `clustered`. An independent case is a cluster
    of its own.
    """
    count, cases = len(clusters), sum(len(cluster) for cluster in clusters)
    freedom = cases**2 / sum(len(cluster) ** 2 for cluster in clusters) - 1
    if freedom < 1:
        return None
    mean = math.fsum(math.fsum(cluster) for cluster in clusters) / cases
    apart = math.fsum(math.fsum(value - mean for value in cluster) ** 2 for cluster in clusters)
    half = t_quantile(1 - alpha, freedom) * math.sqrt(apart * count / (count - 1)) / cases
    return mean - half, mean + half
