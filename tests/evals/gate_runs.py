"""Runs of an eval with known changes, for the tests of the gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from promptlint.evals.gate import Rules
from promptlint.evals.pairs import Pair, Scored
from promptlint.evals.spending import Bill

RULES = Rules(margin=0.03)
CHEAP, DEAR = Bill(0.001, 0.0, 0.002), Bill(0.002, 0.0, 0.002)


def pair(number: int, before: float, after: float, **more: Any) -> Pair:
    """One case; Any: the fields of Pair, by name."""
    return Pair(str(number), (Scored(before, before >= 0.5),), (Scored(after, after >= 0.5),), **more)


def run(losses: int, gains: int, cases: int = 400, cluster: int = 1) -> list[Pair]:
    """Cases of pass or fail, the changed ones spread over all."""
    step = max(1, cases // max(1, losses + gains))
    changed = {place * step: place for place in range(losses + gains)}
    found = []
    for number in range(cases):
        place = changed.get(number)
        before, after = (1, 1) if place is None else (1, 0) if place < losses else (0, 1)
        found.append(pair(number, before, after, cluster=str(number // cluster) if cluster > 1 else None))
    return found


def billed(pairs: list[Pair], before: Callable[[int], Bill], after: Callable[[int], Bill]) -> list[Pair]:
    return [
        replace(
            item,
            baseline=tuple(replace(answer, bill=before(number)) for answer in item.baseline),
            candidate=tuple(replace(answer, bill=after(number)) for answer in item.candidate),
        )
        for number, item in enumerate(pairs)
    ]
