"""From what a run measured, and the gate's verdict on it, to the document that reports show."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from promptlint import __version__, evaluation
from promptlint.evals.exchange import Reply, Usage
from promptlint.evals.gate import Verdict
from promptlint.evals.harness import Measured
from promptlint.evals.model import Case
from promptlint.evals.spending import Bill, CostChange, mean
from promptlint.evaluation import Answered, CaseResult, Change, EvalResult, Side


def document(measured: Measured, verdict: Verdict | None, budget: evaluation.Budget | None) -> EvalResult:
    """The document of a run of one arm, or of two and the verdict on them."""
    suite = measured.suite
    results = tuple([_case(measured, case) for case in suite.cases])
    complete = [case for case in results if case.change not in ("unsupported", "incomplete")]
    sides = [_side(measured, arm, complete) for arm in range(len(measured.arms))]
    spent = measured.spent
    return EvalResult(
        schema_version=evaluation.SCHEMA_VERSION,
        promptlint=__version__,
        generated_at=datetime.now(UTC).isoformat(timespec="seconds"),
        suite=suite.path,
        description=suite.description,
        verdict=verdict.decision if verdict else None,
        reasons=verdict.reasons if verdict else (),
        difference=verdict.difference if verdict else None,
        interval=verdict.interval if verdict else None,
        confidence=1 - 2 * suite.alpha,
        margin=verdict.margin if verdict else None,
        alpha=suite.alpha,
        method=verdict.method if verdict else None,
        needs_cases=verdict.needs_cases if verdict else None,
        cases=len(complete),
        critical=sum(case.critical for case in results),
        incomplete=tuple([case.id for case in results if case.change == "incomplete"]),
        unsupported=len(suite.cases) - len(suite.supported),
        repeats=suite.repeats,
        baseline=sides[0],
        candidate=sides[1] if len(sides) > 1 else None,
        cost=_cost(verdict.cost) if verdict and verdict.cost else None,
        calls=spent.calls,
        cached_calls=spent.cached,
        retries=spent.retries,
        usd_spent=spent.usd,
        seconds=spent.seconds,
        source=measured.source,
        judge=measured.judge,
        budget=budget,
        confusion=measured.confusion,
        notes=suite.notes,
        results=results,
    )


def _cost(found: CostChange) -> evaluation.CostDifference:
    return evaluation.CostDifference(found.difference, found.interval)


def _case(measured: Measured, case: Case) -> CaseResult:
    arms = measured.answers.get(case.id, ((), ()))
    baseline, candidate = arms[0], arms[1] if len(arms) > 1 else ()
    return CaseResult(
        id=case.id,
        path=case.path,
        line=case.line,
        description=case.description,
        vars=json.dumps(case.vars, ensure_ascii=False, default=str),
        cluster=case.cluster,
        critical=case.critical,
        change=_change(measured, case, baseline, candidate),
        identical=not case.unsupported and measured.identical(case.id),
        unsupported=case.unsupported,
        baseline=baseline,
        candidate=candidate,
    )


def _change(
    measured: Measured, case: Case, baseline: Sequence[Answered], candidate: Sequence[Answered]
) -> Change:
    if case.unsupported:
        return "unsupported"
    if any(answer.score is None for answer in (*baseline, *candidate)):
        return "incomplete"
    before = _passes(baseline)
    if len(measured.arms) == 1:
        return "same" if before else "broke"
    after = _passes(candidate)
    if before != after:
        return "mended" if after else "broke"
    return "same" if math.isclose(_score(baseline), _score(candidate), abs_tol=1e-9) else "changed"


def _passes(answers: Iterable[Answered]) -> bool:
    return all(answer.passed for answer in answers)


def _score(answers: Sequence[Answered]) -> float:
    return math.fsum(answer.score or 0.0 for answer in answers) / len(answers)


def _side(measured: Measured, index: int, complete: Sequence[CaseResult]) -> Side:
    arm = measured.arms[index]
    ids = [case.id for case in complete]
    answers = [measured.answers[case][index] for case in ids]
    replies = list(measured.replies(index, ids))
    passed = sum(_passes(each) for each in answers)
    times = [reply.latency for reply in replies if reply and reply.latency is not None]
    return Side(
        prompt=arm.template.id,
        content_hash=arm.template.content_hash,
        anchor=arm.template.anchor,
        pass_rate=passed / len(answers) if answers else None,
        score=math.fsum(map(_score, answers)) / len(answers) if answers else None,
        passed=passed,
        tokens=_tokens([reply.usage if reply else None for reply in replies]),
        cost=_bill(list(measured.bills(index, ids))),
        latency=statistics.median(times) if times else None,
        models=models(replies),
    )


def _tokens(usages: Sequence[Usage | None]) -> evaluation.Tokens | None:
    known = [usage for usage in usages if usage is not None]
    if not known or len(known) < len(usages):
        return None
    count = len(known)
    return evaluation.Tokens(
        sum(usage.input for usage in known) / count,
        sum(usage.cached for usage in known) / count,
        sum(usage.output for usage in known) / count,
    )


def _bill(bills: Sequence[Bill | None]) -> evaluation.Cost | None:
    known = [bill for bill in bills if bill is not None]
    if not known or len(known) < len(bills):
        return None
    found = mean(known)
    return evaluation.Cost(found.input, found.cached, found.output, found.total)


def models(replies: Iterable[Reply | None]) -> tuple[str, ...]:
    """The models that say they answered, with their fingerprints."""
    named = {" ".join(filter(None, (reply.model, reply.fingerprint))) for reply in replies if reply}
    return tuple(sorted(named - {""}))
