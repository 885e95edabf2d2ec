"""Runs prompts on the cases of a suite: their texts, the calls, the scores; nothing is decided here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from promptlint import evaluation
from promptlint.errors import SuiteError
from promptlint.evals import origin, prompting, scoring
from promptlint.evals.exchange import Attempt, Failure, Reply, Request, distinct
from promptlint.evals.model import Answer, Assertion, Case, Provider, Suite
from promptlint.evals.opinions import rubric
from promptlint.evals.opinions.panel import Model, Panel
from promptlint.evals.pairs import Pair, Scored
from promptlint.evals.recording import Header
from promptlint.evals.runner import Result
from promptlint.evals.scoring import Judged, Scores
from promptlint.evals.session import Session, Setting, Spent
from promptlint.evals.spending import Bill
from promptlint.evals.store import Key
from promptlint.evals.template import Template
from promptlint.evaluation import Answered
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Arm:
    """A prompt that is run on every case: with the repeats from `first` on, as many as the suite says."""

    template: Template
    first: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """What arms did on the cases that can be judged.

    Args:
        suite: with notes of what was found on the way.
        arms: as they were asked for.
        answers: by case, then by arm, then by repeat.
        asked: the key of the request of each, in the same order.
        requests: by key.
        results: what became of each request.
        confusion: of label assertions.
        judge: None: no opinion was asked for.
        spent: on all calls, the judge's included.
        source: where the answers come from.
    """

    suite: Suite
    arms: tuple[Arm, ...]
    answers: Mapping[str, tuple[tuple[Answered, ...], ...]]
    asked: Mapping[str, tuple[tuple[Key, ...], ...]]
    requests: Mapping[Key, Request]
    results: Mapping[Key, Result]
    confusion: tuple[evaluation.Confusion, ...]
    judge: evaluation.Judge | None
    spent: Spent
    source: evaluation.Source

    def pairs(self, baseline: int = 0, candidate: int = 1) -> tuple[Pair, ...]:
        """The cases as the gate takes them, from two of the arms."""
        return tuple([self._pair(case, baseline, candidate) for case in self.suite.supported])

    def _pair(self, case: Case, baseline: int, candidate: int) -> Pair:
        return Pair(
            id=case.id,
            baseline=self._scored(case.id, baseline),
            candidate=self._scored(case.id, candidate),
            cluster=case.cluster,
            critical=case.critical,
            identical=self.identical(case.id, baseline, candidate),
        )

    def identical(self, case: str, baseline: int = 0, candidate: int = 1) -> bool:
        """Whether two arms make the same request for a case, and so share an answer."""
        asked = self.asked[case]
        return len(asked) > 1 and not set(asked[baseline]).isdisjoint(asked[candidate])

    def _scored(self, case: str, arm: int) -> tuple[Scored, ...]:
        found = zip(self.answers[case][arm], self.asked[case][arm], strict=True)
        return tuple(
            [
                Scored(answer.score, bool(answer.passed), self.results[key].bill)
                for answer, key in found
                if answer.score is not None
            ]
        )

    def replies(self, arm: int, cases: Iterable[str]) -> Iterator[Reply | None]:
        """The replies that an arm got in some cases; None where there is none."""
        for case in cases:
            for key in self.asked[case][arm]:
                yield self.results[key].attempt.reply

    def bills(self, arm: int, cases: Iterable[str]) -> Iterator[Bill | None]:
        """What the answers of an arm cost in some cases; None where it is not known."""
        for case in cases:
            for key in self.asked[case][arm]:
                yield self.results[key].bill

    def recorded(self) -> tuple[Header, list[tuple[Request, Reply]]]:
        """What a recording of the run holds: where the answers come from, and all that came."""
        source = self.source
        header = Header(
            kind=source.kind,
            model=source.model,
            base_url=source.base_url or "",
            parameters=json.loads(source.parameters),
            made_at=datetime.now(UTC).date().isoformat(),
        )
        found = ((self.requests[key], result.attempt.reply) for key, result in self.results.items())
        return header, [(request, reply) for request, reply in found if reply is not None]


def measured(suite: Suite, arms: Sequence[Arm], setting: Setting, why_not: str = "") -> Measured:
    """Run each arm on each case that can be judged, and score the answers.

    Args:
        suite: its cases, and whom they are put to.
        arms: what is run.
        setting: how.
        why_not: why nothing is asked, so that no case has an answer; empty: all is asked.

    Raises:
        SuiteError: a prompt and the cases do not fit, or the suite has no provider; nothing was paid.
        UsageError: a key is missing, or the price where there is a limit; nothing was paid.
    """
    limits = [limit for limit in (suite.max_cost, setting.max_cost) if limit is not None]
    with Session(setting, suite.path, min(limits, default=None)) as session:
        return within(session, suite, arms, why_not)


def within(session: Session, suite: Suite, arms: Sequence[Arm], why_not: str = "") -> Measured:
    """The same in a session that goes on: what is spent is that of the whole session."""
    if suite.provider is None:
        raise SuiteError(f"{suite.path}:1: the suite has no `provider`")
    provider = session.settled(suite.provider)
    requests = _requests(suite, arms, provider)
    wanted = distinct([each for case in requests.values() for arm in case for each in arm])
    results = {} if why_not else session.results(provider, tuple(wanted.values()))
    asked = {case: tuple([tuple(map(_key, arm)) for arm in found]) for case, found in requests.items()}
    never = Result(Attempt(failure=Failure("interrupted", why_not or _ENDED), tries=0), stored=False)
    whole = {key: results.get(key, never) for key in wanted}
    scores = _scores(suite, asked, whole, session)
    return Measured(
        suite=replace(suite, notes=(*suite.notes, *_notes(arms, session.spent, scores))),
        arms=tuple(arms),
        answers={case: _row(asked[case], scores.of[case], whole) for case in asked},
        asked=asked,
        requests=wanted,
        results=whole,
        confusion=scores.confusion,
        judge=_judge(suite, scores),
        spent=session.spent,
        source=origin.source(provider, session),
    )


_ENDED = "the run ended before it was sent"


def _key(request: Request) -> Key:
    return request.key, request.repeat


def _row(
    asked: tuple[tuple[Key, ...], ...], judged: tuple[tuple[Judged, ...], ...], results: Mapping[Key, Result]
) -> tuple[tuple[Answered, ...], ...]:
    """The answers to a case, by arm and repeat."""
    return tuple(
        [
            tuple([_answered(key, found, results[key]) for key, found in zip(keys, arm, strict=True)])
            for keys, arm in zip(asked, judged, strict=True)
        ]
    )


def _notes(arms: Sequence[Arm], spent: Spent, scores: Scores) -> Iterator[str]:
    """What should be known of a run, whatever it showed."""
    yield from dict.fromkeys(note for arm in arms for note in arm.template.notes)
    own = [(arm.template.id, arm.template.parameters) for arm in arms if arm.template.parameters]
    yield from dict.fromkeys(f"{prompt}: its call sends {_json(given)}, too" for prompt, given in own)
    if spent.stopped:
        yield f"the run was given up: {spent.stopped}"
    if spent.interrupted:
        yield "the run was interrupted; the answers so far are kept"
    if spent.lost:
        yield f"calls of earlier runs whose end is not known, and which may have been paid: {spent.lost}"
    if scores.preferences.pairs:
        found = scores.preferences
        yield (
            f"of {found.pairs} pairs of answers the judge prefers the baseline's in {found.baseline}, "
            f"the candidate's in {found.candidate}"
        )


def _judge(suite: Suite, scores: Scores) -> evaluation.Judge | None:
    if suite.judge is None or not any(_asks_judge(case.assertions) for case in suite.supported):
        return None
    return evaluation.Judge(suite.judge.model or "", rubric.INSTRUCTIONS, scores.agreement)


def _asks_judge(assertions: Iterable[Assertion]) -> bool:
    return any(each.type == "llm-rubric" or _asks_judge(each.parts) for each in assertions)


def _requests(
    suite: Suite, arms: Sequence[Arm], provider: Provider
) -> dict[str, tuple[tuple[Request, ...], ...]]:
    """What is asked: by case, then by arm, then by repeat.

    What a prompt's own call sends besides is sent with that prompt; the suite's word comes first.
    """
    names = {name for arm in arms for name in arm.template.known}
    sent = [
        (
            {**arm.template.parameters, **provider.parameters},
            prompting.conversations(arm.template, suite.supported, names),
            range(arm.first, arm.first + suite.repeats),
        )
        for arm in arms
    ]
    model = provider.model or ""
    return {
        case.id: tuple(
            [
                tuple([Request(model, said[index], given, repeat) for repeat in repeats])
                for given, said, repeats in sent
            ]
        )
        for index, case in enumerate(suite.supported)
    }


def _scores(
    suite: Suite,
    asked: Mapping[str, tuple[tuple[Key, ...], ...]],
    results: Mapping[Key, Result],
    session: Session,
) -> Scores:
    answers = {
        case: tuple([tuple([_answer(results[key]) for key in arm]) for arm in arms])
        for case, arms in asked.items()
    }
    judge, embedder = [each and session.settled(each) for each in (suite.judge, suite.embedder)]
    panel = Panel(
        judge=partial(session.attempts, judge) if judge else None,
        embedder=partial(session.attempts, embedder) if embedder else None,
        python=session.setting.python,
        judge_model=Model(judge.model or "", judge.parameters) if judge else Model(),
        embedder_model=Model(embedder.model or "", embedder.parameters) if embedder else Model(),
    )
    return scoring.scored(suite.supported, answers, panel)


def _answer(result: Result) -> Answer | None:
    reply = result.attempt.reply
    if reply is None:
        return None
    return Answer(reply.text, reply.calls, reply.latency, result.bill.total if result.bill else None)


def _answered(key: Key, judged: Judged, result: Result) -> Answered:
    reply, failure = result.attempt.reply, result.attempt.failure
    why = f"{failure.kind}: {failure.message}" if failure else judged.failure
    return Answered(
        repeat=key[1],
        text=reply.text if reply else "",
        calls=tuple([f"{call.name}({_json(call.arguments)})" for call in reply.calls]) if reply else (),
        score=judged.score,
        passed=judged.passed,
        reason=judged.reason,
        checks=judged.checks,
        failure=why,
        stored=result.stored,
        tries=result.attempt.tries,
        usd=result.bill.total if result.bill else None,
        latency=reply.latency if reply else None,
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
