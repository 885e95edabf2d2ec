"""Bets on the cases one by one: a claim is refuted when a fair gambler against it has grown rich.

A mean of several products (1 + stake * gain), the stakes as in BETS; where the claim is true, the expected
gain is not above zero, and the wealth reaches 1 / alpha with probability alpha at most, however often it is
looked at (Ville). Waudby-Smith and Ramdas 2024, Journal of the Royal Statistical Society B 86, 1-27. Valid
for any number of cases and any scores; less powerful than the tests of a fixed number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal

from promptlint.records import dataclass

BETS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8)
"""The stakes, each for an equal part of the wealth: below 1, so that no loss ruins the gambler."""


@dataclass(frozen=True, slots=True)
class Wealth:
    """What the gambler has, by stake, as logarithms; 1 at the start."""

    logs: tuple[float, ...] = (0.0,) * len(BETS)

    def after(self, gain: float, times: int = 1) -> Wealth:
        """The wealth after `times` cases of the same gain, at least -1 each."""
        if not -1 <= gain < math.inf:
            raise ValueError(f"a gain of {gain}: expected a number of at least -1")
        return Wealth(
            tuple([log + times * math.log1p(bet * gain) for log, bet in zip(self.logs, BETS, strict=True)])
        )

    def reaches(self, alpha: float) -> bool:
        """Whether the wealth is at least 1 / alpha, now."""
        top = max(self.logs)
        mean = math.fsum(math.exp(log - top) for log in self.logs) / len(self.logs)
        return top + math.log(mean) >= -math.log(alpha)


def excludes(gains: Iterable[float], alpha: float) -> bool:
    """Whether "the mean gain is zero or less" is refuted by all of them, in whatever order they come."""
    wealth = Wealth()
    for gain in gains:
        wealth = wealth.after(gain)
    return wealth.reaches(alpha)


@dataclass(frozen=True, slots=True)
class Race:
    """Two bets on one stream: against "worse by the margin or more", and against "not worse".

    For search, where hopeless candidates should cost little: valid at every look. In a stream of clusters, a
    cluster's mean stands for a case.

    Args:
        margin: the loss that is acceptable, between 0 and 1.
        fine: the bet that wins where the candidate is not worse by the margin.
        worse: the bet that wins where the candidate is worse.
        cases: seen so far.
    """

    margin: float
    fine: Wealth = Wealth()
    worse: Wealth = Wealth()
    cases: int = 0

    def after(self, difference: float) -> Race:
        """The race after one more case; `difference` is candidate - baseline, between -1 and 1."""
        if not -1 <= difference <= 1:
            raise ValueError(f"a difference of {difference}: expected a number between -1 and 1")
        return Race(
            self.margin,
            self.fine.after(difference + self.margin),
            self.worse.after(-difference),
            self.cases + 1,
        )

    def answer(self, alpha: float) -> Literal["accept", "reject"] | None:
        """What is shown by now; None: go on. Where both are, the candidate is worse, within the margin."""
        if self.fine.reaches(alpha):
            return "accept"
        return "reject" if self.worse.reaches(alpha) else None
