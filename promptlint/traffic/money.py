"""What a logged call costs, in whole billionths of a US dollar, by the prices of the price module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from promptlint import prices
from promptlint.prices import Price
from promptlint.records import dataclass

_SCALE = 10**12
"""Fractions of a nano-dollar a million tokens: a price of 0.00000001 dollars is still a whole number."""

_NANO_A_TOKEN = 1_000
"""US dollars a million tokens x 1e9 nano / 1e6 tokens."""


@dataclass(frozen=True, slots=True)
class Rates:
    """A price as integers: nano-dollars a token, times `_SCALE`."""

    input: int
    output: int
    cached: int
    written: int
    batch_input: int
    batch_output: int
    basis: str


def nano(  # the five counts of a row, called for every one
    rates: Rates | None,
    input_tokens: int | None,
    output_tokens: int | None,
    cached: int | None = None,
    written: int | None = None,
    *,
    batch: bool = False,
) -> int | None:
    """The price in 1e-9 US dollars, halves up: exact until that one rounding, so that sums are whole numbers.

    (input - cached - written) x input + cached x cached_input + written x cache_write + output x output;
    a batch has the batch prices for all its input and output, as far as its model has any, and no others.
    None: no price, or input or output not known. Cached and written tokens beyond the input do not count.

    `input_tokens` counts `cached` (read from a cache) and `written` (to one); None of these two: not known.
    """
    if rates is None or input_tokens is None or output_tokens is None:
        return None
    if batch:
        total = input_tokens * rates.batch_input + output_tokens * rates.batch_output
        return (total + _SCALE // 2) // _SCALE
    total = input_tokens * rates.input + output_tokens * rates.output
    cached = min(cached or 0, input_tokens)
    if cached:
        total += cached * (rates.cached - rates.input)
    if written:
        total += min(written, input_tokens - cached) * (rates.written - rates.input)
    return (total + _SCALE // 2) // _SCALE


def rates_of(price: Price | None) -> Rates | None:
    """A price of the price module as integers; a kind without a price of its own costs the plain one."""
    if price is None:
        return None
    plain, output = _whole(price.input), _whole(price.output)

    def other(amount: float | None, instead: int) -> int:
        return instead if amount is None else _whole(amount)

    return Rates(
        plain,
        output,
        other(price.cached_input, plain),
        other(price.cache_write, plain),
        other(price.batch_input, plain),
        other(price.batch_output, output),
        price.basis.value,
    )


def table(overrides: Mapping[str, Mapping[str, float]]) -> Callable[[str], Rates | None]:
    """A function from a model's name to its rates; what it has looked up it remembers."""
    from functools import lru_cache

    return lru_cache(maxsize=4_096)(lambda model: rates_of(prices.price(model, overrides)))


def _whole(amount: float) -> int:
    """Dollars a million tokens -> nano-dollars a token x `_SCALE`; of the decimal that the float spells."""
    return int(Decimal(repr(amount)) * _NANO_A_TOKEN * _SCALE)
