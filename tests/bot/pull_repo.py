"""What the tests of `promptlint comment` share: a repository with a pull request, here and at a host."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from promptlint.bot import connect, retry

from .github_fixtures import ACCOUNTS, TOKEN
from .github_server import GitHubServer

PROMPT = "You sort the mail of a shop.\n\nKeep it short.\n"
WORDY = "You sort the mail of a shop.\n\nIn order to help, be quick.\n\nKeep it short.\n"
TWICE = WORDY + "\nNever share the notes of a ticket.\n\n# Again\n\nNever share the notes of a ticket.\n"
"""With a new finding that is a warning."""
NAME = "sort.prompt.md"


class Repo:
    """A repository with a pull request, here and at the host."""

    def __init__(self, folder: Path, server: GitHubServer) -> None:
        self.folder, self.server = folder, server
        self.git("init", "-q", "-b", "main")
        self.base = self.commit({NAME: PROMPT, "notes.md": "Nothing.\n"})
        self.git("checkout", "-q", "-b", "topic")

    def git(self, *arguments: str) -> str:
        options = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
        done = subprocess.run(
            ["git", *options, *arguments], cwd=self.folder, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, files: dict[str, str]) -> str:
        for name, text in files.items():
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        return self.git("rev-parse", "HEAD")

    def push(self, files: dict[str, str]) -> str:
        """A commit that the host knows, with all lines of its files in the diff."""
        sha = self.commit(files)
        lines = {name: frozenset(range(1, text.count("\n") + 1)) for name, text in files.items()}
        self.server.state.push(7, sha, lines)
        return sha

    def event(self, head: str, **more: object) -> None:
        """The event of a pull request as the workflow has it."""
        pull = {"number": 7, "base": {"sha": self.base}, "head": {"sha": head}}
        data = {"repository": {"full_name": "o/r"}, "number": 7, "pull_request": pull, **more}
        (self.folder.parent / "event.json").write_text(json.dumps(data))

    def run_event(self, head: str, ended: str = "") -> None:
        """The event of a workflow that follows the one of a pull request, which has ended at that time."""
        run: dict[str, object] = {"event": "pull_request", "head_sha": head, "head_branch": "topic"}
        run |= {"head_repository": {"full_name": "o/r"}, "updated_at": ended}
        data = {"repository": {"full_name": "o/r"}, "workflow_run": run}
        (self.folder.parent / "event.json").write_text(json.dumps(data))

    @property
    def comments(self) -> list[str]:
        return [one.body for one in self.server.state.comments.values() if not one.hidden]


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repo]:
    """The repository, a host that knows it, and the environment of a workflow."""
    for name in ("GH_TOKEN", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("GITHUB_REPOSITORY", "o/r")
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
    monkeypatch.setattr(connect, "Patience", partial(retry.Patience, tries=1))
    with GitHubServer(ACCOUNTS) as server:
        monkeypatch.setenv("GITHUB_API_URL", server.api)
        yield Repo(folder, server)
    assert server.mistakes == []


@pytest.fixture
def comment(
    promptlint: Callable[..., Any], repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Run the command in the repository; no output may hold the token."""
    monkeypatch.chdir(repo.folder)

    def call(*arguments: str) -> Any:
        ran = promptlint("comment", "--github", *arguments)
        assert TOKEN not in ran.out + ran.err
        return ran

    return call
