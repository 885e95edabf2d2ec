"""Scores answers: what each case's assertions say of them, with the opinions of models and code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from promptlint import evaluation
from promptlint.errors import ScoringError
from promptlint.evals import assertions, matrices
from promptlint.evals.assertions import CaseScore
from promptlint.evals.assertions.kind import Helper
from promptlint.evals.model import Answer, Assertion, Case, Score
from promptlint.evals.opinions import rubric, scripts, similar
from promptlint.evals.opinions.panel import Ask, Look, Model, Panel
from promptlint.evals.opinions.rubric import Preferences
from promptlint.records import dataclass

Answers = Mapping[str, tuple[tuple[Answer | None, ...], ...]]
"""By id of the case, then by side, then by repeat; None where there is no answer."""

_Opinions = Mapping[Helper, Callable[[Look], Score]]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a case's assertions say of one answer.

    Args:
        score: from 0 to 1; None: it could not be judged, or there is no answer.
        passed: whether that is enough; None as for the score.
        reason: a clause for people, which may quote hostile text.
        checks: what each assertion says, in the order of the case.
        failure: why there is no score; None: there is one.
    """

    score: float | None
    passed: bool | None
    reason: str
    checks: tuple[evaluation.Check, ...] = ()
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """What was said of all answers.

    Args:
        of: by id of the case, then by side, then by repeat.
        confusion: of the assertions `label`.
        preferences: of the judge, over the pairs that it saw in both orders.
    """

    of: Mapping[str, tuple[tuple[Judged, ...], ...]]
    confusion: tuple[evaluation.Confusion, ...] = ()
    preferences: Preferences = Preferences()

    @property
    def agreement(self) -> float | None:
        """The share of pairs that the judge judged alike in both orders; None without a pair."""
        return self.preferences.agreement


def scored(cases: Sequence[Case], answers: Answers, panel: Panel) -> Scores:
    """What the assertions say of the answers to some cases.

    Opinions are asked for all at once, before anything is scored; what nobody could say is a failure, neither
    a pass nor a fail. Two sides are shown to the judge together; one, or more than two, each by itself.

    Args:
        cases: those that have no answers are passed over.
        answers: of as many sides for each case.
        panel: whom the assertions may ask.
    """
    known = [case for case in cases if case.id in answers]
    looks: dict[Helper, list[Look]] = {}
    for case in known:
        for assertion, helper in _needing(case):
            looks.setdefault(helper, []).extend(_looks(assertion, case, answers[case.id]))
    opinions, preferences = _asked(looks, panel)
    return Scores(
        {case.id: _sides(case, answers[case.id], opinions) for case in known},
        matrices.matrices(known, answers),
        preferences,
    )


def _needing(case: Case) -> Iterator[tuple[Assertion, Helper]]:
    """The assertions of a case that need an opinion, those in sets too, and whose."""
    for assertion in () if case.unsupported else matrices.single(case.assertions):
        kind = assertions.KINDS.get(assertion.type)
        if kind and kind.needs:
            yield assertion, kind.needs


def _looks(assertion: Assertion, case: Case, sides: Sequence[Sequence[Answer | None]]) -> Iterator[Look]:
    """One look at each answer that there is."""
    for repeat in range(max(map(len, sides), default=0)):
        found = tuple([side[repeat] if repeat < len(side) else None for side in sides])
        for side, answer in enumerate(found):
            if answer is not None:
                yield Look(assertion, case, found, side, repeat)


def _asked(looks: Mapping[Helper, list[Look]], panel: Panel) -> tuple[_Opinions, Preferences]:
    opinions: dict[Helper, Callable[[Look], Score]] = {}
    preferences = Preferences()
    if "judge" in looks and panel.judge:
        rubrics = rubric.asked(looks["judge"], panel)
        opinions["judge"], preferences = rubrics.score, rubrics.preferences
    if "embedder" in looks and panel.embedder:
        opinions["embedder"] = similar.asked(looks["embedder"], panel).score
    if "python" in looks and panel.python:
        opinions["python"] = scripts.asked(looks["python"], panel).score
    return opinions, preferences


def _sides(
    case: Case, sides: Sequence[Sequence[Answer | None]], opinions: _Opinions
) -> tuple[tuple[Judged, ...], ...]:
    return tuple(
        [
            tuple([_judged(case, sides, (side, repeat), opinions) for repeat in range(len(given))])
            for side, given in enumerate(sides)
        ]
    )


def _judged(
    case: Case, sides: Sequence[Sequence[Answer | None]], place: tuple[int, int], opinions: _Opinions
) -> Judged:
    """What is said of the answer of one side and repeat."""
    side, repeat = place
    answer = sides[side][repeat]
    if case.unsupported:
        return Judged(None, None, "", failure=f"it is not supported: {case.unsupported[0]}")
    if answer is None:
        return Judged(None, None, "", failure="there is no answer")
    opinion = partial(_opinion, opinions, case, sides, place) if opinions else None
    try:
        found = assertions.judge_case(case, answer, opinion)
    except ScoringError as error:
        return Judged(None, None, "", failure=f"it could not be judged: {error}")
    return Judged(found.value, found.passed, found.reason, _checks(case, found))


def _opinion(
    opinions: _Opinions,
    case: Case,
    sides: Sequence[Sequence[Answer | None]],
    place: tuple[int, int],
    assertion: Assertion,
    answer: Answer,
) -> Score:
    side, repeat = place
    given = tuple([each[repeat] if repeat < len(each) else None for each in sides])
    helper = assertions.KINDS[assertion.type].needs
    if helper not in opinions:
        raise ScoringError(f"{assertion.name} needs an opinion, and nobody was asked")
    return opinions[helper](Look(assertion, case, given, side, repeat))


def _checks(case: Case, found: CaseScore) -> tuple[evaluation.Check, ...]:
    pairs: Iterable[tuple[Assertion, Score]] = zip(case.assertions, found.scores, strict=True)
    return tuple(
        [
            evaluation.Check(asked.name, asked.metric, score.value, score.passed, score.reason)
            for asked, score in pairs
        ]
    )


__all__ = ["Answers", "Ask", "Judged", "Model", "Panel", "Scores", "scored"]
