"""A number that is not known exactly: low, mid and high, with where it comes from.

The arithmetic is that of intervals: the result holds every value that the operation can give for values
inside its operands, taken as independent (Moore, "Interval Analysis", 1966). The mid of a result is the
operation on the mids, which lies inside for that reason. Two numbers that depend on one another need
`spread` instead, which moves each assumption once wherever it is used.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from promptlint import costs
from promptlint.model import Basis
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Quantity:
    """A range with a likely value: low <= mid <= high, all finite.

    Args:
        low: the least that it may be.
        mid: the likely value.
        high: the most that it may be.
        basis: of the number; of several the weakest.
    """

    low: float
    mid: float
    high: float
    basis: Basis = Basis.EXACT

    def __post_init__(self) -> None:
        ends = (self.low, self.mid, self.high)
        if not all(math.isfinite(end) for end in ends) or not self.low <= self.mid <= self.high:
            raise ValueError(f"not a range: {ends}")

    def __add__(self, other: Quantity) -> Quantity:
        basis = costs.weakest(self.basis, other.basis)
        return Quantity(self.low + other.low, self.mid + other.mid, self.high + other.high, basis)

    def __sub__(self, other: Quantity) -> Quantity:
        return self + other * exactly(-1.0)

    def __mul__(self, other: Quantity) -> Quantity:
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return around(self.mid * other.mid, ends, costs.weakest(self.basis, other.basis))

    def __truediv__(self, other: Quantity) -> Quantity:
        """The quotient; ZeroDivisionError if the divisor may be zero."""
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError("the divisor may be zero")
        ends = [a / b for a in (self.low, self.high) for b in (other.low, other.high)]
        return around(self.mid / other.mid, ends, costs.weakest(self.basis, other.basis))

    @property
    def width(self) -> float:
        """high - low."""
        return self.high - self.low

    def at(self, end: int) -> float:
        """The low end for -1, the mid for 0, the high end for 1."""
        return (self.mid, self.high, self.low)[end]


def exactly(value: float, basis: Basis = Basis.EXACT) -> Quantity:
    """A number without a range."""
    return Quantity(value, value, value, basis)


def around(mid: float, ends: Iterable[float], basis: Basis) -> Quantity:
    """The least range that holds `mid` and all `ends`: rounding of floats never puts the mid outside."""
    values = [mid, *ends]
    return Quantity(min(values), mid, max(values), basis)


def total(quantities: Iterable[Quantity]) -> Quantity:
    """The sum; exactly zero of none."""
    found = list(quantities)
    return sum(found[1:], found[0]) if found else exactly(0.0)


Values = dict[str, float]
Formula = Callable[[Values], Sequence[float]]
Swings = Mapping[str, tuple[Sequence[float], Sequence[float]]]


def swings(
    formula: Formula, given: Mapping[str, Quantity]
) -> dict[str, tuple[Sequence[float], Sequence[float]]]:
    """What `formula` gives with one quantity at its low and at its high end, the others at their mids.

    One-at-a-time sensitivity, as a tornado diagram shows it. Quantities without width are left out.
    """
    mids = {name: each.mid for name, each in given.items()}
    return {
        name: (formula({**mids, name: each.low}), formula({**mids, name: each.high}))
        for name, each in given.items()
        if each.width
    }


def spread(
    formula: Formula, given: Mapping[str, Quantity], known: Swings | None = None
) -> tuple[Quantity, ...]:
    """The range of each result of `formula` while each quantity moves within its own.

    Each quantity is put to the end that lowers (raises) the result when it moves alone. That is the true
    range for a formula that is monotone in each quantity, whatever the others are, as all of a plan are
    between its refusals; the same quantity may stand in a formula many times. The basis of a result is the
    weakest of the quantities that bear on it; one that is zero adds nothing, and does not count. What a
    formula does at a threshold inside a range (the least length that a provider caches) is not looked for.

    Args:
        formula: the values by name -> results.
        given: the quantities.
        known: what `swings` gives of them, if that is known; it may have quantities without width, moved
            anyhow.
    """
    mids = {name: each.mid for name, each in given.items()}
    middle = formula(mids)
    known = swings(formula, given) if known is None else known
    moved = {name: known[name] for name, each in given.items() if each.width}
    bases = _bases(formula, given, middle, known)
    corners: dict[tuple[int, ...], Sequence[float]] = {}
    found = []
    for index, mid in enumerate(middle):
        rises = tuple(1 if low[index] <= high[index] else -1 for low, high in moved.values())
        ends = []
        for way in (1, -1):
            sides = tuple(way * rise for rise in rises)
            if sides not in corners:
                at = {name: given[name].at(side) for name, side in zip(moved, sides, strict=True)}
                corners[sides] = formula({**mids, **at})
            ends.append(corners[sides][index])
        ends += [side[index] for pair in moved.values() for side in pair]
        found.append(around(mid, ends, bases[index]))
    return tuple(found)


_NUDGE = 1.01
_ROUNDING = 1e-9


def _bases(
    formula: Formula,
    given: Mapping[str, Quantity],
    middle: Sequence[float],
    moved: Swings,
) -> list[Basis]:
    """Of each result the weakest basis of the quantities that move it."""
    mids = {name: each.mid for name, each in given.items()}
    scale = _ROUNDING * max((abs(value) for value in middle), default=0.0)
    bases = [Basis.EXACT] * len(middle)
    for name, each in given.items():
        if each.basis is Basis.EXACT or not (each.mid or each.width):
            continue
        sides: Sequence[Sequence[float]] = moved.get(name) or (formula({**mids, name: each.mid * _NUDGE}),)
        for index, mid in enumerate(middle):
            if any(abs(side[index] - mid) > scale for side in sides):
                bases[index] = costs.weakest(bases[index], each.basis)
    return bases
