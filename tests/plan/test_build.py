"""The whole: `promptlint plan` on real files, with usage, evidence, what-ifs, other revisions, bad input."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from conftest import Ran, Runner
from test_store import git

from promptlint import documents, prices, verdicts
from promptlint.model import Basis
from promptlint.plan import build
from promptlint.plan.evidence import evals
from promptlint.workspace import Request

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schema" / "plan.json").read_text(encoding="utf-8"))
SHOP = Path(__file__).parents[2] / "fixtures" / "shop"

BOT = "You are the support assistant of a shop for tents.\n\n" + "\n".join(
    f"- Rule {number}: in order to answer question {number}, look at page {number} of the manual first."
    for number in range(130)
)
USAGE = """\
prompts:
  system_prompt.md:
    calls_per_month: {low: 400000, mid: 500000, high: 600000, basis: measured}
    output_tokens: 150
"""


@pytest.fixture
def project(tmp_path: Path, promptlint: Runner) -> Path:
    (tmp_path / "system_prompt.md").write_text(BOT + "\n", encoding="utf-8")
    (tmp_path / "promptlint-usage.yaml").write_text(USAGE, encoding="utf-8")
    return tmp_path


def planned(promptlint: Runner, *arguments: str) -> tuple[dict[str, object], Ran]:
    ran = promptlint("plan", *arguments, "--format", "json")
    assert ran.code == 0, ran.err
    data = json.loads(ran.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    return data, ran


def test_a_plan_of_a_project(project: Path, promptlint: Runner) -> None:
    data, ran = planned(promptlint)
    assert not ran.err
    assert data["usage"] == "promptlint-usage.yaml"
    (prompt,) = data["prompts"]  # type: ignore[misc]
    assert prompt["calls"] == {"low": 400_000, "mid": 500_000, "high": 600_000, "basis": "measured"}
    steps = [step["key"] for step in data["steps"]]  # type: ignore[attr-defined]
    assert steps[0] == "fix"
    assert "routing" in steps
    fix = data["steps"][0]  # type: ignore[index]
    assert fix["saving"]["basis"] == "assumed"  # no model is named: the default one is priced
    assert {each["code"] for each in fix["evidence"]} == {"TOK001"}
    assert all(len(each["fingerprint"]) == 16 for each in fix["evidence"])
    assert fix["next"] == "promptlint fix system_prompt.md"
    stated = {each["key"]: each["source"] for each in data["figures"]}  # type: ignore[attr-defined]
    assert stated["calls_per_month"] == "stated in promptlint-usage.yaml:3"
    assert "the strategy" in stated["compression"]


def test_without_a_name_it_is_the_plan_of_here(project: Path, promptlint: Runner) -> None:
    bare, named, run = promptlint("plan"), promptlint("plan", "."), promptlint("plan", "run", ".")
    assert bare.out == named.out == run.out
    assert "Apply the safe fixes" in bare.out
    assert "Commands:" in promptlint("plan", "--help").out


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_formats(project: Path, promptlint: Runner, form: str) -> None:
    ran = promptlint("plan", "--format", form, "--explain")
    assert ran.code == 0
    assert "Apply the safe fixes" in ran.out


def test_nothing_to_plan(promptlint: Runner) -> None:
    ran = promptlint("plan")
    assert ran.code == 0
    assert "Nothing to plan" in ran.out
    assert "no prompt was found whose traffic could be planned" in ran.out


def test_no_volume_is_assumed_loudly(project: Path, promptlint: Runner) -> None:
    (project / "promptlint-usage.yaml").unlink()
    _, ran = planned(promptlint)
    assert "no volume is stated for any prompt: 100,000 requests a month assumed" in ran.err


def test_the_configuration_states_volumes_too(project: Path, promptlint: Runner) -> None:
    (project / "promptlint-usage.yaml").unlink()
    text = '[[prompts]]\nmatch = "*.md"\ncalls_per_month = 70000\noutput_tokens = 20\nmodel = "gpt-4.1"\nbatchable = true\n'
    (project / "promptlint.toml").write_text(text, encoding="utf-8")
    data, ran = planned(promptlint)
    assert not ran.err
    assert data["prompts"][0]["calls"]["mid"] == 70_000  # type: ignore[index]
    assert "batch" in [step["key"] for step in data["steps"]]  # type: ignore[attr-defined]


def test_a_price_of_the_configuration_counts(project: Path, promptlint: Runner) -> None:
    (project / "promptlint.toml").write_text(
        'model = "ours"\n[prices.ours]\ninput = 100\noutput = 0\n', encoding="utf-8"
    )
    data, _ = planned(promptlint)
    (prompt,) = data["prompts"]  # type: ignore[misc]
    assert prompt["price"] == "ours, config"


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("--usage", "none.yaml"), "none.yaml: cannot be read"),
        (("--what-if", "model=gpt-4oo"), "no price is known for 'gpt-4oo'; did you mean gpt-4o?"),
        (("--what-if", "turn=3"), "unknown figure 'turn'; did you mean turns?"),
        (("--what-if", "turns"), "expected KEY=VALUE"),
        (("--what-if", "turns=many"), "'many' is no number (turns)"),
        (("--what-if", "turns=0"), "expected turns from 1 to 1,000, found 0"),
        (("--what-if", "compression=140%"), "expected share from 0 to 1, found 140%"),
        (("--evidence", "system_prompt.md"), "system_prompt.md: no strict JSON"),
        (
            ("--evidence", "promptlint.json"),
            "promptlint.json: neither the document of an eval nor one of verdicts",
        ),
        (("--compare", "main"), "is not in a git repository"),
        (("nowhere.md",), "nowhere.md"),
    ],
)
def test_bad_input_is_one_line(
    project: Path, promptlint: Runner, arguments: tuple[str, ...], wanted: str
) -> None:
    (project / "promptlint.json").write_text("{}", encoding="utf-8")
    ran = promptlint("plan", *arguments)
    assert ran.code == 2
    assert wanted in ran.err
    assert ran.err.count("\n") == 1


def test_a_usage_file_of_prompts_that_are_no_more(project: Path, promptlint: Runner) -> None:
    (project / "promptlint-usage.yaml").write_text(
        "prompts:\n  old_prompt.md: {turns: 3}\n", encoding="utf-8"
    )
    ran = promptlint("plan")
    assert ran.code == 0
    assert "! promptlint-usage.yaml:2: no prompt matches 'old_prompt.md'" in ran.out


def test_what_was_not_looked_at_is_not_called_gone(project: Path, promptlint: Runner) -> None:
    (project / "other_prompt.md").write_text("You translate product texts of a shop into plain French.\n")
    assert "no prompt matches" not in promptlint("plan", "other_prompt.md").out
    (project / "promptlint-usage.yaml").write_text("prompts:\n  gone.md: {turns: 3}\n  'x/**': {turns: 3}\n")
    ran = promptlint("plan", "other_prompt.md")
    assert "'gone.md'" in ran.out
    assert "'x/**'" not in ran.out
    assert "'x/**'" in promptlint("plan").out


@pytest.mark.parametrize(("days", "told"), [(90, False), (91, True), (400, True)])
def test_stale_prices_are_told(project: Path, days: int, told: bool) -> None:
    day = date.fromordinal(date.fromisoformat(prices.snapshot_date()).toordinal() + days)
    made = build.made(build.Asked(Request(paths=(project,)), day))
    assert any("prices are" in note for note in made.plan.notes) is told


def test_a_file_that_cannot_be_read_is_told(project: Path, promptlint: Runner) -> None:
    (project / "x.prompt.yaml").write_text("messages: [\n", encoding="utf-8")
    _, ran = planned(promptlint)
    assert "1 problem with files that cannot be read" in ran.err


def test_prices_of_very_long_prompts_are_not_promised(project: Path, promptlint: Runner) -> None:
    text = "prompts:\n  system_prompt.md: {variable_tokens: 200000, calls_per_month: 1}\n"
    (project / "promptlint-usage.yaml").write_text(text, encoding="utf-8")
    _, ran = planned(promptlint)
    assert "1 prompt over 128,000 tokens a call" in ran.err


def test_an_unknown_model_is_told_and_priced_as_another(project: Path, promptlint: Runner) -> None:
    (project / "promptlint.toml").write_text('model = "gpt-4o-mimi"\n', encoding="utf-8")
    data, ran = planned(promptlint)
    assert (
        "no price is known for gpt-4o-mimi, which is priced as gpt-4o; did you mean gpt-4o-mini?" in ran.err
    )
    assert data["prompts"][0]["model_basis"] == "assumed"  # type: ignore[index]


def test_evidence_of_other_prompts_is_told(project: Path, promptlint: Runner) -> None:
    path = evidence_file(project, "accepted", True)
    (project / "system_prompt.md").rename(project / "bot_prompt.md")
    _, ran = planned(promptlint, "--evidence", str(path))
    assert "evidence of 'system_prompt.md', which is no prompt of this plan" in ran.err


# --- what if, and before --------------------------------------------------------------------


def test_what_if(project: Path, promptlint: Runner) -> None:
    data, _ = planned(promptlint, "--what-if", "model=gpt-4o-mini", "--what-if", "calls_per_month=250000")
    other, now = data["what_if"], data["start"]
    assert other["change"] == "model=gpt-4o-mini, calls_per_month=250000"  # type: ignore[index]
    # half of the calls at 6 % of the price
    assert other["start"]["mid"] == pytest.approx(now["mid"] * 0.03)  # type: ignore[index]
    assert other["difference"] == pytest.approx(other["start"]["mid"] - now["mid"])  # type: ignore[index]
    assert "`promptlint eval` can tell" in other["notes"][0]  # type: ignore[index]


def test_compare(project: Path, promptlint: Runner) -> None:
    git(project, "init", "-q", "-b", "main")
    (project / "other_prompt.md").write_text("You sort mail of a shop into folders, as its customers ask.\n")
    git(project, "add", ".")
    git(project, "commit", "-qm", "first")
    (project / "system_prompt.md").write_text(BOT + BOT + "\n", encoding="utf-8")
    (project / "other_prompt.md").unlink()
    (project / "new_prompt.md").write_text("You translate product texts of a shop into plain French.\n")
    data, _ = planned(promptlint, "--compare", "main")
    before = data["before"]
    assert before["sha"] == git(project, "rev-parse", "HEAD")  # type: ignore[index]
    found = {each["prompt"]: each for each in before["prompts"]}  # type: ignore[index]
    assert set(found) == {"system_prompt.md", "other_prompt.md", "new_prompt.md"}
    assert found["other_prompt.md"]["after"] is None
    assert found["new_prompt.md"]["before"] is None
    assert found["system_prompt.md"]["after"] > found["system_prompt.md"]["before"]
    difference = data["start"]["mid"] - before["start"]["mid"]  # type: ignore[index]
    assert before["difference"] == pytest.approx(difference)  # type: ignore[index]
    assert "At main (" in promptlint("plan", "--compare", "main").out


def test_compared_with_itself_nothing_differs(project: Path, promptlint: Runner) -> None:
    git(project, "init", "-q", "-b", "main")
    git(project, "add", ".")
    git(project, "commit", "-qm", "first")
    data, _ = planned(promptlint, "--compare", "HEAD")
    assert data["before"]["difference"] == 0  # type: ignore[index]
    assert data["before"]["prompts"] == []  # type: ignore[index]


# --- evidence -------------------------------------------------------------------------------


def evidence_file(project: Path, verdict: str, proven: bool) -> Path:
    shown = verdict != "undecided"
    found = verdicts.Verdicts(
        1,
        "0.1.0",
        "2026-11-23T00:00:00Z",
        (
            verdicts.EvalVerdict(
                "support", "system_prompt.md", "accuracy", verdict,  # type: ignore[arg-type]
                -0.01 if shown else None, (-0.02, 0.01) if shown else None, 0.95, 0.03, 400, None, "recorded",
            ),
        ),
        (verdicts.Route("system_prompt.md", "gpt-4o", "gpt-4o-mini", None, None, proven),),
    )  # fmt: skip
    path = project / "verdicts.json"
    path.write_text(json.dumps(documents.to_json(found)), encoding="utf-8")
    return path


def test_an_accepted_verdict_and_a_proven_route(project: Path, promptlint: Runner) -> None:
    path = evidence_file(project, "accepted", True)
    data, _ = planned(promptlint, "--evidence", str(path))
    steps = {step["key"]: step for step in data["steps"]}  # type: ignore[attr-defined]
    assert steps["compression"]["needs_eval"] is False
    assert steps["compression"]["prompts"][0]["verdict"] == "accepted"
    assert steps["routing"]["needs_eval"] is False
    assert steps["routing"]["share"] == pytest.approx(0.94)
    text = promptlint("plan", "--evidence", str(path)).out
    assert "eval accepted" in text


def test_a_rejected_verdict_and_an_unproven_route(project: Path, promptlint: Runner) -> None:
    data, _ = planned(promptlint, "--evidence", str(evidence_file(project, "rejected", False)))
    steps = {step["key"]: step for step in data["steps"]}  # type: ignore[attr-defined]
    refusals = {each["key"]: each["reason"] for each in data["refusals"]}  # type: ignore[attr-defined]
    assert refusals["compression"] == "the eval support rejected the shorter text"
    assert steps["routing"]["needs_eval"] is True


def test_verdicts_are_no_evals(project: Path) -> None:
    assert list(evals([evidence_file(project, "accepted", True)])) == []


# --- plan init ------------------------------------------------------------------------------


def test_init_writes_a_file_that_changes_nothing(project: Path, promptlint: Runner) -> None:
    (project / "promptlint-usage.yaml").unlink()
    before, _ = planned(promptlint)
    ran = promptlint("plan", "init")
    assert ran.code == 0, ran.err
    assert "with 1 prompt: replace what is null" in ran.out
    after, _ = planned(promptlint)
    assert after == {**before, "usage": "promptlint-usage.yaml"}
    again = promptlint("plan", "init")
    assert again.code == 2
    assert "is there already: nothing was written" in again.err


def test_init_follows_no_link(project: Path, promptlint: Runner) -> None:
    usage = project / "promptlint-usage.yaml"
    usage.unlink()
    usage.symlink_to(project / "elsewhere.yaml")
    assert promptlint("plan", "init").code == 2
    assert not (project / "elsewhere.yaml").exists()


# --- plan export ----------------------------------------------------------------------------


def test_export_of_settings(project: Path, promptlint: Runner) -> None:
    cache = json.loads(promptlint("plan", "export", "cache").out)
    assert cache["prompts"][0]["prompt"] == "system_prompt.md"
    batch = json.loads(promptlint("plan", "export", "batch").out)
    assert batch["not_batched"][0]["prompt"] == "system_prompt.md"


def test_export_of_training_data(project: Path, promptlint: Runner) -> None:
    pairs = "\n".join(f"Input: {text}\nOutput: {label}\n" for text, label in EXAMPLES)
    (project / "sort_prompt.md").write_text(
        f"You sort mail of a shop.\n\n## Examples\n\n{pairs}", encoding="utf-8"
    )
    ran = promptlint("plan", "export", "tuning", "--output", "out")
    assert ran.code == 0, ran.err
    lines = [
        json.loads(line)
        for name in ("train", "validation")
        for line in (project / "out" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert {each["messages"][-2]["content"] for each in lines} == {
        text for text, _ in EXAMPLES if "@" not in text
    }
    assert "left out sort_prompt.md example 3: personal data: e-mail address" in ran.err
    assert "m.roe@mail" not in ran.err
    assert promptlint("plan", "export", "tuning").code == 2


EXAMPLES = [
    ("where is my parcel?", "delivery"),
    ("the invoice has the wrong name", "billing"),
    ("my mail is m.roe@mail.shop, call me", "account"),
    ("does the stove run on white gas?", "product"),
]


# --- the demo project -----------------------------------------------------------------------


def test_the_demo_project_traces_every_number(promptlint: Runner) -> None:
    ran = promptlint("plan", str(SHOP), "--format", "json")
    assert ran.code == 0
    data = json.loads(ran.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    assert data["end"]["mid"] < data["start"]["mid"]
    assert all(step["derivation"] and step["source"] and step["next"] for step in data["steps"])
    assert all(prompt["derivation"] and "snapshot" in prompt["price"] for prompt in data["prompts"])
    assert all(each["source"] for each in data["figures"])
    assert Basis(data["start"]["basis"]) is Basis.ASSUMED


def test_the_same_input_gives_the_same_plan(promptlint: Runner) -> None:
    first, second = (promptlint("plan", str(SHOP), "--format", "html", "--explain").out for _ in range(2))
    assert first == second
