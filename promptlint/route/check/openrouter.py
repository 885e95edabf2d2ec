"""Checks request fragments for OpenRouter, which takes misspelt preferences in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from promptlint.evals.values import Value
from promptlint.route.check import shape, shared
from promptlint.route.check.shared import Cap, listed, mapping, say, text
from promptlint.route.notes import Note

_KEYS = ("model", "models", "provider", "plugins", "session_id")
_OURS = "_promptlint"


def is_one(given: Mapping[str, Value]) -> bool:
    """Whether a document is a fragment, or our file of a fragment a prompt."""
    is_ours = _OURS in given and all(_is_fragment(item) for item in mapping(given.get("prompts")).values())
    return ("prompts" in given and is_ours) or ("models" in given and "provider" in given)


def _is_fragment(value: Value) -> bool:
    return bool({"model", "models"} & mapping(value).keys())


def check(value: Value, cap: Cap) -> Iterator[Note]:
    """All that is wrong with fragments, or will not do what they say."""
    given = mapping(value)
    for fragment in mapping(given["prompts"]).values() if _OURS in given else (value,):
        yield from shape.faults(fragment, "openrouter")
        yield from shared.misspelt(fragment, _KEYS)
        yield from _models(listed(mapping(fragment).get("models")))
    yield from shared.secrets(value)


def _models(models: list[Value]) -> Iterator[Note]:
    for item in models:
        yield from shared.retired(item, text(item))
    for before, after in pairwise(models):
        if text(before) and text(before) == text(after):
            yield say("RTE202", after, f"{text(after)} is asked again after it has failed")
        elif text(before) and text(after):
            yield from shared.weaker(after, text(before), text(after), cascade=False, structured=False)
