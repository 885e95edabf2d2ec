"""The formulas from tokens to US dollars; pure, with their sources.

A cost is a range (low, high): at most, nothing is read from the provider's prefix cache; at best, all of the
cacheable part is. What it costs to fill the cache (`Price.cache_write`, once a lifetime of the cache) is in
neither.
"""

from __future__ import annotations

import re

from promptlint import models
from promptlint.model import Basis, Saving
from promptlint.prices import Price

FRAMING_MESSAGE_TOKENS = 3
"""Tokens that a chat format adds to each message. OpenAI Cookbook, "How to count tokens with tiktoken", for
gpt-3.5-turbo, gpt-4 and gpt-4o; for other models it is an estimate."""

FRAMING_REPLY_TOKENS = 3
"""Tokens that prime the reply, once a request; same source."""

FRAMING_BASIS = Basis.ESTIMATED
"""OpenAI documents the two figures as subject to change, and for no model after gpt-4o."""

_WEAKEST_FIRST = (Basis.ASSUMED, Basis.ESTIMATED, Basis.EXACT, Basis.MEASURED)

_ANTHROPIC_MINIMUM = (
    (re.compile(r"^claude-(?:opus|fable|mythos)-5$"), 512),
    (re.compile(r"^claude-sonnet-5$|^claude-opus-4-8$"), 1024),
    (
        re.compile(r"^claude-3-opus$|^claude-3-[57]-sonnet$|^claude-opus-4(?:-1)?$|^claude-sonnet-4(?:-5)?$"),
        1024,
    ),
    (re.compile(r"^claude-sonnet-4-6$|^claude-3(?:-5)?-haiku$"), 2048),
    (re.compile(r"^claude-(?:opus|sonnet|haiku|fable|mythos)-[4-9]"), 4096),
)
"""Anthropic, "Prompt caching", minimum cacheable prompt length, as quoted in July 2026. Where sources differ
(Sonnet 4.6: 1,024 by the page, 2,048 as users measured; Opus 4.7: 2,048 or 4,096) the higher figure stands,
and for later models the highest of all: a promised saving must come true. Claude 3 Sonnet and older do not
cache."""

_GOOGLE_MINIMUM = (
    (re.compile(r"^gemini-2\.5-"), 2048),
    (re.compile(r"^gemini-(?:[3-9]|\d\d)"), 4096),
)
"""Google, "Context caching", implicit caching, October 2026; before Gemini 2.5 there is none."""


def framing_tokens(messages: int) -> int:
    """Tokens that the chat format adds to a request of so many messages (FRAMING_BASIS)."""
    return FRAMING_MESSAGE_TOKENS * messages + FRAMING_REPLY_TOKENS


def usd_per_1000(
    input_tokens: int, output_tokens: int, price: Price | None, cacheable_tokens: int = 0
) -> tuple[float, float] | None:
    """US dollars for 1,000 calls, as (low, high); None without a price.

    high = (input_tokens x input + output_tokens x output) / 1,000, as prices are for a million tokens;
    low = high with `cacheable_tokens` of the input at the cached price. A negative number of tokens (an edit
    that adds) gives negative dollars.

    Args:
        input_tokens: tokens of one call.
        output_tokens: tokens of one call, reasoning included.
        price: what they cost.
        cacheable_tokens: the part of `input_tokens` that a prefix cache may hold (see `cacheable_tokens`).
    """
    if price is None:
        return None
    uncached = (input_tokens * price.input + output_tokens * price.output) / 1000
    if price.cached_input is None:
        return uncached, uncached
    part = min(max(cacheable_tokens, min(0, input_tokens)), max(0, input_tokens))
    cached = uncached - part * (price.input - price.cached_input) / 1000
    return min(cached, uncached), max(cached, uncached)


def usd_month(per_1000: tuple[float, float] | None, calls: int | None) -> tuple[float, float] | None:
    """US dollars for so many calls a month, as (low, high); None if the price or the volume is unknown."""
    if per_1000 is None or calls is None:
        return None
    return per_1000[0] * calls / 1000, per_1000[1] * calls / 1000


def cache_minimum(model: str) -> int | None:
    """The shortest prefix, in tokens, that the model's provider caches; None if none is known to be cached.

    OpenAI ("Prompt caching"): 1,024 from gpt-4o of August 2024 on, automatic. Anthropic: by model, and only
    after a `cache_control` mark. Google: by model, implicit. DeepSeek ("Context caching"): 64. A host that
    serves a model of somebody else is taken to cache as its maker does.
    """
    name = models.parse(model)
    maker = models.vendor(model)
    if maker == "openai":
        old = re.match(r"(?:gpt-3\.5|gpt-4)(?![0-9a-z.])", name.base) or name.dated == "gpt-4o-2024-05-13"
        return None if old else 1024
    if maker == "deepseek":
        return 64
    table = {"anthropic": _ANTHROPIC_MINIMUM, "google": _GOOGLE_MINIMUM}.get(maker or "", ())
    return next((minimum for pattern, minimum in table if pattern.search(name.base)), None)


def cacheable_tokens(prefix_tokens: int, model: str) -> int:
    """How much of a static prefix a cache may hold: all of it, or nothing below the provider's minimum."""
    minimum = cache_minimum(model)
    return prefix_tokens if minimum is not None and prefix_tokens >= minimum else 0


def saving(
    tokens: int,
    price: Price | None,
    cacheable: int = 0,
    calls_per_month: int | None = None,
    basis: Basis = Basis.EXACT,
) -> Saving:
    """What it saves to send `tokens` input tokens less on every call.

    Args:
        tokens: tokens(before) - tokens(after) of the whole prompt.
        price: what they cost.
        cacheable: how many of them lie in a prefix that is cached before and after.
        calls_per_month: the volume, if it is known.
        basis: of the token count; the saving's is the weaker of it and the price's.
    """
    per_1000 = usd_per_1000(tokens, 0, price, cacheable)
    return Saving(
        input_tokens=tokens,
        usd_per_1000=per_1000,
        usd_month=usd_month(per_1000, calls_per_month),
        basis=weakest(basis, price.basis) if price else basis,
    )


def weakest(*bases: Basis) -> Basis:
    """The basis of a number that rests on several: assumed before estimated before exact before measured."""
    return min(bases, key=_WEAKEST_FIRST.index)
