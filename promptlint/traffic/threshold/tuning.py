"""From judged pairs to the curves of each prompt and the threshold to take."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Literal

from promptlint.errors import UsageError
from promptlint.traffic.threshold.curves import RISK, Stratum, points, recommended
from promptlint.traffic.threshold.document import VERSION, Curve, Tuned
from promptlint.traffic.threshold.pairs import Pair


def tuned(pairs: Sequence[Pair], limit: float, judged_by: Literal["people", "answers"]) -> Tuned:
    """The document of judged pairs.

    Args:
        pairs: with what was filled in, at least one.
        limit: share of false hits that will do.
        judged_by: whose judgement it is.

    Raises:
        UsageError: none of them was judged.
    """
    if all(pair.same is None for pair in pairs):
        raise UsageError(
            "no pair was judged: set `same` to true or false"
            if judged_by == "people"
            else "no near questions with their answers in the logs"
        )
    ordered = sorted(pairs, key=lambda pair: (pair.prompt, pair.stratum))
    curves = [_curve(list(group), limit) for _, group in groupby(ordered, key=lambda pair: pair.prompt)]
    curves.sort(key=lambda each: (-each.questions, each.prompt))
    chosen = [each.recommended for each in curves if each.recommended is not None]
    return Tuned(
        schema_version=VERSION,
        judged_by=judged_by,
        vectors=ordered[0].vectors,
        limit=limit,
        confidence=1 - RISK,
        curves=tuple(curves),
        threshold=max(chosen, default=None),
    )


def _curve(pairs: Sequence[Pair], limit: float) -> Curve:
    """The curve of one prompt, of its pairs in the order of their strata."""
    strata = []
    for low, group in groupby(pairs, key=lambda pair: pair.stratum):
        members = list(group)
        marks = [pair.same for pair in members if pair.same is not None]
        strata.append(Stratum(low, members[0].population, len(marks), marks.count(False)))
    one = pairs[0]
    return Curve(
        prompt=one.prompt,
        in_repository=one.in_repository,
        questions=one.questions,
        equal=one.equal / one.questions,
        open=sum(pair.same is None for pair in pairs),
        points=points(one.questions, strata),
        recommended=recommended(strata, limit),
    )
