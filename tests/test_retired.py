"""The table of retired models: how names are looked up, and that the table itself is sound."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint import models, retired

TABLE = json.loads((Path(retired.__file__).parent / "_data" / "retired.json").read_text())
NAMES = [(maker, name) for maker, rows in TABLE["models"].items() for name in rows]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("gpt-3.5-turbo-0613", date(2024, 9, 13)),
        ("openai/gpt-4-32k", date(2025, 6, 6)),
        ("claude-2.1", date(2025, 7, 21)),
        ("claude-3.5-sonnet", date(2025, 10, 28)),
        ("claude-3-5-sonnet-20241022", date(2025, 10, 28)),
        ("claude-3-5-sonnet-latest", date(2025, 10, 28)),
        ("gemini-1.5-pro-002", date(2025, 9, 29)),
        ("ft:gpt-3.5-turbo-0125:acme::x", date(2026, 10, 23)),
    ],
)
def test_names_in_many_spellings_are_found(name: str, day: date) -> None:
    assert retired.retired(name) == day
    assert retired.gone(name) == day


@pytest.mark.parametrize(
    "name",
    [
        "gpt-4o",
        "claude-opus-4-5",
        "azure/gpt-4",
        "bedrock/anthropic.claude-3-sonnet-20240229-v1:0",
        "claude-3-5-sonnet@20240620",
        "ft:gpt-4o-2024-08-06:acme::x",
        "",
        "mine",
    ],
)
def test_models_that_run_and_other_hosts_have_no_day(name: str) -> None:
    assert retired.retired(name) is None
    assert retired.source(name) is None


def test_a_day_ahead_is_known_but_the_model_is_not_gone() -> None:
    day = retired.retired("gpt-5")
    assert day is not None
    assert day > retired.table_date()
    assert retired.gone("gpt-5") is None


def test_a_name_says_where_its_day_is_from() -> None:
    assert "claude" in (retired.source("claude-2.0") or "")


@pytest.mark.parametrize(("maker", "name"), NAMES)
def test_the_table_spells_names_as_they_are_looked_up(maker: str, name: str) -> None:
    assert models.parse(name).dated == name
    assert maker in TABLE["sources"]


@given(st.text())
def test_any_text_may_be_asked_for(name: str) -> None:
    day = retired.gone(name)
    assert day is None or day <= retired.table_date()
