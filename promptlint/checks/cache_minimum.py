"""Finds fixed prefixes just too short for the provider's cache, or so barely long enough that no cut pays."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint import costs, measure
from promptlint.model import Call, Hit, Profile, Role
from promptlint.records import dataclass
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Params:
    """When to speak.

    Attributes:
        short: how much of the minimum may be missing, as a share of it.
        over: how little may be over it, likewise.
        least: minimum of a provider below which a prefix is too short to be worth a word.
    """

    short: float
    over: float
    least: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a prompt, if the model that it is sent to is known and caches prefixes."""
    prompt = view.prompt
    given = prompt.call.get("model")
    model = given.value if given is not None else None
    if prompt.profile is Profile.AGENT_DOCUMENT or not isinstance(model, str) or not prompt.messages:
        return
    minimum = costs.cache_minimum(model)
    if (
        minimum is None
        or minimum < params.least
        or prompt.messages[0].role not in (Role.SYSTEM, Role.DEVELOPER)
    ):
        return
    tools = _tools(prompt.call)
    text = tools + measure.prefix_text(prompt) if tools is not None else ""
    if not view.may_reach(text, int(minimum * (1 - params.short))):
        return
    tokens = view.count(text)
    if minimum * (1 - params.short) <= tokens < minimum:
        message = (
            f"The fixed prefix of {tokens:,} tokens is {minimum - tokens:,} short of what {model} caches: "
            "fixed text from behind the first slot, put before it, would make every repeat cheaper"
        )
        yield Hit(None, message)
    elif minimum <= tokens <= minimum * (1 + params.over):
        message = (
            f"The fixed prefix of {tokens:,} tokens is only {tokens - minimum:,} over what {model} caches: "
            "to cut more would raise the cost, as all of it would be paid in full"
        )
        yield Hit(None, message, minor=True)


def _tools(call: Call) -> str | None:
    """The schemas of the tools, which providers put before the prompt; None if they are not known."""
    given, known = call.get("tools"), call.get("tools.schema")
    if given is None or given.value is None:
        return ""
    return known.value if known is not None and isinstance(known.value, str) else None
