"""Two hundred random prices, ours against the price library's own computation."""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime
from importlib.metadata import version

import pytest

from promptlint import prices
from promptlint.plan.mechanisms.pricing import Tokens, batch_usd, call_usd

genai_prices = pytest.importorskip("genai_prices", reason="the price library is not installed (extra `dev`)")

CASES = 200
MAKERS = {"openai": "openai", "anthropic": "anthropic", "google": "google", "mistral": "mistral"}


def test_the_library_is_the_one_of_the_snapshot() -> None:
    import json
    from pathlib import Path

    data = json.loads((Path(prices.__file__).parent / "_data" / "prices.json").read_text(encoding="utf-8"))
    assert data["source"] == f"genai-prices {version('genai-prices')}"


@pytest.mark.skipif(sys.flags.optimize > 0, reason="asserts")
def test_200_random_prices() -> None:
    """Tokens stay within the first tier, below 100,000, and the hour is noon: what the snapshot holds."""
    chance = random.Random(20261123)
    noon = datetime.fromisoformat(f"{prices.snapshot_date()}T12:00:00").replace(tzinfo=UTC)
    names = [(maker, name) for maker in MAKERS for name in prices._snapshot().prices[maker]]
    compared = batched = 0
    for _ in range(20 * CASES):
        if compared == CASES:
            break
        maker, name = chance.choice(names)
        ours = prices.price(name)
        assert ours is not None
        total = chance.randint(0, 90_000)
        cached = chance.randint(0, total) if ours.cached_input is not None else 0
        written = chance.randint(0, total - cached) if ours.cache_write is not None else 0
        amount = Tokens(total, chance.randint(0, 9_000), cached, written)
        usage = genai_prices.Usage(
            input_tokens=int(amount.input),
            output_tokens=int(amount.output),
            cache_read_tokens=cached,
            cache_write_tokens=written,
        )
        try:
            theirs = genai_prices.calc_price(
                usage, name, provider_id=MAKERS[maker], genai_request_timestamp=noon
            )
        except LookupError:  # a spelling of ours: dots for hyphens
            continue
        assert call_usd(amount, ours) == pytest.approx(float(theirs.total_price), rel=1e-9, abs=1e-12), name
        compared += 1
        whole = batch_usd(Tokens(total, amount.output), ours)
        if whole is not None:
            plain = genai_prices.Usage(input_tokens=total, output_tokens=int(amount.output))
            theirs = genai_prices.calc_price(
                plain,
                name,
                provider_id=MAKERS[maker],
                genai_request_timestamp=noon,
                price_context={"processing": "batch"},
            )
            assert whole == pytest.approx(float(theirs.total_price), rel=1e-9, abs=1e-12), name
            batched += 1
    assert compared == CASES
    assert batched > CASES / 4
