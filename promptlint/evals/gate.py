"""The gate: is the candidate worse than the baseline, by more than was declared acceptable?

The case is the unit: repeats are averaged inside it. Nothing is decided on an incomplete run. Then, in this
order: *rejected* where the loss is credibly over the margin, a critical case broke, or the cost credibly
rose; *accepted* where a loss as high as the margin is excluded; else *undecided*, with the number of cases
that would decide.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Literal

from promptlint.errors import UsageError
from promptlint.evals import pairs as paired
from promptlint.evals.anchor import Budget, allowed
from promptlint.evals.pairs import Pair
from promptlint.evals.spending import CostChange
from promptlint.evals.stats import power, sample
from promptlint.evals.stats.sample import FEWEST_GRADED, Sample
from promptlint.records import dataclass

FEWEST_SUPPORTED = 0.9
"""The share of a suite's cases that must be of kinds that we run."""

Decision = Literal["accepted", "rejected", "undecided"]


@dataclass(frozen=True, slots=True)
class Rules:
    """What was declared before the run.

    Args:
        margin: the acceptable loss of mean score, between 0 and 1.
        alpha: one-sided; the chance that a loss as high as the margin is accepted.
        repeats: answers a case, by each prompt.
        budget: of the anchor; None: there is none.
        unsupported: cases of the suite that are not run, for what they ask is not supported.
    """

    margin: float
    alpha: float = 0.05
    repeats: int = 1
    budget: Budget | None = None
    unsupported: int = 0

    def __post_init__(self) -> None:
        """Refuse rules by which nothing can be decided.

        Raises:
            UsageError: a number is out of its range.
        """
        if not (0 < self.margin < 1 and 0 < self.alpha < 0.5 and self.repeats >= 1 and self.unsupported >= 0):
            raise UsageError(
                f"margin {self.margin}, alpha {self.alpha}, repeats {self.repeats}: expected a margin "
                "between 0 and 1, an alpha between 0 and 0.5, at least one repeat"
            )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says.

    Args:
        decision: the answer.
        reasons: clauses for people, the decisive first; they hold numbers, no text of the suite.
        difference: mean score, candidate - baseline; None: no complete pair.
        interval: of the difference, at level `confidence`; None: no complete pair.
        confidence: 1 - 2 alpha: each end alone holds with 1 - alpha.
        margin: the loss that was tested: the declared one, or what is left of the budget.
        method: the test; None: no complete pair.
        cases: complete pairs.
        needs_cases: about how many more cases would decide; None: decided, or cases are not what lacks.
        worse: whether the candidate is credibly worse at all, be it within the margin.
        cost: what a case costs on both sides; None: not known for every case.
        broken: ids of the critical cases that broke.
        incomplete: ids of the cases that lack an answer.
    """

    decision: Decision
    reasons: tuple[str, ...]
    difference: float | None
    interval: tuple[float, float] | None
    confidence: float
    margin: float
    method: sample.Method | None
    cases: int
    needs_cases: int | None
    worse: bool
    cost: CostChange | None
    broken: tuple[str, ...]
    incomplete: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What a run shows; the sample and the cost are of its complete pairs."""

    rules: Rules
    margin: float
    cases: int
    identical: int
    incomplete: tuple[str, ...]
    broken: tuple[str, ...]
    sample: Sample | None
    ends: tuple[float, float] | None
    cost: CostChange | None


def judge(pairs: Sequence[Pair], rules: Rules) -> Verdict:
    """The verdict on a run.

    Raises:
        UsageError: two cases have one id, or a score is not between 0 and 1.
    """
    seen = _evidence(pairs, rules)
    blocks, against = tuple(_blocks(seen)), tuple(_against(seen))
    doubts = () if against else tuple(_doubts(seen))
    decision = _decision(bool(blocks), bool(against), bool(doubts))
    short = decision == "undecided" and not blocks and not seen.identical
    return Verdict(
        decision=decision,
        reasons=(*blocks, *against, *doubts, *_notes(seen)),
        difference=seen.sample.moments.difference if seen.sample else None,
        interval=seen.ends,
        confidence=1 - 2 * rules.alpha,
        margin=seen.margin,
        method=seen.sample.method if seen.sample else None,
        cases=seen.cases,
        needs_cases=more_cases(seen.sample, seen.margin, rules.alpha) if seen.sample and short else None,
        worse=seen.ends is not None and seen.ends[1] < 0,
        cost=seen.cost,
        broken=seen.broken,
        incomplete=seen.incomplete,
    )


def more_cases(found: Sample, margin: float, alpha: float) -> int | None:
    """About how many more cases would decide with a power of 80 %, if all goes on as seen.

    Args:
        found: what was seen.
        margin: the loss that is tested.
        alpha: one-sided.

    Returns:
        At least 1; None: too many to be named, for the difference lies at the margin.
    """
    seen = found.moments
    variance = (seen.squares + 2 - seen.total**2 / (seen.cases + 2)) / (seen.cases + 1)
    effect = sample.design_effect(found, -margin)
    total = power.cases_for_spread(abs(seen.difference + margin), variance, alpha, effect=effect)
    if total is None:
        return None
    fewest = effect * power.fewest_cases(margin, alpha) if margin > 0 else 1
    if found.method == "bets":
        fewest = max(fewest, FEWEST_GRADED)
    return max(1, math.ceil(max(total, fewest) - seen.cases))


def _evidence(pairs: Sequence[Pair], rules: Rules) -> _Evidence:
    paired.check(pairs)
    complete = [pair for pair in pairs if len(pair.baseline) == len(pair.candidate) == rules.repeats]
    whole = {pair.id for pair in complete}
    found = paired.sampled(complete)
    return _Evidence(
        rules=rules,
        margin=allowed(rules.margin, rules.budget),
        cases=len(complete),
        identical=sum(pair.identical for pair in pairs),
        incomplete=tuple(pair.id for pair in pairs if pair.id not in whole),
        broken=tuple(pair.id for pair in complete if pair.critical and pair.broke),
        sample=found,
        ends=sample.interval(found, rules.alpha) if found else None,
        cost=paired.costs(complete, rules.alpha),
    )


def _decision(blocked: bool, against: bool, doubted: bool) -> Decision:
    if blocked:
        return "undecided"
    if against:
        return "rejected"
    return "undecided" if doubted else "accepted"


def _blocks(seen: _Evidence) -> Iterator[str]:
    """Why nothing can be decided on this run."""
    answered = seen.cases + len(seen.incomplete)
    if seen.incomplete:
        yield f"{len(seen.incomplete)} of {answered} cases lack an answer"
    whole = answered + seen.rules.unsupported
    if answered < FEWEST_SUPPORTED * whole:
        yield f"{answered} of {whole} cases are of kinds that are supported, less than {FEWEST_SUPPORTED:.0%}"
    if not answered:
        yield "there is no case"


def _against(seen: _Evidence) -> Iterator[str]:
    """Why the candidate is rejected."""
    if seen.sample and sample.excludes(seen.sample.swapped(), seen.margin, seen.rules.alpha):
        assert seen.ends
        yield f"worse by more than the margin of {_points(seen.margin)}: by {_points(-seen.ends[1])} at least"
    if seen.broken:
        yield f"{len(seen.broken)} critical {'case' if len(seen.broken) == 1 else 'cases'} broke"
    if seen.cost and seen.cost.rose:
        start = "saves input, but costs more in total" if seen.cost.saves_input else "costs more"
        yield f"{start}: by ${1000 * seen.cost.difference:.4g} for 1,000 cases"


def _doubts(seen: _Evidence) -> Iterator[str]:
    """Why the candidate is not accepted, though nothing speaks against it."""
    if seen.identical:
        yield f"identical requests: both prompts were given the same answer in {seen.identical} cases"
    if seen.sample and not _excluded(seen):
        yield f"a loss of {_points(seen.margin)} or more is not excluded"


def _notes(seen: _Evidence) -> Iterator[str]:
    """What should be known, whatever was decided."""
    if _excluded(seen):
        yield f"a loss of {_points(seen.margin)} or more is excluded"
    if seen.margin < seen.rules.margin:
        yield f"{_points(seen.margin)} are left of what may be lost since the anchor was blessed"
    if seen.ends and seen.ends[1] < 0 and _excluded(seen):
        yield f"worse, within the margin: by {_points(-seen.ends[1])} to {_points(-seen.ends[0])}"


def _excluded(seen: _Evidence) -> bool:
    return seen.sample is not None and sample.excludes(seen.sample, -seen.margin, seen.rules.alpha)


def _points(share: float) -> str:
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + " points"
