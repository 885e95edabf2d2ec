"""What the tests of the GitHub host share: the accounts, a server, and hosts that wait without waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from promptlint.bot.github import GitHub
from promptlint.bot.github_calls import Calls
from promptlint.bot.retry import Patience

from .github_data import Account
from .github_server import GitHubServer
from .waits import Waits, waits

__all__ = ["Waits", "waits"]  # for those that take the fixtures from here

BOT = Account("github-actions[bot]", "Bot")
HUMAN = Account("github-actions")
ALICE = Account("alice")
TOKEN = "ghs_bot0123456789"
ACCOUNTS = {
    TOKEN: BOT,
    "ghs_reader": Account("github-actions[bot]", "Bot", writes=False),
    "ghs_checks": Account("github-actions[bot]", "Bot", writes=False, checks=True),
    "ghs_stranger": Account("stranger[bot]", "Bot", sees=False),
    "ghs_short": Account("github-actions[bot]", "Bot", viewer="github-actions"),
    "ghp_alice": ALICE,
    **{f"ghs_bot{n}": BOT for n in range(3)},
}
HEAD = "a" * 40


Connect = Callable[..., GitHub]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHubServer]:
    """A GitHub; at the end nothing may have been asked or answered that its description does not know."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with GitHubServer(ACCOUNTS) as server:
        yield server
    assert server.mistakes == []


@pytest.fixture
def connect(server: GitHubServer, waits: Waits) -> Iterator[Connect]:
    """Makes hosts, and closes them before the server."""
    with ExitStack() as stack:

        def make(
            token: str = TOKEN, repo: str = "o/r", number: int = 7, tries: int = 5, timeout: float = 30
        ) -> GitHub:
            patience = Patience(tries=tries, timeout=timeout, sleep=waits.sleep)
            return stack.enter_context(GitHub(repo, number, token, server.api, patience))

        yield make


@pytest.fixture
def calls(server: GitHubServer, waits: Waits) -> Iterator[Calls]:
    with Calls(TOKEN, server.api, Patience(sleep=waits.sleep)) as calls:
        yield calls
