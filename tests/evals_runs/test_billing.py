"""Bills, worst cases, and the ledger that never lets more be spent than there is."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint import prices, tokens
from promptlint.evals import billing
from promptlint.evals.billing import Ledger, bill, price_of, worst
from promptlint.evals.exchange import Request, Usage
from promptlint.evals.model import Provider
from promptlint.model import Basis
from promptlint.prices import Price

PRICE = Price("m", input=2.0, output=10.0, cached_input=0.5, cache_write=2.5)
COUNT = st.integers(0, 10**7)


def provider(**options: Any) -> Provider:
    return Provider(**{"kind": "openai", "model": "gpt-4o", **options})


# --- bills ----------------------------------------------------------------------------------


def test_each_kind_of_token_at_its_own_price() -> None:
    usage = Usage(input=1_000_000, output=200_000, cached=300_000, cache_write=100_000, reasoning=150_000)
    found = bill(usage, PRICE)
    assert found is not None
    assert found.input == pytest.approx(0.6 * 2.0 + 0.1 * 2.5)
    assert found.cached == pytest.approx(0.3 * 0.5)
    assert found.output == pytest.approx(0.2 * 10.0)  # reasoning is part of it, and not paid for twice


def test_without_a_price_of_its_own_the_cache_costs_as_other_input() -> None:
    found = bill(Usage(1_000_000, 0, 300_000, 100_000), Price("m", 2.0, 10.0))
    assert found is not None
    assert (found.input, found.cached) == (pytest.approx(1.4), pytest.approx(0.6))


@given(COUNT, COUNT, COUNT, COUNT)
def test_the_parts_of_the_input_add_up(fresh: int, cached: int, written: int, output: int) -> None:
    flat = Price("m", 3.0, 5.0, 3.0, 3.0)
    found = bill(Usage(fresh + cached + written, output, cached, written), flat)
    assert found is not None
    assert found.total == pytest.approx(((fresh + cached + written) * 3 + output * 5) / 1e6)


@pytest.mark.parametrize(
    "usage",
    [
        None,
        Usage(10, 5, cached=11),
        Usage(10, 5, cached=6, cache_write=5),
        Usage(-1, 5),
        Usage(10, -5),
        Usage(10, 5, cached=-1),
        Usage(10**400, 5),
        Usage(10, 10**400),
    ],
)
def test_what_cannot_be_has_no_bill(usage: Usage | None) -> None:
    assert bill(usage, PRICE) is None


def test_without_a_price_there_is_no_bill() -> None:
    assert bill(Usage(1, 1), None) is None


# --- prices ---------------------------------------------------------------------------------


def test_the_price_of_the_suite_comes_first() -> None:
    found = price_of(provider(price={"input": 1.0, "output": 2.0, "cached_input": 0.1}))
    assert found == Price("gpt-4o", 1.0, 2.0, 0.1, None, source="suite")


def test_the_price_by_name() -> None:
    known = prices.price("gpt-4o")
    assert known is not None
    assert price_of(provider()) == known
    elsewhere = price_of(provider(base_url="https://gateway.example.org/v1"))
    assert elsewhere is not None
    assert (elsewhere.input, elsewhere.basis) == (known.input, Basis.ASSUMED)


def test_a_price_of_the_configuration_holds_everywhere() -> None:
    own = {"small": {"input": 1.0, "output": 2.0}}
    found = price_of(provider(model="small", base_url="https://gateway.example.org"), own)
    assert found is not None
    assert (found.input, found.basis, found.source) == (1.0, Basis.EXACT, "config")


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:1"])
def test_an_unknown_model_on_this_machine_is_free(host: str) -> None:
    found = price_of(provider(model="small", base_url=f"http://{host}/v1"))
    assert found is not None
    assert (found.input, found.output, found.basis) == (0.0, 0.0, Basis.ASSUMED)


@pytest.mark.parametrize("host", ["127.example.org", "localhost.example.org", "10.0.0.1"])
def test_an_unknown_model_elsewhere_has_no_price(host: str) -> None:
    assert price_of(provider(model="small", base_url=f"http://{host}/v1")) is None


def test_a_known_model_behind_a_proxy_on_this_machine_is_not_free() -> None:
    found = price_of(provider(base_url="http://127.0.0.1:4000/v1"))
    assert found is not None
    assert found.output > 0


# --- the worst case -------------------------------------------------------------------------


@given(st.lists(st.text(max_size=60), min_size=1, max_size=4), COUNT)
def test_the_worst_case_is_no_less_than_the_count_for_the_model(texts: list[str], output: int) -> None:
    request = Request("gpt-4o", tuple({"role": "user", "content": text} for text in texts))
    counted = sum(tokens.count(text, tokens.tokenizer("gpt-4o")) for text in texts)
    dearest = PRICE.cache_write
    assert dearest is not None
    assert worst(request, PRICE, output) >= (counted * dearest + output * PRICE.output) / 1e6


def test_an_estimated_count_is_taken_high() -> None:
    text = "Sort the mail of today into folders. " * 100
    claude = Request("claude-sonnet-4-5", ({"role": "user", "content": text},))
    tokenizer = tokens.tokenizer("claude-sonnet-4-5")
    assert tokenizer.error > 0
    assert billing.input_tokens(claude) >= tokens.count(text, tokenizer) * (1 + tokenizer.error)


def test_schemas_tools_and_calls_count_as_input() -> None:
    plain = Request("gpt-4o", ({"role": "user", "content": "hi"},), {"max_tokens": 5})
    tool = {"type": "function", "function": {"name": "track", "parameters": {"type": "object"}}}
    more = Request("gpt-4o", plain.messages, {"max_tokens": 5, "tools": [tool] * 20})
    called = Request("gpt-4o", ({"role": "assistant", "content": None, "tool_calls": [tool] * 20},))
    assert billing.input_tokens(more) > billing.input_tokens(plain) + 200
    assert billing.input_tokens(called) > billing.input_tokens(plain) + 200


@pytest.mark.parametrize(
    ("parameters", "output"),
    [
        ({}, 500),
        ({"max_tokens": 7}, 7),
        ({"max_completion_tokens": 9}, 9),
        ({"max_tokens": 7, "max_completion_tokens": 9}, 9),
        ({"max_tokens": True}, 500),
    ],
)
def test_the_limit_of_the_request_bounds_the_output(parameters: dict[str, object], output: int) -> None:
    free = Price("m", 0.0, 1_000_000.0)
    assert worst(Request("m", (), parameters), free, 500) == output


def test_embeddings_have_no_output() -> None:
    assert worst(Request("m", (), endpoint="embeddings"), Price("m", 0.0, 1.0), 500) == 0


@pytest.mark.parametrize(
    ("options", "limit"),
    [
        ({}, billing.ASSUMED_OUTPUT),
        ({"parameters": {"max_tokens": 12}}, 12),
        ({"model": "o3-mini"}, billing.ASSUMED_REASONING),
        ({"model": "azure/gpt-5-mini"}, billing.ASSUMED_REASONING),
        ({"model": "small", "parameters": {"reasoning_effort": "low"}}, billing.ASSUMED_REASONING),
        ({"kind": "anthropic", "model": "claude-sonnet-4-5"}, 4096),
    ],
)
def test_what_an_answer_is_assumed_to_have_at_most(options: dict[str, Any], limit: int) -> None:
    assert billing.assumed_output(provider(**options)) == limit


# --- the ledger -----------------------------------------------------------------------------

DOLLARS = st.floats(0, 10, allow_subnormal=False)


@given(DOLLARS, st.lists(st.tuples(DOLLARS, st.floats(0, 1), st.integers(0, 2)), max_size=30), st.randoms())
def test_never_more_is_spent_than_there_is(
    limit: float, calls: list[tuple[float, float, int]], chance: random.Random
) -> None:
    ledger = Ledger.of(limit)
    flying: list[tuple[float, int, float]] = []
    for held, share, retries in calls:
        if ledger.hold(held):
            times = 1 + sum(ledger.hold(held) for _ in range(retries))
            flying.append((held, times, share * times * held))
        assert ledger.spent + ledger.held <= round(limit * 10**12)
        while flying and chance.random() < 0.5:
            ledger.settle(*flying.pop(chance.randrange(len(flying))))
            assert ledger.spent + ledger.held <= round(limit * 10**12) + len(calls)  # of 10^-12 dollars
    for each in flying:
        ledger.settle(*each)
    assert ledger.held == 0
    assert ledger.spent <= round(limit * 10**12) + len(calls)


def test_what_is_given_back_can_be_held_again() -> None:
    ledger = Ledger.of(0.3)
    assert [ledger.hold(0.1) for _ in range(4)] == [True, True, True, False]
    ledger.settle(0.1, 1, 0.0)
    assert ledger.hold(0.1)
    assert not ledger.hold(1e-9)
    assert (ledger.most, ledger.left) == (pytest.approx(0.3), 0)


def test_a_call_that_cost_more_than_was_held_is_booked_all_the_same() -> None:
    ledger = Ledger.of(1.0)
    assert ledger.hold(0.5)
    ledger.settle(0.5, 1, 3.0)
    assert ledger.most == 3.0
    assert not ledger.hold(0.0001)


def test_without_a_limit_everything_fits() -> None:
    ledger = Ledger.of(None)
    assert ledger.hold(1e6)
    assert ledger.left == math.inf
