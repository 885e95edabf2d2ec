"""What a month of one prompt's traffic costs: the state that each optimization changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from promptlint import costs
from promptlint.plan.mechanisms import batch, caches, compression, context, pricing, retries, routing
from promptlint.plan.mechanisms.caches import Misses
from promptlint.plan.mechanisms.pricing import Tokens
from promptlint.prices import Price
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Tier:
    """A share of the traffic and its model; `minimum` is that of the model's prefix cache, in tokens."""

    share: float
    model: str
    price: Price
    minimum: int | None


def tier(share: float, model: str, price: Price) -> Tier:
    """A tier, with what is known of the model's prefix cache."""
    return Tier(share, model, price, costs.cache_minimum(model))


@dataclass(frozen=True, slots=True)
class Workload:
    """One prompt's traffic in a month.

    Args:
        calls: requests of users.
        static: fixed tokens of a call, the `prefix` included.
        prefix: those of them before the first slot.
        variable: tokens of slots and of what the user says.
        output: tokens of an answer.
        turns: turns of a conversation on average; 1 where no history is sent.
        history_kept: share of the history that is sent.
        failing: shares of calls that are made again: timeout, parse, validation.
        limit: most retries of a request; None: no limit.
        prefix_hits: share of calls that find their prefix in the provider's cache.
        marked: whether the provider caches the prefix: by itself, or because it is marked.
        answer_hits: share of first turns that a cache of answers serves.
        misses: what such a cache costs.
        batched: share of calls in batch jobs.
        tiers: which models answer; their shares make one whole.
        upkeep: US dollars a month beside the calls.
    """

    calls: float
    static: float
    prefix: float
    variable: float
    output: float
    tiers: tuple[Tier, ...]
    turns: float = 1.0
    history_kept: float = 1.0
    failing: tuple[float, float, float] = (0.0, 0.0, 0.0)
    limit: float | None = None
    prefix_hits: float = 0.0
    marked: bool = False
    answer_hits: float = 0.0
    misses: Misses = Misses()
    batched: float = 0.0
    upkeep: float = 0.0

    @property
    def history(self) -> float:
        """Tokens of history in a call on average."""
        turn = context.Turn(self.static, self.variable, self.output)
        return context.history_per_call(self.turns, turn) * self.history_kept

    @property
    def input(self) -> float:
        """Input tokens of a call on average."""
        return self.static + self.variable + self.history


def call_usd(load: Workload, at: Tier) -> float:
    """US dollars of one model call in a tier: tokens at its prices, part of them in batch jobs."""
    amount = tokens(load, at)
    usd = pricing.call_usd(amount, at.price)
    if not load.batched:
        return usd
    batched = pricing.batch_usd(amount, at.price)
    return usd if batched is None else batch.mixed_usd(usd, batched, load.batched)


def tokens(load: Workload, at: Tier) -> Tokens:
    """Tokens of one model call: of a prefix that is long enough, what is read from the cache and written."""
    cacheable = load.marked and at.price.cached_input is not None
    if not cacheable or at.minimum is None or load.prefix < at.minimum:
        return Tokens(load.input, load.output)
    cached = load.prefix * load.prefix_hits
    written = load.prefix - cached if at.price.cache_write is not None else 0.0
    return Tokens(load.input, load.output, cached, written)


def request_usd(load: Workload) -> float:
    """US dollars of one request of a user: its model calls, retries included, behind a cache of answers."""
    call = routing.routed_usd((each.share, call_usd(load, each)) for each in load.tiers)
    made = retries.attempts(retries.failing(load.failing), load.limit)
    return caches.request_usd(call * made, caches.of_calls(load.answer_hits, load.turns), load.misses)


def month_usd(load: Workload) -> float:
    """US dollars of a month: requests x US dollars of one, and the upkeep. Without requests nothing."""
    return load.calls * request_usd(load) + load.upkeep if load.calls else 0.0


def shortened(load: Workload, share: float) -> Workload:
    """The workload with a share of the fixed text removed, evenly: so much of the prefix goes, too."""
    static, prefix = (compression.left(tokens, share) for tokens in (load.static, load.prefix))
    return replace(load, static=static, prefix=prefix)


def rerouted(load: Workload, tiers: Sequence[Tier]) -> Workload:
    """The workload with other models; tiers of no share are left out."""
    return replace(load, tiers=tuple(each for each in tiers if each.share > 0))
