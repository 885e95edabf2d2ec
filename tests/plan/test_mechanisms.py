"""Each formula against cases that were computed by hand, and against its laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.plan.mechanisms import (
    answers,
    batch,
    caches,
    compression,
    context,
    examples,
    hosting,
    prefixes,
    pricing,
    retries,
    routing,
    tuning,
)
from promptlint.prices import Price

GPT_4O = Price("gpt-4o", 2.5, 10.0, cached_input=1.25, batch_input=1.25, batch_output=5.0)
SONNET = Price("sonnet", 3.0, 15.0, cached_input=0.3, cache_write=3.75)
NO_CACHE = Price("plain", 2.0, 6.0)

shares = st.floats(0, 1)
tokens = st.floats(0, 1e6)


# --- prices ---------------------------------------------------------------------------------


def test_a_call_by_hand() -> None:
    # 1,000 x 2.50 + 200 x 10.00 = 4,500 millionths
    assert pricing.call_usd(pricing.Tokens(1000, 200), GPT_4O) == pytest.approx(0.0045)
    # 400 plain, 500 cached, 100 written: 400 x 3 + 500 x 0.30 + 100 x 3.75 = 1,725
    assert pricing.call_usd(pricing.Tokens(1000, 0, 500, 100), SONNET) == pytest.approx(0.001725)
    assert pricing.call_usd(pricing.Tokens(1000, 0, 500, 100), NO_CACHE) == pytest.approx(0.002)
    assert pricing.batch_usd(pricing.Tokens(1000, 200), GPT_4O) == pytest.approx(0.00225)
    assert pricing.batch_usd(pricing.Tokens(1000, 200), SONNET) is None


@pytest.mark.parametrize("wrong", [pricing.Tokens(10, 0, 8, 8), pricing.Tokens(10, -1), pricing.Tokens(-1)])
def test_tokens_that_cannot_be(wrong: pricing.Tokens) -> None:
    with pytest.raises(ValueError, match="no tokens"):
        pricing.call_usd(wrong, GPT_4O)


@given(tokens, tokens, st.floats(0.001, 100), st.floats(0, 100))
def test_a_dearer_price_is_never_cheaper(
    given_in: float, given_out: float, price: float, more: float
) -> None:
    amount = pricing.Tokens(given_in, given_out)
    dear = Price("x", price + more, price + more)
    assert pricing.call_usd(amount, Price("x", price, price)) <= pricing.call_usd(amount, dear)


# --- conversations --------------------------------------------------------------------------

TURN = context.Turn(fixed=1000, user=50, answer=150)


def test_a_conversation_by_hand() -> None:
    assert [context.turn_input(n, TURN) for n in (1, 2, 3, 4)] == [1050, 1250, 1450, 1650]
    assert context.conversation_input(4, TURN) == 5400
    assert context.history_per_call(4, TURN) == 300
    # the last turn alone: 1,050 + (1,250 + 1,250 + 1,250)
    assert context.windowed_input(4, TURN, 1) == 4800
    # two turns have more than one before them: two summaries of 60; the second reads the first
    spent = 4800 + 2 * 60 + (2 * 200 + 60)
    assert context.summarized(4, TURN, 1, 60) == (spent, 120)
    assert context.pruned(300, 0.55) == pytest.approx(135)


@given(st.integers(1, 40), st.floats(0, 1e4), st.floats(0, 1e3), st.floats(0, 1e3), st.integers(0, 50))
def test_a_conversation_is_the_sum_of_its_turns(
    turns: int, fixed: float, user: float, answer: float, window: int
) -> None:
    turn = context.Turn(fixed, user, answer)
    inputs = [context.turn_input(n, turn) for n in range(1, turns + 1)]
    assert inputs == sorted(inputs)
    assert context.conversation_input(turns, turn) == pytest.approx(sum(inputs))
    held = [context.windowed_turn(n, turn, window) for n in range(1, turns + 1)]
    assert context.windowed_input(turns, turn, window) == pytest.approx(sum(held))
    assert context.windowed_input(turns, turn, window) <= context.conversation_input(turns, turn) * (1 + 1e-9)
    assert context.summarized(turns, turn, window, 0)[1] == 0


# --- retries --------------------------------------------------------------------------------


def test_two_to_five_calls() -> None:
    assert retries.attempts(0.0) == 1
    assert retries.attempts(0.5) == 2
    assert retries.attempts(0.8) == pytest.approx(5)
    assert retries.attempts(0.5, limit=2) == 1.75
    assert retries.attempts(1.0, limit=3) == 4
    assert retries.failing([0.1, 0.2]) == pytest.approx(0.28)
    with pytest.raises(ValueError, match="without limit"):
        retries.attempts(1.0)


@given(st.floats(0, 0.99), st.integers(0, 20))
def test_a_limit_never_adds_calls(rate: float, limit: int) -> None:
    assert 1 <= retries.attempts(rate, limit) <= retries.attempts(rate) * (1 + 1e-12)


# --- prompts and answers --------------------------------------------------------------------


def test_shorter_texts_by_hand() -> None:
    assert compression.left(1847, 0.25) == 1385.25
    assert compression.share_removed(1847, 612) == pytest.approx(0.66865, abs=1e-5)
    assert compression.share_removed(0, 0) == 0
    assert answers.left(1000, [0.4, 0.4]) == pytest.approx(360)
    assert examples.left(500, 0.65) == pytest.approx(175)


@given(tokens, st.lists(shares))
def test_cuts_compound_in_any_order(amount: float, cuts: list[float]) -> None:
    left = answers.left(amount, cuts)
    assert 0 <= left <= amount
    assert left == pytest.approx(answers.left(amount, reversed(cuts)), abs=1e-9)


# --- routing --------------------------------------------------------------------------------


def test_routing_by_hand() -> None:
    assert routing.routed_usd([(0.72, 1.0), (0.2, 5.0), (0.08, 20.0)]) == pytest.approx(3.32)
    assert routing.cascade_usd(1.0, 20.0, 0.25) == 6.0
    assert routing.cascade_usd(1.0, 20.0, 0.25, check=0.5) == 6.5
    assert routing.wasted_usd(1.0, 0.25, 0.5) == pytest.approx(0.375)
    assert routing.break_even_escalation(1.0, 20.0) == pytest.approx(0.95)
    assert routing.break_even_escalation(30.0, 20.0) == 0.0
    with pytest.raises(ValueError, match="not 1"):
        routing.routed_usd([(0.7, 1.0), (0.2, 5.0)])


@given(st.floats(0, 10), st.floats(0.01, 100), st.floats(0, 1))
def test_a_cascade_pays_below_its_break_even(cheap: float, strong: float, check: float) -> None:
    edge = routing.break_even_escalation(cheap, strong, check)
    assert 0 <= edge <= 1
    if edge > 0:
        assert routing.cascade_usd(cheap, strong, edge, check) == pytest.approx(strong)


# --- caches ---------------------------------------------------------------------------------


def test_a_cache_of_answers_by_hand() -> None:
    misses = caches.Misses(lookup=0.001, false_share=0.02, false_usd=0.5)
    # 0.6 x 0.01 + 0.001 + 0.4 x 0.02 x 0.51
    assert caches.request_usd(0.01, 0.4, misses) == pytest.approx(0.01108)
    assert caches.request_usd(0.01, 0.4, caches.Misses()) == pytest.approx(0.006)
    assert caches.break_even_hits(0.01, caches.Misses(lookup=0.001)) == pytest.approx(0.1)
    assert caches.break_even_hits(0.01, misses) is None  # a wrong answer costs more than hits save
    assert caches.break_even_hits(0.01, caches.Misses(lookup=0.02)) is None
    assert caches.of_calls(0.4, 4) == 0.1
    assert caches.of_calls(0.4, 0.5) == 0.4


def test_a_prefix_by_hand() -> None:
    assert prefixes.usd_per_million(SONNET, 0.9) == pytest.approx(0.9 * 0.3 + 0.1 * 3.75)
    assert prefixes.usd_per_million(GPT_4O, 0.5) == pytest.approx(1.875)
    assert prefixes.usd_per_million(NO_CACHE, 0.9) == 2.0
    assert prefixes.break_even_hits(SONNET) == pytest.approx(0.75 / 3.45)
    assert prefixes.break_even_hits(GPT_4O) == 0
    assert prefixes.break_even_hits(NO_CACHE) is None


@given(shares)
def test_a_prefix_costs_more_below_its_break_even_and_less_above(hits: float) -> None:
    edge = prefixes.break_even_hits(SONNET)
    assert edge is not None
    assert (prefixes.usd_per_million(SONNET, hits) <= SONNET.input + 1e-12) == (hits >= edge - 1e-12)


# --- batches, tuning, hosting ---------------------------------------------------------------


def test_batches_by_hand() -> None:
    assert batch.mixed_usd(10.0, 5.0, 0.4) == 8.0


def test_fine_tuning_by_hand() -> None:
    # 1,000 calls: $25.00 against $0.90; $125 of set-up
    row = tuning.Tuning(setup=125, before=0.025, after=0.0009, calls=100_000)
    assert tuning.saved_month(row) == pytest.approx(2410)
    assert tuning.break_even_calls(row) == pytest.approx(5186.72, abs=0.01)
    assert tuning.break_even_months(row) == pytest.approx(125 / 2410)
    assert tuning.objections(row, 600) == ()
    assert tuning.objections(row, 12) == ("12 good examples are known, 500 are wanted",)


def test_reasons_against_fine_tuning() -> None:
    few = tuning.Tuning(setup=125, before=0.0015, after=0.0009, calls=3_100)
    assert tuning.objections(few, 600) == ("3,100 calls a month: the set-up is earned after 67 months",)
    weekly = tuning.Tuning(setup=125, before=0.0015, after=0.0009, calls=3_100, changes=4)
    assert tuning.objections(weekly, 600) == (
        "3,100 calls a month: it never pays for itself",
        "the requirements change 4 times a month",
    )
    dearer = tuning.Tuning(setup=125, before=0.0009, after=0.0015, calls=1_000_000)
    assert tuning.break_even_calls(dearer) is tuning.break_even_months(dearer) is None


def test_hosting_by_hand() -> None:
    a100 = hosting.Machine(2000, 10_000_000 / 3)
    assert [hosting.hosted_usd(calls, a100, 0) for calls in (0, 1e5, 1e6, 1e7)] == [0, 2000, 2000, 6000]
    half = hosting.Machine(2000, 10_000_000 / 3, utilization=0.5)
    assert hosting.hosted_usd(1e7, half, 3000) == 6 * 2000 + 3000
    assert hosting.serverless_usd(1e6, 1000, 0.3) == pytest.approx(300)
    assert hosting.break_even_calls(0.025, a100, 3000) == 200_000
    assert hosting.break_even_calls(0.001, a100, 3000) is None  # more than one machine serves
    assert hosting.break_even_calls(0.0, a100, 3000) is None
    assert not hosting.is_worth(4_999)
    assert hosting.is_worth(5_000)


@given(st.floats(0, 1e8), st.floats(0, 1e8))
def test_more_calls_never_cost_less(calls: float, more: float) -> None:
    machine = hosting.Machine(2000, 1e6, 0.6)
    assert hosting.hosted_usd(calls, machine, 10) <= hosting.hosted_usd(calls + more, machine, 10)
