"""Joins the search with suites and models: variants become prompts, scores are answers that were asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

from promptlint.compress import cutting, proving, rewriting, search
from promptlint.compress.moves import Moves, levels, still_there
from promptlint.compress.proposal import Ground, Proposal, Tier
from promptlint.compress.proving import Proof
from promptlint.compress.rewriting import Rewrites
from promptlint.compress.search import Found, Split, Stage
from promptlint.compress.segments import leaves
from promptlint.compress.tried import ORIGINAL, Cases, Halted, Tried, Variant
from promptlint.errors import SuiteError
from promptlint.evals import anchors, billing, harness, prompting
from promptlint.evals.anchor import Budget
from promptlint.evals.exchange import Attempt, Failure, Reply, Request
from promptlint.evals.gate import Rules
from promptlint.evals.harness import Arm, Measured
from promptlint.evals.model import Provider, Suite
from promptlint.evals.pairs import Pair
from promptlint.evals.session import Session, Setting, Spent
from promptlint.evals.stats import power
from promptlint.evals.store import Key
from promptlint.evals.template import Template
from promptlint.locate import edited
from promptlint.records import dataclass

ASSUMED_OUTPUT = 200
"""Tokens of an answer that an estimate assumes where the request allows as many."""

_SAMPLE = 20  # requests that an estimate looks at
_FATAL = frozenset({"budget", "interrupted", "unrecorded"})


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
class Estimate:
    """What a run may take, told before the first call.

    Args:
        parts: of the prompt that may be cut.
        search_cases: cases that the search looks at.
        proof_cases: cases that only the proof sees.
        finalists: how many variants can be proven.
        calls: at most; what is stored already is asked for no more.
        usd: about; estimated, with an assumed length of the answers; None: the price is not known.
        usd_most: the same with the longest answers; None: the price is not known.
    """

    parts: int
    search_cases: int
    proof_cases: int
    finalists: int
    calls: int
    usd: float | None
    usd_most: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a task.

    Args:
        estimate: what was told before.
        moves: all that was tried, by number.
        split: the cases, by number.
        found: by the search; None: it was not begun.
        proof: None: nothing was proven.
        seen: of each finalist the differences on the cases of the search, by case; of none all, perhaps.
        rewrites: what the rewriter did.
        calls: pairs of variant and case that the search asked for.
        spent: on all calls.
        output: mean tokens of the answers in the proof, of the prompt and of the variant that is shown.
        exchanges: every request with its reply, for a recording.
        why_not: why nothing was asked, or why the run ended early; empty: it went through.
    """

    estimate: Estimate
    moves: Moves
    split: Split
    found: Found | None = None
    proof: Proof | None = None
    seen: Mapping[Variant, Mapping[int, float]] = field(default_factory=dict)
    rewrites: Rewrites = field(default_factory=Rewrites)
    calls: int = 0
    spent: Spent = field(default_factory=Spent)
    output: tuple[float, float] | None = None
    exchanges: tuple[tuple[Request, Reply], ...] = ()
    why_not: str = ""

    @property
    def decision(self) -> str:
        """Accepted, rejected or undecided."""
        return self.proof.decision if self.proof else "undecided"

    @property
    def shown(self) -> Variant:
        """The variant that is reported: what was accepted, else the first finalist."""
        judged = self.proof.shown if self.proof else None
        if judged:
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
    moves = Moves(task.ground)
    limits = [limit for limit in (suite.max_cost, setting.max_cost) if limit is not None]
    with Session(setting, suite.path, min(limits, default=None)) as session:
        run = _Run(task, session, template, moves)
        tell(run.estimate)
        if why := run.too_small():
            return run.result(why_not=why)
        return run.whole()


def _template(task: Task) -> Template:
    """The suite's own reading of the prompt."""
    suite, prompt = task.suite, task.ground.prompt
    if suite.prompt is None:
        raise SuiteError(f"{suite.path}:1: the suite names no `prompt`")
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
    """One task on its way; what it asked for is in the session."""

    def __init__(self, task: Task, session: Session, template: Template, moves: Moves) -> None:
        self.task, self.session, self.template, self.moves = task, session, template, moves
        self.suite = task.suite
        assert self.suite.margin is not None
        self.cases = self.suite.supported
        self.exchanges: dict[Key, tuple[Request, Reply]] = {}
        self.rewrites, self.output = Rewrites(), None
        self._proofs: list[Measured] = []
        anchor = anchors.read(anchors.path_of(_path(self.suite)))
        self.budget: Budget | None = anchors.budget(anchor, self.suite) if anchor else None
        unsupported = len(self.suite.cases) - len(self.cases)
        self.rules = Rules(self.suite.margin, self.suite.alpha, self.suite.repeats, self.budget, unsupported)
        self.split = search.split([(case.id, case.cluster) for case in self.cases], self._least())
        self.finalists = self._supported()
        inner = search.cases_of(self.split, [i for i, case in enumerate(self.cases) if case.critical])
        count = len(list(leaves(moves.parts))) + len(task.proposals)
        most = task.most_calls if task.most_calls is not None else search.budget(count, len(inner.all))
        self.tried = Tried(self._scores, inner, most)
        self.estimate = self._estimate(count, inner, most)

    # --- before the first call --------------------------------------------------------------

    @property
    def margin(self) -> float:
        from promptlint.evals.anchor import allowed

        return allowed(self.rules.margin, self.budget)

    def _least(self) -> int:
        return power.fewest_cases(self.margin, self.rules.alpha) if self.margin > 0 else 0

    def _supported(self) -> int:
        sizes: dict[object, int] = {}
        for number in self.split.proof:
            case = self.cases[number]
            key: object = case.id if case.cluster is None else (case.cluster,)
            sizes[key] = sizes.get(key, 0) + 1
        return search.supported(list(sizes.values()), self.margin, self.rules.alpha, self.rules.repeats == 1)

    def too_small(self) -> str:
        """Why the suite can decide nothing; empty: it can."""
        if self.margin <= 0:
            return "nothing is left of what may be lost since the anchor was blessed"
        if self.finalists and self.split.search:
            return ""
        return (
            f"{len(self.split.proof)} cases are left for the proof, and a loss of {100 * self.margin:g} points "
            f"cannot be excluded by fewer than {self._least()} even if no answer changes: nothing was asked"
        )

    def _estimate(self, parts: int, inner: Cases, most: int) -> Estimate:
        searched, proof, repeats = len(inner.all), len(self.split.proof), self.suite.repeats
        calls = repeats * (most + searched + (1 + self.finalists) * proof)
        usd = self._usd()
        return Estimate(
            parts=parts,
            search_cases=searched,
            proof_cases=proof,
            finalists=self.finalists,
            calls=calls,
            usd=None if usd is None else calls * usd[0],
            usd_most=None if usd is None else calls * usd[1],
        )

    def _usd(self) -> tuple[float, float] | None:
        """What a call costs, about and at most; None: the price is not known."""
        provider = self.suite.provider
        if provider is None:
            raise SuiteError(f"{self.suite.path}:1: the suite has no `provider`")
        provider = self.session.settled(provider)
        price = self.session.price(provider)
        if self.session.header(provider) is not None:
            return 0.0, 0.0
        if price is None or not self.cases:
            return None
        said = prompting.conversations(self.template, self.cases[:_SAMPLE])
        asked = [Request(provider.model or "", turns, provider.parameters) for turns in said]
        longest = billing.assumed_output(provider)
        about, most = (
            sum(billing.worst(each, price, output) for each in without) / len(asked)
            for each_asked, output in ((asked, min(longest, ASSUMED_OUTPUT)), (asked, longest))
            if (without := each_asked)
        )
        return min(about, most), most

    # --- the run ----------------------------------------------------------------------------

    def whole(self) -> Result:
        """Search, and prove."""
        try:
            self.tried.differences(
                ORIGINAL, self.tried.cases.all
            )  # at once: one after the other takes longer
        except Halted as reason:
            return self.result(why_not=str(reason))
        found = search.searched(self.tried, self._stages(), cutting.Rules.of(self.margin))
        if found.halted and self._is_over():
            return self.result(found, why_not=found.halted)
        wanted = search.finalists(found, self.finalists)
        seen = {variant: self.tried.seen(variant) for variant in wanted}
        if not wanted:
            return self.result(
                found, why_not=found.halted or "nothing can be cut without a loss that is seen"
            )
        try:
            proof = proving.proven(wanted, self._pairs, self.rules)
        except Halted as reason:
            return self.result(found, seen=seen, why_not=str(reason))
        judged = proof.shown
        assert judged is not None
        at = [each.variant for each in proof.judged].index(judged.variant)
        self.output = _output(self._proofs[at])
        return self.result(found, proof, seen, found.halted)

    def _is_over(self) -> bool:
        """Whether a proof could not be asked for, either."""
        spent = self.session.spent
        return spent.interrupted or bool(spent.stopped) or not self._may_go_on

    _may_go_on = True

    def result(
        self,
        found: Found | None = None,
        proof: Proof | None = None,
        seen: Mapping[Variant, Mapping[int, float]] | None = None,
        why_not: str = "",
    ) -> Result:
        """What came of it by now."""
        return Result(
            estimate=self.estimate,
            moves=self.moves,
            split=self.split,
            found=found,
            proof=proof,
            seen=seen or {},
            rewrites=self.rewrites,
            calls=self.tried.calls,
            spent=self.session.spent,
            output=self.output,
            exchanges=tuple(self.exchanges.values()),
            why_not=why_not,
        )

    def _stages(self) -> Iterator[Stage]:
        """What keeps the contract first; then parts, from the outside in; then what may lose something."""
        proposals = self.task.proposals
        yield lambda made: self.moves.add([each for each in proposals if each.tier is not Tier.EVAL])
        for level in levels(self.moves):
            yield lambda made, level=level: self.moves.add_parts(  # type: ignore[misc]
                still_there(self.moves, made, level)
            )
        yield lambda made: self.moves.add(list(self._apart(made)))
        if self.task.rewriter:
            yield self._rewritten

    def _apart(self, made: Variant) -> Iterator[Proposal]:
        """The proposals that only a suite can judge, and that touch nothing of what is made, nor each other."""
        taken = [edit.span for edit in self.moves.edits(made)]
        for each in sorted(self.task.proposals, key=lambda each: -each.tokens_saved):
            spans = [edit.span for edit in each.edits]
            if each.tier is Tier.EVAL and not any(span.overlaps(other) for span in spans for other in taken):
                taken += spans
                yield each

    def _rewritten(self, made: Variant) -> Mapping[int, int]:
        provider, model = self.suite.provider, self.task.rewriter
        assert provider is not None and model is not None
        other = replace(provider, model=model, parameters={}, price=None)
        self.rewrites = rewriting.rewrites(
            self.moves, made, model, lambda requests: self._attempts(other, requests)
        )
        return self.moves.add(self.rewrites.proposals)

    def _attempts(self, provider: Provider, requests: Sequence[Request]) -> list[Attempt]:
        results = self.session.results(provider, requests)
        attempts = []
        for request in requests:
            found = results.get((request.key, request.repeat))
            attempt = found.attempt if found else Attempt(failure=Failure("interrupted", "the run ended"))
            if attempt.reply is not None:
                self.exchanges[request.key, request.repeat] = request, attempt.reply
            attempts.append(attempt)
        return attempts

    def _variant(self, variant: Variant) -> Template:
        """The template of a variant."""
        if variant == ORIGINAL:
            return self.template
        after = edited(self.task.ground.prompt, self.moves.edits(variant))
        made = prompting.made(after, self.template.place, self.template.includes, self.template.settings)
        return replace(self.template, prompt=made.prompt, content_hash=made.content_hash)

    def _scores(self, variant: Variant, cases: Sequence[int]) -> list[float | None]:
        done = self._measured([variant], cases)
        return [_mean([answer.score for answer in done.answers[self.cases[case].id][0]]) for case in cases]

    def _pairs(self, variant: Variant) -> tuple[Pair, ...]:
        done = self._measured([ORIGINAL, variant], self.split.proof)
        self._proofs.append(done)
        return done.pairs()

    def _measured(self, variants: Sequence[Variant], cases: Sequence[int]) -> Measured:
        """Run variants on cases.

        Raises:
            Halted: it cannot go on.
        """
        suite = replace(self.suite, cases=tuple([self.cases[case] for case in cases]), notes=())
        done = harness.within(self.session, suite, [Arm(self._variant(each)) for each in variants])
        for key, result in done.results.items():
            if result.attempt.reply is not None:
                self.exchanges[key] = done.requests[key], result.attempt.reply
        failures = [each.attempt.failure for each in done.results.values() if each.attempt.failure]
        fatal = next((each for each in failures if each.kind in _FATAL), None)
        if fatal is None and self.session.spent.stopped:
            fatal = failures[0] if failures else None
        if fatal is None and failures and len(failures) == len(done.results):
            fatal = failures[0]
        if fatal is not None:
            self._may_go_on = False
            raise Halted(f"{fatal.kind}: {fatal.message}")
        return done


def _path(suite: Suite) -> Path:
    return Path(suite.path)


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
