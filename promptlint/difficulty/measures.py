"""How good predictions are: shares, errors, calibration, agreement; pure numbers, each with its source."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import groupby

from promptlint.records import dataclass

BINS = 10

_Cost = Callable[[float, float], float]


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions of about the same probability: how many, what was said, what came out."""

    count: int
    said: float
    seen: float


def accuracy(truths: Sequence[object], guesses: Sequence[object]) -> float:
    """The share of guesses that are right."""
    return sum(a == b for a, b in zip(truths, guesses, strict=True)) / len(truths)


def mean_error(truths: Sequence[float], guesses: Sequence[float]) -> float:
    """The mean absolute error."""
    return math.fsum(abs(a - b) for a, b in zip(truths, guesses, strict=True)) / len(truths)


def brier(truths: Sequence[float], guesses: Sequence[float]) -> float:
    """The mean squared error of probabilities. Brier 1950, Monthly Weather Review 78, 1-3."""
    return math.fsum((a - b) ** 2 for a, b in zip(truths, guesses, strict=True)) / len(truths)


def majority(truths: Sequence[str]) -> str:
    """The commonest value, the first in order among equals."""
    return min(Counter(truths).items(), key=lambda pair: (-pair[1], pair[0]))[0]


def reliability(truths: Sequence[float], guesses: Sequence[float], bins: int = BINS) -> tuple[Bin, ...]:
    """Predictions in bins of equal width from 0 to 1, without the empty ones; a 1 is of the last."""
    found: list[list[tuple[float, float]]] = [[] for _ in range(bins)]
    for truth, guess in zip(truths, guesses, strict=True):
        found[min(bins - 1, int(guess * bins))].append((truth, guess))
    return tuple(
        Bin(
            len(rows),
            math.fsum(guess for _, guess in rows) / len(rows),
            math.fsum(truth for truth, _ in rows) / len(rows),
        )
        for rows in found
        if rows
    )


def calibration_error(table: Sequence[Bin]) -> float:
    """The expected calibration error: |said - seen|, weighed by count. Naeini et al. 2015, AAAI."""
    total = sum(row.count for row in table)
    return math.fsum(row.count * abs(row.said - row.seen) for row in table) / total


def kappa(one: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    """Agreement beyond chance of two labellers. Cohen 1960, Educ. Psychol. Meas. 20, 37-46."""
    kinds = sorted({*one, *other}, key=str)
    places = {kind: index for index, kind in enumerate(kinds)}
    return _kappa([places[kind] for kind in one], [places[kind] for kind in other], lambda a, b: a != b)


def weighted_kappa(one: Sequence[float], other: Sequence[float]) -> float:
    """The same for levels in order, with quadratic weights. Cohen 1968, Psychol. Bull. 70, 213-220."""
    return _kappa(one, other, lambda a, b: (a - b) ** 2)


def _kappa(one: Sequence[float], other: Sequence[float], cost: _Cost) -> float:
    """1 - observed cost / cost by chance; 1 if there can be none by chance."""
    size = len(one)
    seen = math.fsum(cost(a, b) for a, b in zip(one, other, strict=True)) / size
    left, right = Counter(one), Counter(other)
    chance = math.fsum(n * m * cost(a, b) for a, n in left.items() for b, m in right.items()) / size**2
    return 1 - seen / chance if chance else 1.0


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    """The rank correlation, ties at their mean rank; 0 if one of the two is constant. Spearman 1904."""
    a, b = list(_ranks(one)), list(_ranks(other))
    middle = (len(a) + 1) / 2
    both = math.fsum((x - middle) * (y - middle) for x, y in zip(a, b, strict=True))
    spread = math.fsum((x - middle) ** 2 for x in a) * math.fsum((y - middle) ** 2 for y in b)
    return both / math.sqrt(spread) if spread else 0.0


def _ranks(values: Sequence[float]) -> Iterator[float]:
    ranks: dict[float, float] = {}
    first = 1
    for value, same in groupby(sorted(values)):
        count = len(list(same))
        ranks[value] = first + (count - 1) / 2
        first += count
    return (ranks[value] for value in values)


def quantile(values: Sequence[float], share: float) -> float:
    """The least value that `share` of so many and one more values do not exceed.

    As in split conformal prediction: the ceil((n + 1) share)-th least, the largest if there are too few. Lei
    et al. 2018, J. Am. Stat. Assoc. 113, 1094-1111.
    """
    place = math.ceil((len(values) + 1) * share)
    return sorted(values)[min(place, len(values)) - 1]
