"""How many model calls one request of a user becomes when failed calls are made again."""

from __future__ import annotations

import math
from collections.abc import Iterable


def failing(rates: Iterable[float]) -> float:
    """Share of calls that fail in any way: 1 - (1 - r1) (1 - r2)..., the kinds being independent."""
    return 1 - math.prod(1 - rate for rate in rates)


def attempts(failing: float, limit: float | None = None) -> float:
    """Model calls a request, when a share `failing` of calls is made again, at most `limit` times.

    1 + r + r^2 + ... + r^limit = (1 - r^(limit + 1)) / (1 - r), the mean of a truncated geometric
    distribution; without a limit 1 / (1 - r). Source of the effect: the strategy, "The cost problem": retries
    turn one request into 2-5 calls, which are shares of 50 % and 80 % without a limit.

    Raises:
        ValueError: all calls fail and there is no limit.
    """
    if failing >= 1:
        if limit is None:
            raise ValueError("every call fails, and each is made again without limit")
        return limit + 1
    return (1 - (0 if limit is None else failing ** (limit + 1))) / (1 - failing)
