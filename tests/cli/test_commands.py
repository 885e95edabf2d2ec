"""Every command: it has help, it is documented, and its simplest call works."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from promptlint import cli
from promptlint.cli import evaluate, plan, route

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("name", cli._COMMANDS)
def test_every_command_has_help_and_stands_in_the_readme(name: str) -> None:
    ran = CliRunner().invoke(cli.cli, [name, "--help"])
    assert ran.exit_code == 0
    assert ran.output.startswith("Usage:")
    assert f"promptlint {name}" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", evaluate._COMMANDS)
def test_every_command_of_eval_has_help_and_stands_in_its_guide(name: str) -> None:
    ran = CliRunner().invoke(cli.cli, ["eval", name, "--help"])
    assert ran.exit_code == 0
    assert "Exit codes:" in " ".join(ran.output.split())
    spelt = "promptlint eval SUITE" if name == "run" else f"promptlint eval {name}"
    assert spelt in (README.parent / "docs" / "evals.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("package", "shared"),
    [
        (cli, {"gating", "options", "lazy"}),
        (evaluate, {"session", "plans"}),
        (plan, set()),
        (route, {"planning"}),
    ],
)
def test_the_modules_and_the_table_of_commands_agree(package: ModuleType, shared: set[str]) -> None:
    folder = Path(str(package.__file__)).parent
    found = {path.stem for path in folder.glob("*.py")} - {"__init__"} - shared
    found |= {path.parent.name for path in folder.glob("*/__init__.py")}
    assert {f"{package.__name__}.{name}" for name in found} == set(package._COMMANDS.values())


def test_version_says_which_promptlint_it_is(promptlint) -> None:
    assert "promptlint-toolchain" in promptlint("--version").out


def test_the_module_runs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "promptlint", "rules"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert "RED001" in done.stdout


def test_explain_takes_codes_and_names(promptlint) -> None:
    by_code = promptlint("explain", "RED001")
    assert by_code.code == 0
    assert promptlint("explain", "repeated-sentence").out == by_code.out
    wrong = promptlint("explain", "RED01")
    assert (wrong.code, "RED001" in wrong.err) == (2, True)


def test_rules_as_json(promptlint) -> None:
    rules = json.loads(promptlint("rules", "--format", "json").out)
    assert {"RED001", "TOK001", "SRC001"} <= {rule["code"] for rule in rules}


def test_config_says_where_each_value_comes_from(promptlint, tmp_path: Path) -> None:
    (tmp_path / "promptlint.toml").write_text('model = "gpt-4.1"\n')
    out = promptlint("config").out
    (line,) = [line for line in out.splitlines() if line.startswith("model")]
    assert line.split() == ["model", "gpt-4.1", "[promptlint.toml]"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('modell = "x"\n', "model"),
        ('ignore = ["TOK01X"]\n', "TOK01"),
        ("[rules.TOK006]\ntoken = 3\n", "tokens"),
        ("model = 3\n", "model"),
    ],
)
def test_a_wrong_config_is_two_with_a_suggestion(promptlint, tmp_path: Path, text: str, word: str) -> None:
    (tmp_path / "promptlint.toml").write_text(text)
    (tmp_path / "a.prompt.md").write_text("You sort mail.\n")
    ran = promptlint("check")
    assert ran.code == 2
    assert word in ran.err


def test_prompts_lists_and_writes_the_manifest(promptlint, tmp_path: Path) -> None:
    (tmp_path / "a.prompt.md").write_text("You sort {{ mail }} into folders.\n")
    assert "a.prompt.md" in promptlint("prompts").out
    manifest = json.loads(promptlint("prompts", "--format", "json").out)
    (prompt,) = manifest["prompts"]
    assert (prompt["id"], prompt["slots"]) == ("a.prompt.md", ["mail"])
