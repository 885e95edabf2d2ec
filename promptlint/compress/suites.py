"""Joins the search with suites and models: variants become prompts, scores are answers that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from pathlib import Path

from promptlint.compress import cutting, estimate, proving, rewriting, search
from promptlint.compress.asking import Asking, Proven
from promptlint.compress.estimate import Design, Estimate
from promptlint.compress.moves import Moves, levels, still_there
from promptlint.compress.proposal import Ground, Proposal, Tier
from promptlint.compress.proving import Proof
from promptlint.compress.rewriting import Rewrites
from promptlint.compress.search import Found, Split, Stage
from promptlint.compress.segments import Part, leaves
from promptlint.compress.steps import Steps
from promptlint.compress.tried import ORIGINAL, Halted, Tried, Variant
from promptlint.errors import SuiteError, UsageError
from promptlint.evals import anchors, prompting
from promptlint.evals.anchor import allowed
from promptlint.evals.exchange import Reply, Request
from promptlint.evals.gate import Decision, Rules
from promptlint.evals.model import Provider, Suite
from promptlint.evals.pairs import Pair
from promptlint.evals.recording import Header
from promptlint.evals.session import Session, Setting, Spent
from promptlint.evals.template import Template
from promptlint.records import dataclass


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
        cuts: whether parts of the prompt are cut; otherwise the proposals alone are searched and proven.
    """

    ground: Ground
    proposals: tuple[Proposal, ...]
    suite: Suite
    setting: Setting
    rewriter: str | None = None
    most_calls: int | None = None
    cuts: bool = True


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
        _check_rewriter(task, session, limit)
        run = _Run(task, session, template, limit)
        tell(run.estimate)
        if run.estimate.why_not:
            return run.result(why_not=run.estimate.why_not)
        session.setting = replace(setting, watch=Steps(setting.watch, run.estimate.calls))
        return run.whole()


def _rewriter(task: Task) -> Provider | None:
    """Who says shorter what could not be cut: another model of the suite's host."""
    provider = task.suite.provider
    if task.rewriter is None or provider is None:
        return None
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
        assert suite.provider is not None
        self.task, self.moves = task, Moves(task.ground)
        self.asking = Asking(session, suite, template, self.moves)
        self.cases = suite.supported
        anchor = anchors.read(anchors.path_of(Path(suite.path)))
        budget = anchors.budget(anchor, suite) if anchor else None
        self.margin = allowed(suite.margin, budget)
        wanted = estimate.least(self.margin, suite.alpha)
        self.split = search.split([(case.id, case.cluster) for case in self.cases], wanted)
        unsupported = (len(suite.cases) - len(self.cases)) * len(self.split.proof) // max(1, len(self.cases))
        self.rules = Rules(suite.margin, suite.alpha, suite.repeats, budget, unsupported)
        parts = len(list(leaves(self.moves.parts))) * task.cuts + len(task.proposals)
        design = Design(
            cases=self.cases,
            split=self.split,
            rules=self.rules,
            margin=self.margin,
            parts=parts,
            unsupported=len(suite.cases) - len(self.cases),
            most_calls=task.most_calls,
            max_cost=limit,
        )
        price = estimate.price_of(session, suite.provider, template, self.cases)
        self.estimate = estimate.estimated(design, price)
        critical = [number for number, case in enumerate(self.cases) if case.critical]
        inner = search.cases_of(self.split, critical)
        self.tried = Tried(self.asking.scores, inner, self.estimate.search_calls)
        self.rewrites = Rewrites()

    def whole(self) -> Result:
        """Search, and prove what was found."""
        try:
            self.tried.differences(ORIGINAL, self.tried.cases.all)  # all at once: that is faster
        except Halted as reason:
            return self.result(why_not=str(reason))
        found = search.searched(self.tried, self._stages(), cutting.Rules.of(self.margin))
        wanted = search.finalists(found, self.estimate.finalists)
        result = partial(self.result, found, {variant: self.tried.seen(variant) for variant in wanted})
        if self.asking.is_over:
            return result(why_not=found.halted)
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
        return Result(
            estimate=self.estimate,
            moves=self.moves,
            split=self.split,
            found=found,
            proof=proof,
            proven=tuple(self.asking.proven),
            search_score=self.tried.mean,
            seen=seen or {},
            rewrites=self.rewrites,
            calls=self.tried.calls,
            spent=self.asking.session.spent,
            header=self.asking.header,
            exchanges=tuple(self.asking.exchanges.values()),
            why_not=why_not,
        )

    # --- what is tried ----------------------------------------------------------------------

    def _stages(self) -> Iterator[Stage]:
        """What keeps the contract first; then parts, from the outside in; then what may lose something."""
        yield self._kept
        for level in levels(self.moves) if self.task.cuts else ():
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
        writer = _rewriter(self.task)
        assert writer is not None
        ask = partial(self.asking.attempts, writer)
        self.rewrites = rewriting.rewrites(self.moves, made, writer.model or "", ask)
        return self.moves.add(self.rewrites.proposals)
