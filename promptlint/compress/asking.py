"""Asks models for what a search and a proof want to know: scores, pairs, rewrites; all in one session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from promptlint.compress.moves import Moves
from promptlint.compress.offers import response_format
from promptlint.compress.tried import ORIGINAL, Halted, Variant
from promptlint.evals import harness, prompting
from promptlint.evals.exchange import Attempt, Failure, Reply, Request
from promptlint.evals.harness import Arm, Measured
from promptlint.evals.model import Provider, Suite
from promptlint.evals.pairs import Pair
from promptlint.evals.recording import Header
from promptlint.evals.session import Session
from promptlint.evals.store import Key
from promptlint.evals.template import Template
from promptlint.records import dataclass

_FATAL = frozenset({"budget", "interrupted", "unrecorded"})
"""Failures after which no other call would fare better."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What the proof's answers show besides the verdict.

    Args:
        score: mean of the prompt as it is, on the cases of the proof.
        output: mean tokens of the answers of the prompt and of the variant; None: not known.
    """

    score: float
    output: tuple[float, float] | None


class Asking:
    """Puts the variants of one prompt to the model of a suite.

    Args:
        session: asks, and knows what was spent.
        suite: whose cases are put.
        template: of the prompt as it is.
        moves: from which variants are made.

    `schema_refused` says why the provider answers no request with a schema; empty: it does, or none was sent.
    """

    def __init__(self, session: Session, suite: Suite, template: Template, moves: Moves) -> None:
        self.session, self.suite, self.template, self.moves = session, suite, template, moves
        self.exchanges: dict[Key, tuple[Request, Reply]] = {}
        self.header: Header | None = None
        self.proven: list[Proven] = []
        self.is_over = False
        self.schema_refused = ""

    def scores(self, variant: Variant, cases: Sequence[int]) -> list[float | None]:
        """The mean score of a variant by case, None where an answer lacks.

        Raises:
            Halted: it cannot go on.
        """
        done = self._measured([variant], cases)
        ids = [self.suite.supported[case].id for case in cases]
        return [_mean([answer.score for answer in done.answers[case][0]]) for case in ids]

    def pairs(self, variant: Variant, cases: Sequence[int]) -> tuple[Pair, ...]:
        """The cases as the gate takes them, answered by the prompt and by a variant; notes what they show.

        Raises:
            Halted: it cannot go on.
        """
        done = self._measured([ORIGINAL, variant], cases)
        pairs = done.pairs()
        if any(pair.identical for pair in pairs) and not done.source.recorded:
            # What was cut stands in a branch that these cases do not take: they are asked once more.
            done = self._measured([ORIGINAL, variant], cases, self.suite.repeats)
            pairs = done.pairs()
        scores = [answer.score for pair in pairs for answer in pair.baseline]
        self.proven.append(Proven(sum(scores) / len(scores) if scores else 0.0, _output(done)))
        return pairs

    def attempts(self, provider: Provider, requests: Sequence[Request]) -> list[Attempt]:
        """What became of requests to another model, in order."""
        results = self.session.results(provider, requests)
        never = Attempt(failure=Failure("interrupted", "the run ended before it was sent"), tries=0)
        attempts = []
        for request in requests:
            key = request.key, request.repeat
            attempt = results[key].attempt if key in results else never
            if attempt.reply is not None:
                self.exchanges[key] = request, attempt.reply
            attempts.append(attempt)
        return attempts

    def _measured(self, variants: Sequence[Variant], cases: Sequence[int], first: int = 0) -> Measured:
        """Run variants on cases, the last one with the repeats from `first` on.

        Raises:
            Halted: it cannot go on.
        """
        self._go_on()
        suite = replace(self.suite, cases=tuple([self.suite.supported[case] for case in cases]), notes=())
        arms = [Arm(self._variant(each)) for each in variants]
        arms[-1] = Arm(arms[-1].template, first)
        done = harness.within(self.session, suite, arms)
        for key, result in done.results.items():
            if result.attempt.reply is not None:
                self.exchanges[key] = done.requests[key], result.attempt.reply
        if self.header is None and self.exchanges:
            self.header, _ = done.recorded()
        self._go_on()
        failures = [each.attempt.failure for each in done.results.values() if each.attempt.failure]
        if self.moves.schema(variants[-1]) and {each.kind for each in failures} == {"refused"}:
            # Not every server takes a schema: that is told of this variant alone.
            self.schema_refused = failures[0].message
            self.session.spent = replace(self.session.spent, stopped="")
            return done
        all_failed = len(failures) == len(done.results) or bool(self.session.spent.stopped)
        fatal = next((each for each in failures if all_failed or each.kind in _FATAL), None)
        if fatal is not None:
            self.is_over = True
            raise Halted(f"{fatal.kind}: {fatal.message}")
        return done

    def _go_on(self) -> None:
        """Stop where the user has ended the run, be it that all answers of its last calls came.

        Raises:
            Halted: he has.
        """
        if self.session.spent.interrupted:
            self.is_over = True
            raise Halted("interrupted: the run was ended")

    def _variant(self, variant: Variant) -> Template:
        """The template of a variant."""
        if variant == ORIGINAL:
            return self.template
        template, schema = self.template, self.moves.schema(variant)
        made = prompting.made(
            self.moves.prompt(variant), template.place, template.includes, template.settings
        )
        given = {**template.parameters, **response_format(schema)} if schema else template.parameters
        return replace(template, prompt=made.prompt, content_hash=made.content_hash, parameters=given)


def _mean(scores: Sequence[float | None]) -> float | None:
    known = [score for score in scores if score is not None]
    return sum(known) / len(known) if known and len(known) == len(scores) else None


def _output(done: Measured) -> tuple[float, float] | None:
    """Mean tokens of the answers of both arms; None where they are not known of all."""
    means = []
    for arm in range(2):
        usages = [reply.usage if reply else None for reply in done.replies(arm, done.answers)]
        known = [usage.output for usage in usages if usage is not None]
        if not known or len(known) < len(usages):
            return None
        means.append(sum(known) / len(known))
    return means[0], means[1]
