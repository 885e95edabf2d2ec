"""One comment a suite at a real server: over many pushes, and when several runs post at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promptlint.bot.github import GitHub
from promptlint.bot.marker import Marker
from promptlint.bot.retry import Patience
from promptlint.bot.upsert import Asked, Behavior, Outcome, Wanted, upsert
from promptlint.errors import RefusedError, UnreachableError

from .github_fixtures import ALICE, BOT, HEAD, Connect, Waits, connect, server, waits
from .github_server import Fault, GitHubServer, Request

__all__ = ["connect", "server", "waits"]  # fixtures

TALK = "/issues/7/comments$"


def wanted(body: str, at: int = 0, sha: str = HEAD, changes: bool = True) -> Wanted:
    return Wanted(Marker("default", sha, f"2026-01-01T10:00:{at:02}Z"), body, changes)


def shown(server: GitHubServer) -> list[str]:
    """What is to be seen, without the markers."""
    return [one.body.partition("\n")[2] for one in server.state.comments.values() if not one.hidden]


class Turns:
    """Lets the requests of several runs in, one at a time, in a given order; then the first that is there.

    With `swap`, a run that looks at the comments keeps its turn until it has written. No host can compare and
    swap: what another run writes between a look and the write that follows it may be overwritten.
    """

    def __init__(self, order: Sequence[int], runs: int, swap: bool) -> None:
        self._swap = swap
        self._order = list(order)
        self._active = set(range(runs))
        self._looks: int | None = None
        self._changed = threading.Condition()

    def _next(self) -> int:
        if self._looks is not None:
            return self._looks
        self._order = self._order[next((n for n, run in enumerate(self._order) if run in self._active), 99) :]
        return self._order[0] if self._order else min(self._active)

    @contextmanager
    def gate(self, request: Request) -> Iterator[None]:
        """Around a request, which the run's token tells."""
        run = int(request.headers["authorization"][-1])
        with self._changed:
            assert self._changed.wait_for(lambda: self._next() == run, timeout=30)
            yield
            if self._swap and request.verb == "GET" and request.path.endswith("/7/comments"):
                self._looks = run
            elif request.verb != "GET" and not request.path.endswith("/graphql"):
                self._looks = None
            del self._order[:1]
            self._changed.notify_all()

    def done(self, run: int) -> None:
        """A run has ended."""
        with self._changed:
            self._active.discard(run)
            self._looks = None if self._looks == run else self._looks
            self._changed.notify_all()


def race(server: GitHubServer, order: Sequence[int], posts: Sequence[Wanted], swap: bool) -> list[Outcome]:
    """What runs that go at once come to, their requests in this order."""
    turns = Turns(order, len(posts), swap)
    server.gate = turns.gate

    def run(number: int) -> Outcome:
        try:
            with GitHub("o/r", 7, f"ghs_bot{number}", server.api, Patience(tries=1)) as host:
                return upsert(host, posts[number], Asked())
        finally:
            turns.done(number)

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(run, range(len(posts))))


# --- one after another ----------------------------------------------------------------------


def test_ten_pushes_leave_one_comment(server: GitHubServer, connect: Connect) -> None:
    server.state.write(ALICE, "please shorten this")
    urls = set()
    for push in range(10):
        sha = f"{push:x}" * 40
        server.state.push(7, sha, {})
        outcome = upsert(connect(), wanted(f"push {push}", at=push, sha=sha), Asked())
        assert outcome.action == ("updated" if push else "posted")
        urls.add(outcome.url)
    assert shown(server)[1:] == ["push 9"]
    assert len(urls) == 1
    assert len(server.state.comments) == 2


def test_a_run_again_writes_nothing(server: GitHubServer, connect: Connect) -> None:
    upsert(connect(), wanted("same", at=1), Asked())
    before = len(server.log)
    assert upsert(connect(), wanted("same", at=2), Asked()).action == "skipped"
    writes = {request.verb for request, _ in list(server.log)[before:] if request.path != server.graphql}
    assert writes == {"GET"}


@pytest.mark.parametrize("behavior", ["update", "hide-and-new", "delete-and-new", "new"])
def test_an_older_run_never_overwrites_a_newer_one(
    server: GitHubServer, connect: Connect, behavior: Behavior
) -> None:
    upsert(connect(), wanted("newer", at=9), Asked())
    before = dict(server.state.comments)
    outcome = upsert(connect(), wanted("older", at=3), Asked(behavior))
    assert (outcome.action, server.state.comments) == ("skipped", before)
    later_but_of_an_old_commit = wanted("older", at=30, sha="b" * 40)
    outcome = upsert(connect(), later_but_of_an_old_commit, Asked(behavior))
    assert (outcome.action, server.state.comments) == ("skipped", before)


@pytest.mark.parametrize(
    ("behavior", "seen", "stored"),
    [
        ("update", ["three"], 1),
        ("new", ["one", "two", "three"], 3),
        ("hide-and-new", ["three"], 3),
        ("delete-and-new", ["three"], 1),
    ],
)
def test_what_each_behaviour_leaves(
    server: GitHubServer, connect: Connect, behavior: Behavior, seen: list[str], stored: int
) -> None:
    for at, body in enumerate(("one", "two", "three")):
        upsert(connect(), wanted(body, at), Asked(behavior))
    assert (shown(server), len(server.state.comments)) == (seen, stored)


def test_a_forged_marker_is_neither_obeyed_nor_touched(server: GitHubServer, connect: Connect) -> None:
    forged = wanted("forged", at=59).text
    server.state.write(ALICE, forged)
    upsert(connect(), wanted("ours", at=1), Asked())
    upsert(connect(), wanted("ours again", at=2), Asked("delete-and-new"))
    assert shown(server) == ["forged", "ours again"]


def test_duplicates_of_earlier_runs_become_one(server: GitHubServer, connect: Connect) -> None:
    for at in range(120):
        server.state.write(BOT, wanted("old", at=at % 60).text)
    upsert(connect(), wanted("new", at=59, sha=HEAD), Asked())
    assert len(shown(server)) == 1


# --- at once --------------------------------------------------------------------------------


@pytest.mark.parametrize("newer", [0, 1])
def test_two_posters_at_once_leave_one_comment(server: GitHubServer, newer: int) -> None:
    """Neither sees a comment before both have posted one."""
    barrier = threading.Barrier(2, timeout=30)
    met: set[str] = set()

    @contextmanager
    def gate(request: Request) -> Iterator[None]:
        token = request.headers["authorization"]
        if request.verb == "POST" and request.path.endswith("/comments") and token not in met:
            met.add(token)
            barrier.wait()
        yield

    server.gate = gate

    def run(number: int) -> None:
        with GitHub("o/r", 7, f"ghs_bot{number}", server.api, Patience(tries=1)) as host:
            upsert(host, wanted(f"run {number}", at=5 if number == newer else 4), Asked())

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, range(2)))
    assert len(server.asked("POST", TALK)) >= 2
    assert shown(server) == [f"run {newer}"]


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.lists(st.integers(0, 2), max_size=40),
    times=st.permutations([1, 2, 3]),
    before=st.integers(0, 2),
    swap=st.booleans(),
)
def test_in_whatever_order_requests_come_one_comment_is_left(
    server: GitHubServer, order: list[int], times: list[int], before: int, swap: bool
) -> None:
    server.state.comments.clear()
    server.remaining = 5000
    for _ in range(before):
        server.state.write(BOT, wanted("of an earlier push").text)
    race(server, order, [wanted(f"at {at}", at) for at in times], swap)
    assert len(shown(server)) == 1
    assert shown(server)[0] in (["at 3"] if swap else [f"at {at}" for at in times])


# --- when GitHub fails ----------------------------------------------------------------------


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("status", [0, 502])
def test_a_lost_answer_leaves_one_comment(
    server: GitHubServer, connect: Connect, status: int, done: bool
) -> None:
    server.faults = [Fault("POST", TALK, status=status, done=done), Fault("PATCH", status=status, done=done)]
    upsert(connect(), wanted("one", 1), Asked())
    upsert(connect(), wanted("two", 2), Asked())
    assert shown(server) == ["two"]


def test_a_token_that_may_only_read_is_refused(server: GitHubServer, connect: Connect) -> None:
    with pytest.raises(RefusedError):
        upsert(connect("ghs_reader"), wanted("one"), Asked())
    upsert(connect(), wanted("one", 1), Asked())
    with pytest.raises(RefusedError):
        upsert(connect("ghs_reader"), wanted("two", 2), Asked())
    assert shown(server) == ["one"]


def test_a_github_that_is_down_is_not_a_success(server: GitHubServer, connect: Connect, waits: Waits) -> None:
    server.faults = [Fault("POST", TALK, status=503, times=99)]
    with pytest.raises(UnreachableError, match="503"):
        upsert(connect(), wanted("one"), Asked())
    assert shown(server) == []
    assert sum(waits) <= 120
