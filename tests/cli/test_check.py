"""`promptlint check` as a user meets it: exit codes, formats, selection, standard input, acceptance."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from conftest import Runner
from test_store import git

from promptlint.cli import check

WORDY = "You sort mail.\n\nIn order to help, be quick.\n"
CLEAN = "You sort mail into two folders: orders, spam.\n"


def test_clean_is_zero_and_findings_are_one(promptlint, tmp_path: Path) -> None:
    (tmp_path / "clean.prompt.md").write_text(CLEAN)
    assert promptlint("check").code == 0
    (tmp_path / "wordy.prompt.md").write_text(WORDY)
    ran = promptlint("check")
    assert ran.code == 1
    assert "wordy.prompt.md:3:1 TOK001" in ran.out


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1), ("never", 0)])
def test_fail_on_sets_the_level(promptlint, tmp_path: Path, fail_on: str, code: int) -> None:
    (tmp_path / "wordy.prompt.md").write_text(WORDY)
    assert promptlint("check", "--fail-on", fail_on).code == code


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["check", "missing.md"], "missing.md"),
        (["check", "--select", "RED01"], "RED01"),
        (["check", "--select", "NOPE"], "NOPE"),
        (["check", "--base", "no-such-rev"], "no-such-rev"),
        (["check", "--baseline", "missing.json"], "missing.json"),
        (["check", "--config", "missing.toml"], "missing.toml"),
        (["check", "--format", "nope"], "nope"),
        (["chekc"], "chekc"),
    ],
)
def test_what_cannot_be_done_is_two_and_says_why(promptlint, arguments: list[str], word: str) -> None:
    if "--base" in arguments:
        subprocess.run(["git", "init", "-q", "."], check=True)
    ran = promptlint(*arguments)
    assert ran.code == 2
    assert word in ran.err
    assert ran.out == ""


@pytest.mark.parametrize("name", [name for name in check.FORMATS if name != "bill"])
def test_every_format_names_the_finding(promptlint, tmp_path: Path, name: str) -> None:
    (tmp_path / "wordy.prompt.md").write_text(WORDY)
    ran = promptlint("check", "--format", name)
    assert ran.code == 1
    assert "TOK001" in ran.out
    assert "\x1b" not in ran.out


def test_the_bill_gives_one_next_command(promptlint, tmp_path: Path) -> None:
    (tmp_path / "wordy.prompt.md").write_text(WORDY)
    ran = promptlint("check", "--format", "bill")
    assert ran.out.count("Next:") == 1
    assert "promptlint fix --diff" in ran.out


def test_json_says_what_fix_would_save(promptlint, tmp_path: Path) -> None:
    (tmp_path / "wordy.prompt.md").write_text(WORDY)
    document = json.loads(promptlint("check", "--format", "json").out)
    (finding,) = document["findings"]
    edit = finding["fix"]["edits"][0]
    fixed = WORDY[: edit["start"]] + edit["new"] + WORDY[edit["end"] :]
    assert fixed == "You sort mail.\n\nTo help, be quick.\n"
    assert document["summary"]["saving_tokens"] == finding["saving"]["input_tokens"] == 2


def test_standard_input_is_read_in_the_format_of_its_name(promptlint) -> None:
    ran = promptlint(
        "check",
        "--stdin-filename",
        "a.py",
        "--format",
        "concise",
        stdin=b'PROMPT = "In order to sort mail, read it."\n',
    )
    assert ran.code == 1
    assert ran.out.startswith("a.py:1:11: TOK001")
    ran = promptlint("check", "-", "--format", "concise", stdin=WORDY.encode())
    assert ran.out.startswith("stdin.txt:3:1: TOK001")


def test_binary_standard_input_is_a_finding(promptlint) -> None:
    ran = promptlint("check", "-", "--format", "concise", stdin=b"\xff\xfe\x00")
    assert (ran.code, "SRC001" in ran.out) == (1, True)


def test_select_ignore_and_extend(promptlint, tmp_path: Path) -> None:
    (tmp_path / "wordy.prompt.md").write_text(WORDY)
    assert promptlint("check", "--ignore", "TOK").code == 0
    assert promptlint("check", "--select", "RED").code == 0
    assert promptlint("check", "--select", "RED,TOK001").code == 1


def test_named_files_are_prompts_but_not_with_force_exclude(promptlint, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# About\n\nIn order to install, run make.\n")
    assert promptlint("check").code == 0
    assert promptlint("check", "README.md").code == 1
    assert promptlint("check", "--force-exclude", "README.md").code == 0


def test_base_narrows_to_what_changed(promptlint, tmp_path: Path) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@t", *words], check=True, cwd=tmp_path)

    git("init", "-q", ".")
    (tmp_path / "old.prompt.md").write_text(WORDY)
    git("add", ".")
    git("commit", "-qm", "old")
    (tmp_path / "new.prompt.md").write_text(WORDY)
    ran = promptlint("check", "--base", "HEAD", "--format", "concise")
    assert "new.prompt.md" in ran.out
    assert "old.prompt.md" not in ran.out


def test_baseline_accepts_what_is_there(promptlint, tmp_path: Path) -> None:
    (tmp_path / "wordy.prompt.md").write_text(WORDY)
    assert "1 finding" in promptlint("check", "--write-baseline").err
    assert promptlint("check", "--baseline", "promptlint-baseline.json").code == 0
    (tmp_path / "wordy.prompt.md").write_text("Moved down.\n\n" + WORDY)
    assert promptlint("check", "--baseline", "promptlint-baseline.json").code == 0
    (tmp_path / "wordy.prompt.md").write_text(WORDY + "Be brief in order to win.\n")
    assert promptlint("check", "--baseline", "promptlint-baseline.json").code == 1


def test_add_ignore_writes_the_sidecar_once(promptlint, tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_text("# Rules\n\nIn order to commit, run the tests.\n")
    assert promptlint("check").code == 1
    assert promptlint("check", "--add-ignore", "the team likes it").code == 0
    assert "the team likes it" in (tmp_path / "promptlint.ignore").read_text()
    assert promptlint("check").code == 0
    assert promptlint("fix", "--diff").out == ""


def test_a_cached_run_says_the_same(promptlint, tmp_path: Path) -> None:
    (tmp_path / "wordy.prompt.md").write_text(WORDY)
    cold = promptlint("check", "--format", "json")
    assert promptlint("check", "--format", "json") == cold
    assert promptlint("check", "--format", "json", "--no-cache") == cold
    (tmp_path / "promptlint.toml").write_text('ignore = ["TOK001"]\n')
    assert promptlint("check").code == 0


def test_processes_say_the_same_as_one(promptlint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from promptlint import workers

    for number in range(30):
        (tmp_path / f"p{number}.prompt.md").write_text(WORDY * (number + 1))
    alone = promptlint("check", "--format", "json", "--no-cache")
    monkeypatch.setattr(workers, "PARALLEL_FROM", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    assert promptlint("check", "--format", "json", "--no-cache") == alone


def test_hostile_paths_and_texts_do_not_reach_the_terminal_raw(promptlint, tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m.prompt.md").write_text("\x1b[2J In order to win \u202e, be quick.\n")
    for name in ("full", "concise", "bill", "github"):
        ran = promptlint("check", "--format", name)
        assert not {"\x1b", "\u202e"} & set(ran.out)


PATHS = {
    "github": re.compile(r"file=([^,]*)"),
    "gitlab": re.compile(r'"path": "([^"]*)"'),
    "sarif": re.compile(r'"uri": "([^"]*\.md)"'),
    "junit": re.compile(r'\bfile="([^"]*)"'),
    "rdjson": re.compile(r'"path": "([^"]*)"'),
}


@pytest.mark.parametrize("format_", PATHS)
@pytest.mark.parametrize("where", [".", "svc"])
def test_hosts_are_told_the_path_in_the_repository(
    tmp_path: Path, promptlint: Runner, monkeypatch: pytest.MonkeyPatch, format_: str, where: str
) -> None:
    git(tmp_path, "init", "-q")
    service = tmp_path / "svc"
    (service / "prompts").mkdir(parents=True)
    (service / "promptlint.toml").write_text('model = "gpt-4o"\n')
    (service / "prompts" / "a.md").write_text("You are a cook.\n\nIn order to win, cook.\n")
    monkeypatch.chdir(service if where == "." else tmp_path)
    ran = promptlint("check", where, "--format", format_, "--fail-on", "never")
    assert ran.code == 0
    assert set(PATHS[format_].findall(ran.out)) == {"svc/prompts/a.md"}
    concise = promptlint("check", where, "--format", "concise", "--fail-on", "never")
    assert concise.out.startswith("prompts/a.md:3:1:")
