"""What a call costs: its bill once it is answered, and the worst case before it is sent."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from promptlint import models, prices, tokens
from promptlint.evals.exchange import Request, Usage
from promptlint.evals.model import Provider
from promptlint.evals.providers import addresses, anthropic
from promptlint.evals.spending import Bill
from promptlint.model import Basis
from promptlint.prices import Price
from promptlint.records import dataclass

ASSUMED_OUTPUT = 4_096
"""Tokens that an answer is assumed to have at most, where neither request nor provider set a limit."""

ASSUMED_REASONING = 32_768
"""The same for models that think before they answer: what they think is billed as output."""

_REASONING = re.compile(r"o[134](?!\d)|gpt-5|deepseek-(?:r\d|reasoner)|magistral|grok-[34]|gemini-(?:2\.5|3)")
_LIMITS = ("max_completion_tokens", "max_tokens")
_SENT = ("tools", "response_format")
"""The parameters that are billed as input: definitions of tools, and schemas."""

_MESSAGE = 16  # tokens around a message, and around the whole: chat formats known to us take 3 to 7
_MILLION = 1_000_000


def price_of(provider: Provider, overrides: Mapping[str, Mapping[str, float]] | None = None) -> Price | None:
    """What a provider charges for its model; None if that is not known.

    The suite's own price is exact. One by the model's name is assumed where the address is not that of the
    kind's own host. A server on this machine without either is assumed to charge nothing.

    Args:
        provider: of a suite.
        overrides: of the configuration; see `prices.price`.

    Raises:
        ConfigError: an override is wrong.
    """
    model = provider.model or ""
    if provider.price is not None:
        given = provider.price
        return Price(
            model,
            given["input"],
            given["output"],
            given.get("cached_input"),
            given.get("cache_write"),
            source="suite",
        )
    found = prices.price(model, overrides) if model else None
    if provider.base_url is None:
        return found
    if found is not None:
        return found if found.source == "config" else replace(found, basis=Basis.ASSUMED)
    if _is_loopback(provider.base_url):
        return Price(model, 0.0, 0.0, basis=Basis.ASSUMED, source="a server on this machine")
    return None


def _is_loopback(address: str) -> bool:
    try:
        return addresses.address(address).is_loopback
    except ValueError:  # its client will say so
        return False


def bill(usage: Usage | None, price: Price | None) -> Bill | None:
    """What an answer cost; None if the price or the tokens are not known, or the tokens cannot be.

    Input that was read from the provider's cache, or written to it, has its own price; where there is none,
    it costs as much as other input.
    """
    if usage is None or price is None:
        return None
    fresh = usage.input - usage.cached - usage.cache_write
    if not all(0 <= count < 2**53 for count in (fresh, usage.cached, usage.cache_write, usage.output)):
        return None
    written = price.input if price.cache_write is None else price.cache_write
    read = price.input if price.cached_input is None else price.cached_input
    return Bill(
        input=(fresh * price.input + usage.cache_write * written) / _MILLION,
        cached=usage.cached * read / _MILLION,
        output=usage.output * price.output / _MILLION,
    )


def assumed_output(provider: Provider) -> int:
    """The tokens that an answer may have at most, for `worst`; assumed if the provider sets no limit."""
    limit = _limit(provider.parameters)
    if limit is not None:
        return limit
    if provider.kind == "anthropic":
        return anthropic.MOST_OUTPUT
    known = _REASONING.match(models.parse(provider.model or "").base)
    return ASSUMED_REASONING if known or "reasoning_effort" in provider.parameters else ASSUMED_OUTPUT


def worst(request: Request, price: Price, output: int = ASSUMED_OUTPUT) -> float:
    """US dollars that one try of a request costs at most, if tokens are counted right.

    None of the input comes from a cache, and all of it is written to one where that is dearer. Its tokens are
    counted for the model; where that is an estimate, its 95th percentile is taken.

    Args:
        request: what would be sent.
        price: of its model.
        output: tokens of the answer where the request has no limit of its own.
    """
    kinds = (price.input, price.cached_input, price.cache_write)
    dearest = max(kind for kind in kinds if kind is not None)
    limit = 0 if request.endpoint == "embeddings" else _limit(request.parameters)
    answer = output if limit is None else limit
    return (input_tokens(request) * dearest + answer * price.output) / _MILLION


def input_tokens(request: Request) -> int:
    """The tokens of a request, counted for its model, rather too many than too few."""
    tokenizer = tokens.tokenizer(request.model)
    count = sum(tokens.count(text, tokenizer) for text in _texts(request))
    return math.ceil(count * (1 + tokenizer.error)) + _MESSAGE * (1 + len(request.messages))


def _texts(request: Request) -> Iterator[str]:
    """All that is read as input: contents as they are, everything else as JSON."""
    for message in request.messages:
        for name, value in message.items():
            if isinstance(value, str):
                yield value
            elif value is not None:
                yield json.dumps({name: value}, ensure_ascii=False)
    for name in _SENT:
        if name in request.parameters:
            yield json.dumps(request.parameters[name], ensure_ascii=False)


def _limit(parameters: Mapping[str, object]) -> int | None:
    """The most tokens of an answer that a request asks for."""
    given = [value for name in _LIMITS if type(value := parameters.get(name)) is int and value > 0]
    return max(given) if given else None


_UNIT = 10**12  # of a dollar: whole numbers, so that what is reserved and given back adds up exactly


@dataclass(slots=True)
class Ledger:
    """What a run may spend, has spent, and holds back for calls in flight: US dollars times 10^12.

    Never is more spent than the limit, in whatever order calls end, if none costs more than was held for it.
    Threads must take turns.

    Args:
        limit: None: there is none.
        spent: what calls that have ended cost, or may have cost.
        held: for the calls in flight.
    """

    limit: int | None = None
    spent: int = 0
    held: int = 0

    @classmethod
    def of(cls, limit: float | None) -> Ledger:
        """A ledger with a limit in US dollars."""
        return cls(None if limit is None else round(limit * _UNIT))

    def hold(self, usd: float) -> bool:
        """Hold back the worst case of a call; False, and nothing is held, if it does not fit."""
        amount = round(usd * _UNIT)
        if self.limit is not None and self.spent + self.held + amount > self.limit:
            return False
        self.held += amount
        return True

    def settle(self, held: float, times: int, paid: float) -> None:
        """End a call: give back what was held for it, so many times, and book what it cost."""
        self.held -= times * round(held * _UNIT)
        self.spent += round(paid * _UNIT)

    @property
    def most(self) -> float:
        """What was spent and is held, in US dollars."""
        return (self.spent + self.held) / _UNIT

    @property
    def left(self) -> float:
        """What may still be spent or held, in US dollars; infinite without a limit."""
        return math.inf if self.limit is None else (self.limit - self.spent - self.held) / _UNIT
