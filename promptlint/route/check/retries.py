"""Counts the calls that one request may become by the retries and fallbacks of a LiteLLM configuration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from promptlint.evals.values import Value
from promptlint.route.check import shared
from promptlint.route.check.litellm_keys import RETRIES
from promptlint.route.check.shared import Cap, amount, listed, mapping
from promptlint.route.notes import Note

Settings = Mapping[str, Value]


def counted(
    router: Settings, litellm: Settings, names: Collection[str], has: Callable[[str], bool], cap: Cap
) -> Iterator[Note]:
    """Retries that make too many calls, and those of a model group that nothing has.

    A retry policy goes before `num_retries`, for the errors that it names; a group's goes before that of all.

    Args:
        router: the `router_settings`.
        litellm: the `litellm_settings`.
        names: of groups and aliases.
        has: whether a request for a name is served.
        cap: the most calls of one request.
    """
    chains = _chains(router, litellm)
    longest = max(chains.values(), default=1)
    value = router.get("num_retries") or litellm.get("num_retries")
    yield from _over(value, longest, cap)
    yield from _policy(router.get("retry_policy"), longest, cap)
    for name, policy in mapping(router.get("model_group_retry_policy")).items():
        if not has(name):
            yield from shared.dangling(policy, name, names, "model group")
        yield from _policy(policy, chains.get(name, chains.get("*", 1)), cap)


def _chains(router: Settings, litellm: Settings) -> dict[str, int]:
    """How many models a request for each group may ask."""
    found: dict[str, int] = {}
    for settings in (router, litellm):
        for item in listed(settings.get("fallbacks")):
            for name, targets in mapping(item).items():
                found[name] = max(found.get(name, 0), 1 + len(listed(targets)))
    return found


def _policy(value: Value | None, models: int, cap: Cap) -> Iterator[Note]:
    yield from shared.misspelt(value, RETRIES)
    for name, item in mapping(value).items():
        if name in RETRIES:
            yield from _over(item, models, cap)


def _over(value: Value | None, models: int, cap: Cap) -> Iterator[Note]:
    retries = amount(value)
    if value is not None and retries is not None:
        yield from shared.too_many(value, models, retries, cap)
