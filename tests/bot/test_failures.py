"""What fails at either host and passes again: nothing is made twice, and nobody waits for long."""

from __future__ import annotations

import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from promptlint.bot.github import GitHub
from promptlint.bot.gitlab import GitLab
from promptlint.bot.retry import Patience
from promptlint.errors import HostError, UnreachableError

from . import github_fixtures, gitlab_fixtures
from .github_server import GitHubServer
from .gitlab_server import GitLabServer
from .loopback import Fault
from .waits import Waits, waits

__all__ = ["waits"]  # fixtures

Opened = GitHub | GitLab


@dataclass(frozen=True)
class Side:
    """One of the hosts: its server, how to connect to it, and how its API spells things."""

    name: str
    server: GitHubServer | GitLabServer
    open: Callable[[str, Patience], Opened]
    talk: str
    change: str
    waits: Waits
    stack: ExitStack

    def connect(self, tries: int = 5, timeout: float = 30) -> Opened:
        patience = Patience(tries=tries, timeout=timeout, sleep=self.waits.sleep)
        return self.stack.enter_context(self.open(self.server.api, patience))

    @property
    def bodies(self) -> list[str]:
        state = self.server.state
        return [one.body for one in state.comments.values()] if self.name == "GitHub" else state.bodies()  # type: ignore[union-attr]


def _github(api: str, patience: Patience) -> GitHub:
    return GitHub("o/r", 7, github_fixtures.TOKEN, api, patience)


def _gitlab(api: str, patience: Patience) -> GitLab:
    return GitLab("5", 7, gitlab_fixtures.TOKEN, api, patience)


@pytest.fixture(params=["GitHub", "GitLab"])
def side(request: pytest.FixtureRequest, waits: Waits, monkeypatch: pytest.MonkeyPatch) -> Iterator[Side]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ExitStack() as stack:
        if request.param == "GitHub":
            github = stack.enter_context(GitHubServer(github_fixtures.ACCOUNTS))
            made = Side("GitHub", github, _github, "/issues/7/comments$", "PATCH", waits, stack)
        else:
            gitlab = stack.enter_context(GitLabServer(gitlab_fixtures.ACCOUNTS))
            made = Side("GitLab", gitlab, _gitlab, "/notes$", "PUT", waits, stack)
        yield made
    assert made.server.mistakes == []


HEAD = "a" * 40


@pytest.mark.parametrize("status", [0, 500, 502, 503, 504, 520])
def test_a_reading_is_tried_again(side: Side, status: int) -> None:
    side.server.faults = [Fault("GET", times=3, status=status, body="<html>oops</html>")]
    assert side.connect().head() == HEAD
    assert side.waits == [1, 2, 4]


def test_a_server_that_names_a_time_is_obeyed(side: Side) -> None:
    side.server.faults = [Fault("GET", status=503, headers={"Retry-After": "9"})]
    assert side.connect().head() == HEAD
    assert side.waits == [9]


@pytest.mark.parametrize("status", [0, 500])
def test_in_the_end_it_is_given_up(side: Side, status: int) -> None:
    side.server.faults = [Fault(times=99, status=status)]
    with pytest.raises(UnreachableError, match=side.name):
        side.connect().head()
    assert side.waits == [1, 2, 4, 8]
    assert len(side.server.log) == 5


@pytest.mark.parametrize("open_", [_github, _gitlab])
def test_nobody_answers(open_: Callable[[str, Patience], Opened], waits: Waits) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        api = f"http://127.0.0.1:{free.getsockname()[1]}"
        with (
            open_(api, Patience(sleep=waits.sleep)) as host,
            pytest.raises(UnreachableError, match="cannot be reached"),
        ):
            host.head()
    assert waits == [1, 2, 4, 8]


@pytest.mark.parametrize("open_", [_github, _gitlab])
def test_a_proxy_that_is_none_is_said_without_its_password(
    open_: Callable[[str, Patience], Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://user:secret@a..b:80")
    with (
        open_("http://127.0.0.1:1", Patience(tries=1)) as host,
        pytest.raises(HostError, match="the proxy") as raised,
    ):
        host.head()
    assert "secret" not in "".join(traceback.format_exception(raised.value))


def test_a_slow_answer_is_waited_for(side: Side) -> None:
    held = threading.Event()
    slow = Fault("GET", held=held)
    side.server.faults = [slow]

    def later() -> None:
        assert slow.began.wait(timeout=30)
        held.set()

    thread = threading.Thread(target=later)
    thread.start()
    assert side.connect().head() == HEAD
    thread.join()
    assert side.waits == []


def test_an_answer_that_does_not_come_is_a_failure(side: Side) -> None:
    """The client's own clock runs here, for one second; what it asked for is done after it has gone."""
    held = threading.Event()
    slow = Fault("POST", side.talk, held=held)
    side.server.faults = [slow]

    def then() -> None:
        held.set()
        assert slow.ended.wait(timeout=30)

    side.waits.then = then
    made = side.connect(timeout=1).create("one")
    assert side.waits == [1]
    assert (side.bodies, made.body) == (["one"], "one")


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("status", [0, 500, 502, 504])
def test_a_comment_whose_answer_is_lost_is_not_made_twice(side: Side, status: int, done: bool) -> None:
    host = side.connect()
    before = host.create("before")
    side.server.faults = [Fault("POST", side.talk, status=status, done=done)]
    made = host.create("one")
    assert side.bodies == ["before", "one"]
    assert (made.body, int(made.id) > int(before.id)) == ("one", True)
    assert len(side.server.asked("POST", side.talk)) == (2 if done else 3)


def test_the_last_try_may_have_been_done(side: Side) -> None:
    side.server.faults = [Fault("POST", side.talk, status=502), Fault("POST", side.talk, status=0, done=True)]
    assert side.connect(tries=2).create("one").body == "one"
    assert side.waits == [1]


@pytest.mark.parametrize("status", [0, 500])
@pytest.mark.parametrize("done", [False, True])
def test_changes_and_removals_are_sent_again(side: Side, status: int, done: bool) -> None:
    host = side.connect()
    made = host.create("one")
    side.server.faults = [Fault(verb, status=status, done=done) for verb in (side.change, "DELETE")]
    host.update(made, "two")
    assert side.bodies == ["two"]
    host.delete(made)
    assert side.bodies == []
    assert [len(side.server.asked(verb)) for verb in (side.change, "DELETE")] == [2, 2]


def test_the_waits_of_a_run_count_together(side: Side) -> None:
    host = side.connect()
    side.server.faults = [Fault(times=99, status=429, headers={"Retry-After": "50"}, body="{}")]
    for _ in range(2):
        with pytest.raises(UnreachableError, match=r"in 50 s, at \d\d:\d\d:\d\d UTC"):
            host.head()
    assert side.waits == [50, 50]
