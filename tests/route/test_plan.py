"""What is not shown is not changed; what is shown is chosen by its lower bound; overrides hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.errors import ConfigError
from promptlint.evaluation import EvalResult
from promptlint.route import evidence, plan, reader
from promptlint.route.compiled import Plan, Route
from promptlint.route.manifest import Entry
from promptlint.route.policy import Policy

RULES = """\
tiers:
  - {name: simple, below: 0.3, model: openai/gpt-4o-mini}
  - {name: medium, below: 0.7, model: anthropic/claude-haiku-4-5}
  - {name: complex, model: openai/gpt-4o}
cascade: true
"""


@pytest.fixture
def entries(made: ModuleType, folder: Path) -> tuple[Entry, ...]:
    found: tuple[Entry, ...] = made.entries()
    return found


def rules(tmp_path: Path, text: str = RULES) -> Policy:
    (tmp_path / "routing.yaml").write_text(text)
    return reader.read(tmp_path / "routing.yaml")


def of(found: Plan, name: str) -> Route:
    return next(route for route in found.routes if route.prompt == f"prompts/{name}.prompt")


def models(route: Route) -> list[str]:
    return [step.model for step in route.steps]


def codes(found: Plan, name: str) -> set[str]:
    return {item.code for item in found.notes if item.prompt == f"prompts/{name}.prompt"}


def shown(
    made: ModuleType, entries: tuple[Entry, ...], name: str, model: str, passed: int, n: int
) -> EvalResult:
    entry = next(item for item in entries if item.id == f"prompts/{name}.prompt")
    found: EvalResult = made.result(entry.id, entry.version, model, passed, n)
    return found


def test_without_a_result_every_prompt_keeps_its_model(entries: tuple[Entry, ...], tmp_path: Path) -> None:
    found = plan.compiled(entries, rules(tmp_path))
    used = {entry.id: entry.model for entry in entries}
    assert {route.prompt: route.steps[0].name for route in found.routes} == used
    assert {route.basis for route in found.routes} == {"kept"}
    route = of(found, "queue")
    assert route.canary is not None
    assert (route.canary.step.model, route.canary.share) == ("openai/gpt-4o-mini", 0.05)
    assert route.settle.startswith("promptlint eval init prompts/queue.prompt -o evals/")
    assert "openai/gpt-4o-mini" in route.settle


def test_only_with_leave_is_the_score_enough_and_it_is_marked(
    entries: tuple[Entry, ...], tmp_path: Path
) -> None:
    found = plan.compiled(entries, rules(tmp_path), allow_unproven=True)
    assert of(found, "queue").basis == "unproven"
    assert models(of(found, "queue")) == ["openai/gpt-4o-mini", "anthropic/claude-haiku-4-5", "openai/gpt-4o"]
    assert "RTE002" in codes(found, "queue")
    assert of(found, "sql").steps[0].tier == "medium"
    assert of(found, "complaint").basis == "unproven"  # nobody says a score: it is inferred, and says so
    assert "(inferred; 80 % interval" in of(found, "complaint").reason
    assert "inferred" not in of(found, "queue").reason
    unscored = tuple(
        replace(entry, traits=replace(entry.traits, difficulty=None, difficulty_low=None))
        for entry in entries
    )
    found = plan.compiled(unscored, rules(tmp_path), allow_unproven=True)
    assert {route.basis for route in found.routes} == {"kept"}


@pytest.mark.parametrize(("passed", "basis"), [(60, "proven"), (57, "proven"), (54, "kept"), (44, "kept")])
def test_the_lower_bound_decides_not_the_rate(
    made: ModuleType, entries: tuple[Entry, ...], tmp_path: Path, passed: int, basis: str
) -> None:
    text = RULES + "quality: {floor: 0.85}\n"
    result = shown(made, entries, "queue", "gpt-4o-mini", passed, 60)
    found = plan.compiled(entries, rules(tmp_path, text), [result])
    assert of(found, "queue").basis == basis  # 54 of 60 is a rate of 0.9, and a bound of 0.81


def test_the_cheapest_that_is_good_enough(
    made: ModuleType, entries: tuple[Entry, ...], tmp_path: Path
) -> None:
    results = [
        shown(made, entries, "queue", "gpt-4o-mini", 40, 60),
        shown(made, entries, "queue", "claude-haiku-4-5", 60, 60),
        shown(made, entries, "queue", "gpt-4o", 60, 60),
    ]
    found = plan.compiled(entries, rules(tmp_path), results)
    assert models(of(found, "queue")) == ["anthropic/claude-haiku-4-5", "openai/gpt-4o"]
    assert of(found, "queue").basis == "proven"


def test_a_result_of_another_text_does_not_count(
    made: ModuleType, entries: tuple[Entry, ...], tmp_path: Path
) -> None:
    old = shown(made, entries, "queue", "gpt-4o-mini", 60, 60)
    old = replace(old, baseline=replace(old.baseline, content_hash="0" * 64))
    found = plan.compiled(entries, rules(tmp_path), [old])
    assert of(found, "queue").basis == "kept"
    assert any(item.code == "RTE004" for item in found.notes)


def test_few_cases_show_nothing(made: ModuleType, entries: tuple[Entry, ...], tmp_path: Path) -> None:
    text = RULES + "quality: {floor: 0.5, cases: 20}\n"
    result = shown(made, entries, "queue", "gpt-4o-mini", 10, 10)
    assert of(plan.compiled(entries, rules(tmp_path, text), [result]), "queue").basis == "kept"


def test_overrides(entries: tuple[Entry, ...], tmp_path: Path) -> None:
    text = RULES + (
        "cache: {mode: semantic}\n"
        "prompts:\n"
        "  - {match: prompts/*.prompt, cache: none}\n"
        "  - {match: prompts/queue.prompt, tier: medium, cascade: false}\n"
        "  - {match: prompts/sql.prompt, like: prompts/queue.prompt, keep: true}\n"
        "  - {match: prompts/greeting.prompt, cache: exact}\n"
        "  - {match: prompts/faq.prompt, cache: semantic}\n"
    )
    found = plan.compiled(entries, rules(tmp_path, text))
    assert models(of(found, "queue")) == ["anthropic/claude-haiku-4-5"]
    assert models(of(found, "sql")) == ["openai/gpt-4o"]
    assert of(found, "greeting").cache is None
    assert {"RTE008"} <= codes(found, "greeting")
    cache = of(found, "faq").cache
    assert cache is not None
    assert (cache.mode, cache.threshold) == ("semantic", 0.95)
    assert cache.namespace.startswith("prompts/faq.prompt@")


def test_a_policy_for_a_prompt_that_does_not_exist(entries: tuple[Entry, ...], tmp_path: Path) -> None:
    text = RULES + "prompts:\n  - {match: prompts/queues.prompt, keep: true}\n"
    with pytest.raises(
        ConfigError, match=r"routing\.yaml:7: no prompt .*did you mean prompts/queue\.prompt\?"
    ):
        plan.compiled(entries, rules(tmp_path, text))


def test_a_batch_job_is_not_for_what_is_waited_for(entries: tuple[Entry, ...], tmp_path: Path) -> None:
    text = RULES + "batch: {}\nprompts: [{match: prompts/queue.prompt, batch: true}]\n"
    found = plan.compiled(entries, rules(tmp_path, text))
    assert "RTE009" in codes(found, "queue")
    assert not of(found, "queue").batch
    assert of(found, "catalog").batch


def test_retries_stay_under_the_cap(entries: tuple[Entry, ...], tmp_path: Path) -> None:
    found = plan.compiled(entries, rules(tmp_path, RULES + "retries: {each: 2, total: 5}\n"))
    for route in found.routes:
        assert len(route.steps) * (route.retries + 1) <= 5
    assert "RTE011" in codes(found, "greeting")


def test_the_budget(entries: tuple[Entry, ...], tmp_path: Path) -> None:
    found = plan.compiled(entries, rules(tmp_path, RULES + "budget: {usd_month: 10}\n"))
    assert [item.code for item in found.notes if not item.prompt] == ["RTE014", "RTE019"]


def test_a_retired_model_is_an_error(entries: tuple[Entry, ...], tmp_path: Path) -> None:
    gone = tuple(replace(entry, model="claude-3-opus") for entry in entries)
    found = plan.compiled(gone, rules(tmp_path))
    assert "RTE012" in codes(found, "queue")


def test_the_schema_is_a_hard_need(entries: tuple[Entry, ...], tmp_path: Path) -> None:
    text = RULES + "models: {openai/gpt-4o-mini: {structured: false}}\n"
    strict = tuple(replace(entry, traits=replace(entry.traits, output="schema")) for entry in entries)
    found = plan.compiled(strict, rules(tmp_path, text))
    canary = of(found, "queue").canary
    assert canary is not None
    assert canary.step.model == "anthropic/claude-haiku-4-5"


@given(st.integers(1, 300), st.data())
def test_the_bound_is_below_the_rate_and_grows(cases: int, data: st.DataObject) -> None:
    passed = data.draw(st.integers(0, cases))
    low = evidence.lower_bound(passed, cases, 0.95)
    assert 0 <= low <= passed / cases
    if passed < cases:
        assert low <= evidence.lower_bound(passed + 1, cases, 0.95)


@pytest.mark.parametrize(
    ("passed", "cases", "bound"), [(10, 10, 0.05**0.1), (1, 1, 0.05), (0, 5, 0.0), (9, 10, 0.60584)]
)
def test_the_bound_of_known_cases(passed: int, cases: int, bound: float) -> None:
    """0.05 ** (1/n) for n of n by hand; 9 of 10 from the table of Clopper and Pearson's method."""
    assert evidence.lower_bound(passed, cases, 0.95) == pytest.approx(bound, abs=1e-4)
