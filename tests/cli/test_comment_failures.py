"""`promptlint comment` where something is wrong: each is said, with the exit code that it has to have."""

from __future__ import annotations

import importlib.util
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from bot.github_data import Pull
from bot.github_server import Fault
from bot.pull_repo import NAME, PROMPT, TWICE, WORDY, Repo, comment, repo

from promptlint.bot import connect
from promptlint.bot.target import Target
from promptlint.errors import UsageError

__all__ = ["comment", "repo"]  # fixtures


def test_a_token_that_only_reads_annotates_instead(comment, repo: Repo, monkeypatch, tmp_path: Path) -> None:
    repo.event(repo.push({NAME: TWICE}))
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_reader")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    ran = comment("--fail-on", "warning")
    assert ran.code == 1
    assert ran.out.startswith(f"::warning file={NAME},line=")
    assert "not posted, annotated instead: " in ran.err
    assert "403" in ran.err
    assert NAME in (tmp_path / "summary").read_text()
    assert comment().code == 0
    assert repo.comments == []


def test_a_token_that_writes_checks_only_leaves_a_check(
    comment, repo: Repo, monkeypatch, tmp_path: Path
) -> None:
    head = repo.push({NAME: TWICE})
    repo.event(head)
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_checks")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    for _ in range(2):
        ran = comment("--fail-on", "warning")
        assert (ran.code, ran.out) == (1, "")
        assert f"not posted, annotated instead ({repo.server.api}/repos/o/r/runs/" in ran.err
    (made,) = repo.server.state.checks.values()
    output = made.body["output"]
    assert (made.name, made.head, output["title"]) == ("promptlint", head, "2 new findings")
    assert NAME in output["summary"]
    assert [(one["path"], one["annotation_level"]) for one in output["annotations"]] == [
        (NAME, "warning"),
        (NAME, "warning"),
    ]
    assert NAME in (tmp_path / "summary").read_text()
    assert repo.comments == []


@pytest.mark.parametrize("fault", [Fault(status=422), Fault(status=502), Fault(status=200, body="[]")])
def test_where_a_check_fails_too_the_log_is_left(comment, repo: Repo, monkeypatch, fault: Fault) -> None:
    repo.event(repo.push({NAME: TWICE}))
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_checks")
    repo.server.faults.append(replace(fault, path="/check-runs$", times=99))
    ran = comment()
    assert ran.code == 0
    assert ran.out.startswith(f"::warning file={NAME},line=")
    assert "not posted, annotated instead: " in ran.err


def test_a_dry_run_that_is_refused_leaves_nothing(comment, repo: Repo, monkeypatch, tmp_path: Path) -> None:
    repo.event(repo.push({NAME: TWICE}))
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_checks")
    repo.server.faults.append(Fault("GET", "/pulls/7$", times=99, status=403, body="{}"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    ran = comment("--dry-run")
    assert ran.code == 0
    assert "would not be posted: GitHub answers 403" in ran.err
    assert "::warning" not in ran.out
    assert repo.server.state.checks == {}
    assert not (tmp_path / "summary").exists()


@pytest.mark.parametrize("token", ["ghs_checks", "ghs_reader"])
def test_annotations_name_files_from_the_top(comment, repo: Repo, monkeypatch, token: str) -> None:
    repo.git("checkout", "-q", "main")
    repo.base = repo.commit({"app/promptlint.toml": "", f"app/{NAME}": PROMPT})
    repo.git("checkout", "-q", "-B", "topic")
    repo.event(repo.push({f"app/{NAME}": TWICE}))
    monkeypatch.chdir(repo.folder / "app")
    monkeypatch.setenv("GITHUB_TOKEN", token)
    ran = comment("--no-suggestions")
    said = [
        one["path"] for run in repo.server.state.checks.values() for one in run.body["output"]["annotations"]
    ]
    said += [line.partition("file=")[2].partition(",")[0] for line in ran.out.splitlines() if "file=" in line]
    assert set(said) == {f"app/{NAME}"}


def test_a_wrong_token_is_two(comment, repo: Repo, monkeypatch) -> None:
    repo.event(repo.push({NAME: WORDY}))
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_wrong")
    ran = comment()
    assert ran.code == 2
    assert "401" in ran.err
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_stranger")
    ran = comment()
    assert ran.code == 2
    assert "404" in ran.err


def test_no_token_is_two(comment, repo: Repo, monkeypatch) -> None:
    repo.event(repo.push({NAME: WORDY}))
    monkeypatch.delenv("GITHUB_TOKEN")
    ran = comment()
    assert (ran.code, ran.err) == (2, "promptlint: there is no token: set GITHUB_TOKEN or GH_TOKEN\n")


@pytest.mark.parametrize("fault", [Fault(status=502), Fault(status=0)], ids=["502", "dropped"])
def test_a_host_that_does_not_answer_is_four(comment, repo: Repo, fault: Fault) -> None:
    repo.event(repo.push({NAME: WORDY}))
    fault.times = 99
    repo.server.faults.append(fault)
    ran = comment()
    assert (ran.code, repo.comments) == (4, [])


def test_a_line_that_the_host_does_not_take_is_in_the_summary(comment, repo: Repo) -> None:
    head = repo.push({NAME: WORDY})
    repo.server.state.pulls[7] = Pull(7, head, {NAME: frozenset({1})})
    repo.event(head)
    ran = comment()
    assert ran.code == 0
    assert "1 suggestion not taken by the host" in ran.err
    assert f"- `{NAME}:3`: the host took no suggestion here" in repo.comments[0]


def test_a_missing_library_is_said_with_the_command_that_installs_it(
    comment, repo: Repo, monkeypatch
) -> None:
    repo.event(repo.push({NAME: WORDY}))
    monkeypatch.setattr(
        connect, "find_spec", lambda name: None if name == "github" else importlib.util.find_spec(name)
    )
    ran = comment()
    assert ran.code == 2
    assert "pip install 'promptlint-toolchain[bot]'" in ran.err


@pytest.mark.skipif(sys.platform == "win32", reason="has no named pipes among its files")
@pytest.mark.parametrize("kind", ["huge", "html", "deep", "pipe", "folder", "none"])
def test_an_event_that_is_none_is_two(comment, repo: Repo, kind: str) -> None:
    repo.push({NAME: WORDY})
    event = repo.folder.parent / "event.json"
    texts = {"huge": '"' + "x" * 2_000_000 + '"', "html": "<html>", "deep": "[" * 100_000}
    if kind in texts:
        event.write_text(texts[kind])
    elif kind == "pipe":
        os.mkfifo(event)
    elif kind == "folder":
        event.mkdir()
    ran = comment()
    assert (ran.code, ran.out, repo.comments) == (2, "", [])
    assert ran.err.startswith("promptlint: GITHUB_EVENT_PATH: ")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--suite", "a--b"), "--suite"),
        (("--repo", "../x"), "expected OWNER/REPO"),
        (("--pr", "0"), "--pr"),
        (("--base", "none"), "'none': no such revision"),
        (("--base=-x",), "no such revision"),
        (("--from", "none.json"), "cannot be read"),
        (("--evals", "none.json"), "cannot be read"),
        (("--gitlab",), "CI_PROJECT"),
    ],
)
def test_what_is_asked_wrongly_is_two(comment, repo: Repo, arguments: tuple[str, ...], words: str) -> None:
    repo.event(repo.push({NAME: WORDY}))
    ran = comment(*arguments)
    assert (ran.code, repo.comments) == (2, [])
    assert words in ran.err or words == "CI_PROJECT"


def test_one_host_has_to_be_named(promptlint) -> None:
    ran = promptlint("comment")
    assert (ran.code, ran.err) == (2, "promptlint: where to? Give --github or --gitlab\n")


def test_the_connection_needs_a_token_first() -> None:
    target = Target("gitlab", "https://gitlab.example/api/v4", "g/p", 7)
    with pytest.raises(UsageError, match="GITLAB_TOKEN or CI_JOB_TOKEN"), connect.connected(target, ""):
        pass
