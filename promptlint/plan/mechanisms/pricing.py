"""What the tokens of one call cost at a price of the snapshot."""

from __future__ import annotations

from promptlint.prices import Price
from promptlint.records import dataclass

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one call; `cached` and `written` are parts of the `input`, and no token is in both.

    Args:
        input: all of the input.
        output: all of the output, reasoning included.
        cached: read from the provider's prefix cache.
        written: written to that cache.
    """

    input: float
    output: float = 0.0
    cached: float = 0.0
    written: float = 0.0


def call_usd(tokens: Tokens, price: Price) -> float:
    """US dollars of one call.

    usd = ((input - cached - written) x input price + cached x cached price + written x write price
    + output x output price) / 1,000,000, prices being for a million tokens. Without a price for cached input
    (or for writing) those tokens cost what input costs. Source: the strategy, "Model pricing", and the
    providers' own price lists, by the snapshot.

    Raises:
        ValueError: more tokens are cached and written than there are, or a number is negative.
    """
    plain = tokens.input - tokens.cached - tokens.written
    if min(plain, tokens.output, tokens.cached, tokens.written) < 0:
        raise ValueError(f"no tokens of a call: {tokens}")
    cached = price.input if price.cached_input is None else price.cached_input
    write = price.input if price.cache_write is None else price.cache_write
    usd = plain * price.input + tokens.cached * cached + tokens.written * write
    return (usd + tokens.output * price.output) / MILLION


def batch_usd(tokens: Tokens, price: Price) -> float | None:
    """US dollars of one call of a batch job, in which nothing is cached; None without a price for batches."""
    if price.batch_input is None or price.batch_output is None:
        return None
    return (tokens.input * price.batch_input + tokens.output * price.batch_output) / MILLION
