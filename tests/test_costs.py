"""Costs: cases computed by hand, and the laws of the formulas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint import costs
from promptlint.model import Basis, Saving
from promptlint.prices import Price, price

GPT_4O = price("gpt-4o")
PLAIN = Price("plain", 2.0, 8.0)
CACHING = Price("caching", 2.0, 8.0, cached_input=0.5)

amounts = st.integers(-100_000, 1_000_000)


def test_the_strategys_prompt() -> None:
    """1,847 -> 612 tokens on GPT-4o at 50,000 requests a day: $154.38 a day, uncached (the strategy says $190)."""
    saved = costs.saving(1847 - 612, GPT_4O, calls_per_month=30 * 50_000)
    assert saved.usd_per_1000 == pytest.approx((3.0875, 3.0875))
    assert saved.usd_month == pytest.approx((4631.25, 4631.25))
    assert costs.usd_month(saved.usd_per_1000, 50_000) == pytest.approx((154.375, 154.375))
    assert saved.basis is Basis.EXACT


def test_the_strategys_prompt_if_it_is_cached() -> None:
    saved = costs.saving(1847 - 612, GPT_4O, cacheable=1847 - 612)
    assert saved.usd_per_1000 == pytest.approx((1.54375, 3.0875))


@pytest.mark.parametrize(
    ("tokens", "used", "expected"),
    [
        # (input, output), (price, cacheable), (low, high)
        ((1000, 0), (PLAIN, 0), (2.0, 2.0)),
        ((1000, 500), (PLAIN, 0), (6.0, 6.0)),
        ((1000, 500), (PLAIN, 1000), (6.0, 6.0)),
        ((1000, 0), (CACHING, 0), (2.0, 2.0)),
        ((1000, 0), (CACHING, 1000), (0.5, 2.0)),
        ((1000, 0), (CACHING, 400), (1.4, 2.0)),
        ((1000, 0), (CACHING, 9999), (0.5, 2.0)),
        ((1000, 100), (CACHING, 1000), (1.3, 2.8)),
        ((-1000, 0), (CACHING, -1000), (-2.0, -0.5)),
        ((-1000, 0), (CACHING, 0), (-2.0, -2.0)),
        ((0, 0), (CACHING, 0), (0.0, 0.0)),
    ],
)
def test_usd_per_1000(
    tokens: tuple[int, int], used: tuple[Price, int], expected: tuple[float, float]
) -> None:
    assert costs.usd_per_1000(*tokens, *used) == pytest.approx(expected)


@given(amounts, st.integers(0, 100_000), st.integers(0, 100_000))
def test_range_is_ordered_and_contains_no_more_than_the_uncached_price(
    tokens: int, output: int, part: int
) -> None:
    found = costs.usd_per_1000(tokens, output, CACHING, part)
    assert found is not None
    low, high = found
    uncached = (tokens * 2.0 + output * 8.0) / 1000
    assert low <= high
    assert uncached in (low, high)
    assert abs(high - low) <= abs(tokens) * 1.5 / 1000 + 1e-9


@given(amounts, amounts)
def test_cost_is_additive_in_tokens(left: int, right: int) -> None:
    parts = [costs.usd_per_1000(tokens, 0, PLAIN) for tokens in (left, right, left + right)]
    values = [part[0] for part in parts if part]
    assert values[0] + values[1] == pytest.approx(values[2], abs=1e-9)


def test_unknown_stays_unknown() -> None:
    assert costs.usd_per_1000(1000, 0, None) is None
    assert costs.usd_month(None, 1000) is None
    assert costs.usd_month((1.0, 2.0), None) is None
    assert costs.saving(7, None) == Saving(7, basis=Basis.EXACT)


def test_saving_takes_the_weaker_basis() -> None:
    assumed = Price("m", 1, 1, basis=Basis.ASSUMED)
    assert costs.saving(1, assumed, basis=Basis.EXACT).basis is Basis.ASSUMED
    assert costs.saving(1, PLAIN, basis=Basis.ESTIMATED).basis is Basis.ESTIMATED
    assert costs.weakest(Basis.MEASURED, Basis.EXACT) is Basis.EXACT
    assert costs.weakest(*Basis) is Basis.ASSUMED


def test_framing_of_a_chat_request() -> None:
    """Three tokens a message and three for the reply, as in OpenAI's Cookbook."""
    assert costs.framing_tokens(6) == 21
    assert costs.framing_tokens(0) == 3
    assert costs.FRAMING_BASIS is Basis.ESTIMATED


@pytest.mark.parametrize(
    ("model", "minimum"),
    [
        ("gpt-4o", 1024),
        ("gpt-4o-2024-08-06", 1024),
        ("gpt-4o-2024-05-13", None),
        ("azure/gpt-4o-mini", 1024),
        ("gpt-4.1", 1024),
        ("gpt-5.2", 1024),
        ("gpt-6-sol", 1024),
        ("o3-mini", 1024),
        ("gpt-4-turbo", None),
        ("gpt-3.5-turbo", None),
        ("gpt-oss-120b", None),
        ("claude-3-haiku-20240307", 2048),
        ("claude-3-sonnet", None),
        ("claude-3-5-sonnet-latest", 1024),
        ("anthropic/claude-3.5-haiku", 2048),
        ("claude-opus-4-20250514", 1024),
        ("claude-opus-4-1", 1024),
        ("claude-sonnet-4.5", 1024),
        ("claude-sonnet-4-6", 2048),
        ("claude-opus-4-6", 4096),
        ("claude-opus-4-8", 1024),
        ("claude-haiku-4-5", 4096),
        ("claude-opus-5", 512),
        ("claude-opus-5-5", 4096),
        ("claude-2.1", None),
        ("gemini-2.5-flash", 2048),
        ("gemini-3.5-flash", 4096),
        ("gemini-1.5-pro", None),
        ("deepseek-v3.2", 64),
        ("groq/llama-3.1-8b-instant", None),
        ("unknown", None),
    ],
)
def test_cache_minimum(model: str, minimum: int | None) -> None:
    assert costs.cache_minimum(model) == minimum


def test_a_prefix_below_the_minimum_is_never_cached() -> None:
    assert [costs.cacheable_tokens(tokens, "gpt-4o") for tokens in (0, 1023, 1024, 5000)] == [
        0,
        0,
        1024,
        5000,
    ]
    assert costs.cacheable_tokens(5000, "unknown") == 0
    low_high = costs.usd_per_1000(1023, 0, GPT_4O, costs.cacheable_tokens(1023, "gpt-4o"))
    assert low_high is not None
    assert low_high[0] == low_high[1]
