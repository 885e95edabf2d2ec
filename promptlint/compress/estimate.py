"""Says before the first call what a run may take, and whether it can decide anything."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from promptlint import prices
from promptlint.compress import search
from promptlint.compress.search import Split
from promptlint.evals import billing, prompting
from promptlint.evals.exchange import Request
from promptlint.evals.gate import FEWEST_SUPPORTED, Rules
from promptlint.evals.model import Case, Provider
from promptlint.evals.session import Session
from promptlint.evals.stats import power
from promptlint.evals.template import Template
from promptlint.records import dataclass

ASSUMED_OUTPUT = 200
"""Tokens of an answer that an estimate assumes, where the request allows as many."""

_SAMPLE = 20  # requests that an estimate looks at


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars a call: with ASSUMED_OUTPUT, and with the longest answer."""

    about: float
    most: float


NOTHING = Price(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What a rewriter is asked at most: calls, and what one costs; None: not known."""

    calls: int = 0
    price: Price | None = NOTHING

    def usd(self, most: bool = False) -> float | None:
        """US dollars of all, with the longest answers or about."""
        if self.price is None:
            return None
        return self.calls * (self.price.most if most else self.price.about)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run may take.

    Args:
        parts: of the prompt that may be cut, and other proposals.
        search_cases: cases that the search looks at.
        proof_cases: cases that only the proof sees.
        finalists: how many variants can be proven; 0: not even one.
        search_calls: the search's budget, without those of the prompt itself.
        calls: of the whole run, at most; what is stored already is not asked for again.
        rewrites: how many of these are asked of the rewriter.
        usd: about; estimated, the length of answers assumed; None: the price is not known.
        usd_most: the same with the longest answers.
        alpha: of the gate, one-sided, for all finalists together.
        why_not: why nothing can be decided, so that nothing is asked; empty: it can.
    """

    parts: int
    search_cases: int
    proof_cases: int
    finalists: int
    search_calls: int
    calls: int
    rewrites: int
    usd: float | None
    usd_most: float | None
    alpha: float
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Design:
    """What decides how much a run takes.

    Args:
        cases: that can be judged.
        split: of these.
        rules: of the gate.
        margin: that is tested: the declared one, or what is left of the anchor's budget.
        parts: as in `Estimate`.
        unsupported: cases of the suite that cannot be judged.
        most_calls: of the search, as the user says; None: `search.budget`.
        max_cost: US dollars for everything; None: no limit.
        rewriting: what a rewriter is asked.
        searches: whether there is a search before the proof.
    """

    cases: Sequence[Case]
    split: Split
    rules: Rules
    margin: float
    parts: int
    unsupported: int = 0
    most_calls: int | None = None
    max_cost: float | None = None
    rewriting: Rewriting = Rewriting()
    searches: bool = True


def least(margin: float, alpha: float) -> int:
    """The cases below which nothing is accepted, even if no answer changes."""
    return power.fewest_cases(margin, alpha) if margin > 0 else 0


def estimated(found: Design, price: Price | None) -> Estimate:
    """What a run takes at most.

    Args:
        found: the design.
        price: of a call; None: not known.
    """
    searched, proof = sum(map(len, found.split.search)), len(found.split.proof)
    repeats, finalists = found.rules.repeats, _finalists(found)
    fixed = searched + (1 + finalists) * proof
    most = _search_budget(found, searched)
    rewriting = found.rewriting
    why_not = _nothing(found) or _too_small(found, finalists)
    if found.max_cost is not None and price is not None and price.about > 0:
        beside = rewriting.usd() or 0.0
        affordable = math.floor((found.max_cost - beside) / price.about / repeats) - fixed
        if affordable < searched and not why_not:
            why_not = (
                f"${found.max_cost:g} do not pay for a search and a proof: about "
                f"${price.about * repeats * (fixed + searched) + beside:.4g} are needed at least (estimated)"
            )
        most = max(0, min(most, affordable))
    calls = repeats * (most + fixed)
    return Estimate(
        parts=found.parts,
        search_cases=searched,
        proof_cases=proof,
        finalists=finalists,
        search_calls=most,
        calls=calls + rewriting.calls,
        rewrites=rewriting.calls,
        usd=_sum(None if price is None else calls * price.about, rewriting.usd()),
        usd_most=_sum(None if price is None else calls * price.most, rewriting.usd(most=True)),
        alpha=found.rules.alpha,
        why_not=why_not,
    )


def _search_budget(found: Design, searched: int) -> int:
    if not searched:
        return 0
    return search.budget(found.parts, searched) if found.most_calls is None else found.most_calls


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first + second


def _finalists(found: Design) -> int:
    sizes: Counter[tuple[str, bool]] = Counter()
    for number in found.split.proof:
        case = found.cases[number]
        sizes[case.cluster or case.id, case.cluster is not None] += 1
    fine = search.supported(
        list(sizes.values()), found.margin, found.rules.alpha, binary=found.rules.repeats == 1
    )
    return fine if found.searches else min(fine, found.parts)


def _nothing(found: Design) -> str:
    """Without an edit to judge or a sentence to rewrite no answer would tell anything."""
    return "" if found.parts or found.rewriting.calls else "nothing may be cut: nothing was asked"


def _too_small(found: Design, finalists: int) -> str:
    if found.margin <= 0:
        return "nothing is left of what may be lost since the anchor was blessed"
    judged, every = len(found.cases), len(found.cases) + found.unsupported
    if judged < FEWEST_SUPPORTED * every:
        return f"{judged} of {every} cases can be judged, less than {FEWEST_SUPPORTED:.0%}"
    if finalists and (found.split.search or not found.searches):
        return ""
    return (
        f"the suite is too small: {len(found.split.proof)} of its {len(found.cases)} cases are left for the "
        f"proof, and a loss of {100 * found.margin:g} points is not excluded by fewer than "
        f"{least(found.margin, found.rules.alpha)} independent ones, even if no answer changes"
    )


def price_of(session: Session, provider: Provider, template: Template, cases: Sequence[Case]) -> Price | None:
    """What a call of the prompt costs; None: it is not known.

    Raises:
        SuiteError: the prompt and the cases do not fit, or the provider cannot be what the suite says.
        UsageError: its key is not there.
    """
    provider = session.settled(provider)
    if session.header(provider) is not None:
        return NOTHING
    price = session.price(provider)
    if price is None or not cases:
        return None
    said = prompting.conversations(template, cases[:_SAMPLE])
    return _mean(
        [Request(provider.model or "", turns, provider.parameters) for turns in said], provider, price
    )


def rewriting_of(session: Session, provider: Provider, requests: Sequence[Request]) -> Rewriting:
    """What a rewriter costs that is asked so much at most.

    Raises:
        SuiteError: the provider cannot be what is said of it.
        UsageError: its key is not there.
    """
    if session.header(provider) is not None:
        return Rewriting(len(requests))
    price = session.price(provider)
    if price is None or not requests:
        return Rewriting(len(requests), None if price is None else NOTHING)
    return Rewriting(len(requests), _mean(requests[:_SAMPLE], provider, price))


def _mean(requests: Sequence[Request], provider: Provider, price: prices.Price) -> Price:
    longest = billing.assumed_output(provider)
    most = sum(billing.worst(request, price, longest) for request in requests) / len(requests)
    shorter = max(0, longest - ASSUMED_OUTPUT) * price.output / 1_000_000
    return Price(most - shorter, most)
