"""Proves the outcome of a search on cases that the search has not seen, by the gate, with few finalists.

The finalist that saves most is proven first; only where it is not accepted, the next one is. Each finalist is
a hypothesis, and all were named before the first proof: Holm 1979, Scandinavian Journal of Statistics 6,
65-70, keeps the chance that any that loses the margin is accepted below alpha. Once one is accepted, those
that were not are judged again at the level that is then theirs, which takes no more calls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from promptlint.compress.tried import Variant
from promptlint.evals import gate
from promptlint.evals.gate import Decision, Rules, Verdict
from promptlint.evals.pairs import Pair
from promptlint.records import dataclass

Pairs = Callable[[Variant], Sequence[Pair]]
"""The cases of the proof, answered by the prompt and by a variant."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A finalist that was proven; `alpha` is the level of the verdict that stands."""

    variant: Variant
    alpha: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of all proofs.

    Args:
        decision: accepted where a finalist was; else undecided where one was; else rejected.
        finalists: how many there were, proven or not.
        judged: those that were proven, in order.
        accepted: the first of those that were accepted; None: none was.
    """

    decision: Decision
    finalists: int
    judged: tuple[Judged, ...]
    accepted: Judged | None

    @property
    def shown(self) -> Judged | None:
        """The one to report: what was accepted, else the first; None: there was no finalist."""
        return self.accepted or (self.judged[0] if self.judged else None)


def proven(finalists: Sequence[Variant], pairs: Pairs, rules: Rules) -> Proof:
    """Prove finalists one after the other until one is accepted.

    Args:
        finalists: the one that is wanted most first.
        pairs: runs the cases of the proof.
        rules: of the gate; alpha is of all finalists together.

    Raises:
        Halted: the proof cannot go on.
    """
    judged: list[Judged] = []
    answered: list[Sequence[Pair]] = []
    alpha = rules.alpha / max(1, len(finalists))
    for variant in finalists:
        answered.append(pairs(variant))
        judged.append(Judged(variant, alpha, gate.judge(answered[-1], replace(rules, alpha=alpha))))
        if _is_accepted(judged[-1]):
            break
    judged = _again(judged, answered, rules, len(finalists))
    accepted = next((each for each in judged if _is_accepted(each)), None)
    return Proof(_decision(judged), len(finalists), tuple(judged), accepted)


def _again(
    judged: list[Judged], answered: Sequence[Sequence[Pair]], rules: Rules, finalists: int
) -> list[Judged]:
    """Holm's steps down: each acceptance leaves more of alpha to those that are still open."""
    while 0 < (done := sum(map(_is_accepted, judged))) < finalists:
        alpha = rules.alpha / (finalists - done)
        judged = [
            each
            if _is_accepted(each)
            else Judged(each.variant, alpha, gate.judge(found, replace(rules, alpha=alpha)))
            for each, found in zip(judged, answered, strict=True)
        ]
        if sum(map(_is_accepted, judged)) == done:
            break
    return judged


def _is_accepted(found: Judged) -> bool:
    return found.verdict.decision == "accepted"


def _decision(judged: Sequence[Judged]) -> Decision:
    decisions = {each.verdict.decision for each in judged}
    if "accepted" in decisions:
        return "accepted"
    return "rejected" if decisions == {"rejected"} else "undecided"
