"""What is known of a model that routing goes by: who serves it, how much it takes, what it costs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from promptlint import models, prices, retired
from promptlint.records import dataclass

if TYPE_CHECKING:
    from promptlint.route.policy import Known

OUTPUT_TOKENS = 200
"""Assumed tokens of an answer where the author does not say; the same for all models that are compared."""

_CONTEXTS = (
    (r"gpt-4o|chatgpt-4o|gpt-4-turbo|o1-mini", 128_000, True),
    (r"gpt-4\.1", 1_047_576, True),
    (r"gpt-5", 400_000, True),
    (r"gpt-3\.5", 16_385, False),
    (r"gpt-4(?!\.|o|-turbo)", 8_192, False),
    (r"o1|o3|o4", 200_000, True),
    (r"claude-(?:2|instant)", 100_000, False),
    (r"claude-", 200_000, True),
    (r"gemini-", 1_048_576, True),
    (r"mistral-(?:large|medium|small)", 128_000, True),
    (r"llama-?v?4", 1_000_000, False),
    (r"llama-?v?3", 128_000, False),
    (r"deepseek-", 128_000, False),
)
"""Tokens that a family takes, and whether it can be held to a JSON Schema, by its makers' pages; the `models`
of a policy go before."""

_HEADS = {
    **dict.fromkeys(("google", "google-gla", "gemini"), "gemini"),
    **dict.fromkeys(("mistral", "mistralai"), "mistral"),
    **dict.fromkeys(("xai", "x-ai"), "xai"),
}
_PROVIDERS = (
    *("openai", "anthropic", "azure", "bedrock", "cerebras", "cohere", "databricks", "deepinfra", "deepseek"),
    *("fireworks_ai", "groq", "ollama", "openrouter", "together_ai", "vertex_ai", "vllm", "xai", "mistral"),
    *("gemini", "meta-llama"),
)


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
    row = next((row for row in _CONTEXTS if re.match(row[0], base)), None)
    return Ability(
        model=model,
        provider=provider,
        bare=bare,
        context=row[1] if row else None,
        structured=row[2] if row else None,
        input=price.input if price else None,
        output=price.output if price else None,
        batch_input=price.batch_input if price else None,
        retired=retired.gone(model),
    )


def _served(model: str) -> tuple[str, str]:
    """Who serves a model, and its name there."""
    head, slash, rest = model.strip().partition("/")
    if not slash:
        head, slash, rest = model.strip().partition(":")
    known = _HEADS.get(head.lower(), head.lower())
    if slash and known in _PROVIDERS:
        return known, rest
    maker = models.vendor(model)
    return (_HEADS.get(maker, maker) if maker else ""), model.strip()
