"""`promptlint comment --gitlab` from end to end: real git history, and a GitLab on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from bot.gitlab_fixtures import ACCOUNTS, TOKEN
from bot.gitlab_server import GitLabServer
from bot.gitlab_state import File
from bot.pull_repo import NAME, PROMPT, WORDY, Repo

from promptlint.bot import connect, marker, retry


@pytest.fixture
def gitlab(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitLabServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with GitLabServer(ACCOUNTS) as server:
        yield server
    assert server.mistakes == []


@pytest.fixture
def comment(
    promptlint: Callable[..., Any], gitlab: GitLabServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Run the command as the pipeline of a merge request would, after a push of a wordy prompt."""
    repo = Repo(tmp_path, None)  # type: ignore[arg-type]
    head = repo.commit({NAME: WORDY})
    gitlab.state.head, gitlab.state.base = head, repo.base
    gitlab.state.files = {NAME: File(PROMPT, WORDY)}
    variables = {
        "CI_API_V4_URL": gitlab.api,
        "CI_PROJECT_ID": "5",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": repo.base,
        "CI_COMMIT_SHA": head,
        "GITLAB_TOKEN": TOKEN,
    }
    for name in ("CI_PROJECT_PATH", "CI_JOB_TOKEN", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(connect, "Patience", partial(retry.Patience, tries=1))

    def call(*arguments: str) -> Any:
        ran = promptlint("comment", "--gitlab", *arguments)
        assert TOKEN not in ran.out + ran.err
        return ran

    return call


def test_a_merge_request_gets_its_comment_and_its_suggestion(comment, gitlab: GitLabServer) -> None:
    ran = comment()
    assert ran.code == 0, ran.err
    assert "posted the comment" in ran.err
    assert "1 suggestion added" in ran.err
    (body,) = gitlab.state.bodies()
    assert marker.parsed(body) is not None
    (remark,) = [note["body"] for note in gitlab.state.notes() if note["body"] != body]
    assert "suggestion:-0+0\nTo help, be quick.\n" in remark
    before = gitlab.state.notes()
    ran = comment()
    assert "skipped: the comment says the same already" in ran.err
    assert "1 suggestion kept" in ran.err
    assert gitlab.state.notes() == before


def test_the_token_of_a_job_only_reads(comment, gitlab: GitLabServer, monkeypatch) -> None:
    monkeypatch.delenv("GITLAB_TOKEN")
    monkeypatch.setenv("CI_JOB_TOKEN", "secretjob")
    ran = comment("--fail-on", "warning")
    assert "not posted, annotated instead" in ran.err
    assert "GITLAB_TOKEN" in ran.err
    assert gitlab.state.bodies() == []
    assert "::" not in ran.out


def test_what_is_asked_wrongly_is_two(comment, gitlab: GitLabServer, monkeypatch) -> None:
    monkeypatch.setenv("CI_MERGE_REQUEST_IID", "")
    ran = comment()
    assert ran.code == 2
    assert "CI_MERGE_REQUEST_IID" in ran.err
