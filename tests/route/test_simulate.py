"""Simulation against arithmetic by hand: the strategy's example, logs, cascades, ranges, and wrong input."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from promptlint import documents, simulated
from promptlint.cli import cli
from promptlint.errors import UsageError
from promptlint.evals.stats.distributions import chance_of_many
from promptlint.model import Basis
from promptlint.plan import usage
from promptlint.plan.quantity import Quantity, exactly
from promptlint.report import route as report
from promptlint.route import plan, reader
from promptlint.route.compiled import Plan
from promptlint.route.manifest import Entry
from promptlint.route.policy import Policy
from promptlint.route.simulate import simulated as simulate
from promptlint.route.simulate import traffic
from promptlint.simulated import Simulation
from tests.pages import Page

SUPPORT = Path(__file__).parents[2] / "fixtures" / "route" / "support"
MINI, HAIKU, FOUR = (0.15, 0.60), (1.00, 5.00), (2.50, 10.00)
RULES = """\
tiers:
  - {name: simple, below: 0.5, model: openai/gpt-4o-mini}
  - {name: complex, model: openai/gpt-4o}
cascade: true
validators: {label: {kind: labels, labels: [a, b]}}
prompts: [{match: "*", cascade: [simple, complex], validators: [label]}]
quality: {cases: 5}
"""


def usd(price: tuple[float, float], input_: float, output: float) -> float:
    return (input_ * price[0] + output * price[1]) / 1_000_000


@pytest.fixture
def support(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(SUPPORT)
    return SUPPORT


# --- the strategy's example --------------------------------------------------------------------


def test_the_strategy_by_hand(support: Path, made: ModuleType) -> None:
    found: Simulation = made.simulation("routing.yaml")
    calls = 10_000_000
    by_hand = [(0.72, MINI), (0.20, HAIKU), (0.08, FOUR)]
    assert found.now.mid == pytest.approx(calls * usd(FOUR, 1200, 80)) == pytest.approx(38_000)
    for row, (share, price) in zip(found.tiers, by_hand, strict=True):
        assert row.share.mid == pytest.approx(share)
        assert row.after.mid == pytest.approx(share * calls * usd(price, 1200, 80))
        assert row.now.mid == pytest.approx(share * 38_000)
        assert row.quality is None
    assert found.after.mid == pytest.approx(1641.60 + 3200 + 3040) == pytest.approx(7881.60)
    assert found.saved.mid == pytest.approx(1 - 7881.60 / 38_000)
    assert (found.traffic, found.period) == ("assumed", "month")


def test_no_mix_of_tokens_gives_the_figure_of_the_strategy(support: Path, made: ModuleType) -> None:
    assert made.simulation("strategy_prices.yaml").after.mid == pytest.approx(1641.60 + 2560 + 3040)
    left = [0.72 * mini + 0.2 * haiku + 0.08 for mini, haiku in ((0.06, 0.80 / 2.5), (0.06, 4 / 10))]
    assert left == pytest.approx([0.1872, 0.2032])
    assert min(left) > 6_200 / 38_000


def test_the_golden_files_are_what_the_command_prints(support: Path) -> None:
    arguments = ["route", "simulate", "prompts", "--policy", "routing.yaml", "--no-cache"]
    arguments += ["--usage", "promptlint-usage.yaml"]
    done = CliRunner().invoke(cli, arguments, env={"COLUMNS": "110"}, catch_exceptions=False)
    assert done.stdout == (support / "golden" / "simulation.txt").read_text()
    done = CliRunner().invoke(cli, [*arguments, "--format", "json"], catch_exceptions=False)
    assert done.stdout == (support / "golden" / "simulation.json").read_text()
    jsonschema.validate(json.loads(done.stdout), simulated.schema())


# --- a project of one prompt -------------------------------------------------------------------


class Project:
    """A prompt on gpt-4o, a policy, and eval results of it."""

    def __init__(self, folder: Path, made: ModuleType) -> None:
        self.folder, self.made = folder, made
        (folder / "prompts").mkdir()
        text = "---\nmodel: gpt-4o\n---\nSort the mail into a or b: {{ mail }}\n"
        (folder / "prompts" / "mail.prompt").write_text(text)
        self.entries: tuple[Entry, ...] = made.entries()

    def of(self, *counts: tuple[str, int, int], rules: str = RULES) -> tuple[Plan, Policy]:
        (self.folder / "routing.yaml").write_text(rules)
        policy = reader.read(Path("routing.yaml"))
        (entry,) = self.entries
        results = [self.made.result(entry.id, entry.version, *row) for row in counts]
        return plan.compiled(self.entries, policy, results), policy

    def log(self, *rows: dict[str, object], name: str = "log.jsonl") -> Path:
        (self.folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
        return self.folder / name

    def run(
        self, rows: list[dict[str, object]], *counts: tuple[str, int, int], rules: str = RULES
    ) -> Simulation:
        compiled, policy = self.of(*counts, rules=rules)
        return simulate(compiled, policy, traffic.logged([self.log(*rows)], compiled, self.entries))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: ModuleType) -> Project:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "promptlint.toml").write_text("")
    return Project(tmp_path, made)


def row(**more: object) -> dict[str, object]:
    return {"model": "gpt-4o", "input_tokens": 1000, "output_tokens": 100, **more}


def test_a_cascade_pays_for_both_and_its_escalation_is_counted(project: Project) -> None:
    found = project.run([row(requests=90, escalated=False), row(requests=10, escalated=True)])
    (tier,) = found.tiers
    assert (tier.tier, tier.requests.mid) == ("simple", 100)
    assert (tier.escalated.mid, tier.escalated.basis) == (pytest.approx(0.1), Basis.MEASURED)
    mini, four = usd(MINI, 1000, 100), usd(FOUR, 1000, 100)
    assert found.now.mid == pytest.approx(100 * four)
    assert found.after.mid == pytest.approx(100 * (mini + 0.1 * four))
    low, high = tier.escalated.low, tier.escalated.high
    assert chance_of_many(10, 100, low) == pytest.approx(0.05, abs=1e-6)
    assert chance_of_many(90, 100, 1 - high) == pytest.approx(0.05, abs=1e-6)
    assert found.after.low == pytest.approx(100 * (mini + low * four))
    assert found.after.high == pytest.approx(100 * (mini + high * four))


def test_an_eval_gives_escalation_and_quality(project: Project) -> None:
    found = project.run([row(requests=200)], ("gpt-4o-mini", 90, 100), ("gpt-4o", 98, 100))
    (flow,) = found.flows
    assert flow.models == ("openai/gpt-4o-mini", "openai/gpt-4o")
    assert (flow.escalated.low, flow.escalated.mid) == (0, pytest.approx(0.1))
    assert flow.escalated.basis is Basis.ASSUMED
    assert flow.quality_now is not None
    assert (flow.quality_now.mid, flow.quality_now.basis) == (0.98, Basis.MEASURED)
    assert flow.quality is not None
    assert flow.quality.mid == pytest.approx(0.9 + 0.1 * 0.98)
    assert flow.quality.low < 0.9, "no failure noticed, at the lower bound"
    assert flow.quality.basis is Basis.ASSUMED
    assert found.quality == flow.quality


def test_a_log_says_how_good_the_model_in_use_is(project: Project) -> None:
    found = project.run([row(passed=True, requests=95), row(passed=False, requests=5)])
    assert found.quality_now is not None
    assert (found.quality_now.mid, found.quality_now.basis) == (pytest.approx(0.95), Basis.MEASURED)
    assert found.quality is None
    assert any("quality is not known for all requests" in note for note in found.notes)


def test_a_tier_of_the_log_goes_before_the_plan(project: Project) -> None:
    rows = [row(tier="simple", requests=3), row(tier="complex", requests=1), row(requests=4)]
    found = project.run(
        rows, rules=RULES.replace("cascade: [simple, complex]", "cascade: false, tier: complex")
    )
    assert [(tier.tier, tier.requests.mid) for tier in found.tiers] == [("simple", 3), ("complex", 5)]
    four, mini = usd(FOUR, 1000, 100), usd(MINI, 1000, 100)
    assert found.tiers[1].after.mid == pytest.approx(5 * four)
    assert found.tiers[0].after.mid == pytest.approx(3 * (mini + 0.25 * four)), "assumed: a quarter escalates"
    assert found.tiers[0].escalated.basis is Basis.ASSUMED


def test_what_was_billed_goes_before_prices_and_cached_tokens_count(project: Project) -> None:
    rules = RULES.replace("cascade: [simple, complex], validators: [label]", "keep: true")
    found = project.run([row(usd=0.5), row(usd=0.25, cached_tokens=400)], rules=rules)
    assert found.now.mid == pytest.approx(0.75)
    cached = 200  # a request on average
    assert found.after.mid == pytest.approx(2 * (800 * 2.5 + cached * 1.25 + 100 * 10) / 1_000_000)


def test_strangers_and_missing_tokens_and_prices_are_told(project: Project) -> None:
    rows = [{"prompt": "prompts/mial.prompt", "requests": 7}, {"prompt": "prompts/mail.prompt"}]
    rows.append({"prompt": "prompts/mail.prompt", "model": "nobody/none-1", "requests": 9})
    found = project.run(rows)
    notes = "\n".join(found.notes)
    assert "7 requests are of prompts that have no route: 'prompts/mial.prompt' (did you mean" in notes
    assert "10 requests have no token counts" in notes
    assert "the price of nobody/none-1 is not known: 9 requests are left out" in notes
    (flow,) = found.flows
    assert flow.input_tokens.mid == project.entries[0].input_tokens
    assert (flow.input_tokens.basis, flow.output_tokens.basis) == (Basis.ESTIMATED, Basis.ASSUMED)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"prompt": 3}', "log.jsonl:2: `prompt`: expected a text"),
        ('{"requests": -1}', "log.jsonl:2: `requests`: expected a whole number"),
        ('{"requests": true}', "log.jsonl:2: `requests`"),
        ('{"tier": "smiple"}', "log.jsonl:2: `tier`: 'smiple' is none of simple, complex"),
        ('{"passed": "yes"}', "log.jsonl:2: `passed`: expected true or false"),
        ('{"usd": "1"}', "log.jsonl:2: `usd`"),
        ('{"usd": NaN}', "log.jsonl:2: no strict JSON"),
        ('{"input_tokens": 3, "output_tokens": 1, "cached_tokens": 4}', "more `cached_tokens`"),
        ("[]", "log.jsonl:2: expected an object"),
        ("{", "log.jsonl:2: no strict JSON"),
    ],
)
def test_a_line_that_is_wrong(project: Project, line: str, says: str) -> None:
    compiled, _ = project.of()
    (project.folder / "log.jsonl").write_text(f"{json.dumps(row())}\n{line}\n")
    with pytest.raises(UsageError) as caught:
        traffic.logged([Path("log.jsonl")], compiled, project.entries)
    assert says in str(caught.value)


# --- volumes -----------------------------------------------------------------------------------


def volumes(project: Project, text: str, rules: str = RULES) -> Simulation:
    compiled, policy = project.of(rules=rules)
    (project.folder / "usage.yaml").write_text(text)
    found = usage.read(Path("usage.yaml"), "usage.yaml")
    return simulate(compiled, policy, traffic.assumed(compiled, project.entries, found))


def test_shares_of_tiers_move_together(project: Project) -> None:
    text = (
        "prompts:\n  prompts/mail.prompt: {calls_per_month: [1000, 3000], variable_tokens: 88, output_tokens: 10}\n"
        "assume: {routing: {simple: [70%, 80%]}}\n"
    )
    rules = RULES.replace("cascade: [simple, complex], validators: [label]", "cache: none").replace(
        "cascade: true", "cascade: false"
    )
    found = volumes(project, text, rules)
    input_ = project.entries[0].tokens + 88
    mini, four = usd(MINI, input_, 10), usd(FOUR, input_, 10)
    assert (found.requests.low, found.requests.mid, found.requests.high) == (1000, 2000, 3000)
    assert [round(tier.share.mid, 9) for tier in found.tiers] == [0.75, 0.25]
    assert found.after.low == pytest.approx(1000 * (0.8 * mini + 0.2 * four))
    assert found.after.high == pytest.approx(3000 * (0.7 * mini + 0.3 * four))
    assert found.now.high == pytest.approx(3000 * four)


def test_volumes_that_nobody_states_are_left_out(project: Project) -> None:
    found = volumes(project, "version: 1\n")
    assert found.flows == ()
    assert found.notes == ("1 prompts have no volume, and are left out",)
    assert report.render("text", found, report.Look()).startswith("Nothing to simulate")
    assert "Nothing" not in report.render("html", found, report.Look()).partition("<main>")[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("assume: {routing: {simple: 70%, medium: 40%}}\n", "more than one whole"),
        ("assume: {routing: {simple: 170%}}\n", "usage.yaml:1"),
    ],
)
def test_shares_that_are_no_shares(project: Project, text: str, says: str) -> None:
    three = RULES.replace(
        "  - {name: complex", "  - {name: medium, below: 0.7, model: openai/gpt-4.1}\n  - {name: complex"
    )
    with pytest.raises(UsageError) as caught:
        volumes(project, "prompts: {prompts/mail.prompt: {calls_per_month: 5}}\n" + text, three)
    assert says in str(caught.value).replace("usage.yaml:2", "usage.yaml:1")


# --- laws and formats --------------------------------------------------------------------------

COUNTS = st.integers(0, 50)


@pytest.fixture(scope="module")
def example(made: ModuleType) -> tuple[Plan, Policy]:
    with contextlib.chdir(SUPPORT):
        policy = reader.read(Path("routing.yaml"))
        return plan.compiled(made.entries(), policy), policy


@given(st.lists(st.tuples(st.sampled_from(["simple", "complex"]), COUNTS, COUNTS), min_size=1, max_size=6))
def test_tiers_add_up(example: tuple[Plan, Policy], rows: list[tuple[str, int, int]]) -> None:
    compiled, policy = example
    flows = [
        (
            traffic.Flow(
                route=compiled.routes[0],
                tier=tier,
                model="gpt-4o",
                requests=exactly(float(calls), Basis.MEASURED),
                input=exactly(float(tokens)),
                output=Quantity(1, 2, 4, Basis.ASSUMED),
            ),
        )
        for tier, calls, tokens in rows
    ]
    found = simulate(compiled, policy, traffic.Traffic(tuple(flows), (), "logged"))
    for name in ("requests", "now", "after"):
        whole = getattr(found, name)
        for end in ("low", "mid", "high"):
            parts = [getattr(getattr(tier, name), end) for tier in found.tiers]
            assert sum(parts) == pytest.approx(getattr(whole, end))
        assert whole.low <= whole.mid <= whole.high
    assert found.after.mid <= found.now.mid + 1e-9, "no tier is dearer than the model in use"
    assert (
        documents.from_json(Simulation, json.loads(report.render("json", found, report.Look()))) is not None
    )


def test_the_page_says_what_the_text_says(support: Path, made: ModuleType) -> None:
    found = made.simulation("routing.yaml")
    page = Page.of(report.render("html", found, report.Look()))
    assert page.problems == []
    for words in ("~$38,000", "~$7,882", "~79.3%", "openai/gpt-4o-mini", "7,200,000 x (1,200 x $0.15"):
        assert words in page.outside
    assert "svg" in page.skeleton
    assert "script" not in page.skeleton
