"""Features are counts with a meaning; the model is plain numbers; what it says is a hint with its uncertainty."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptlint.config.schema import TASKS
from promptlint.difficulty import model
from promptlint.difficulty.features import FEATURES, LONGEST, Reading, read
from promptlint.errors import UsageError
from promptlint.extract import extract
from promptlint.model import Source, SourceKind
from promptlint.view import View
from tests.conftest import Runner

ROOT = Path(__file__).parents[2]
LABELS = "Sort the ticket into billing, technical or other. Answer with the label only.\n\n{ticket}\n"
DESIGN = (
    "You are a principal engineer. Design the migration of the billing system described below to a new "
    "architecture without downtime. Weigh the constraints against each other where they conflict, work out a "
    "detailed plan with steps, checks, a way back and the cost of each phase, and justify every decision.\n\n"
    "{system_description}\n"
)


def view_of(text: str) -> View:
    (prompt,) = extract(Source("a.prompt.txt", text, SourceKind.TEXT, named=True)).prompts
    return View(prompt, len)


def values_of(text: str) -> dict[str, float]:
    return dict(zip(FEATURES, read(view_of(text)).values, strict=True))


# --- features -------------------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=400))
@settings(max_examples=25)
def test_features_of_any_text_are_finite(text: str) -> None:
    for prompt in extract(Source("a.prompt.txt", text, SourceKind.TEXT, named=True)).prompts:
        found = read(View(prompt, len))
        assert all(math.isfinite(value) and value >= 0 for value in found.values)


def test_features_count_what_they_say() -> None:
    plain = values_of(LABELS + 'Answer with one of "billing", "technical", "other".\n')
    assert plain["labels"] == pytest.approx(math.log1p(3))
    assert plain["simple_classification"] == 1
    assert plain["slots"] == pytest.approx(math.log1p(1))
    form = values_of(
        "Extract the fields and return JSON like this:\n\n"
        '{{"name": "the name", "lines": [{{"sku": "the number", "count": 1}}]}}\n\nDocument: {document}\n'
    )
    assert (form["depth"], form["json"]) == (2, 1)
    assert form["fields"] == pytest.approx(math.log1p(4))
    assert form["long_slots"] == pytest.approx(math.log1p(1))
    rules = values_of(
        "Write a letter.\n- Never name a price.\n- If the customer is angry, apologize.\n- Use 3 sentences.\n"
    )
    assert rules["prohibitions"] == pytest.approx(math.log1p(1))
    assert rules["conditions"] == pytest.approx(math.log1p(1))
    assert rules["items"] == pytest.approx(math.log1p(3))
    assert values_of("Übersetze den Text ins Französische, bitte schön.")["foreign"] > 0


def test_what_examples_and_slots_say_is_not_counted() -> None:
    with_example = LABELS + "\nExamples:\nInput: prove the theorem\nOutput: other\n"
    assert "theorem" not in read(view_of(with_example)).words
    assert values_of(with_example)["examples"] > 0
    assert read(view_of("Sum up {theorem_proof} in a line.")).words.isdisjoint({"theorem", "proof"})


# --- the shipped model ----------------------------------------------------------------------------


def test_the_shipped_model_knows_the_tasks_and_its_data() -> None:
    found = model.shipped()
    assert set(found.tasks) == set(TASKS)
    assert (found.prompts, found.scenarios) >= (520, 60)
    assert found.coverage == 0.8


def test_the_shipped_model_is_better_than_what_needs_no_model() -> None:
    figures = {item.name: item.value for item in model.shipped().figures}
    for where in ("own", "public"):
        assert figures[f"{where}.shipped.task_accuracy"] > figures[f"{where}.majority.task_accuracy"] + 0.1
        assert figures[f"{where}.shipped.task_accuracy"] > figures[f"{where}.length.task_accuracy"] + 0.1
        assert figures[f"{where}.shipped.difficulty_mae"] < figures[f"{where}.median.difficulty_mae"]
    assert figures["public.interval.coverage"] >= 0.8


def test_easy_and_hard_prompts_are_told_apart() -> None:
    easy, hard = model.hint(view_of(LABELS)), model.hint(view_of(DESIGN))
    assert easy.task == "classification"
    assert easy.difficulty < 0.35 < 0.55 < hard.difficulty  # noqa: PLR0133
    for found in (easy, hard):
        assert found.low <= found.difficulty <= found.high
        assert 0 < found.probability <= 1
        assert 1 <= len(found.because) <= model.SHOWN


@given(st.lists(st.floats(0, 1e4), min_size=len(FEATURES), max_size=len(FEATURES)))
@settings(max_examples=25)
def test_a_hint_is_within_bounds_for_any_counts(values: list[float]) -> None:
    found = model.of_reading(Reading(tuple(values), frozenset()), model.shipped())
    assert 0 <= found.low <= found.difficulty <= found.high <= 1
    assert sum(model.probabilities(Reading(tuple(values), frozenset()), model.shipped())) == pytest.approx(1)


def test_another_document_is_refused() -> None:
    data = json.loads(model.FILE.read_text())
    for change, says in (
        ({"features": data["features"][1:]}, "of other features"),
        ({"logits": data["logits"][1:]}, "a weight for each task"),
        ({"schema_version": 2}, "version 2"),
    ):
        with pytest.raises(UsageError, match=says):
            model.parsed(json.dumps({**data, **change}).encode(), "x.json")


# --- the manifest -----------------------------------------------------------------------------------


def traits_of(promptlint: Runner, folder: Path, text: str, name: str = "a.prompt.md") -> dict[str, object]:
    (folder / name).write_text(text)
    done = promptlint("prompts", "--format", "json", name)
    assert done.code == 0, done.err
    found = json.loads(done.out)["prompts"][0]["traits"]
    assert isinstance(found, dict)
    return found


def test_the_manifest_has_the_hint_with_its_uncertainty(promptlint: Runner, tmp_path: Path) -> None:
    found = traits_of(promptlint, tmp_path, LABELS)
    assert (found["task"], found["task_basis"], found["difficulty_basis"]) == (
        "classification",
        *["inferred"] * 2,
    )
    low, middle, high = (found[f"difficulty{end}"] for end in ("_low", "", "_high"))
    assert isinstance(low, float)
    assert isinstance(middle, float)
    assert isinstance(high, float)
    assert low < middle < high
    assert found["difficulty_because"]


def test_the_author_goes_before_the_model(promptlint: Runner, tmp_path: Path) -> None:
    (tmp_path / "promptlint.toml").write_text("[[prompts]]\nmatch = '*'\ndifficulty = 0.9\ntask = 'code'\n")
    found = traits_of(promptlint, tmp_path, LABELS)
    assert (found["task"], found["difficulty"], found["difficulty_basis"]) == ("code", 0.9, "configured")
    assert (found["task_probability"], found["difficulty_low"], found["difficulty_because"]) == (
        None,
        None,
        [],
    )


def test_a_document_of_an_agent_is_one_and_a_huge_prompt_has_no_hint(
    promptlint: Runner, tmp_path: Path
) -> None:
    found = traits_of(promptlint, tmp_path, "# Rules\n\nRun the tests before a commit.\n", "AGENTS.md")
    assert (found["task"], found["task_probability"]) == ("agent", None)
    huge = traits_of(promptlint, tmp_path, LABELS + "The shop sells lamps. " * (LONGEST // 20))
    assert (huge["task"], huge["difficulty"], huge["difficulty_basis"]) == ("", None, "")


@pytest.mark.slow
def test_the_model_and_its_figures_are_what_the_data_give() -> None:
    script = ROOT / "scripts" / "train_difficulty.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
