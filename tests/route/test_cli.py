"""`promptlint route` from the command line: the contract of the issue, and what wrong input gives."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from promptlint.cli import cli

COMPILE = ("route", "compile", "prompts", "--policy", "routing.yaml", "--no-cache")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "promptlint", *arguments], capture_output=True, text=True, check=False
    )


def test_the_contract(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "config.yaml"
    done = run(*COMPILE, "--target", "litellm", "-o", str(out))
    assert done.returncode == 0, done.stderr
    assert out.read_text() == (folder / "golden" / "litellm.yaml").read_text()
    assert "RTE101 not expressed: escalation when an answer is invalid [prompts/queue.prompt]" in done.stderr
    assert "to settle prompts/faq.prompt: promptlint eval init" in done.stderr
    assert done.stdout == ""


def test_a_manifest_gives_what_its_paths_give(folder: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(run("prompts", "prompts", "--no-cache", "--format", "json").stdout)
    arguments = (
        "route",
        "compile",
        "--manifest",
        str(manifest),
        "--policy",
        "routing.yaml",
        "--target",
        "json",
    )
    assert run(*arguments).stdout == (folder / "golden" / "json.json").read_text()


def test_errors_leave_no_file(folder: Path, tmp_path: Path) -> None:
    manifest = json.loads(run("prompts", "prompts", "--no-cache", "--format", "json").stdout)
    other = tmp_path / "other.json"
    other.write_text(json.dumps({**manifest, "schema_version": 2}))
    rules = (folder / "routing.yaml").read_text()
    bad = tmp_path / "bad.yaml"
    bad.write_text(rules.replace("openai/gpt-4o-mini", "openai/gpt-4o-mimi").replace("evals: ", "# "))
    nobody = tmp_path / "nobody.yaml"
    nobody.write_text(
        rules.replace("match: prompts/queue.prompt", "match: prompts/queues.prompt").replace("evals: ", "# ")
    )
    cached = tmp_path / "cached.yaml"
    cached.write_text(
        rules.replace("prompts:\n", "prompts:\n  - {match: prompts/greeting.prompt, cache: exact}\n").replace(
            "evals: ", "# "
        )
    )
    out = tmp_path / "out.yaml"
    cases = [
        (("--manifest", str(other), "--policy", "routing.yaml"), 2, "version 2 of the document"),
        (("prompts", "--policy", str(bad)), 2, f"{bad}:4: "),
        (("prompts", "--policy", str(nobody)), 2, "did you mean prompts/queue.prompt?"),
        (("prompts", "--policy", str(tmp_path / "none.yaml")), 2, "cannot be read"),
        (("prompts", "--manifest", str(other), "--policy", "routing.yaml"), 2, "give one"),
        (("prompts", "--policy", str(cached)), 1, "RTE008"),
    ]
    for arguments, code, says in cases:
        done = run("route", "compile", *arguments, "--target", "litellm", "-o", str(out))
        assert (done.returncode, says in done.stderr) == (code, True), done.stderr
        assert not out.exists()
        assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize("name", ["compile"])
def test_help(name: str) -> None:
    assert CliRunner().invoke(cli, ["route", name, "--help"]).exit_code == 0
