"""Cases that both prompts answered: the scored answers, and the numbers that a test takes of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from promptlint.errors import UsageError
from promptlint.evals.spending import Bill, CostChange, cost_change, mean
from promptlint.evals.stats import sample
from promptlint.evals.stats.sample import Sample
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Scored:
    """One scored answer.

    Args:
        score: 0 to 1.
        passed: whether that is enough.
        bill: what the answer cost; None: not known.
    """

    score: float
    passed: bool
    bill: Bill | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """One case, answered by both prompts.

    Args:
        id: of the case.
        baseline: a scored answer for each repeat; one that an infrastructure error cost is left out.
        candidate: the same.
        cluster: cases of one cluster depend on one another; None: the case stands alone.
        critical: whether the case may not break, whatever the mean says.
        identical: whether both prompts were given the same stored answer to the same request.
    """

    id: str
    baseline: tuple[Scored, ...]
    candidate: tuple[Scored, ...]
    cluster: str | None = None
    critical: bool = False
    identical: bool = False

    @property
    def broke(self) -> bool:
        """Whether every answer of the baseline passed, and not every one of the candidate does."""
        held = bool(self.baseline) and all(answer.passed for answer in self.baseline)
        return held and not all(answer.passed for answer in self.candidate)

    @property
    def difference(self) -> float:
        """Mean score, candidate - baseline, between -1 and 1."""
        return _score(self.candidate) - _score(self.baseline)


def check(pairs: Sequence[Pair]) -> None:
    """Refuse what cannot be paired scores.

    Raises:
        UsageError: two cases have one id, or a score is not between 0 and 1.
    """
    known: set[str] = set()
    for pair in pairs:
        if pair.id in known:
            raise UsageError(f"case {pair.id!r} is there twice")
        known.add(pair.id)
        for answer in (*pair.baseline, *pair.candidate):
            if not 0 <= answer.score <= 1:
                raise UsageError(f"case {pair.id!r}: a score of {answer.score}, expected 0 to 1")


def sampled(pairs: Sequence[Pair]) -> Sample | None:
    """The differences of complete pairs; None without a pair.

    Pass or fail are scores of 0 and 1 on one answer a case; repeats and other scores are graded.
    """
    if not pairs:
        return None
    answers = [answer for pair in pairs for answer in (*pair.baseline, *pair.candidate)]
    return sample.sample(
        [[pair.difference for pair in group] for group in clusters(pairs)],
        binary=len(answers) == 2 * len(pairs) and all(answer.score in (0, 1) for answer in answers),
    )


def costs(pairs: Sequence[Pair], alpha: float) -> CostChange | None:
    """What complete pairs cost, the interval at level 1 - 2 alpha; None if a bill is not known."""
    groups = []
    for group in clusters(pairs):
        bills = [(_bill(pair.baseline), _bill(pair.candidate)) for pair in group]
        known = [(before, after) for before, after in bills if before is not None and after is not None]
        if len(known) < len(bills):
            return None
        groups.append(known)
    return cost_change(groups, alpha) if groups else None


def clusters(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """The pairs by cluster, in order of first sight; those without a cluster stand alone."""
    groups: dict[tuple[str, bool], list[Pair]] = {}
    for pair in pairs:
        key = (pair.id, False) if pair.cluster is None else (pair.cluster, True)
        groups.setdefault(key, []).append(pair)
    return list(groups.values())


def _score(answers: tuple[Scored, ...]) -> float:
    return math.fsum(answer.score for answer in answers) / len(answers)


def _bill(answers: tuple[Scored, ...]) -> Bill | None:
    bills = [answer.bill for answer in answers if answer.bill is not None]
    return mean(bills) if len(bills) == len(answers) else None
