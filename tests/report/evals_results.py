"""Documents of evals, built by hand: of each verdict, of each kind of suite, small and large."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from dataclasses import replace

from comparisons import hostile as _hostile

from promptlint.evaluation import (
    Answered,
    Budget,
    CaseResult,
    Check,
    Confusion,
    Cost,
    CostDifference,
    EvalResult,
    Judge,
    Side,
    Source,
    Tokens,
)

LABELS = ("account", "billing", "bug", "cancel", "delivery", "feature", "refund", "spam")
TICKETS = (
    "My card was charged twice for order {n}, please send one of the payments back.",
    "The app closes when I open invoice {n} on my phone, since the update of Monday.",
    "Where is parcel {n}? It should have been here on Tuesday.",
    "Please close my account {n}; I do not use it any more.",
    "Could you add a dark mode to the report of project {n}?",
)
LETTER = (
    "Dear customer,\n\nthank you for your message about order {n}. We have looked at it: the payment was taken "
    "twice, because the page was opened in two windows. The second payment of 24.90 EUR goes back to your card "
    "within five working days. You need not do anything.\n\nIf the money is not there by then, answer this "
    "letter with the number of your order.\n\nKind regards\nThe support team\n"
)
SHORTER = (
    "Dear customer,\n\nthe payment of order {n} was taken twice, because the page was opened in two windows. "
    "The second payment goes back to your card within ten working days.\n\nKind regards\nThe support team\n"
)


def make_answer(text: str, score: float | None, **changes: object) -> Answered:
    """One answer; without a score it failed."""
    passed = None if score is None else score >= 0.5
    reason = (
        "" if score is None else "all assertions hold" if passed else f"{text[:40]!r} is not what is wanted"
    )
    answer = Answered(
        repeat=0,
        text=text,
        calls=(),
        score=score,
        passed=passed,
        reason=reason,
        checks=() if score is None else (Check("equals", "label", score, bool(passed), reason),),
        failure="timeout: no answer in 120 s" if score is None else None,
        stored=False,
        tries=1 if score is not None else 4,
        usd=None if score is None else 0.00021,
        latency=None if score is None else 212.0,
    )
    return replace(answer, **changes)  # type: ignore[arg-type]


def make_case(
    number: int, baseline: Sequence[Answered], candidate: Sequence[Answered], **changes: object
) -> CaseResult:
    """One case; what became of it follows from its answers."""
    case = CaseResult(
        id=f"case-{number:04}",
        path="evals/tickets.yaml",
        line=12 + 4 * number,
        description="",
        vars=json.dumps({"ticket": TICKETS[number % len(TICKETS)].format(n=4000 + number)}),
        cluster=None,
        critical=False,
        change="same",
        identical=False,
        unsupported=(),
        baseline=tuple(baseline),
        candidate=tuple(candidate),
    )
    return replace(case, **{"change": _change(baseline, candidate), **changes})  # type: ignore[arg-type]


def _change(baseline: Sequence[Answered], candidate: Sequence[Answered]) -> str:
    if any(answer.score is None for answer in (*baseline, *candidate)):
        return "incomplete"
    before, after = (all(answer.passed for answer in side) for side in (baseline, candidate))
    if not candidate:
        return "same" if before else "broke"
    if before != after:
        return "mended" if after else "broke"
    return "same" if _mean(baseline) == _mean(candidate) else "changed"


def _mean(answers: Sequence[Answered]) -> float:
    return math.fsum(answer.score or 0.0 for answer in answers) / len(answers)


def make_side(prompt: str, cases: Sequence[CaseResult], tokens: Tokens, candidate: bool) -> Side:
    """A prompt, with what its cases come to."""
    sides = [case.candidate if candidate else case.baseline for case in cases]
    passed = sum(all(answer.passed for answer in side) for side in sides)
    cost = [tokens.input * 15e-8, tokens.cached * 75e-9, tokens.output * 6e-7]
    return Side(
        prompt=prompt,
        content_hash=("b7" if candidate else "a3") * 32,
        anchor=False,
        pass_rate=passed / len(sides) if sides else None,
        score=sum(map(_mean, sides)) / len(sides) if sides else None,
        passed=passed,
        tokens=tokens,
        cost=Cost(*cost, total=sum(cost)),
        latency=188.0 if candidate else 241.0,
        models=("small-2026-08 fp_1a2b3c",),
    )


def make_result(cases: Sequence[CaseResult], **changes: object) -> EvalResult:
    """A document on these cases; difference, interval and sides follow from them, the verdict does not."""
    whole = [case for case in cases if case.change not in ("incomplete", "unsupported")]
    compared = any(case.candidate for case in cases)
    baseline = make_side("prompts/tickets.md", whole, Tokens(812.0, 0.0, 6.2), False)
    candidate = (
        make_side("prompts/tickets.short.md", whole, Tokens(405.0, 0.0, 7.9), True) if compared else None
    )
    gains = [_mean(case.candidate) - _mean(case.baseline) for case in whole] if compared else []
    difference = sum(gains) / len(gains) if gains else None
    spread = (
        1.645 * math.sqrt(sum((gain - (difference or 0)) ** 2 for gain in gains) + 2) / max(1, len(gains))
    )
    result = EvalResult(
        schema_version=1,
        promptlint="0.5.0",
        generated_at="2026-11-23T09:00:00+00:00",
        suite="evals/tickets.yaml",
        description="Support tickets, one label each",
        verdict="undecided" if compared else None,
        reasons=("a loss of 3 points or more is not excluded",) if compared else (),
        difference=difference,
        interval=None
        if difference is None
        else (max(-1.0, difference - spread), min(1.0, difference + spread)),
        confidence=0.9,
        margin=0.03 if compared else None,
        alpha=0.05,
        method="tango" if compared else None,
        needs_cases=None,
        cases=len(whole),
        critical=sum(case.critical for case in cases),
        incomplete=tuple(case.id for case in cases if case.change == "incomplete"),
        unsupported=sum(case.change == "unsupported" for case in cases),
        repeats=max((len(case.baseline) for case in cases), default=1),
        baseline=baseline,
        candidate=candidate,
        cost=CostDifference(-0.0000603, (-0.0000621, -0.0000585)) if compared else None,
        calls=0,
        cached_calls=2 * len(cases),
        retries=0,
        usd_spent=0.0,
        seconds=1.4,
        source=Source(
            kind="replay",
            model="small",
            base_url=None,
            parameters='{"max_tokens": 16, "temperature": 0}',
            recorded=True,
            recording="answers of small-2026-08, made on 2026-11-20",
            price="suite: $0.15 input, $0.60 output per million tokens",
            recording_path="evals/tickets.answers.jsonl",
            recording_sha256="5d" * 32,
        ),
        judge=None,
        budget=None,
        confusion=(),
        notes=(),
        results=tuple(cases),
    )
    return replace(result, **changes)  # type: ignore[arg-type]


def _labelled(count: int, broken: int, mended: int, seed: int = 7) -> list[CaseResult]:
    """Cases of a classification: so many that broke, so many that are mended, every tenth wrong before."""
    random_ = random.Random(seed)
    order = random_.sample(range(count), broken + mended)
    lost, gained = frozenset(order[:broken]), frozenset(order[broken:])
    cases = []
    for number in range(count):
        wanted = LABELS[number * 7 % len(LABELS)]
        other = LABELS[(number * 7 + 1 + number % 3) % len(LABELS)]
        before = number in lost or (number not in gained and number % 10 != 3)
        after = number in gained or (before and number not in lost)
        sides = [make_answer(wanted if right else other, float(right)) for right in (before, after)]
        cases.append(make_case(number, sides[:1], sides[1:]))
    return cases


def _confusion(cases: Sequence[CaseResult]) -> Confusion:
    matrices = [[[0] * (len(LABELS) + 1) for _ in LABELS] for _ in range(2)]
    for number, case in enumerate(cases):
        wanted = number * 7 % len(LABELS)
        for matrix, answers in zip(matrices, (case.baseline, case.candidate), strict=True):
            if answers and answers[0].text in LABELS:
                matrix[wanted][LABELS.index(answers[0].text)] += 1
    first, second = (tuple(tuple(row) for row in matrix) for matrix in matrices)
    return Confusion("label", LABELS, first, second)


def accepted() -> EvalResult:
    """600 cases, a few that differ: a loss over the margin is excluded."""
    cases = _labelled(600, 4, 6)
    return make_result(
        cases,
        verdict="accepted",
        reasons=("a loss of 3 points or more is excluded",),
        confusion=(_confusion(cases),),
        budget=Budget(0.03, 0.004, "2026-10-02T08:00:00Z", ("blessed 52 days ago",)),
    )


def rejected() -> EvalResult:
    """600 cases, many broken, one of them critical, and an answer that costs more."""
    cases = [
        replace(case, critical=True) if case.change == "broke" and number % 5 == 0 else case
        for number, case in enumerate(_labelled(600, 52, 4))
    ]
    critical = sum(case.critical for case in cases)
    return make_result(
        cases,
        verdict="rejected",
        reasons=(
            "worse by more than the margin of 3 points: by 6.01 points at least",
            f"{critical} critical cases broke",
            "saves input, but costs more in total: by $0.0412 for 1,000 cases",
        ),
        cost=CostDifference(0.0000412, (0.0000361, 0.0000464)),
        confusion=(_confusion(cases),),
        notes=("prompts/tickets.short.md was made with promptlint fix",),
    )


def small() -> EvalResult:
    """Twelve cases of the provider, one without an answer, one that is not supported: nothing is decided."""
    cases = _labelled(12, 1, 0)
    cases[4] = make_case(4, cases[4].baseline, [make_answer("", None)])
    cases[9] = replace(
        cases[9], change="unsupported", unsupported=("`javascript` is not run",), baseline=(), candidate=()
    )
    return make_result(
        cases,
        reasons=("1 of 11 cases lack an answer", "a loss of 3 points or more is not excluded"),
        needs_cases=392,
        calls=25,
        cached_calls=1,
        retries=3,
        usd_spent=0.0051,
        seconds=14.2,
        cost=None,
        source=Source("openai", "small", "http://127.0.0.1:8080/v1", "{}", False, None, ""),
        judge=Judge("judge-large", "0123456789ab", 0.93),
        notes=("a margin of 0.03 needs at least 99 cases, even if no answer changes; 11 can be judged",),
    )


def alone() -> EvalResult:
    """A prompt with nothing to compare it with."""
    cases = [make_case(number, case.candidate, ()) for number, case in enumerate(_labelled(40, 5, 0))]
    return make_result(cases, confusion=(replace(_confusion(cases), candidate=()),))


def letters(count: int = 600) -> EvalResult:
    """Graded cases with three long answers a side, in clusters."""
    cases = []
    for number in range(count):
        before = [make_answer(LETTER.format(n=number), 0.9, repeat=turn) for turn in range(3)]
        kept = [replace(answer) for answer in before]
        texts = SHORTER.format(n=number), (0.4, 0.55, 0.7)[number % 3]
        after = [make_answer(*texts, repeat=turn) for turn in range(3)] if number % 9 == 0 else kept
        cases.append(make_case(number, before, after, cluster=f"customer-{number // 4}"))
    return make_result(cases, method="graded", verdict="undecided", needs_cases=210)


def many(count: int = 10_000) -> EvalResult:
    """As many cases as a large suite has."""
    return replace(accepted(), results=tuple(_labelled(count, count // 50, count // 60)), cases=count)


def empty() -> EvalResult:
    """A run in which nothing could be judged."""
    case = replace(_labelled(1, 0, 0)[0], change="unsupported", unsupported=("x",), baseline=(), candidate=())
    return make_result([case], needs_cases=None)


def hostile(result: EvalResult, text: str) -> EvalResult:
    """The same document with `text` in every place where a suite, an answer or a server can put one."""
    found = _hostile(result, text)
    cases = tuple(
        replace(case, change=real.change, id=f"{text}{index}")
        for index, (case, real) in enumerate(zip(found.results, result.results, strict=True))
    )
    return replace(found, results=cases, method=result.method)
