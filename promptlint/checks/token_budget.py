"""Compares the length of a prompt, and of all agent documents that are loaded together, with a budget."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.branches import static_texts
from promptlint.measure import whole
from promptlint.model import Hit, Include, Profile
from promptlint.patterns import lazy
from promptlint.records import dataclass
from promptlint.view import View

_SLACK = 0.5  # of a budget that nobody chose
_ON_DEMAND = lazy(r"(?:^|/)SKILL\.md$|(?:^|/)references?/")
_SHOWN = 3  # documents that are named


@dataclass(frozen=True, slots=True)
class Params:
    """The budgets.

    Attributes:
        tokens: static tokens of a prompt, with the templates that it includes.
        agent_tokens: of a document that a coding agent loads, with those above it and what it imports.
    """

    tokens: int
    agent_tokens: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for the whole prompt; a minor one where nobody chose the budget."""
    agent = view.prompt.profile is Profile.AGENT_DOCUMENT
    context = view.prompt.source.context
    budget = view.budget or (params.agent_tokens if agent else params.tokens)
    most = budget if view.budget else round(budget * (1 + _SLACK))
    levels = tuple(item for item in context.levels if agent and not _ON_DEMAND.search(item.path))
    if not levels and not context.includes and not view.may_reach(view.text, most):
        return
    text = static_texts(tuple(item.segment for item in whole(view.prompt)))[1]
    tokens = view.count(text) if view.may_reach(text, most) or levels else 0
    if tokens > most:
        yield _hit(view, budget, tokens, f"{tokens:,} tokens")
    elif levels:
        yield from _together(view, budget, most, tokens, levels)


def _together(view: View, budget: int, most: int, own: int, levels: tuple[Include, ...]) -> Iterator[Hit]:
    """What is loaded with a document counts too; one that is over the budget by itself is told itself."""
    counted = {item.path: view.count(item.text) for item in levels}
    tokens = own + sum(counted.values())
    if tokens > most and max(counted.values()) <= most:
        names = ", ".join(list(counted)[:_SHOWN]) + (" and others" if len(counted) > _SHOWN else "")
        yield _hit(view, budget, tokens, f"With {names}, loaded together with it, {tokens:,} tokens")


def _hit(view: View, budget: int, tokens: int, what: str) -> Hit:
    excess = tokens - budget
    whose = "the budget" if view.budget else "the default budget"
    message = f"{what} are {excess:,} over {whose} of {budget:,}"
    return Hit(None, message, saves=excess, minor=not view.budget)
