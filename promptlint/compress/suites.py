"""Joins the search with suites and models: variants become prompts, scores are answers that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from promptlint.compress import cutting, estimate, offers, proving, rewriting, search
from promptlint.compress.asking import Asking
from promptlint.compress.estimate import Design, Estimate, Rewriting
from promptlint.compress.moves import Moves, levels, still_there
from promptlint.compress.offers import Call, Offers
from promptlint.compress.proposal import Proposal, Tier
from promptlint.compress.proving import Proof
from promptlint.compress.rewriting import Rewrites
from promptlint.compress.search import Found, Split, Stage
from promptlint.compress.segments import Part, leaves
from promptlint.compress.steps import Steps
from promptlint.compress.tasks import Result, Task
from promptlint.compress.tried import ORIGINAL, Halted, Tried, Variant
from promptlint.errors import SuiteError, UsageError
from promptlint.evals import anchors, prompting
from promptlint.evals.anchor import allowed
from promptlint.evals.gate import Rules
from promptlint.evals.model import Provider
from promptlint.evals.pairs import Pair
from promptlint.evals.session import Session
from promptlint.evals.template import Template

_OWN_HOSTS = ("openai", "anthropic")


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
        _check_rewriter(task, session, limit)
        run = _Run(task, session, template, limit)
        tell(run.estimate)
        if run.estimate.why_not:
            return run.result(why_not=run.estimate.why_not)
        session.setting = replace(setting, watch=Steps(setting.watch, run.estimate.calls))
        return run.whole() if task.searches else run.proven_at_once()


def _rewriter(task: Task) -> Provider | None:
    """Who says shorter what could not be cut: a model of the suite's host, or of a named kind's own host."""
    provider = task.suite.provider
    if task.rewriter is None or provider is None:
        return None
    kind, _, model = task.rewriter.partition(":")
    if kind in _OWN_HOSTS and model:
        return Provider(kind, model, timeout=provider.timeout, concurrency=provider.concurrency)
    return replace(provider, model=task.rewriter, parameters={}, price=None)


def _check_rewriter(task: Task, session: Session, limit: float | None) -> None:
    """Refuse a limit that cannot be kept, before anything is sent."""
    found = _rewriter(task)
    if found is None or limit is None or session.header(found) is not None:
        return
    if session.price(found) is None:
        raise UsageError(
            f"the cost cannot be limited, for the price of the rewriter {task.rewriter} is not known"
        )


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
        self.task, self.moves = task, Moves(task.ground)
        self.asking = Asking(session, suite, template, self.moves)
        self.cases = suite.supported
        anchor = anchors.read(anchors.path_of(Path(suite.path)))
        budget = anchors.budget(anchor, suite) if anchor else None
        self.margin = allowed(suite.margin, budget)
        self.split = self._split()
        unsupported = (len(suite.cases) - len(self.cases)) * len(self.split.proof) // max(1, len(self.cases))
        self.rules = Rules(suite.margin, suite.alpha, suite.repeats, budget, unsupported)
        self.offers = self._offers()
        self.estimate = self._estimate(limit)
        critical = [number for number, case in enumerate(self.cases) if case.critical]
        inner = search.cases_of(self.split, critical)
        self.tried = Tried(self.asking.scores, inner, self.estimate.search_calls)
        self.rewrites = Rewrites()

    def _split(self) -> Split:
        if not self.task.searches:
            return Split((), tuple(range(len(self.cases))))
        wanted = estimate.least(self.margin, self.task.suite.alpha)
        return search.split([(case.id, case.cluster) for case in self.cases], wanted)

    def _offers(self) -> Offers:
        """The proposals that this suite can judge."""
        task, session = self.task, self.asking.session
        assert task.suite.provider is not None
        provider = session.settled(task.suite.provider)
        header = session.header(provider)
        call = Call(
            template=self.asking.template,
            kind=header.kind if header else provider.kind,
            enforced="response_format" in provider.parameters,
            schemas=task.schemas,
        )
        return offers.offers(task.ground, task.proposals, call, self.cases)

    def _estimate(self, limit: float | None) -> Estimate:
        task, session = self.task, self.asking.session
        assert task.suite.provider is not None
        parts = len(list(leaves(self.moves.parts))) * task.searches + len(self.offers.taken)
        design = Design(
            cases=self.cases,
            split=self.split,
            rules=self.rules,
            margin=self.margin,
            parts=parts,
            unsupported=len(task.suite.cases) - len(self.cases),
            most_calls=task.most_calls,
            max_cost=limit,
            rewriting=self._rewriting(),
            searches=task.searches,
        )
        return estimate.estimated(
            design, estimate.price_of(session, task.suite.provider, self.asking.template, self.cases)
        )

    def _rewriting(self) -> Rewriting:
        """What the rewriter is asked if nothing can be cut."""
        writer = _rewriter(self.task)
        if writer is None:
            return Rewriting()
        requests = rewriting.requests(self.moves, ORIGINAL, writer.model or "")
        return estimate.rewriting_of(self.asking.session, writer, requests)

    # --- the run ----------------------------------------------------------------------------

    def whole(self) -> Result:
        """Search, and prove what was found."""
        try:
            self.tried.differences(ORIGINAL, self.tried.cases.all)  # all at once: that is faster
        except Halted as reason:
            return self.result(why_not=str(reason))
        rules = cutting.Rules.of(self.margin)
        found = search.searched(self.tried, self._stages(), rules, self.moves.is_opened)
        if self.asking.is_over:
            return self.result(found, why_not=found.halted)
        return self._proven(found, search.finalists(found, self.estimate.finalists))

    def proven_at_once(self) -> Result:
        """Prove all proposals together on all cases, and where that fails the surest parts of them."""
        tokens = self.moves.add(sorted(self.offers.taken, key=lambda each: (each.tier, -each.tokens_saved)))
        found = Found(frozenset(tokens), tuple(tokens), tokens, {}, ())
        return self._proven(found, search.prefixes(found, self.estimate.finalists))

    def _proven(self, found: Found, wanted: Sequence[Variant]) -> Result:
        result = partial(self.result, found, {variant: self.tried.seen(variant) for variant in wanted})
        if not wanted:
            return result(why_not=found.halted or "nothing can be cut without a loss that is seen")

        def pairs(variant: Variant) -> tuple[Pair, ...]:
            return self.asking.pairs(variant, self.split.proof)

        try:
            proof = proving.proven(wanted, pairs, self.rules)
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
        session = self.asking.session
        assert self.task.suite.provider is not None
        provider = session.settled(self.task.suite.provider)
        return Result(
            price=session.price(provider),
            model=provider.model or "",
            estimate=self.estimate,
            moves=self.moves,
            split=self.split,
            refused=self.offers.refused,
            found=found,
            proof=proof,
            proven=tuple(self.asking.proven),
            search_score=self.tried.mean,
            seen=seen or {},
            rewrites=self.rewrites,
            schema_refused=self.asking.schema_refused,
            calls=self.tried.calls,
            spent=session.spent,
            header=self.asking.header,
            exchanges=tuple(self.asking.exchanges.values()),
            why_not=why_not,
            broke_off=self.asking.is_over,
        )

    # --- what is tried ----------------------------------------------------------------------

    def _stages(self) -> Iterator[Stage]:
        """What keeps the contract first; then parts, from the outside in; then what may lose something."""
        yield self._kept
        for level in levels(self.moves):
            yield partial(self._cut, level)
        yield partial(self._apart, [each for each in self.offers.taken if not each.schema])
        yield partial(self._apart, [each for each in self.offers.taken if each.schema])
        if self.task.rewriter:
            yield self._rewritten

    def _kept(self, _made: Variant) -> Mapping[int, int]:
        return self.moves.add([each for each in self.offers.taken if each.tier is not Tier.EVAL])

    def _cut(self, level: Sequence[Part], made: Variant) -> Mapping[int, int]:
        return self.moves.add_parts(still_there(self.moves, made, level))

    def _apart(self, proposals: Sequence[Proposal], made: Variant) -> Mapping[int, int]:
        """What only a suite can judge, and touches nothing of what is made, nor each other."""
        taken = [edit.span for edit in self.moves.edits(made)]
        found = []
        for each in sorted(proposals, key=lambda each: -each.tokens_saved):
            spans = [edit.span for edit in each.edits]
            free = not any(span.overlaps(other) for span in spans for other in taken)
            if each.tier is Tier.EVAL and free:
                taken += spans
                found.append(each)
        return self.moves.add(found)

    def _rewritten(self, made: Variant) -> Mapping[int, int]:
        writer = _rewriter(self.task)
        assert writer is not None
        ask = partial(self.asking.attempts, writer)
        self.rewrites = rewriting.rewrites(self.moves, made, writer.model or "", ask)
        return self.moves.add(self.rewrites.proposals)
