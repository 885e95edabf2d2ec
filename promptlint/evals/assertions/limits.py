"""Assertions on what an answer took: latency in milliseconds, cost in US dollars."""

from __future__ import annotations

from promptlint.errors import ScoringError
from promptlint.evals.assertions.kind import Kind, verdict
from promptlint.evals.model import Answer, Assertion, Score


def _latency(assertion: Assertion, answer: Answer) -> Score:
    if answer.latency is None:
        raise ScoringError("the time of the answer is not known")
    most = assertion.threshold or 0.0
    return verdict(answer.latency <= most, f"the answer took {answer.latency:g} ms, allowed {most:g}")


def _cost(assertion: Assertion, answer: Answer) -> Score:
    if answer.cost is None:
        raise ScoringError("the cost of the answer is not known")
    most = assertion.threshold or 0.0
    return verdict(answer.cost <= most, f"the answer cost ${answer.cost:g}, allowed ${most:g}")


def _limit(assertion: Assertion) -> str:
    return "`threshold` is missing" if assertion.threshold is None else ""


KINDS = {"latency": Kind(_latency, _limit), "cost": Kind(_cost, _limit)}
