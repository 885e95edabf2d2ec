"""The strategy's own scenarios, computed; where our arithmetic gives another figure, both stand here, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plan.facts import case_of, facts, usage_of
from promptlint.model import Basis
from promptlint.plan import forecast
from promptlint.plan.mechanisms import answers, batch, compression, hosting, pricing, routing, tuning
from promptlint.plan.quantity import Quantity, exactly
from promptlint.plan.stack import stack
from promptlint.plan.steps import STEPS
from promptlint.plan.workload import Tier, Workload, month_usd
from promptlint.prices import Price, price

DAYS = 30
"""The strategy's month: $190 a day is $5,700 a month."""

PAGE = {
    "gpt-4o": Price("gpt-4o", 2.5, 10.0),
    "gpt-4o-mini": Price("gpt-4o-mini", 0.15, 0.6),
    "claude-haiku-4-5": Price("claude-haiku-4-5", 0.8, 4.0),
}
"""Prices as the page has them: "Illustrative model pricing"."""


def near(value: float, share: float = 0.005) -> object:
    return pytest.approx(value, rel=share)


# --- "Model pricing is the first-order constraint" ------------------------------------------


def test_the_spread_between_tiers_is_seventeen() -> None:
    big, small = price("gpt-4o"), price("gpt-4o-mini")
    assert big is not None
    assert small is not None
    assert big.input / small.input == near(16.67)
    assert (big.input, small.input) == (2.5, 0.15)


@pytest.mark.parametrize(
    ("model", "page", "ours", "why"),
    [
        ("gpt-4o", (2.5, 10.0), (2.5, 10.0), ""),
        ("gpt-4o-mini", (0.15, 0.6), (0.15, 0.6), ""),
        ("claude-sonnet-4-6", (3.0, 15.0), (3.0, 15.0), ""),
        ("claude-haiku-4-5", (0.8, 4.0), (1.0, 5.0), "the page has the price of Claude Haiku 3.5"),
        ("mistral-large-2512", (2.0, 6.0), (0.5, 1.5), "the page has the price of Mistral Large 2"),
    ],
)
def test_prices_of_the_page_and_of_the_snapshot(
    model: str, page: tuple[float, float], ours: tuple[float, float], why: str
) -> None:
    found = price(model)
    assert found is not None
    assert (found.input, found.output) == ours
    assert bool(why) is (page != ours)


# --- "A concrete cost-drift example" --------------------------------------------------------

WEEKS = [  # week, US dollars a day, users
    (1, 200, 50),
    (3, 800, 200),
    (5, 1500, 400),
    (7, 2400, 500),
]


def test_the_trajectory_is_users_times_what_each_costs() -> None:
    """Users alone explain weeks 1 and 3; what one user costs falls by 6 % in week 5 and then rises by 28 %."""
    each = [spend / users for _, spend, users in WEEKS]
    assert each == [4.0, 4.0, 3.75, 4.8]
    # The page's drivers (history, retries, prompt bloat) would raise it all along: by its own figures growth
    # of users makes 2,000 of the 2,200 dollars more a day, and everything else 400 of 2,400 at the end.
    assert 500 * each[0] == 2000
    assert 2400 - 500 * each[0] == 400


def test_ten_times_the_users_in_six_weeks_are_47_percent_a_week() -> None:
    growth = (500 / 50) ** (1 / 6) - 1
    assert growth == near(0.4678)
    assert 50 * (1 + growth) ** 2 == near(107.7)  # the page has 200 in week 3: it did not grow evenly


def test_the_forecast_grows_as_the_page_s_users_do() -> None:
    """Ten times the users in six weeks: the seventh week costs ten times the first, and $2,000 a day."""
    stated = usage_of(calls_per_month=1_000_000, growth_per_week=(500 / 50) ** (1 / 6) - 1)
    case, shared = case_of(facts(), stated)
    weeks = list(forecast.weeks(stack([case], shared)))
    assert weeks[6].without.mid / weeks[0].without.mid == near(10)
    assert 200 * weeks[6].without.mid / weeks[0].without.mid == near(2000)


def test_from_2400_to_320_dollars_a_day() -> None:
    """Routing, caching and compression at the page's own shares come to what it says, within 6 %.

    2,400 x (1 - 30 %) x (1 - 70 %) x (1 - 40 %) = $302; the page says "roughly $320".
    """
    left = answers.left(2400.0, [0.3, 0.7, 0.4])
    assert left == near(302.4)
    assert abs(left - 320) / 320 < 0.06


# --- "Model routing" ------------------------------------------------------------------------


def _routed(tokens_out: float, tokens_in: float = 1000) -> float:
    """What is left of the bill when 72 / 20 / 8 % go to the three models, by the page's prices."""
    calls = [
        (tokens_in * each.input + tokens_out * each.output)
        for each in (PAGE["gpt-4o-mini"], PAGE["claude-haiku-4-5"], PAGE["gpt-4o"])
    ]
    return routing.routed_usd(zip((0.72, 0.2, 0.08), calls, strict=True)) / calls[2]


def test_72_20_8_from_38000_to_6200() -> None:
    """The page: 38,000 -> 6,200, "an 84% reduction". Ours, by its prices: $7,114 to $7,722, 80-81 %.

    The split alone cannot give 84 %: 8 % of the traffic stays at full price, 20 % at 0.32 (input) or 0.40
    (output) of it, 72 % at 0.06. The missing $900 would need shorter prompts on the small models.
    """
    only_input, only_output = 38_000 * _routed(0), 38_000 * _routed(1000, 0)
    assert only_input == near(7113.6)
    assert only_output == near(7721.6)
    assert near(1 - 0.84, 0.03) == 6200 / 38_000
    assert only_input > 6200


def test_what_routing_gives_is_within_what_the_matrix_says() -> None:
    """60-80 %, says the matrix; 80.6 % at five input tokens to one of output."""
    assert 1 - _routed(200) == near(0.8057)


def test_a_cascade_of_the_page() -> None:
    """70-80 % simple: 20-30 % escalate, and pay twice; on input the bill falls by 64-74 %."""
    cheap, strong = PAGE["gpt-4o-mini"].input, PAGE["gpt-4o"].input
    assert [1 - routing.cascade_usd(cheap, strong, each) / strong for each in (0.3, 0.2)] == [
        near(0.64),
        near(0.74),
    ]


# --- "Prompt optimization" ------------------------------------------------------------------


def test_1847_to_612_tokens_at_50000_requests_a_day() -> None:
    """The page: "roughly $190 per day, or about $5,700 per month". Ours: $154.38 a day, $4,631 a month.

    1,235 tokens x 50,000 x $2.50 / 1,000,000 = $154.38. The page's 190 would be 1,520 tokens a call, or
    61,500 requests, or $3.08 a million; none of these is on it.
    """
    day = pricing.call_usd(pricing.Tokens(1847 - 612), PAGE["gpt-4o"]) * 50_000
    assert day == near(154.375)
    assert day * DAYS == near(4631.25)
    assert compression.share_removed(1847, 612) == near(0.6687)  # beyond the 20-40 % of its own list
    assert near(0.23, 0.02) == 190 / day - 1


def test_the_same_through_the_whole_plan() -> None:
    """The figure that `promptlint plan` prints for it, with an eval that accepted the shorter text."""
    from promptlint.plan.evidence import Evidence, Verdict

    verdict = Verdict("app/bot.py::SYSTEM", "evals/support.yaml", "accepted", 1847.0 - 612, 1.0)
    stated = usage_of(calls_per_month=50_000 * DAYS, prefix_hits=0)
    case, shared = case_of(facts(tokens=1847), stated, evidence=Evidence({"app/bot.py::SYSTEM": verdict}, {}))
    only = tuple(step for step in STEPS if step.key == "compression")
    (placed,) = stack([case], shared, only).placed
    assert placed.saving.mid == near(4631.25)
    assert (placed.saving.low, placed.saving.high) == (placed.saving.mid, placed.saving.mid)


def test_the_same_with_a_prefix_cache_is_worth_less() -> None:
    """OpenAI caches 1,847 tokens by itself, and 612 not at all: at 90 % hits the saving is $50, not $154."""
    at = Tier(1.0, "gpt-4o", Price("gpt-4o", 2.5, 10.0, cached_input=1.25), 1024)
    long = Workload(50_000, 1847, 1847, 0, 0, (at,), prefix_hits=0.9, marked=True)
    short = replace(long, static=612, prefix=612)
    assert month_usd(long) == near(50_000 * 1847 * (0.1 * 2.5 + 0.9 * 1.25) / 1e6)
    assert month_usd(long) - month_usd(short) == near(50.48)


# --- "Batch processing" and the bottom line -------------------------------------------------


def test_the_ten_thousand_dollar_stack() -> None:
    """$10,000 -> 7,000 -> 2,100 -> 1,260 -> 1,008: 30 %, 70 %, 40 %, and 50 % on 40 % of the traffic."""
    left, steps = 10_000.0, []
    for share in (0.3, 0.7, 0.4, 0.4 * batch.DISCOUNT):
        left = compression.left(left, share)
        steps.append(left)
    assert steps == [near(7000), near(2100), near(1260), near(1008)]
    assert sum((0.3, 0.7, 0.4, 0.2)) > 1  # added up, they would save more than is spent


def test_the_same_stack_through_the_plan() -> None:
    """One prompt whose input is all that is paid: each step takes the same share of what is left."""
    overrides = {
        name: {"input": usd, "output": usd, "batch_input": usd / 2, "batch_output": usd / 2}
        for name, usd in (("big", 10.0), ("small", 1e-9))
    }
    stated = usage_of(
        calls_per_month=1_000_000,
        output_tokens=0,
        variable_tokens=0,
        repeats__exact=0,
        repeats__normalized=0,
        repeats__semantic=0.4,
        repeats__prompt_aware=0,
        batch_share=0.4,
        false_hits=0,
        __compression=0.3,
        __routing__simple=0.7,
        __routing__medium=0,
        __embedding_usd=0,
    )
    case, shared = case_of(facts(tokens=1000, model="big"), stated, overrides=overrides)
    shared = replace(
        shared,
        substitutes={
            **shared.substitutes,
            "simple": replace(shared.substitutes["simple"], model="small", price=Price("small", 1e-9, 1e-9, batch_input=1e-9, batch_output=1e-9)),
        },
    )  # fmt: skip
    found = stack([case], shared)
    assert found.start.mid == near(10_000)
    by_key = {
        each.step.key: 1 - each.saving.mid / (each.after.mid + each.saving.mid) for each in found.placed
    }
    assert by_key == {
        "compression": near(0.7),
        "routing": near(0.3),
        "semantic-cache": near(0.6),
        "batch": near(0.8),
    }
    assert found.end.mid == near(1008)


# --- "Fine-tuning economics" ----------------------------------------------------------------

ROWS = {"big": 25.0, "few-shot": 1.5, "tuned": 0.9, "scout": 0.1}
"""US dollars for 1,000 calls, as the page has them."""


@pytest.mark.parametrize(
    ("before", "after", "setup", "calls"),
    [
        ("big", "tuned", (50, 125, 200), (2_075, 5_187, 8_299)),
        ("few-shot", "tuned", (50, 125, 200), (83_333, 208_333, 333_333)),
        ("tuned", "scout", (500, 1_250, 2_000), (625_000, 1_562_500, 2_500_000)),
    ],
)
def test_when_fine_tuning_pays(
    before: str, after: str, setup: tuple[float, ...], calls: tuple[float, ...]
) -> None:
    """The page gives no break-even: from GPT-4o it is reached at once, from a routed small model it is not."""
    found = [
        tuning.break_even_calls(tuning.Tuning(each, ROWS[before] / 1000, ROWS[after] / 1000, 1.0))
        for each in setup
    ]
    assert found == [near(each, 0.001) for each in calls]


def test_a_fine_tuned_call_of_the_page_is_dearer_per_token_today() -> None:
    """The page: $0.90 for 1,000 calls tuned, $1.50 with examples. Ours: tokens of the tuned model cost twice.

    So a tuned GPT-4o mini is cheaper only if it needs less than half of the tokens.
    """
    tuned, plain = price("ft:gpt-4o-mini"), price("gpt-4o-mini")
    assert tuned is not None
    assert plain is not None
    assert (tuned.input / plain.input, tuned.output / plain.output) == (2.0, 2.0)


def test_3100_calls_a_month_are_no_reason_to_fine_tune() -> None:
    routed = tuning.Tuning(125, ROWS["few-shot"] / 1000, ROWS["tuned"] / 1000, 3_100)
    assert tuning.objections(routed, 600) == ("3,100 calls a month: the set-up is earned after 67 months",)


# --- "Self-hosting open models" -------------------------------------------------------------

A100 = hosting.Machine(2_000, 10_000_000 / 3)
H100 = hosting.Machine(4_500, 10_000_000)
TABLE = [  # requests a month, API, rented, owned
    (100_000, 2_500, 2_000, 4_500),
    (1_000_000, 25_000, 2_000, 4_500),
    (10_000_000, 250_000, 6_000, 4_500),
]


@pytest.mark.parametrize(("requests", "api", "rented", "owned"), TABLE)
def test_the_monthly_cost_of_ownership(requests: int, api: float, rented: float, owned: float) -> None:
    assert requests * 0.025 == near(api)
    assert hosting.hosted_usd(requests, A100, 0) == rented
    assert hosting.hosted_usd(requests, H100, 0) == owned


def test_at_100000_requests_the_table_and_the_text_disagree() -> None:
    """The table: renting ($2,000) beats the API ($2,500) at 100K. The text: below about $5,000, do not.

    Operations settle it. They are $3,000 a month if $5,000 is the break-even of a GPU of $2,000; that is the
    figure that the plan assumes.
    """
    assert hosting.hosted_usd(100_000, A100, 0) < 2_500
    assert hosting.hosted_usd(100_000, A100, 3_000) == 5_000
    assert hosting.break_even_calls(0.025, A100, 3_000) == near(200_000)
    assert hosting.MIN_SPEND == 200_000 * 0.025
    assert not hosting.is_worth(2_500)


# --- "The cost problem" ---------------------------------------------------------------------


def test_200_dollars_a_day_become_2000() -> None:
    """Ten times: five times the users, and two calls a request instead of one."""
    big = Price("gpt-4o", 2.5, 10.0)
    start = Workload(10_000, 4_000, 0, 0, 1_000, (Tier(1.0, "gpt-4o", big, None),))
    assert month_usd(start) == near(200)
    assert month_usd(replace(start, calls=50_000, failing=(0.5, 0, 0))) == near(2_000)


def test_savings_of_a_range_compound_within_the_range() -> None:
    """The whole matrix at its low and at its high ends: $10,000 end between $240 and $2,240 a month."""
    kept = [Quantity(1 - high, 1 - mid, 1 - low, Basis.ASSUMED) for low, mid, high in MATRIX]
    left = exactly(10_000.0)
    for each in kept:
        left = left * each
    assert left.low <= left.mid <= left.high
    assert (left.low, left.high) == (
        near(10_000 * 0.6 * 0.2 * 0.4 * 0.5),
        near(10_000 * 0.8 * 0.4 * 0.7 * 1.0),
    )
    assert left.low <= 1_008 <= left.high


MATRIX = [(0.2, 0.3, 0.4), (0.6, 0.7, 0.8), (0.3, 0.4, 0.6), (0.0, 0.2, 0.5)]
