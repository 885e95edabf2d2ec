"""What the tests of the GitLab host share: the accounts, a server, and hosts that wait without waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from promptlint.bot.gitlab import GitLab
from promptlint.bot.retry import Patience

from .gitlab_server import GitLabServer
from .gitlab_state import Account
from .waits import Waits, waits

__all__ = ["Waits", "waits"]  # for those that take the fixtures from here

BOT = Account(11, "project_5_bot_0a1b2c")
ALICE = Account(12, "alice")
TOKEN = "glpat-bot0123456789"
ACCOUNTS = {
    TOKEN: BOT,
    "glpat-reader": Account(11, "project_5_bot_0a1b2c", scope="read_api"),
    "glpat-guest": Account(11, "project_5_bot_0a1b2c", writes=False),
    "glpat-stranger": Account(13, "stranger", sees=False),
    "glcbt-64_job": Account(12, "alice", scope="job"),
    "secretjob": Account(12, "alice", scope="job"),
    "glpat-alice": ALICE,
    **{f"glpat-bot{n}": BOT for n in range(3)},
}
HEAD = "a" * 40


Connect = Callable[..., GitLab]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitLabServer]:
    """A GitLab; at the end nothing may have been asked or answered that it does not know."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with GitLabServer(ACCOUNTS) as server:
        yield server
    assert server.mistakes == []


@pytest.fixture
def connect(server: GitLabServer, waits: Waits) -> Iterator[Connect]:
    """Makes hosts, and closes them before the server."""
    with ExitStack() as stack:

        def make(
            token: str = TOKEN,
            project: str = "group/sub/project",
            iid: int = 7,
            tries: int = 5,
            timeout: float = 30,
        ) -> GitLab:
            patience = Patience(tries=tries, timeout=timeout, sleep=waits.sleep)
            return stack.enter_context(GitLab(project, iid, token, server.api, patience))

        yield make
