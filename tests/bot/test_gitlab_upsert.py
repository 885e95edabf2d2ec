"""One comment a suite at a real server: over many pushes, and when several runs post at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promptlint.bot.gitlab import GitLab
from promptlint.bot.marker import Marker
from promptlint.bot.retry import Patience
from promptlint.bot.upsert import Asked, Behavior, Outcome, Wanted, upsert
from promptlint.errors import RefusedError, UnreachableError

from .gitlab_fixtures import ALICE, BOT, HEAD, Connect, Waits, connect, server, waits
from .gitlab_server import Fault, GitLabServer, Request

__all__ = ["connect", "server", "waits"]  # fixtures

NOTES = "/notes$"


def wanted(body: str, at: int = 0, sha: str = HEAD, changes: bool = True) -> Wanted:
    return Wanted(Marker("default", sha, f"2026-01-01T10:00:{at:02}Z"), body, changes)


def shown(server: GitLabServer) -> list[str]:
    """What is to be seen, without the markers."""
    return [body.partition("\n")[2] for body in server.state.bodies()]


class Turns:
    """Lets the requests of several runs in, one at a time, in a given order; then the first that is there."""

    def __init__(self, order: Sequence[int], runs: int) -> None:
        self._order = list(order)
        self._active = set(range(runs))
        self._changed = threading.Condition()

    def _next(self) -> int:
        self._order = self._order[next((n for n, run in enumerate(self._order) if run in self._active), 99) :]
        return self._order[0] if self._order else min(self._active)

    @contextmanager
    def gate(self, request: Request) -> Iterator[None]:
        """Around a request, which the run's token tells."""
        run = int(request.token[-1])
        with self._changed:
            assert self._changed.wait_for(lambda: self._next() == run, timeout=30)
            yield
            del self._order[:1]
            self._changed.notify_all()

    def done(self, run: int) -> None:
        """A run has ended."""
        with self._changed:
            self._active.discard(run)
            self._changed.notify_all()


def race(server: GitLabServer, order: Sequence[int], posts: Sequence[Wanted]) -> list[Outcome]:
    """What runs that go at once come to, their requests in this order."""
    turns = Turns(order, len(posts))
    server.gate = turns.gate

    def run(number: int) -> Outcome:
        try:
            with GitLab("5", 7, f"glpat-bot{number}", server.api, Patience(tries=1)) as host:
                return upsert(host, posts[number], Asked())
        finally:
            turns.done(number)

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(run, range(len(posts))))


# --- one after another ----------------------------------------------------------------------


def test_ten_pushes_leave_one_note(server: GitLabServer, connect: Connect) -> None:
    server.state.write(ALICE, "x\nplease shorten this")
    urls = set()
    for push in range(10):
        sha = f"{push:x}" * 40
        server.state.push(sha, {}, ALICE)
        outcome = upsert(connect(), wanted(f"push {push}", at=push, sha=sha), Asked())
        assert outcome.action == ("updated" if push else "posted")
        urls.add(outcome.url)
    assert shown(server) == ["please shorten this", "push 9"]
    assert len(urls) == 1


def test_a_run_again_writes_nothing(server: GitLabServer, connect: Connect) -> None:
    upsert(connect(), wanted("same  \r\nend\n", at=1), Asked())
    before = len(server.log)
    assert upsert(connect(), wanted("same  \r\nend\n", at=2), Asked()).action == "skipped"
    assert {request.verb for request, _ in list(server.log)[before:]} == {"GET"}


@pytest.mark.parametrize("behavior", ["update", "hide-and-new", "delete-and-new", "new"])
def test_an_older_run_never_overwrites_a_newer_one(
    server: GitLabServer, connect: Connect, behavior: Behavior
) -> None:
    upsert(connect(), wanted("newer", at=9), Asked())
    before = server.state.notes()
    outcome = upsert(connect(), wanted("older", at=3), Asked(behavior))
    assert (outcome.action, server.state.notes()) == ("skipped", before)
    later_but_of_an_old_commit = wanted("older", at=30, sha="b" * 40)
    outcome = upsert(connect(), later_but_of_an_old_commit, Asked(behavior))
    assert (outcome.action, server.state.notes()) == ("skipped", before)


@pytest.mark.parametrize(
    ("behavior", "seen"),
    [
        ("update", ["three"]),
        ("new", ["one", "two", "three"]),
        ("hide-and-new", ["three"]),
        ("delete-and-new", ["three"]),
    ],
)
def test_what_each_behaviour_leaves(
    server: GitLabServer, connect: Connect, behavior: Behavior, seen: list[str]
) -> None:
    for at, body in enumerate(("one", "two", "three")):
        upsert(connect(), wanted(body, at), Asked(behavior))
    assert shown(server) == seen


def test_a_forged_marker_is_neither_obeyed_nor_touched(server: GitLabServer, connect: Connect) -> None:
    server.state.write(ALICE, wanted("forged", at=59).text)
    upsert(connect(), wanted("ours", at=1), Asked())
    upsert(connect(), wanted("ours again", at=2), Asked("delete-and-new"))
    assert shown(server) == ["forged", "ours again"]


def test_duplicates_of_earlier_runs_become_one(server: GitLabServer, connect: Connect) -> None:
    for at in range(120):
        server.state.write(BOT, wanted("old", at=at % 60).text)
    upsert(connect(), wanted("new", at=59, sha=HEAD), Asked())
    assert len(shown(server)) == 1


# --- at once --------------------------------------------------------------------------------


@pytest.mark.parametrize("newer", [0, 1])
def test_two_posters_at_once_leave_one_note(server: GitLabServer, newer: int) -> None:
    """Neither sees a note before both have posted one."""
    barrier = threading.Barrier(2, timeout=30)
    met: set[str] = set()

    @contextmanager
    def gate(request: Request) -> Iterator[None]:
        if request.verb == "POST" and request.token not in met:
            met.add(request.token)
            barrier.wait()
        yield

    server.gate = gate

    def run(number: int) -> None:
        with GitLab("5", 7, f"glpat-bot{number}", server.api, Patience(tries=1)) as host:
            upsert(host, wanted(f"run {number}", at=5 if number == newer else 4), Asked())

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, range(2)))
    assert len(server.asked("POST", NOTES)) >= 2
    assert shown(server) == [f"run {newer}"]


AT_ONCE = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@AT_ONCE
@given(order=st.lists(st.integers(0, 1), max_size=30), times=st.permutations([1, 2]))
def test_in_whatever_order_requests_come_the_newest_note_is_left(
    server: GitLabServer, order: list[int], times: list[int]
) -> None:
    server.state.threads.clear()
    race(server, order, [wanted(f"at {at}", at) for at in times])
    assert shown(server) == ["at 2"]


@AT_ONCE
@given(
    order=st.lists(st.integers(0, 2), max_size=40),
    times=st.permutations([1, 2, 3]),
    before=st.lists(st.integers(0, 5), max_size=1),
)
def test_however_many_runs_there_are_one_note_is_left(
    server: GitLabServer, order: list[int], times: list[int], before: list[int]
) -> None:
    """Which one is not asked: GitLab changes no note on condition that nobody else has."""
    server.state.threads.clear()
    for at in before:
        server.state.write(BOT, wanted(f"at {at}", at).text)
    race(server, order, [wanted(f"at {at}", at) for at in times])
    (left,) = shown(server)
    assert left in {f"at {at}" for at in (*times, *before)}


# --- when GitLab fails ----------------------------------------------------------------------


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("status", [0, 502])
def test_a_lost_answer_leaves_one_note(
    server: GitLabServer, connect: Connect, status: int, done: bool
) -> None:
    server.faults = [Fault(verb, status=status, done=done) for verb in ("POST", "PUT")]
    upsert(connect(), wanted("one", 1), Asked())
    upsert(connect(), wanted("two", 2), Asked())
    assert shown(server) == ["two"]


@pytest.mark.parametrize("token", ["glpat-reader", "glcbt-64_job"])
def test_a_token_that_may_only_read_is_refused(server: GitLabServer, connect: Connect, token: str) -> None:
    with pytest.raises(RefusedError):
        upsert(connect(token), wanted("one"), Asked())
    upsert(connect(), wanted("one", 1), Asked())
    with pytest.raises(RefusedError):
        upsert(connect(token), wanted("two", 2), Asked())
    assert shown(server) == ["one"]


def test_a_gitlab_that_is_down_is_not_a_success(server: GitLabServer, connect: Connect, waits: Waits) -> None:
    server.faults = [Fault("POST", NOTES, status=503, times=99)]
    with pytest.raises(UnreachableError, match="503"):
        upsert(connect(), wanted("one"), Asked())
    assert shown(server) == []
    assert sum(waits) <= 120
