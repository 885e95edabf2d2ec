"""What traffic costs that is split over models, by a classifier before the call or by a cascade."""

from __future__ import annotations

from collections.abc import Iterable


def routed_usd(tiers: Iterable[tuple[float, float]]) -> float:
    """US dollars of a call on average, of tiers as (share of the calls, US dollars of a call there).

    Raises:
        ValueError: the shares do not make one whole.

    Source: the strategy, "Model routing": 72 % / 20 % / 8 % over three models.
    """
    found = list(tiers)
    whole = sum(share for share, _ in found)
    if abs(whole - 1) > 1e-9 or any(share < 0 for share, _ in found):
        raise ValueError(f"shares of traffic make {whole}, not 1")
    return sum(share * usd for share, usd in found)


def cascade_usd(cheap: float, strong: float, escalated: float, check: float = 0.0) -> float:
    """US dollars of a request that a cheap model answers first, and a strong one if that does not hold.

    cheap + check + escalated x strong: a request that escalates pays for both. Source: the strategy, "Model
    routing": the cascade router; 70-80 % of traffic is simple enough, so 20-30 % escalate.

    Args:
        cheap: US dollars of a call of the cheap model.
        strong: US dollars of a call of the strong one.
        escalated: share of requests whose first answer fails the quality gate.
        check: US dollars of checking one answer.
    """
    return cheap + check + escalated * strong


def wasted_usd(cheap: float, escalated: float, check: float = 0.0) -> float:
    """US dollars a request for first answers that are thrown away: escalated x (cheap + check)."""
    return escalated * (cheap + check)


def break_even_escalation(cheap: float, strong: float, check: float = 0.0) -> float:
    """The share of escalations at which a cascade costs what the strong model costs alone.

    cheap + check + e x strong = strong gives e = 1 - (cheap + check) / strong; zero if a cascade never pays.
    """
    return max(0.0, 1 - (cheap + check) / strong) if strong > 0 else 0.0
