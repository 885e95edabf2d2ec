"""What is known of a model that routing goes by: who serves it, how much it takes, what it costs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from promptlint import models, prices, retired
from promptlint.records import dataclass

if TYPE_CHECKING:
    from promptlint.route.policy import Known

OUTPUT_TOKENS = 200
"""Assumed tokens of an answer where the author does not say; the same for all models that are compared."""

_TABLE = Path(__file__).parents[1] / "_data" / "abilities.json"
"""By model the most tokens of input, and whether answers can be held to a JSON Schema, null where its source
does not say; the file names source and date. The `models` of a policy go before."""

_HEADS = {
    **dict.fromkeys(("google", "google-gla", "gemini"), "gemini"),
    **dict.fromkeys(("mistral", "mistralai"), "mistral"),
    **dict.fromkeys(("xai", "x-ai"), "xai"),
}
_SDK = "models"  # `models/gemini-...`, as Google's own client spells its models
_PROVIDERS = (
    *("openai", "anthropic", "azure", "bedrock", "cerebras", "cohere", "databricks", "deepinfra", "deepseek"),
    *("fireworks_ai", "groq", "ollama", "openrouter", "together_ai", "vertex_ai", "vllm", "xai", "mistral"),
    *("gemini", "meta-llama"),
)


def providers() -> tuple[str, ...]:
    """The names before the slash that say who serves or makes a model."""
    return tuple(sorted({*_HEADS, *_PROVIDERS, *models.PREFIXES}))


def is_provider(head: str) -> bool:
    """Whether it is known who that is; `google.` and the like before a name are of Bedrock."""
    return head.lower() in providers()


@dataclass(frozen=True, slots=True)
class Ability:
    """A model, as it is known here; None and "" where it is not.

    `bare` is the name without who serves it; prices are US dollars a million tokens.
    """

    model: str
    provider: str
    bare: str
    context: int | None
    structured: bool | None
    input: float | None
    output: float | None
    batch_input: float | None
    retired: date | None

    @property
    def named(self) -> str:
        """The name with who serves it."""
        return f"{self.provider}/{self.bare}" if self.provider else self.model

    def usd_per_1000(self, input_tokens: int, output_tokens: int | None) -> float | None:
        """US dollars for 1,000 calls without a cache, estimated; None if the price is not known."""
        if self.input is None or self.output is None:
            return None
        wanted = OUTPUT_TOKENS if output_tokens is None else output_tokens
        return (input_tokens * self.input + wanted * self.output) / 1000


def ability(model: str, known: Mapping[str, Known]) -> Ability:
    """What is known of a model; what the policy says of it goes first."""
    said = known.get(model)
    general = _general(model)
    if said is None:
        return general
    provider, bare = said.provider or general.provider, general.bare
    if said.provider and model.startswith(f"{said.provider}/"):
        bare = model.removeprefix(f"{said.provider}/")
    return Ability(
        model=model,
        provider=provider,
        bare=bare,
        context=general.context if said.context is None else said.context,
        structured=general.structured if said.structured is None else said.structured,
        input=general.input if said.input is None else said.input,
        output=general.output if said.output is None else said.output,
        batch_input=general.batch_input,
        retired=general.retired,
    )


@lru_cache(maxsize=1024)
def _general(model: str) -> Ability:
    provider, bare = _served(model)
    price = prices.price(model)
    base = models.canonical(model)
    context, structured = _table().get(f"{provider}/{base}") or _table().get(base) or (None, None)
    return Ability(
        model=model,
        provider=provider,
        bare=bare,
        context=context,
        structured=structured,
        input=price.input if price else None,
        output=price.output if price else None,
        batch_input=price.batch_input if price else None,
        retired=retired.gone(model),
    )


@cache
def _table() -> Mapping[str, tuple[int | None, bool | None]]:
    rows = json.loads(_TABLE.read_text(encoding="utf-8"))["models"]
    return cast(Mapping[str, tuple[int | None, bool | None]], rows)


def _served(model: str) -> tuple[str, str]:
    """Who serves a model, and its name there."""
    head, slash, rest = model.strip().partition("/")
    if not slash:
        head, slash, rest = model.strip().partition(":")
    known = _HEADS.get(head.lower(), head.lower())
    if slash and known in _PROVIDERS:
        return known, rest
    if "/" in model and head.lower() != _SDK and not is_provider(head):
        return "", model.strip()
    maker = models.vendor(model)
    return (_HEADS.get(maker, maker) if maker else ""), model.strip()
