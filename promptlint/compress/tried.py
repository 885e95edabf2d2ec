"""Variants of one prompt and their scores: each is asked for once, and counted against a budget of calls."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from promptlint.records import dataclass

Variant = frozenset[int]
"""The moves that are made, by number; empty: the prompt as it is."""

Score = Callable[[Variant, Sequence[int]], Sequence[float | None]]
"""Scores a variant on cases, by number: 0 to 1 each, None where there is no answer."""

ORIGINAL: Variant = frozenset()

BUDGET = "the budget of"
"""How the reason begins where the calls of a search were used up."""

_EPSILON = 1e-9


class Halted(Exception):  # noqa: N818  # no error: the search ends with what it has
    """The search cannot go on: its budget is used up, the provider is gone, or the user ends it."""


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases that a search may look at.

    Args:
        units: in the order in which they are tried; those of one cluster are one unit.
        critical: those that no variant may break, wherever they are among the units.
    """

    units: tuple[tuple[int, ...], ...]
    critical: frozenset[int] = frozenset()

    @property
    def all(self) -> tuple[int, ...]:
        """Every case, in order."""
        return tuple([case for unit in self.units for case in unit])


class Tried:
    """What is known of the variants of one prompt."""

    def __init__(self, score: Score, cases: Cases, most: float = math.inf) -> None:
        """Ask `score`, for at most `most` pairs of variant and case; the prompt itself is not counted."""
        self.cases, self.most = cases, most
        self.calls = self.baseline_calls = 0
        self._score = score
        self._known: dict[Variant, dict[int, float | None]] = {}

    def differences(self, variant: Variant, cases: Sequence[int]) -> dict[int, float]:
        """Variant - prompt by case, without the cases that have no answer.

        Raises:
            Halted: the budget is used up, or whoever scores cannot go on.
        """
        before, after = self._scores(ORIGINAL, cases), self._scores(variant, cases)
        found = {}
        for case in cases:
            old, new = before[case], after[case]
            if old is not None and new is not None:
                found[case] = new - old
        return found

    def seen(self, variant: Variant) -> dict[int, float]:
        """Variant - prompt by case, as far as it is known."""
        known = self._known.get(variant, {})
        return self.differences(variant, [case for case in known if case in self._known.get(ORIGINAL, {})])

    @property
    def mean(self) -> float | None:
        """The mean score of the prompt as it is, on the cases that it was tried on; None: on none."""
        scores = [score for score in self._known.get(ORIGINAL, {}).values() if score is not None]
        return sum(scores) / len(scores) if scores else None

    def _scores(self, variant: Variant, cases: Sequence[int]) -> dict[int, float | None]:
        known = self._known.setdefault(variant, {})
        missing = list(dict.fromkeys(case for case in cases if case not in known))
        if not missing:
            return known
        if variant == ORIGINAL:
            self.baseline_calls += len(missing)
        elif self.calls + len(missing) > self.most:
            raise Halted(f"{BUDGET} {self.most:,} calls for the search is used up")
        else:
            self.calls += len(missing)
        known.update(zip(missing, self._score(variant, missing), strict=True))
        return known


def losing(differences: dict[int, float]) -> Iterator[int]:
    """The cases that are worse, the worst first."""
    worse = [case for case, value in differences.items() if value < -_EPSILON]
    return iter(sorted(worse, key=lambda case: differences[case]))
