"""`promptlint route` from the command line: the contract of the issue, and what wrong input gives."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from promptlint.cli import cli

COMPILE = ("route", "compile", "prompts", "--policy", "routing.yaml", "--no-cache")


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "promptlint", *arguments], capture_output=True, text=True, check=False, cwd=cwd
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


def test_a_config_of_other_prompts_is_stale(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "project"
    shutil.copytree(folder, place)
    check = ("route", "check", "--policy", "routing.yaml", "--in", "prompts", "--no-cache")
    names = sorted(path.name for path in (place / "golden").iterdir() if "template" not in path.name)
    files = [f"golden/{name}" for name in names]

    def told(code: str) -> set[str]:
        done = run(*check, "--format", "json", *files, cwd=place)
        return {Path(row["path"]).name for row in json.loads(done.stdout)["notes"] if row["code"] == code}

    assert run(*check, *files, cwd=place).returncode == 0
    assert told("RTE214") | told("RTE221") == set()
    prompt = place / "prompts" / "plan.prompt"
    prompt.write_text(prompt.read_text() + "Round to whole boxes.\n")
    assert told("RTE214") == set(names)
    rules = place / "routing.yaml"
    rules.write_text(rules.read_text().replace("share: 0.05", "share: 0.1"))
    assert told("RTE221") == set(names)
    assert run(*check, *files, cwd=place).returncode == 1


def test_check_by_hand(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(
        "model_list:\n  - model_name: a\n    litellm_params: {model: gpt-4o}\nrouter_settings:\n  fallbacks: [{a: [b]}]\n"
    )
    done = run("route", "check", str(file))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "1 error, 0 warnings")
    assert f"{file}:5: error RTE201" in done.stdout
    assert run("route", "check").returncode == 2
    assert run("route", "check", "--in", "prompts").returncode == 2
    assert run("route", "check", str(folder / "routing.yaml")).returncode == 2


@pytest.mark.parametrize("name", ["compile", "check", "simulate"])
def test_help(name: str) -> None:
    assert CliRunner().invoke(cli, ["route", name, "--help"]).exit_code == 0


def test_files_that_belong_together_are_written_all_or_none(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "jobs.openai-gpt-4o.template.jsonl").mkdir()
    (tmp_path / "jobs.yaml").write_text("old\n")
    done = run(*COMPILE, "--target", "batch", "-o", str(tmp_path / "jobs.yaml"))
    assert done.returncode == 2, done.stderr
    assert (tmp_path / "jobs.yaml").read_text() == "old\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "jobs.openai-gpt-4o.template.jsonl",
        "jobs.yaml",
    ]


def test_a_batch_has_the_messages_of_its_prompts(folder: Path, tmp_path: Path) -> None:
    assert run(*COMPILE, "--target", "batch", "-o", str(tmp_path / "jobs.yaml")).returncode == 0
    line = json.loads((tmp_path / "jobs.openai-gpt-4o.template.jsonl").read_text())
    system, user = line["body"]["messages"]
    text = (folder / "prompts" / "catalog.prompt").read_text()
    assert (system["role"], user["role"]) == ("system", "user")
    assert system["content"].strip() in text
    assert user["content"].strip() == "{{ data_sheet }}"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("openai/gpt-4o-mini}", "openai/gpt-4o-mimi}", "unknown model 'openai/gpt-4o-mimi'; did you mean"),
        ("below: 0.3", "below: 0.9", "out of order"),
        ("below: 0.7, ", "", "a gap"),
        ("prompts:\n", "prompts:\n  - {match: a.md, like: b.md}\n  - {match: b.md, like: a.md}\n", "cyclic"),
        ("prompts:\n", "prompts:\n  - {match: prompts/faq.promt, keep: true}\n", "prompts/faq.prompt?"),
    ],
)
def test_a_wrong_policy_is_told_with_its_line_and_writes_nothing(
    old: str, new: str, says: str, folder: Path, tmp_path: Path
) -> None:
    text = (folder / "routing.yaml").read_text().replace("evals: ", "# ")
    assert old in text
    bad = tmp_path / "bad.yaml"
    bad.write_text(text.replace(old, new, 1))
    arguments = ["route", "compile", "prompts", "--no-cache", "--policy", str(bad), "--target", "batch"]
    done = CliRunner().invoke(cli, [*arguments, "-o", str(tmp_path / "out.yaml")])
    assert done.exit_code == 2 or done.exception is not None
    said = done.stderr + str(done.exception)
    assert f"{bad}:" in said
    assert says in said
    assert [path.name for path in tmp_path.iterdir()] == ["bad.yaml"]


def test_a_manifest_holds_what_evals_have_shown_and_is_compiled_with_it(folder: Path, tmp_path: Path) -> None:
    evals = [f"--evals=evals/{name}.json" for name in ("queue", "faq")]
    done = run("prompts", "prompts", "--no-cache", "--format", "json", *evals)
    found = {row["id"]: row["evaluated"] for row in json.loads(done.stdout)["prompts"]}
    (queue,) = found["prompts/queue.prompt"]
    assert (queue["model"], queue["passed"], queue["cases"]) == ("gpt-4o-mini", 59, 60)
    assert queue["pass_rate"] == pytest.approx(59 / 60)
    assert queue["lower"] < 59 / 60 < queue["upper"] < 1
    assert found["prompts/sql.prompt"] == []
    manifest, rules = tmp_path / "manifest.json", tmp_path / "routing.yaml"
    manifest.write_text(done.stdout)
    rules.write_text((folder / "routing.yaml").read_text().replace("evals: ", "# "))
    arguments = ("route", "compile", "--manifest", str(manifest), "--policy", str(rules), "--target", "json")
    by_manifest = json.loads(run(*arguments).stdout)["routes"]
    assert by_manifest == json.loads(run(*COMPILE, "--target", "json").stdout)["routes"]
    assert (
        by_manifest[[row["prompt"] for row in by_manifest].index("prompts/queue.prompt")]["basis"] == "proven"
    )
    assert run("prompts", "prompts", "--no-cache", *evals).returncode == 2
