"""Finds long fixed prompts to a provider that caches only what is marked, where nothing is marked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint import costs, measure, models
from promptlint.model import Hit, Profile, Role
from promptlint.patterns import lazy
from promptlint.records import dataclass
from promptlint.view import View

_MARKS = lazy(r"cache_?control|cache_?point|prompt_?cach|anthropic_cache|ephemeral", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Params:
    """When to speak.

    Attributes:
        vendors: makers of models that cache only what is marked.
        minimum: tokens of the shortest prefix that is cached; 0: what the provider documents of the model.
    """

    vendors: tuple[str, ...]
    minimum: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a prompt, where the call says `system`, else at the prompt's start."""
    prompt = view.prompt
    given = prompt.call.get("model")
    model = given.value if given is not None else None
    if prompt.profile is Profile.AGENT_DOCUMENT or not isinstance(model, str) or not prompt.messages:
        return
    if models.vendor(model) not in params.vendors or prompt.messages[0].role is not Role.SYSTEM:
        return
    if any(message.cache_mark for message in prompt.messages) or prompt.call.get("cache_control"):
        return
    minimum = params.minimum or costs.cache_minimum(model)
    prefix = measure.prefix_text(prompt)
    if minimum is None or not view.may_reach(prefix, minimum) or _MARKS.search(prompt.source.text):
        return
    tokens = view.count(prefix)
    if tokens < minimum:
        return
    message = (
        f"{tokens:,} fixed tokens go to {model} with no cache_control; marked, a call within 5 minutes of "
        "the last reads them at a tenth of the price"
    )
    sent = prompt.call.get("system")
    yield Hit(sent if sent is not None and not sent.path else None, message, caches=tokens)
