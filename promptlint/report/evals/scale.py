"""Where numbers stand on an axis: its ends, its ticks, and the marks of an interval."""

from __future__ import annotations

import math
from collections.abc import Sequence

from promptlint.evaluation import EvalResult
from promptlint.records import dataclass

_ROOM = 0.06
"""Share of the axis that is left free at both ends."""

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from `low` to `high`."""

    low: float
    high: float

    @classmethod
    def over(cls, values: Sequence[float]) -> Scale:
        """An axis on which all of these stand, with room at both ends."""
        low, high = min(values), max(values)
        room = (high - low) * _ROOM or max(abs(low), 1e-12)
        return cls(low - room, high + room)

    def share(self, value: float) -> float:
        """Where a value stands: 0 at the left end, 1 at the right one."""
        return (value - self.low) / (self.high - self.low)

    def ticks(self, most: int = 6) -> tuple[float, ...]:
        """Round numbers on the axis, at most so many; 0 is one of them if it is on the axis."""
        rough = (self.high - self.low) / most
        unit = 10.0 ** math.floor(math.log10(rough))
        step = next(unit * each for each in _STEPS if unit * each >= rough)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return tuple(step * index for index in range(first, last + 1))


@dataclass(frozen=True, slots=True)
class Plot:
    """A difference, its interval, and the margin below which it may not lie; None: there is no margin."""

    value: float
    interval: tuple[float, float]
    margin: float | None

    @property
    def scale(self) -> Scale:
        """The axis that shows all of it."""
        marks = [self.value, *self.interval, 0.0]
        return Scale.over(marks if self.margin is None else [*marks, self.margin])


def quality(result: EvalResult) -> Plot | None:
    """The difference of mean scores, in points; None: there is none."""
    if result.difference is None or result.interval is None:
        return None
    low, high = (100 * end for end in result.interval)
    margin = None if result.margin is None else -100 * result.margin
    return Plot(100 * result.difference, (low, high), margin)


def cost(result: EvalResult) -> Plot | None:
    """The change of what 1,000 cases cost, in US dollars; None: not known, or nothing costs anything."""
    if result.cost is None or result.cost.interval is None or not any(result.cost.interval):
        return None
    low, high = (1000 * end for end in result.cost.interval)
    return Plot(1000 * result.cost.difference, (low, high), None)
