"""What a case really costs under both prompts: input, cache and output, with the interval of the change."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from promptlint.evals.stats import means
from promptlint.records import dataclass

_ROUNDING = 1e-9
"""Of the costs themselves: what sums of floats may be off by; no rise is smaller."""


@dataclass(frozen=True, slots=True)
class Bill:
    """US dollars of one answer, or of a case on average.

    Args:
        input: for input that was not read from the provider's cache; with what it costs to write to it.
        cached: for input that was.
        output: for output, reasoning included.
    """

    input: float
    cached: float
    output: float

    def __post_init__(self) -> None:
        if not all(0 <= part < math.inf for part in (self.input, self.cached, self.output)):
            raise ValueError(f"no bill: {self}")

    @property
    def total(self) -> float:
        """All of it."""
        return self.input + self.cached + self.output


@dataclass(frozen=True, slots=True)
class CostChange:
    """US dollars of a case, on average over the cases that both prompts answered.

    Args:
        baseline: what a case costs now.
        candidate: what it would cost.
        interval: of the change of the total; None: there are fewer than two independent cases.
    """

    baseline: Bill
    candidate: Bill
    interval: tuple[float, float] | None

    @property
    def difference(self) -> float:
        """candidate - baseline."""
        return self.candidate.total - self.baseline.total

    @property
    def rose(self) -> bool:
        """Whether the total is credibly higher."""
        return self.interval is not None and self.interval[0] > _ROUNDING * self.baseline.total

    @property
    def saves_input(self) -> bool:
        """Whether the input alone became cheaper."""
        before, after = self.baseline, self.candidate
        return after.input + after.cached < before.input + before.cached


def mean(bills: Iterable[Bill]) -> Bill:
    """The average of at least one bill."""
    found = tuple(bills)
    return Bill(
        math.fsum(bill.input for bill in found) / len(found),
        math.fsum(bill.cached for bill in found) / len(found),
        math.fsum(bill.output for bill in found) / len(found),
    )


def cost_change(clusters: Sequence[Sequence[tuple[Bill, Bill]]], alpha: float) -> CostChange:
    """What changed, from the bills (baseline, candidate) of at least one case, by cluster.

    Args:
        clusters: an independent case is a cluster of its own.
        alpha: one-sided, of each end of the interval.
    """
    changes = [[after.total - before.total for before, after in cluster] for cluster in clusters]
    return CostChange(
        mean(before for cluster in clusters for before, _ in cluster),
        mean(after for cluster in clusters for _, after in cluster),
        means.interval(changes, alpha),
    )
