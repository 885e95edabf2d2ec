"""What models on hardware of one's own cost, and from which bill on they pay."""

from __future__ import annotations

import math

from promptlint.plan.mechanisms.pricing import MILLION
from promptlint.records import dataclass

MIN_SPEND = 5_000.0
"""The strategy, "Self-hosting open models": below about $5,000 a month of API spend, operations cost
more than is saved."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine that serves a model.

    Args:
        usd_month: US dollars a month: rent, or what was paid divided by its months, with power and space.
        requests_month: requests that it can serve in a month at full load.
        utilization: share of that which real traffic reaches, above 0.
    """

    usd_month: float
    requests_month: float
    utilization: float = 1.0


def hosted_usd(calls: float, machine: Machine, ops: float) -> float:
    """US dollars a month: as many whole machines as the calls need, at least one, and the operations.

    ceil(calls / (requests x utilization)) x usd + ops; nothing without calls. Source: the strategy, "Monthly
    cost of ownership".
    """
    if calls <= 0:
        return 0.0
    machines = math.ceil(calls / (machine.requests_month * machine.utilization))
    return max(1, machines) * machine.usd_month + ops


def serverless_usd(calls: float, tokens: float, usd_per_million: float) -> float:
    """US dollars a month for an open model that somebody else hosts, paid by the token."""
    return calls * tokens * usd_per_million / MILLION


def break_even_calls(usd_per_call: float, machine: Machine, ops: float) -> float | None:
    """Calls a month from which one machine costs less than the API; None if it cannot serve so many.

    (usd + ops) / usd of a call, as long as that is no more than the machine serves.
    """
    if usd_per_call <= 0:
        return None
    calls = (machine.usd_month + ops) / usd_per_call
    return calls if calls <= machine.requests_month * machine.utilization else None


def is_worth(spend: float) -> bool:
    """False below the spend from which on the strategy lets one think of it."""
    return spend >= MIN_SPEND
