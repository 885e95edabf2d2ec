"""What is known of models has a source, and is not more than another source says."""

from __future__ import annotations

import importlib.util
import json
from datetime import date
from pathlib import Path

import pytest

from promptlint.route import abilities
from promptlint.route.abilities import ability
from promptlint.route.policy import Known

DATA = Path(abilities.__file__).parents[1] / "_data" / "abilities.json"


def test_the_table_says_where_it_is_from() -> None:
    table = json.loads(DATA.read_text())
    assert date.fromisoformat(table["date"])
    assert table["source"].startswith("LiteLLM 1.106.2")
    assert all(len(row) == 2 for row in table["models"].values())


@pytest.mark.parametrize(
    ("model", "context", "structured"),
    [
        ("openai/gpt-4o-mini", 128_000, True),
        ("anthropic/claude-haiku-4-5-20251001", 200_000, True),
        ("gpt-4", 8_192, False),
        ("nobody/none-1", None, None),
        ("ollama/llama3", None, None),
    ],
)
def test_what_is_known(model: str, context: int | None, structured: bool | None) -> None:
    found = ability(model, {})
    assert (found.context, found.structured) == (context, structured)


def test_the_policy_goes_first() -> None:
    found = ability("gpt-4", {"gpt-4": Known(context=32_768, structured=True)})
    assert (found.context, found.structured) == (32_768, True)


@pytest.mark.skipif(importlib.util.find_spec("genai_prices") is None, reason="no genai-prices here")
def test_no_context_is_larger_than_that_of_the_price_library() -> None:
    from genai_prices.data import providers

    compared, larger = 0, []
    for provider in providers:
        for info in provider.models if provider.id in {"openai", "anthropic"} else ():
            ours = ability(f"{provider.id}/{info.id}", {}).context
            if ours is not None and info.context_window:
                compared += 1
                larger += [(info.id, ours, info.context_window)] * (ours > info.context_window * 1.05)
    assert compared >= 50
    assert larger == []
