"""False hits and hits of a semantic cache by its threshold, with bounds, and the threshold to take.

A cache answers a question with the answer to the nearest earlier one that is near enough. Questions are
sorted into strata by that nearness and some of each are judged. A threshold at the lower end of a stratum
has the false hits of the strata from there on, each weighted with its questions (Cochran 1977, Sampling
Techniques, chapter 5); bounds are those of `evals.stats.stratified`.

Thresholds are tested from the highest down, each at the full risk, until one fails: what passed holds for all
of them (fixed sequence testing; Maurer, Hothorn, Lehmacher 1995; Angelopoulos et al. 2021, "Learn then
Test"). Thresholds above which too few pairs were judged to show the limit even without a wrong
one are passed over: that is told by the numbers of pairs alone, not by what was judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from promptlint.evals.stats.stratified import Part, lower, upper
from promptlint.records import dataclass
from promptlint.traffic.threshold.document import Point

EDGES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)
"""Lower ends of the strata, and the thresholds that are compared; the last one ends at 1."""

RISK = 0.05
"""Chance that a bound is wrong, and that a recommended threshold does not keep the limit."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """Questions whose nearest earlier one is in [low, next edge): how many, judged, answered wrongly."""

    low: float
    questions: int
    judged: int
    wrong: int


def points(questions: int, strata: Iterable[Stratum]) -> tuple[Point, ...]:
    """What a cache would do at the lower end of each stratum that has questions, the lowest first.

    Args:
        questions: all that were compared, near to an earlier one or not.
        strata: of them.
    """
    known = sorted((each for each in strata if each.questions), key=lambda each: each.low)
    return tuple([_point(questions, known[at:]) for at in range(len(known))])


def recommended(strata: Iterable[Stratum], limit: float) -> float | None:
    """The lowest threshold whose upper bound, and that of each above it, meets the limit; None: none.

    Args:
        strata: of one prompt.
        limit: share of false hits, from 0 to 1.
    """
    known = sorted((each for each in strata if each.questions), key=lambda each: each.low)
    chosen = None
    for at in range(len(known) - 1, -1, -1):
        above = _parts(known[at:])
        if upper([replace(part, hits=0) for part in above], RISK) > limit:
            continue
        if upper(above, RISK) > limit:
            break
        chosen = known[at].low
    return chosen


def _point(questions: int, strata: Sequence[Stratum]) -> Point:
    parts = _parts(strata)
    estimate = None
    if all(part.cases for part in parts):
        estimate = sum(part.weight * part.hits / part.cases for part in parts)
    return Point(
        threshold=strata[0].low,
        hits=sum(each.questions for each in strata) / questions,
        false_hits=estimate,
        low=lower(parts, RISK),
        high=upper(parts, RISK),
        judged=sum(each.judged for each in strata),
        wrong=sum(each.wrong for each in strata),
    )


def _parts(strata: Sequence[Stratum]) -> list[Part]:
    total = sum(each.questions for each in strata)
    return [Part(each.questions / total, each.judged, each.wrong) for each in strata]
