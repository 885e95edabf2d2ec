"""The distributions that the tests need, with the standard library alone.

Regularised incomplete beta: continued fraction DLMF 8.17.22, evaluated by Lentz's method; the binomial,
Student's t and the exact bounds of a share follow from it. Agrees with scipy to ten digits (see the tests).
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

_TINY = 1e-300
_EPSILON = 1e-15
_TERMS = 100_000
_HALVINGS = 100


@lru_cache(maxsize=256)
def z_quantile(probability: float) -> float:
    """The standard normal quantile."""
    return NormalDist().inv_cdf(probability)


def beta_cdf(x: float, a: float, b: float) -> float:
    """P(X <= x) for X of Beta(a, b), a and b above 0."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    upper, lower = 1.0, 1 / _apart(1 - (a + b) * x / (a + 1))
    value = lower
    for term in range(1, _TERMS):
        even = term * (b - term) * x / ((a + 2 * term - 1) * (a + 2 * term))
        odd = -(a + term) * (a + b + term) * x / ((a + 2 * term) * (a + 2 * term + 1))
        for step in (even, odd):
            lower = 1 / _apart(1 + step * lower)
            upper = _apart(1 + step / upper)
            value *= upper * lower
        if abs(upper * lower - 1) < _EPSILON * 10:
            return value
    raise ArithmeticError(f"the incomplete beta function does not converge at {x}, {a}, {b}")


def _apart(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def chance_of_few(seen: float, cases: float, share: float) -> float:
    """P(X <= seen) for X of Binomial(cases, share), where counts may be fractions."""
    if share <= 0 or seen >= cases:
        return 1.0
    return beta_cdf(1 - share, cases - seen, seen + 1)


def chance_of_many(seen: float, cases: float, share: float) -> float:
    """P(X >= seen) for X of Binomial(cases, share), where counts may be fractions."""
    if share >= 1 or seen <= 0:
        return 1.0
    return beta_cdf(share, seen, cases - seen + 1)


def t_cdf(t: float, freedom: float) -> float:
    """P(T <= t) for Student's T."""
    if t * t < freedom:  # from the middle, for near it the tail is rounded
        return 0.5 + math.copysign(beta_cdf(t * t / (freedom + t * t), 0.5, freedom / 2) / 2, t)
    tail = beta_cdf(freedom / (freedom + t * t), freedom / 2, 0.5) / 2
    return tail if t < 0 else 1 - tail


@lru_cache(maxsize=4096)
def t_quantile(probability: float, freedom: float) -> float:
    """Student's t quantile, for a probability above 0.5; `freedom` need not be whole."""
    low, high = 0.0, 1.0
    while t_cdf(high, freedom) < probability:
        high *= 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if t_cdf(middle, freedom) < probability else (low, middle)
    return (low + high) / 2
