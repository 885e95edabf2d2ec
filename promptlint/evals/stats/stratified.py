"""Bounds of a share over strata that were sampled at different rates: never too narrow."""

from __future__ import annotations

import math
from collections.abc import Sequence

from promptlint.evals.stats.distributions import chance_of_few
from promptlint.records import dataclass

_HALVINGS = 34
_GRID = 10
_NARROWINGS = 8
_ROUND = 1e-9


@dataclass(frozen=True, slots=True)
class Part:
    """A stratum: its weight in the whole, how many of it were looked at, and how many of those count."""

    weight: float
    cases: int
    hits: int


def upper(parts: Sequence[Part], risk: float) -> float:
    """The upper bound of the weighted share of hits; below the true one with a chance of `risk` at most.

    Where all cases weigh the same, the bound of Clopper and Pearson (1934, Biometrika 26, 404-413) of all of
    them; it holds for strata too, as unequal shares only make few hits rarer (Hoeffding 1956, Ann. Math.
    Statist. 27, 713-721, theorem 4). Else the largest share that the bound of Chernoff (1952, Ann. Math.
    Statist. 23, 493-507) on the weighted sum of hits does not exclude, over all shares of the strata.
    Sampling without replacement only makes both safer (Hoeffding 1963, JASA 58, 13-30, theorem 4).

    Args:
        parts: weights add up to 1; a stratum without cases may be all hits.
        risk: above 0, below 0.25.
    """
    known = [part for part in parts if part.cases]
    unknown = sum(part.weight for part in parts if not part.cases)
    if not known:
        return 1.0 if parts else 0.0
    steps = [part.weight / part.cases for part in known]
    if not unknown and max(steps) - min(steps) <= _ROUND * max(steps):
        return _exact(sum(part.hits for part in known), sum(part.cases for part in known), risk)
    least = math.log(1e-3 / max(steps))
    width = (math.log(50 / min(steps)) - least) / _GRID
    tried = [_bound(known, risk, math.exp(least + width * at)) for at in range(_GRID + 1)]
    best = min(range(len(tried)), key=tried.__getitem__)
    low, high = least + width * (best - 1), least + width * (best + 1)
    found = tried[best]
    for _ in range(_NARROWINGS):  # every tilt gives a bound that holds: the search only makes it narrower
        one, other = low + (high - low) / 3, high - (high - low) / 3
        left, right = _bound(known, risk, math.exp(one)), _bound(known, risk, math.exp(other))
        low, high = (low, other) if left < right else (one, high)
        found = min(found, left, right)
    return min(1.0, found + unknown)


def lower(parts: Sequence[Part], risk: float) -> float:
    """The lower bound of the weighted share of hits, above the true one with a chance of `risk` at most."""
    misses = [Part(part.weight, part.cases, part.cases - part.hits) for part in parts]
    return max(0.0, 1 - upper(misses, risk)) if parts else 0.0


def _exact(hits: int, cases: int, risk: float) -> float:
    if hits >= cases:
        return 1.0
    low, high = hits / cases, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if chance_of_few(hits, cases, middle) > risk else (low, middle)
    return high


def _bound(parts: Sequence[Part], risk: float, tilt: float) -> float:
    """The largest weighted share whose Chernoff bound with this tilt is not below `risk`.

    It maximizes a linear function over a convex set: the shares are 1/a - m/step, cut to [0, 1], with
    a = 1 - exp(-tilt * step), for the least m (a Lagrange multiplier) that the set still has.
    """
    rows = [(part.weight, part.cases, part.weight / part.cases) for part in parts]
    tilted = [(*row, -math.expm1(-tilt * row[2])) for row in rows]
    room = math.log(risk) - tilt * sum(part.hits * row[2] for part, row in zip(parts, rows, strict=True))

    def shares(m: float) -> list[float]:
        return [min(1.0, max(0.0, 1 / a - m / step)) for _, _, step, a in tilted]

    def inside(m: float) -> bool:
        pairs = zip(tilted, shares(m), strict=True)
        return sum(cases * _log_rest(share, a) for (_, cases, _, a), share in pairs) >= room

    low, high = 0.0, max(step / a for _, _, step, a in tilted)
    if inside(low):
        return sum(row[0] for row in rows)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if inside(middle) else (middle, high)
    return sum(row[0] * share for row, share in zip(rows, shares(low), strict=True))


def _log_rest(share: float, a: float) -> float:
    rest = 1 - share * a
    return math.log(rest) if rest > 0 else -math.inf
