"""Compares the length of a prompt with a budget."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.measure import static_texts, whole
from promptlint.model import Hit, Profile
from promptlint.records import dataclass
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Params:
    """The budgets.

    Attributes:
        tokens: static tokens of a prompt, with the templates that it includes.
        agent_tokens: of a document that a coding agent loads.
    """

    tokens: int
    agent_tokens: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for the whole prompt; a minor one where nobody chose the budget."""
    agent = view.prompt.profile is Profile.AGENT_DOCUMENT
    budget = view.budget or (params.agent_tokens if agent else params.tokens)
    text = static_texts(tuple(item.segment for item in whole(view.prompt)))[1]
    if not view.may_reach(text, budget):
        return
    tokens = view.count(text)
    excess = tokens - budget
    if excess > 0:
        whose = "the budget" if view.budget else "the default budget"
        message = f"{tokens:,} tokens are {excess:,} over {whose} of {budget:,}"
        yield Hit(None, message, saves=excess, minor=not view.budget)
