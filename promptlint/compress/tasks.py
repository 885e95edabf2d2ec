"""The data of a run with a suite: what is to be made shorter, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from promptlint.compress.asking import Proven
from promptlint.compress.estimate import Estimate
from promptlint.compress.moves import Moves
from promptlint.compress.offers import Refusal
from promptlint.compress.proposal import Ground, Proposal
from promptlint.compress.proving import Proof
from promptlint.compress.rewriting import Rewrites
from promptlint.compress.search import Found, Split
from promptlint.compress.tried import ORIGINAL, Variant
from promptlint.evals.exchange import Reply, Request
from promptlint.evals.gate import Decision
from promptlint.evals.model import Suite
from promptlint.evals.recording import Header
from promptlint.evals.session import Setting, Spent
from promptlint.prices import Price
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be compressed, and by which suite.

    Args:
        ground: of the prompt.
        proposals: of the other passes, judged.
        suite: whose prompt it is.
        setting: how models are asked.
        rewriter: the model that says shorter what could not be cut, of the suite's host, or of OpenAI's or
            Anthropic's own where it begins with `openai:` or `anthropic:`; None: none.
        most_calls: the search's budget; None: `search.budget`.
        schemas: whether edits may be made that need a schema in the call.
        searches: whether part of the cases is used to search for what can go; otherwise all proposals are
            proven together on all cases, with parts of them to fall back on.
    """

    ground: Ground
    proposals: tuple[Proposal, ...]
    suite: Suite
    setting: Setting
    rewriter: str | None = None
    most_calls: int | None = None
    schemas: bool = False
    searches: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a task.

    Args:
        estimate: what was told before.
        moves: all that was tried, by number.
        split: the cases, by number.
        refused: proposals that the suite cannot judge, each with the reason.
        found: by the search; None: it was not begun.
        proof: None: nothing was proven.
        proven: one for each finalist that was proven.
        search_score: mean of the prompt as it is, on the cases of the search; None: not known.
        seen: of the finalists, differences on the cases of the search, by case; of none all, perhaps.
        rewrites: what the rewriter did.
        schema_refused: why the provider answers no request with a schema; empty: it does, or none was sent.
        calls: pairs of variant and case that the search asked for.
        spent: on all calls.
        header: of a recording of the run; None: nothing was answered.
        exchanges: every request with its reply, for such a recording.
        price: that the suite's model charges; None: not known.
        model: of the suite; empty: not known.
        why_not: why nothing was asked, or why the run ended early; empty: it went through.
        broke_off: whether it ended for lack of answers; the same run again may come further.
    """

    estimate: Estimate
    moves: Moves
    split: Split
    refused: tuple[Refusal, ...] = ()
    found: Found | None = None
    proof: Proof | None = None
    proven: tuple[Proven, ...] = ()
    search_score: float | None = None
    seen: Mapping[Variant, Mapping[int, float]] = field(default_factory=dict)
    rewrites: Rewrites = field(default_factory=Rewrites)
    schema_refused: str = ""
    calls: int = 0
    spent: Spent = field(default_factory=Spent)
    header: Header | None = None
    exchanges: tuple[tuple[Request, Reply], ...] = ()
    price: Price | None = None
    model: str = ""
    why_not: str = ""
    broke_off: bool = False

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
