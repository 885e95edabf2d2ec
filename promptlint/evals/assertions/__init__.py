"""The types of assertions: those that run, by name; those of promptfoo that do not, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from promptlint.errors import ScoringError
from promptlint.evals.assertions import (
    calls,
    distance,
    fields,
    jsons,
    labels,
    limits,
    markup,
    opinions,
    patterns,
    refusal,
    texts,
)
from promptlint.evals.assertions.kind import Kind
from promptlint.evals.model import Answer, Assertion, Case, Score
from promptlint.records import dataclass

SET = "assert-set"
"""The type of several assertions that are judged as one."""

KINDS: Mapping[str, Kind] = {
    **texts.KINDS,
    **patterns.KINDS,
    **jsons.KINDS,
    **markup.KINDS,
    **distance.KINDS,
    **limits.KINDS,
    **refusal.KINDS,
    **fields.KINDS,
    **labels.KINDS,
    **calls.KINDS,
    **opinions.KINDS,
}

Opinion = Callable[[Assertion, Answer], Score]
"""What a model or the suite's code says of an answer; ScoringError if it says nothing of use."""

_CODE = "it runs code of the suite"
_MODEL = "it asks a model"
_TRACE = "it needs a trace of the run"
_NOT_BUILT = "promptlint has no such assertion"

_REASONS = {
    _CODE: "javascript ruby webhook",
    _MODEL: "agent-rubric answer-relevance classifier context-faithfulness context-recall context-relevance "
    "conversation-relevance factuality g-eval model-graded-closedqa model-graded-factuality "
    "moderation pi search-rubric select-best",
    _TRACE: "skill-used trace-error-spans trace-span-count trace-span-duration trajectory:goal-success "
    "trajectory:step-count trajectory:tool-args-match trajectory:tool-sequence trajectory:tool-used",
    _NOT_BUILT: "bleu contains-html contains-sql contains-xml finish-reason gleu guardrails human is-html "
    "is-sql is-valid-function-call is-valid-openai-function-call is-valid-openai-tools-call max-score meteor "
    "perplexity perplexity-score word-count",
}
UNSUPPORTED: Mapping[str, str] = {
    name: reason for reason, listed in _REASONS.items() for name in listed.split()
}
"""The types that are known and not run: why."""


@dataclass(frozen=True, slots=True)
class CaseScore:
    """What a case's assertions say of an answer: their weighted mean from 0 to 1, and if the case passes.

    `scores` are in the order of the case's assertions.
    """

    value: float
    passed: bool
    reason: str
    scores: tuple[Score, ...]


def unsupported(type_: str) -> str | None:
    """Why a type is not run: empty if it is, None if there is no such type."""
    if type_ == SET or type_ in KINDS:
        return ""
    return UNSUPPORTED.get(type_, "it is an attack probe" if type_.startswith("promptfoo:") else None)


def judge(assertion: Assertion, answer: Answer, opinion: Opinion | None = None) -> Score:
    """What one assertion says of an answer. With weight 0 it always passes.

    Args:
        assertion: supported.
        answer: of a model.
        opinion: is asked where the assertion needs a model or code; what it says is not yet negated.

    Raises:
        ScoringError: it cannot say; the answer is neither right nor wrong by it.
        ValueError: the assertion is not supported, and must not be asked.
    """
    if assertion.unsupported:
        raise ValueError(f"{assertion.name} is not supported: {assertion.unsupported}")
    if assertion.type == SET:
        found = _set(assertion, answer, opinion)
    else:
        kind = KINDS[assertion.type]
        try:
            found = (opinion if opinion and kind.needs else kind.judge)(assertion, answer)
        except RecursionError as error:
            raise ScoringError("the answer is nested too deeply to be judged") from error
        if assertion.negated:
            found = Score(1.0 - found.value, not found.passed, found.reason)
    return found if assertion.weight else Score(found.value, True, found.reason)


def judge_case(case: Case, answer: Answer, opinion: Opinion | None = None) -> CaseScore:
    """What a case's assertions say of an answer.

    Raises:
        ScoringError: one cannot say: the case is neither a pass nor a fail.
        ValueError: the case is not supported, and must not be asked.
    """
    if case.unsupported:
        raise ValueError(f"case {case.id} is not supported: {case.unsupported[0]}")
    return judge_all(case.assertions, case.threshold, answer, opinion)


def judge_all(
    assertions: tuple[Assertion, ...],
    threshold: float | None,
    answer: Answer,
    opinion: Opinion | None = None,
) -> CaseScore:
    """What assertions say together: all must pass, or their weighted mean must reach the threshold.

    Raises:
        ScoringError: one cannot say.
        ValueError: there is none that could fail, or one is not supported.
    """
    total = sum(assertion.weight for assertion in assertions)
    if not total:
        raise ValueError("no assertion could fail")
    scores = tuple([judge(assertion, answer, opinion) for assertion in assertions])
    pairs = zip(assertions, scores, strict=True)
    value = sum(assertion.weight * score.value for assertion, score in pairs) / total
    value = min(1.0, max(0.0, value))  # of rounding
    failed = next((score for score in scores if not score.passed), None)
    if threshold is not None:
        return CaseScore(value, value >= threshold, f"the mean is {value:.3f}, wanted {threshold:g}", scores)
    return CaseScore(value, failed is None, failed.reason if failed else "all assertions pass", scores)


def _set(assertion: Assertion, answer: Answer, opinion: Opinion | None) -> Score:
    found = judge_all(assertion.parts, assertion.threshold, answer, opinion)
    return Score(found.value, found.passed, found.reason)


__all__ = [
    "KINDS",
    "SET",
    "UNSUPPORTED",
    "CaseScore",
    "Opinion",
    "judge",
    "judge_all",
    "judge_case",
    "unsupported",
]
