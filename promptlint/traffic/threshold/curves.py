"""False hits and hits of a semantic cache by its threshold, with exact intervals, and the threshold to take.

A cache answers a question with the answer to the nearest earlier one that is near enough. Questions are
sorted into strata by that nearness, some of each are judged, and a threshold at the lower end of a stratum
has the false hits of the strata from there on, each weighted with its questions. The interval is the weighted
sum of the strata's exact ones (Clopper and Pearson 1934, Biometrika 26, 404-413), each at a confidence such
that all hold together (Bonferroni): it is wider than need be, never narrower.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from promptlint.documents import said
from promptlint.evals.stats.distributions import chance_of_few, chance_of_many
from promptlint.records import dataclass

EDGES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)
"""Lower ends of the strata, and the thresholds that are compared; the last one ends at 1."""

RISK = 0.05
"""Chance that an upper bound is too low."""

_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Stratum:
    """Questions whose nearest earlier one is in [low, next edge): how many, judged, answered wrongly."""

    low: float
    questions: int
    judged: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Point:
    """What a cache with this threshold would do."""

    threshold: float = said("Least similarity.")
    hits: float = said("Share of the questions that it would answer, equal ones left out.")
    false_hits: float | None = said("Share of its answers that are wrong; null: a stratum has none judged.")
    low: float = said("Lower bound of that share.")
    high: float = said("Upper bound of that share, which is too low with a chance of 5 % at most.")
    judged: int = said("Questions that were judged.")


@dataclass(frozen=True, slots=True)
class Curve:
    """The thresholds of one prompt."""

    prompt: str = said("The prompt's id, or the hash of its system text.")
    questions: int = said("Questions that were compared.")
    points: tuple[Point, ...] = said("By threshold, the lowest first.")
    recommended: float | None = said("The lowest whose upper bound meets the limit; null: none does.")


def curve(prompt: str, questions: int, strata: Sequence[Stratum], limit: float) -> Curve:
    """The curve of one prompt.

    Args:
        prompt: whose.
        questions: all that were compared, near to an earlier one or not.
        strata: by `low`; one that is missing has no questions.
        limit: share of false hits, from 0 to 1, that the user accepts.
    """
    known = {each.low: each for each in strata}
    points = []
    for low in EDGES:
        above = [known[edge] for edge in EDGES if edge >= low and edge in known]
        points.append(_point(low, above, questions))
    chosen = None
    for point in reversed(points):  # from the strictest down: to stop at the first that fails adds no risk
        if point.high > limit:
            break
        if point.hits > 0:
            chosen = point.threshold
    return Curve(prompt, questions, tuple(points), chosen)


def _point(low: float, strata: Sequence[Stratum], questions: int) -> Point:
    total = sum(each.questions for each in strata)
    if not total:
        return Point(low, 0.0, None, 0.0, 0.0, 0)
    risk = RISK / len(strata)
    shares = [(each.questions / total, each) for each in strata]
    judged = all(each.judged for _, each in shares)
    return Point(
        threshold=low,
        hits=total / questions if questions else 0.0,
        false_hits=sum(weight * each.wrong / each.judged for weight, each in shares) if judged else None,
        low=sum(weight * bounds(each, risk)[0] for weight, each in shares),
        high=min(1.0, sum(weight * bounds(each, risk)[1] for weight, each in shares)),
        judged=sum(each.judged for each in strata),
    )


def bounds(stratum: Stratum, risk: float) -> tuple[float, float]:
    """Both bounds of the share of wrong answers in a stratum, each wrong with a chance of `risk` at most.

    Of a stratum of which all were judged, the share is known.
    """
    wrong, judged = stratum.wrong, stratum.judged
    if judged == 0:
        return 0.0, 1.0
    if judged >= stratum.questions:
        return wrong / judged, wrong / judged
    low = 0.0 if wrong == 0 else _root(lambda share: chance_of_many(wrong, judged, share) < risk)
    high = 1.0 if wrong == judged else _root(lambda share: chance_of_few(wrong, judged, share) > risk)
    return low, high


def _root(below: Callable[[float], bool]) -> float:
    """The share up to which something holds, by halving."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return high
