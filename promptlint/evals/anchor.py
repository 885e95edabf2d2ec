"""The budget of losses since the last blessed anchor, so that small accepted losses do not add up."""

from __future__ import annotations

import math

from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """What a prompt may lose in all, over every promotion since its budget was last reset on purpose.

    Args:
        total: mean score, 0.01 is a point.
        spent: by the promotions so far.
    """

    total: float
    spent: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.total <= 1 and 0 <= self.spent < math.inf):
            raise ValueError(f"no budget: {self}")

    @property
    def left(self) -> float:
        """What may still be lost; at least 0."""
        return max(0.0, self.total - self.spent)


def allowed(margin: float, budget: Budget | None) -> float:
    """The margin of the next comparison with the anchor: what was declared, or what is left of the budget."""
    return margin if budget is None else min(margin, budget.left)


def charged(budget: Budget, difference: float) -> Budget:
    """The budget after a candidate has become the anchor.

    A loss is charged as it was measured. A gain gives nothing back: measured gains are partly luck, and would
    pay for later losses.

    Args:
        budget: before.
        difference: candidate - anchor, as the gate measured it.
    """
    if not -1 <= difference <= 1:
        raise ValueError(f"a difference of {difference}: expected a number between -1 and 1")
    return Budget(budget.total, budget.spent + max(0.0, -difference))
