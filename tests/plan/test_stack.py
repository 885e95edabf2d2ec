"""The plan: steps in order, savings that compound, refusals, and the laws that hold for all of it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.facts import case_of, facts, finding, usage_of
from promptlint.config import PromptSettings
from promptlint.model import Basis, Edit, Fix, Safety, Saving, Span
from promptlint.plan import cases, document, forecast, hosted, sensitivity
from promptlint.plan.cases import Case, Project, project, workload
from promptlint.plan.evidence import NOTHING, Evidence, Verdict
from promptlint.plan.mechanisms import prefixes
from promptlint.plan.quantity import Quantity, exactly
from promptlint.plan.stack import Stack, formula, priced, stack
from promptlint.plan.steps import EFFORTS, STEPS, Step
from promptlint.plan.workload import Tier, Workload, call_usd, month_usd, tier
from promptlint.prices import Price, price
from promptlint.verdicts import Route

BOT = "app/bot.py::SYSTEM"
CODES = ("CAC001", "CAL001", "CTX001", "OUT002", "OUT004", "OUT005")


def plan_of(case: Case, shared: Project) -> Stack:
    return stack([case], shared)


def refusals(found: Stack) -> dict[str, str]:
    return {each.step.key: each.reason for each in found.refused}


# --- the workload, by hand ------------------------------------------------------------------

GPT_4O = Price("gpt-4o", 2.5, 10.0, cached_input=1.25, batch_input=1.25, batch_output=5.0)
LOAD = Workload(
    calls=1000, static=2000, prefix=2000, variable=50, output=200, tiers=(Tier(1.0, "gpt-4o", GPT_4O, 1024),)
)


def test_a_month_by_hand() -> None:
    # 1,000 x (2,050 x 2.50 + 200 x 10) / 1,000,000
    assert month_usd(LOAD) == pytest.approx(7.125)
    # half of the 2,000 read from the cache at half the price: 1,000 x 1,000 x 1.25 / 1,000,000 less
    assert month_usd(replace(LOAD, marked=True, prefix_hits=0.5)) == pytest.approx(5.875)
    # under the provider's minimum nothing is cached
    assert month_usd(replace(LOAD, marked=True, prefix_hits=0.5, prefix=1000)) == pytest.approx(7.125)
    # four turns: 250 x (1 + 2 + 3) / 4 = 375 tokens of history a call
    assert month_usd(replace(LOAD, turns=4)) == pytest.approx(7.125 + 0.9375)
    assert month_usd(replace(LOAD, turns=4, history_kept=0.0)) == pytest.approx(7.125)
    assert month_usd(replace(LOAD, failing=(0.5, 0.0, 0.0))) == pytest.approx(14.25)
    assert month_usd(replace(LOAD, answer_hits=0.4)) == pytest.approx(4.275)
    assert month_usd(replace(LOAD, answer_hits=0.4, turns=4, history_kept=0.0)) == pytest.approx(7.125 * 0.9)
    assert month_usd(replace(LOAD, batched=0.5)) == pytest.approx(5.34375)
    assert month_usd(replace(LOAD, upkeep=10)) == pytest.approx(17.125)
    assert month_usd(replace(LOAD, calls=0, upkeep=10)) == 0


@given(st.floats(0, 1), st.sampled_from(["gpt-4o", "claude-sonnet-4-6", "gemini-2.5-pro"]))
def test_a_call_prices_its_prefix_as_the_formula_of_prefixes(hits: float, model: str) -> None:
    found = price(model)
    assert found is not None
    load = replace(
        LOAD, prefix=10_000, static=10_000, tiers=(tier(1.0, model, found),), marked=True, prefix_hits=hits
    )
    other = replace(load, static=0, prefix=0)
    part = 10_000 * prefixes.usd_per_million(found, hits) / 1e6
    assert call_usd(load, load.tiers[0]) == pytest.approx(call_usd(other, load.tiers[0]) + part)


# --- laws -----------------------------------------------------------------------------------

shares = st.floats(0, 1)


@st.composite
def ranges(draw: st.DrawFn, least: float, most: float) -> Quantity:
    low, mid, high = sorted(draw(st.tuples(*[st.floats(least, most)] * 3)))
    return Quantity(low, mid, high, Basis.ESTIMATED)


@st.composite
def plans(draw: st.DrawFn) -> tuple[Case, Project]:
    """A prompt with any figures, model and findings."""
    static = draw(st.integers(1, 6000))
    prompt = facts(
        tokens=static,
        model=draw(st.sampled_from(["gpt-4o", "gpt-4o-mini", "claude-sonnet-4-6", "mistral-large-2512"])),
        slots=draw(st.integers(0, 3)),
        examples=draw(st.integers(0, static)),
        prefix=draw(st.integers(0, static)),
        fixable_tokens=draw(st.integers(0, static)),
        uncounted=draw(st.sampled_from([(), ("conversation history",)])),
    )
    stated = usage_of(
        calls_per_month=draw(ranges(0, 1e7)),
        turns=draw(ranges(1, 30)),
        output_tokens=draw(ranges(0, 3000)),
        retries__parse=draw(ranges(0, 0.9)),
        retries__timeout=draw(ranges(0, 0.9)),
        repeats__semantic=draw(ranges(0, 1)),
        batch_share=draw(ranges(0, 1)),
        prefix_hits=draw(ranges(0, 1)),
        examples=draw(st.sampled_from([0.0, 1000.0])),
        false_hit_usd=draw(st.sampled_from([0.0, 0.1])),
        __compression=draw(ranges(0, 1)),
        __brevity=draw(ranges(0, 1)),
        __few_shot=draw(ranges(0, 1)),
        __pruning=draw(ranges(0, 1)),
        __routing__simple=draw(ranges(0, 1)),
    )
    codes = draw(st.sets(st.sampled_from(CODES)))
    return case_of(prompt, stated, tuple(finding(code) for code in sorted(codes)))


@settings(max_examples=30, deadline=None)
@given(plans())
def test_a_plan_never_ends_below_zero_nor_above_its_start(made: tuple[Case, Project]) -> None:
    found = plan_of(*made)
    assert -1e-9 <= found.end.mid <= found.start.mid + 1e-9
    before = found.start.mid
    for placed in found.placed:
        assert placed.saving.mid > 0
        assert placed.after.mid == pytest.approx(before - placed.saving.mid, abs=1e-6)
        assert placed.saving.low <= placed.saving.mid <= placed.saving.high
        assert placed.after.low <= placed.after.mid <= placed.after.high
        assert placed.after.low >= -1e-6
        before = placed.after.mid
    assert found.end.mid == pytest.approx(before, abs=1e-6)
    efforts = [EFFORTS.index(placed.step.effort) for placed in found.placed]
    assert efforts == sorted(efforts)
    taken = {placed.step.key for placed in found.placed}
    assert not taken & set(refusals(found))


INDEPENDENT = (
    "fix",
    "compression",
    "zero-shot",
    "structured-output",
    "length-control",
    "pruning",
    "routing",
    "batch",
)


@settings(max_examples=40, deadline=None)
@given(plans(), st.permutations(INDEPENDENT))
def test_the_order_of_independent_steps_does_not_change_the_total(
    made: tuple[Case, Project], order: list[str]
) -> None:
    case, shared = made
    by_key = {step.key: step for step in STEPS}
    numbers = dict(case.numbers)
    for step in STEPS:
        numbers |= step.known(case)
    case = replace(case, numbers=numbers)
    values = {key: each.value.mid for key, each in numbers.items()}
    totals = []
    for keys in (list(INDEPENDENT), order):
        load = workload(case, values)
        for key in keys:
            load = by_key[key].change(case, load, values, shared)
        totals.append(month_usd(load))
    assert totals[0] == pytest.approx(totals[1], rel=1e-9, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(plans(), st.data())
def test_ranges_hold_what_figures_inside_their_ranges_give(
    made: tuple[Case, Project], data: st.DataObject
) -> None:
    case, shared = made
    found = priced(case, (), shared)
    inside = {
        key: data.draw(st.floats(each.value.low, each.value.high)) for key, each in case.numbers.items()
    }
    (spent,) = formula(case, (), shared)(inside)
    assert found.start.low * (1 - 1e-9) - 1e-9 <= spent <= found.start.high * (1 + 1e-9) + 1e-9


@settings(max_examples=25, deadline=None)
@given(plans(), st.data())
def test_ranges_hold_after_every_step_where_no_threshold_lies_between(
    made: tuple[Case, Project], data: st.DataObject
) -> None:
    """Without the least length of a cached prefix, a plan is monotone in each figure, whatever the others are."""
    case, shared = made
    plain = replace(case.price, cached_input=None)
    (each,) = plan_of(replace(case, price=plain), shared).prompts
    inside = {
        key: data.draw(st.floats(known.value.low, known.value.high), label=key)
        for key, known in each.case.numbers.items()
    }
    found = formula(each.case, each.steps, shared)(inside)
    for quantity, value in zip((each.start, *each.afters), found, strict=False):
        assert quantity.low * (1 - 1e-9) - 1e-6 <= value <= quantity.high * (1 + 1e-9) + 1e-6


@settings(max_examples=40, deadline=None)
@given(plans())
def test_without_calls_nothing_costs_and_nothing_is_proposed(made: tuple[Case, Project]) -> None:
    case, shared = made
    none = replace(case.numbers["calls_per_month"], value=exactly(0.0))
    found = plan_of(replace(case, numbers={**case.numbers, "calls_per_month": none}), shared)
    assert (found.start.low, found.start.mid, found.start.high) == (0, 0, 0)
    assert not found.placed
    assert hosted.judged(found).objection == "nothing is spent"


@settings(max_examples=40, deadline=None)
@given(plans(), st.floats(1, 10), st.floats(1, 10))
def test_a_month_is_monotone_in_price_and_volume(
    made: tuple[Case, Project], dearer: float, more: float
) -> None:
    case, _shared = made
    values = {key: each.value.mid for key, each in case.numbers.items()}
    load = workload(case, values)
    old = load.tiers[0].price
    kinds = ("input", "output", "cached_input", "cache_write", "batch_input", "batch_output")
    new = replace(
        old, **{kind: amount * dearer for kind in kinds if (amount := getattr(old, kind)) is not None}
    )
    scaled = replace(load, tiers=(replace(load.tiers[0], price=new),))
    assert month_usd(scaled) >= month_usd(load) * (1 - 1e-12)
    assert month_usd(replace(load, calls=load.calls * more)) == pytest.approx(month_usd(load) * more)


@settings(max_examples=30, deadline=None)
@given(plans())
def test_a_forecast_starts_where_the_month_is_and_never_rises_above_doing_nothing(
    made: tuple[Case, Project],
) -> None:
    found = plan_of(*made)
    weeks = list(forecast.weeks(found))
    assert weeks[0].without.mid == pytest.approx(found.start.mid * 12 / 52)
    assert all(week.planned.mid <= week.without.mid + 1e-9 for week in weeks)
    assert sorted(key for week in weeks for key in week.done) == sorted(
        each.step.key for each in found.placed
    )


# --- which steps, and why not ---------------------------------------------------------------


def unsafe(code: str, tokens: int) -> object:
    fix = Fix((Edit(Span(0, 1), ""),), Safety.UNSAFE)
    return replace(finding(code), fix=fix, saving=Saving(tokens))


def test_compression_is_at_least_what_findings_count() -> None:
    case, shared = case_of(facts(tokens=1000), findings=(unsafe("RED002", 350),))  # type: ignore[arg-type]
    (each,) = plan_of(case, shared).prompts
    assert each.case.numbers["compression"].value == Quantity(0.35, 0.35, 0.40, Basis.ASSUMED)
    assert "at least what findings count (35%)" in each.case.numbers["compression"].source


def test_what_an_eval_measured_takes_the_place_of_what_is_assumed() -> None:
    verdict = Verdict(BOT, "evals/bot.yaml", "accepted", input_saved=500.0, output_kept=1.1)
    case, shared = case_of(facts(tokens=1000), evidence=Evidence({BOT: verdict}, {}))
    found = plan_of(case, shared)
    (each,) = found.prompts
    assert each.case.numbers["compression"].value == exactly(0.5, Basis.MEASURED)
    assert each.case.numbers["compression.output"].value == exactly(1.1, Basis.MEASURED)
    saving = next(each.saving for each in found.placed if each.step.key == "compression")
    # 500 tokens less at $2.50, and 20 more of 200 at $10, on 100,000 calls
    assert saving.mid == pytest.approx(100_000 * (500 * 2.5 - 20 * 10) / 1e6)


def test_answers_that_grow_may_eat_the_saving() -> None:
    verdict = Verdict(BOT, "evals/bot.yaml", "accepted", input_saved=100.0, output_kept=2.0)
    case, shared = case_of(facts(tokens=1000), evidence=Evidence({BOT: verdict}, {}))
    assert refusals(plan_of(case, shared))["compression"] == "it would cost more than it saves"


def test_a_shorter_text_may_be_too_short_for_the_cache_of_the_provider() -> None:
    case, shared = case_of(facts(tokens=1100), usage_of(prefix_hits=0.9))
    told = "its prefix would fall under the 1,024 tokens from which gpt-4o caches"
    assert refusals(plan_of(case, shared))["compression"] == told


def test_a_rejected_text_is_refused() -> None:
    verdict = Verdict(BOT, "evals/bot.yaml", "rejected")
    case, shared = case_of(facts(tokens=1000), evidence=Evidence({BOT: verdict}, {}))
    assert (
        refusals(plan_of(case, shared))["compression"] == "the eval evals/bot.yaml rejected the shorter text"
    )


def test_a_decided_route_takes_all_of_the_traffic() -> None:
    route = Route(BOT, "gpt-4o", "gpt-4o-mini", None, None, True)
    case, shared = case_of(facts(), evidence=Evidence({}, {BOT: route}))
    found = plan_of(case, shared)
    placed = next(each for each in found.placed if each.step.key == "routing")
    before = placed.after.mid + placed.saving.mid
    assert placed.after.mid == pytest.approx(before * 0.06)


@pytest.mark.parametrize(
    ("difficulty", "wanted"),
    [(0.9, "its difficulty is 0.9: above 0.7 it stays with gpt-4o"), (0.1, None), (0.5, None)],
)
def test_difficulty_decides_the_tier(difficulty: float, wanted: str | None) -> None:
    case, shared = case_of(facts(), usage_of(difficulty=difficulty))
    found = plan_of(case, shared)
    assert refusals(found).get("routing") == wanted
    taken = {each.step.key: each for each in found.placed}
    assert ("routing" in taken) is (wanted is None)


REFUSED = [
    ("exact-cache", facts(uncounted=("tool schemas",)), {}, (), "it calls tools: a stored answer may no longer be true"),
    ("routing", facts(model="gpt-4o-mini"), {}, (), "gpt-4o-mini is the cheapest tier already"),
    ("routing", facts(model="gpt-4.1-nano"), {}, (), "gpt-4.1-nano costs less than twice what gpt-4o-mini does, the cheapest tier"),
    ("batch", facts(), {}, (), "interactive: a batch job answers within a day (a `batch_share` says how much may wait)"),
    ("compression", facts(tokens=150), {}, (), "under 200 fixed tokens: too short to be worth a rewrite"),
    ("zero-shot", facts(examples=50), {}, (), "its examples take under 100 tokens"),
    ("prefix-cache", facts(tokens=600), {}, ("CAC001",), "fewer fixed tokens than the 1,024 from which gpt-4o caches"),
    (
        "prefix-cache",
        facts(tokens=6000, model="claude-sonnet-4-6"),
        {"prefix_hits": 0.1},
        ("CAC004",),
        "10% of hits do not earn what writing costs: 22% would",
    ),
    ("exact-cache", facts(), {"repeats__normalized": 0}, (), "no request repeats another"),
    (
        "semantic-cache",
        facts(),
        {"false_hits": 0.1, "false_hit_usd": 1.0},
        (),
        "wrong answers from a cache would cost more than it saves",
    ),
    (
        "retries",
        facts(),
        {},
        ("CAL002",),
        "it retries without limit (2 to 5 calls a request, says the strategy): state its retry rates",
    ),
    (
        "fine-tuning",
        facts(model="gpt-4o"),
        {"calls_per_month": 3100, "examples": 800, "difficulty": 0.9},
        (),
        "3,100 calls a month: it never pays for itself",
    ),
    ("fix", facts(fixable_tokens=1, prefix=0), {"calls_per_month": 10}, (), "it saves $0.000025 a month in all: less than $0.01, not worth the work"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "prompt", "stated", "codes", "wanted"), REFUSED)
def test_refusals_say_why(
    key: str, prompt: object, stated: dict[str, object], codes: tuple[str, ...], wanted: str
) -> None:
    case, shared = case_of(prompt, usage_of(**stated), tuple(finding(code) for code in codes))  # type: ignore[arg-type]
    assert refusals(plan_of(case, shared))[key] == wanted


def test_what_nobody_asks_for_is_not_refused() -> None:
    case, shared = case_of(facts())
    quiet = {"fix", "pruning", "zero-shot", "retries", "prefix-cache", "structured-output", "length-control"}
    assert not quiet & set(refusals(plan_of(case, shared)))


def test_unbounded_retries_are_bounded() -> None:
    case, shared = case_of(facts(), usage_of(retries__parse=0.5, retries__validation=0.2))
    placed = next(each for each in plan_of(case, shared).placed if each.step.key == "retries")
    values = {key: each.value.mid for key, each in case.numbers.items()}
    load = placed.step.change(case, workload(case, values), values, shared)
    assert load.failing == (0.0, 0.0, 0.2)
    assert load.limit == 2


def test_a_tuned_model_with_examples_and_volume_is_proposed() -> None:
    stated = usage_of(calls_per_month=2_000_000, examples=800, difficulty=0.9, changes_per_month=1)
    case, shared = case_of(facts(tokens=3000), stated)
    found = plan_of(case, shared)
    assert found.placed[-2].step.key == "fine-tuning"
    curve = next(each for each in forecast.curves(found, shared) if each.key == "fine-tuning")
    assert curve.break_even is not None
    assert curve.break_even < 2_000_000
    cheaper = [point for point in curve.points if point.instead < point.now]
    assert all(point.calls >= curve.break_even for point in cheaper)


def test_hosting_is_refused_below_five_thousand_dollars_and_weighed_above() -> None:
    small = plan_of(*case_of(facts(), usage_of(calls_per_month=100_000)))
    assert "below $5,000" in hosted.judged(small).objection
    stated = usage_of(calls_per_month=20_000_000, difficulty=0.9)
    found = plan_of(*case_of(facts(), stated))
    judged = hosted.judged(found)
    assert not judged.objection
    assert [each.cost.mid for each in judged.options] == sorted(each.cost.mid for each in judged.options)
    assert judged.options[0].cost.mid < found.end.mid


def test_machines_are_not_bought_for_a_volume_that_is_assumed() -> None:
    case, shared = case_of(facts(tokens=100_000), usage_of(difficulty=0.9))
    found = plan_of(case, shared)
    assert found.end.mid > 5_000
    assert hosted.judged(found).objection.endswith("left, but nothing of it is of a volume that is stated")
    stated = case_of(facts("app/b.py::B"), usage_of(difficulty=0.9, calls_per_month=10_000))
    both = stack([case, stated[0]], shared)
    assert re.search(r"but only \$[0-9.]+ of it is of", hosted.judged(both).objection)


def test_what_the_usage_file_says_of_latency_counts_before_the_configuration() -> None:
    prompt, batchable = facts(), PromptSettings(batchable=True)
    shared = project(usage_of(), NOTHING, {})
    by_config = cases.case(prompt, batchable, (), shared)
    assert by_config is not None
    assert (by_config.latency, by_config.numbers["batch_share"].value.mid) == ("day", 1)
    stated = cases.case(prompt, batchable, (), project(usage_of(latency="interactive"), NOTHING, {}))
    assert stated is not None
    assert (stated.latency, stated.numbers["batch_share"].value.mid) == ("interactive", 0)
    found = cases.case(prompt, PromptSettings(), (finding("CAL004"),), shared)
    assert found is not None
    assert found.latency == "day"


def test_hosting_is_the_last_step_of_the_document_and_of_the_weeks() -> None:
    case, shared = case_of(facts(), usage_of(calls_per_month=20_000_000, difficulty=0.9))
    found = plan_of(case, shared)
    plan = document.plan(found, shared)
    assert plan.steps[-1].key == "self-hosting"
    assert plan.end.mid == plan.steps[-1].after.mid == hosted.end(found).mid
    assert plan.weeks[-1].done == ("self-hosting",)
    assert plan.weeks[-1].planned.mid == pytest.approx(plan.end.mid * 12 / 52)
    assert plan.weeks[-2].planned.mid > plan.weeks[-1].planned.mid


def test_the_greatest_assumption_comes_first() -> None:
    case, shared = case_of(facts(), usage_of(calls_per_month=Quantity(1_000, 500_000, 9_000_000)))
    found = plan_of(case, shared)
    moved = sensitivity.moved(found)
    assert moved[0].key == "calls_per_month"
    assert moved[0].low == pytest.approx(found.end.mid / 500, rel=1e-6)
    assert not moved[0].probe
    assert [each.size for each in moved] == sorted((each.size for each in moved), reverse=True)


def test_a_figure_without_a_range_is_halved_and_doubled() -> None:
    case, shared = case_of(facts(), usage_of(calls_per_month=500_000))
    found = plan_of(case, shared)
    calls = next(each for each in sensitivity.moved(found) if each.key == "calls_per_month")
    assert calls.probe
    assert (calls.low, calls.high) == (pytest.approx(found.end.mid / 2), pytest.approx(found.end.mid * 2))


def test_the_basis_of_a_saving_is_that_of_what_it_rests_on() -> None:
    case, shared = case_of(facts(tokens=1000, fixable_tokens=100), usage_of(calls_per_month=100_000))
    only_fix: tuple[Step, ...] = tuple(step for step in STEPS if step.key == "fix")
    found = stack([case], shared, only_fix)
    assert found.placed[0].saving.basis is Basis.ESTIMATED  # the stated volume; the answers do not matter
    assert found.start.basis is Basis.ASSUMED  # they do here
