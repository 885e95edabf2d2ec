"""The noise of a baseline: what it does against itself, on answers that no two arms share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint.evals import blessing, planning
from promptlint.evals.gate import Rules, Verdict, judge
from promptlint.evals.pairs import Pair
from promptlint.evals.planning import Plan
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Noise:
    """What one prompt does against itself.

    Args:
        verdict: the gate's, the second arm taken for a candidate: undecided if arms share an answer.
        flips: the share of cases whose score differs between the arms; None: no complete pair.
        losses: cases that scored lower in the second arm.
        gains: cases that scored higher.
        identical: cases in which both arms were given the same answer to the same request.
        alike: cases in which all texts of both arms are the same, though asked for anew.
        cases: that both arms answered completely.
        plan: what the suite can show at this noise; None: it declares no margin, or nothing was measured.
    """

    verdict: Verdict
    flips: float | None
    losses: int
    gains: int
    identical: int
    alike: int
    cases: int
    plan: Plan | None


def noise(pairs: Sequence[Pair], rules: Rules, alike: int = 0) -> Noise:
    """What the arms show.

    Args:
        pairs: the baseline on both sides: repeats 0 to k - 1, and k to 2k - 1.
        rules: of the suite, without a budget: nothing is promoted here.
        alike: cases in which all texts of both arms are the same.
    """
    complete = [pair for pair in pairs if len(pair.baseline) == len(pair.candidate) == rules.repeats]
    share = blessing.flips(complete)
    sizes = planning.sizes((pair.id, pair.cluster) for pair in complete)
    design = planning.Design(rules.margin, rules.alpha, sizes, rules.repeats)
    answers = None if share is None else _by_answer(complete)
    return Noise(
        verdict=judge(pairs, rules),
        flips=share,
        losses=sum(pair.difference < 0 for pair in complete),
        gains=sum(pair.difference > 0 for pair in complete),
        identical=sum(pair.identical for pair in pairs),
        alike=alike,
        cases=len(complete),
        plan=None if answers is None else planning.plan(design, (answers,), "measured"),
    )


def _by_answer(pairs: Sequence[Pair]) -> float:
    """The share of answers that flip: of one answer with the one of the same number in the other arm."""
    answers = [
        (one.score, other.score)
        for pair in pairs
        for one, other in zip(pair.baseline, pair.candidate, strict=True)
    ]
    return sum(one != other for one, other in answers) / len(answers)


def reading(found: Noise) -> Iterator[str]:
    """What the numbers mean, in sentences; the first is the answer."""
    if found.identical:
        yield (
            f"identical requests: in {found.identical} cases both arms were given the same answer, which "
            "shows no noise at all, and is never accepted"
        )
    if found.verdict.incomplete:
        lost = len(found.verdict.incomplete)
        yield "1 case lacks an answer and is not counted" if lost == 1 else f"{lost} cases lack an answer"
    if found.flips is None:
        yield "nothing was measured"
        return
    if found.verdict.decision == "rejected":
        yield (
            "the baseline is rejected against itself: something changed between the two arms, or this is one "
            "of the few runs in which chance does that; repeat it before you trust any verdict"
        )
    if not found.flips:
        yield _steady(found)
    if found.verdict.decision == "undecided" and not found.identical and not found.verdict.incomplete:
        yield "these cases are too few to accept even the baseline itself"


def _steady(found: Noise) -> str:
    if found.alike == found.cases:
        return (
            "each answer was asked for anew and came back the same: the model is deterministic here, or its "
            "server keeps answers; that says nothing of how many answers another prompt would change"
        )
    return "answers differ between the arms, their scores do not"
