"""`promptlint comment` where something is wrong: each is said, with the exit code that it has to have."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from bot.github_data import Pull
from bot.github_server import Fault
from bot.pull_repo import NAME, WORDY, Repo, comment, repo

from promptlint.bot import connect
from promptlint.bot.target import Target
from promptlint.errors import UsageError

__all__ = ["comment", "repo"]  # fixtures


def test_a_token_that_only_reads_annotates_instead(comment, repo: Repo, monkeypatch, tmp_path: Path) -> None:
    long = WORDY + "\nNever share the notes of a ticket.\n\n# Again\n\nNever share the notes of a ticket.\n"
    repo.event(repo.push({NAME: long}))
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
