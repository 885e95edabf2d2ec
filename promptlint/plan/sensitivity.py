"""Which figure moves the total most: each alone to its ends, the others at their likely values."""

from __future__ import annotations

from promptlint.plan.stack import Stack
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


def moved(stack: Stack) -> tuple[Moved, ...]:
    """The figures that move the total, the most first; one that is said of all prompts moves in all."""
    found: dict[tuple[str, str], list[float]] = {}
    probes: dict[tuple[str, str], bool] = {}
    total = stack.end.mid
    for each in stack.prompts:
        end = each.end.mid
        for key, (low, high) in each.swings.items():
            place = key, each.case.numbers[key].scope
            ends = found.setdefault(place, [total, total])
            ends[0] += low - end
            ends[1] += high - end
            probes[place] = probes.get(place, False) or key in each.probed
    every = (Moved(*place, ends[0], ends[1], probes[place]) for place, ends in found.items())
    return tuple(sorted((each for each in every if each.size > 0), key=lambda each: (-each.size, each.key)))
