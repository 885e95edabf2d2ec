"""Checks which answers a hand-written configuration keeps: those that differ, or are of one person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from promptlint.evals.values import Value
from promptlint.route.check import shared
from promptlint.route.check.litellm_keys import CACHES
from promptlint.route.check.shared import Cap, amount, listed, mapping, say, text
from promptlint.route.emit.litellm import PROMPT
from promptlint.route.notes import Note
from promptlint.traits import STEADY

_EMBEDDING = {
    "redis-semantic": "redis_semantic_cache_embedding_model",
    "valkey-semantic": "valkey_semantic_cache_embedding_model",
    "qdrant-semantic": "qdrant_semantic_cache_embedding_model",
}


# --- both products -----------------------------------------------------------------------------


def differing(params: Mapping[str, Value]) -> Iterator[Note]:
    """Parameters of a kept answer with which the same request is answered in other words, or acts."""
    found = amount(params.get("temperature"))
    if found is not None and found > STEADY:
        message = f"answers are kept that differ each time (temperature {found:g})"
        yield say("RTE222", params["temperature"], message)
    if listed(params.get("tools")):
        yield say("RTE222", params["tools"], "answers are kept that call tools: the tool would not run again")


def personal(value: Value, prompt: str, cap: Cap) -> Iterator[Note]:
    """A prompt whose answers may not be kept, by the plan."""
    why = cap.uncacheable.get(prompt.removeprefix(PROMPT))
    if why is not None:
        yield say("RTE222", value, f"answers of {prompt!r} are kept: {why}")


# --- LiteLLM -----------------------------------------------------------------------------------


def litellm(
    settings: Mapping[str, Value], groups: Mapping[str, Iterable[Value]], names: Iterable[str], cap: Cap
) -> Iterator[Note]:
    """The cache of `litellm_settings`, and whose answers it keeps without being asked to.

    Args:
        settings: the `litellm_settings`.
        groups: the deployments of each model group.
        names: of groups and aliases.
        cap: whose answers may not be kept.
    """
    is_on, value = settings.get("cache"), settings.get("cache_params")
    if is_on is None or is_on.scalar() is False:
        return
    params = mapping(value)
    if value is not None:
        yield from _kind(value, params, names)
    if text(params.get("mode")) == "default_off":
        return
    for name, deployments in groups.items():
        for item in deployments:
            yield from personal(item, name, cap)
            yield from differing(mapping(mapping(item).get("litellm_params")))


def _kind(value: Value, params: Mapping[str, Value], names: Iterable[str]) -> Iterator[Note]:
    kind = text(params.get("type"))
    if kind and kind not in CACHES:
        yield say("RTE212", params["type"], f"no cache is of type {kind!r}{shared.near(kind, CACHES)}")
    if "similarity_threshold" in params:
        yield from shared.share(params["similarity_threshold"])
    if not kind.endswith("-semantic"):
        return
    if "similarity_threshold" not in params:
        yield say("RTE219", value, "a semantic cache without a `similarity_threshold`")
    yield from embedding(params.get(_EMBEDDING.get(kind, "")), names)
    if _EMBEDDING.get(kind, kind) not in params:
        message = f"no `{_EMBEDDING.get(kind)}`: the product's default is asked, whoever serves it"
        yield say("RTE224", value, message, "info")
    if text(params.get("mode")) != "default_off" and "namespace" not in params:
        message = "a semantic cache for all requests: its key has no prompt in it, so answers cross prompts"
        yield say("RTE208", value, f"{message}; set `mode: default_off`, and a namespace in each request")


def embedding(value: Value | None, names: Iterable[str]) -> Iterator[Note]:
    """An embedding model that no group serves, and whose name does not say who else would."""
    name, known = text(value), list(names)
    is_known = name in known or "/" in name or name.startswith("text-embedding")
    if value is not None and name and not is_known:
        message = f"no model group serves the embedding model {name!r}{shared.near(name, known)}"
        yield say("RTE224", value, message)
