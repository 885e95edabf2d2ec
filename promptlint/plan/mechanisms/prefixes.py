"""What the provider's prefix cache makes of the static beginning of a prompt."""

from __future__ import annotations

from promptlint.prices import Price


def usd_per_million(price: Price, hits: float) -> float:
    """US dollars of a million tokens of a prefix, of which a share `hits` is read from the cache.

    hits x cached price + (1 - hits) x (write price, or the input price where writing costs no more). Source:
    the providers' price lists (Anthropic writes at 1.25 of the input price, OpenAI at no surcharge); the
    strategy, "Caching strategies": prefix caching.
    """
    if price.cached_input is None:
        return price.input
    write = price.input if price.cache_write is None else price.cache_write
    return hits * price.cached_input + (1 - hits) * write


def break_even_hits(price: Price) -> float | None:
    """The hit rate from which marking a prefix saves money; None if nothing is cached at that price.

    hits x cached + (1 - hits) x write = input gives (write - input) / (write - cached).
    """
    if price.cached_input is None or price.cached_input >= price.input:
        return None
    write = price.input if price.cache_write is None else price.cache_write
    return max(0.0, (write - price.input) / (write - price.cached_input))
