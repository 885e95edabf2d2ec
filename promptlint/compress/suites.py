"""Joins the search with suites and models: variants become prompts, scores are answers that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from pathlib import Path

from promptlint.compress import cutting, estimate, proving, rewriting, search
from promptlint.compress.estimate import Design, Estimate
from promptlint.compress.moves import Moves, levels, still_there
from promptlint.compress.proposal import Ground, Proposal, Tier
from promptlint.compress.proving import Proof
from promptlint.compress.rewriting import Rewrites
from promptlint.compress.search import Found, Split, Stage
from promptlint.compress.segments import Part, leaves
from promptlint.compress.tried import ORIGINAL, Halted, Tried, Variant
from promptlint.errors import SuiteError
from promptlint.evals import anchors, harness, prompting
from promptlint.evals.anchor import allowed
from promptlint.evals.exchange import Attempt, Failure, Reply, Request
from promptlint.evals.gate import Decision, Rules
from promptlint.evals.harness import Arm, Measured
from promptlint.evals.model import Provider, Suite
from promptlint.evals.pairs import Pair
from promptlint.evals.recording import Header
from promptlint.evals.session import Session, Setting, Spent
from promptlint.evals.store import Key
from promptlint.evals.template import Template
from promptlint.records import dataclass

_FATAL = frozenset({"budget", "interrupted", "unrecorded"})
"""Failures after which no other call would fare better."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be compressed, and by which suite.

    Args:
        ground: of the prompt.
        proposals: of the other passes, judged.
        suite: whose prompt it is.
        setting: how models are asked.
        rewriter: the model that says shorter what could not be cut; None: none.
        most_calls: the search's budget; None: `search.budget`.
    """

    ground: Ground
    proposals: tuple[Proposal, ...]
    suite: Suite
    setting: Setting
    rewriter: str | None = None
    most_calls: int | None = None


@dataclass(frozen=True, slots=True)
class Proven:
    """What the proof's answers show besides the verdict.

    Args:
        score: mean of the prompt as it is, on the cases of the proof.
        output: mean tokens of the answers of the prompt and of the variant; None: not known.
    """

    score: float
    output: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a task.

    Args:
        estimate: what was told before.
        moves: all that was tried, by number.
        split: the cases, by number.
        found: by the search; None: it was not begun.
        proof: None: nothing was proven.
        proven: one for each finalist that was proven.
        search_score: mean of the prompt as it is, on the cases of the search; None: not known.
        seen: of the finalists, differences on the cases of the search, by case; of none all, perhaps.
        rewrites: what the rewriter did.
        calls: pairs of variant and case that the search asked for.
        spent: on all calls.
        header: of a recording of the run; None: nothing was answered.
        exchanges: every request with its reply, for such a recording.
        why_not: why nothing was asked, or why the run ended early; empty: it went through.
    """

    estimate: Estimate
    moves: Moves
    split: Split
    found: Found | None = None
    proof: Proof | None = None
    proven: tuple[Proven, ...] = ()
    search_score: float | None = None
    seen: Mapping[Variant, Mapping[int, float]] = field(default_factory=dict)
    rewrites: Rewrites = field(default_factory=Rewrites)
    calls: int = 0
    spent: Spent = field(default_factory=Spent)
    header: Header | None = None
    exchanges: tuple[tuple[Request, Reply], ...] = ()
    why_not: str = ""

    @property
    def decision(self) -> Decision:
        """Undecided where nothing was proven."""
        return self.proof.decision if self.proof else "undecided"

    @property
    def shown(self) -> Variant:
        """The variant to report: what was accepted, else the first that was proven, else what was found."""
        judged = self.proof.shown if self.proof else None
        if judged is not None:
            return judged.variant
        return self.found.made if self.found else ORIGINAL


def compressed(task: Task, tell: Callable[[Estimate], None]) -> Result:
    """Search and prove.

    Args:
        task: what is to be done.
        tell: is given the estimate before anything is asked.

    Raises:
        SuiteError: the suite is for another prompt, declares no margin or no provider, or does not fit.
        UsageError: a key or a price is missing; nothing was paid.
    """
    suite, setting = task.suite, task.setting
    template = _template(task)
    limits = [limit for limit in (suite.max_cost, setting.max_cost) if limit is not None]
    limit = min(limits, default=None)
    with Session(setting, suite.path, limit) as session:
        run = _Run(task, session, template, limit)
        tell(run.estimate)
        return run.result(why_not=run.estimate.why_not) if run.estimate.why_not else run.whole()


def _template(task: Task) -> Template:
    """The suite's own reading of the prompt."""
    suite, prompt = task.suite, task.ground.prompt
    if suite.prompt is None:
        raise SuiteError(f"{suite.path}:1: the suite names no `prompt`")
    if suite.provider is None:
        raise SuiteError(f"{suite.path}:1: the suite has no `provider`")
    if suite.margin is None:
        raise SuiteError(
            f"{suite.path}:1: the key `margin` is missing: how much loss of mean score is acceptable, as 0.03"
        )
    found = prompting.template(suite.prompt, task.setting.folder, suite.path)
    own = prompting.made(prompt, found.place, found.includes, found.settings)
    if own.content_hash != found.content_hash:
        raise SuiteError(f"{suite.path}:1: the suite is for another prompt, {found.id}, not for {prompt.id}")
    return found


class _Run:
    """One task on its way; what it has asked for is in the session."""

    def __init__(self, task: Task, session: Session, template: Template, limit: float | None) -> None:
        suite = task.suite
        assert suite.margin is not None
        assert suite.provider is not None
        self.task, self.session, self.template = task, session, template
        self.moves = Moves(task.ground)
        self.cases = suite.supported
        anchor = anchors.read(anchors.path_of(Path(suite.path)))
        budget = anchors.budget(anchor, suite) if anchor else None
        unsupported = len(suite.cases) - len(self.cases)
        self.rules = Rules(suite.margin, suite.alpha, suite.repeats, budget, unsupported)
        self.margin = allowed(suite.margin, budget)
        wanted = estimate.least(self.margin, suite.alpha)
        self.split = search.split([(case.id, case.cluster) for case in self.cases], wanted)
        parts = len(list(leaves(self.moves.parts))) + len(task.proposals)
        design = Design(self.cases, self.split, self.rules, self.margin, parts, task.most_calls, limit)
        price = estimate.price_of(session, suite.provider, template, self.cases)
        self.estimate = estimate.estimated(design, price)
        critical = [number for number, case in enumerate(self.cases) if case.critical]
        inner = search.cases_of(self.split, critical)
        self.tried = Tried(self._scores, inner, self.estimate.search_calls)
        self.rewrites = Rewrites()
        self._exchanges: dict[Key, tuple[Request, Reply]] = {}
        self._proven: list[Proven] = []
        self._header: Header | None = None
        self._over = False

    def whole(self) -> Result:
        """Search, and prove what was found."""
        try:
            self.tried.differences(ORIGINAL, self.tried.cases.all)  # all at once: that is faster
        except Halted as reason:
            return self.result(why_not=str(reason))
        found = search.searched(self.tried, self._stages(), cutting.Rules.of(self.margin))
        wanted = search.finalists(found, self.estimate.finalists)
        result = partial(self.result, found, {variant: self.tried.seen(variant) for variant in wanted})
        if self._over:
            return result(why_not=found.halted)
        if not wanted:
            return result(why_not=found.halted or "nothing can be cut without a loss that is seen")
        try:
            proof = proving.proven(wanted, self._pairs, self.rules)
        except Halted as reason:
            return result(why_not=str(reason))
        return result(proof, found.halted)

    def result(
        self,
        found: Found | None = None,
        seen: Mapping[Variant, Mapping[int, float]] | None = None,
        proof: Proof | None = None,
        why_not: str = "",
    ) -> Result:
        """What came of it by now."""
        return Result(
            estimate=self.estimate,
            moves=self.moves,
            split=self.split,
            found=found,
            proof=proof,
            proven=tuple(self._proven),
            search_score=self.tried.mean,
            seen=seen or {},
            rewrites=self.rewrites,
            calls=self.tried.calls,
            spent=self.session.spent,
            header=self._header,
            exchanges=tuple(self._exchanges.values()),
            why_not=why_not,
        )

    # --- what is tried ----------------------------------------------------------------------

    def _stages(self) -> Iterator[Stage]:
        """What keeps the contract first; then parts, from the outside in; then what may lose something."""
        yield self._kept
        for level in levels(self.moves):
            yield partial(self._cut, level)
        yield self._apart
        if self.task.rewriter:
            yield self._rewritten

    def _kept(self, _made: Variant) -> Mapping[int, int]:
        return self.moves.add([each for each in self.task.proposals if each.tier is not Tier.EVAL])

    def _cut(self, level: Sequence[Part], made: Variant) -> Mapping[int, int]:
        return self.moves.add_parts(still_there(self.moves, made, level))

    def _apart(self, made: Variant) -> Mapping[int, int]:
        """What only a suite can judge, and touches nothing of what is made, nor each other."""
        taken = [edit.span for edit in self.moves.edits(made)]
        found = []
        for each in sorted(self.task.proposals, key=lambda each: -each.tokens_saved):
            spans = [edit.span for edit in each.edits]
            free = not any(span.overlaps(other) for span in spans for other in taken)
            if each.tier is Tier.EVAL and spans and free:
                taken += spans
                found.append(each)
        return self.moves.add(found)

    def _rewritten(self, made: Variant) -> Mapping[int, int]:
        model, provider = self.task.rewriter, self.task.suite.provider
        assert model is not None
        assert provider is not None
        other = replace(provider, model=model, parameters={}, price=None)
        self.rewrites = rewriting.rewrites(self.moves, made, model, partial(self._attempts, other))
        return self.moves.add(self.rewrites.proposals)

    def _attempts(self, provider: Provider, requests: Sequence[Request]) -> list[Attempt]:
        results = self.session.results(provider, requests)
        never = Attempt(failure=Failure("interrupted", "the run ended before it was sent"), tries=0)
        attempts = []
        for request in requests:
            key = request.key, request.repeat
            attempt = results[key].attempt if key in results else never
            if attempt.reply is not None:
                self._exchanges[key] = request, attempt.reply
            attempts.append(attempt)
        return attempts

    # --- what is asked ----------------------------------------------------------------------

    def _scores(self, variant: Variant, cases: Sequence[int]) -> list[float | None]:
        done = self._measured([variant], cases)
        return [_mean([answer.score for answer in done.answers[self.cases[case].id][0]]) for case in cases]

    def _pairs(self, variant: Variant) -> tuple[Pair, ...]:
        done = self._measured([ORIGINAL, variant], self.split.proof)
        pairs = done.pairs()
        scores = [answer.score for pair in pairs for answer in pair.baseline]
        self._proven.append(Proven(sum(scores) / len(scores) if scores else 0.0, _output(done)))
        return pairs

    def _measured(self, variants: Sequence[Variant], cases: Sequence[int]) -> Measured:
        """Run variants on cases.

        Raises:
            Halted: it cannot go on.
        """
        suite = replace(self.task.suite, cases=tuple([self.cases[case] for case in cases]), notes=())
        done = harness.within(self.session, suite, [Arm(self._variant(each)) for each in variants])
        for key, result in done.results.items():
            if result.attempt.reply is not None:
                self._exchanges[key] = done.requests[key], result.attempt.reply
        if self._header is None and self._exchanges:
            self._header, _ = done.recorded()
        failures = [each.attempt.failure for each in done.results.values() if each.attempt.failure]
        all_failed = len(failures) == len(done.results) or bool(self.session.spent.stopped)
        fatal = next((each for each in failures if all_failed or each.kind in _FATAL), None)
        if fatal is not None:
            self._over = True
            raise Halted(f"{fatal.kind}: {fatal.message}")
        return done

    def _variant(self, variant: Variant) -> Template:
        """The template of a variant."""
        if variant == ORIGINAL:
            return self.template
        template = self.template
        made = prompting.made(
            self.moves.prompt(variant), template.place, template.includes, template.settings
        )
        return replace(template, prompt=made.prompt, content_hash=made.content_hash)


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
