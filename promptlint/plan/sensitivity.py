"""Which figure moves the total most: each alone to its ends, the others at their likely values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from promptlint.model import Basis
from promptlint.plan.assumptions import ALL, LIMITS
from promptlint.plan.cases import Project
from promptlint.plan.quantity import Quantity, swings
from promptlint.plan.stack import Priced, Stack, figures, formula
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Moved:
    """The total after the plan with one figure at its low and its high end; `probe`: halved and doubled."""

    key: str
    scope: str
    low: float
    high: float
    probe: bool

    @property
    def size(self) -> float:
        """US dollars a month between the two."""
        return abs(self.high - self.low)


def moved(stack: Stack, shared: Project) -> tuple[Moved, ...]:
    """The figures that move the total, the most first; one that is said of all prompts moves in all."""
    found: dict[tuple[str, str], list[float]] = {}
    probes: dict[tuple[str, str], bool] = {}
    for each in stack.prompts:
        given, probed = _widened(each)
        at = len(each.steps)
        for key, (low, high) in swings(formula(each.case, each.steps, shared), given).items():
            place = key, each.case.numbers[key].scope
            ends = found.setdefault(place, [stack.end.mid, stack.end.mid])
            ends[0] += low[at] - each.end.mid
            ends[1] += high[at] - each.end.mid
            probes[place] = probes.get(place, False) or key in probed
    every = (Moved(*place, ends[0], ends[1], probes[place]) for place, ends in found.items())
    return tuple(sorted((each for each in every if each.size > 0), key=lambda each: (-each.size, each.key)))


def _widened(each: Priced) -> tuple[Mapping[str, Quantity], frozenset[str]]:
    """The figures of a prompt; an uncertain one without a range is halved and doubled, within its limits."""
    given = figures(each.case, each.steps)
    probed = dict(_probes(given))
    return {**given, **probed}, frozenset(probed)


def _probes(given: Mapping[str, Quantity]) -> Iterator[tuple[str, Quantity]]:
    for key, value in given.items():
        if value.width or not value.mid or value.basis in (Basis.EXACT, Basis.MEASURED) or key not in ALL:
            continue
        low, high = LIMITS[ALL[key].unit]
        ends = max(low, value.mid / 2), min(high, value.mid * 2)
        yield key, Quantity(min(ends[0], value.mid), value.mid, max(ends[1], value.mid), value.basis)
