"""A check run where comments are refused: once for the same findings, as many as one request takes."""

from __future__ import annotations

import pytest

from promptlint.bot.host import Annotation, Check
from promptlint.errors import RefusedError, UnreachableError

from .github_fixtures import HEAD, Connect, connect, server, waits
from .github_server import Fault, GitHubServer

__all__ = ["connect", "server", "waits"]  # fixtures

RUNS = "/check-runs$"


def check(count: int = 1, name: str = "promptlint", summary: str = "s") -> Check:
    given = tuple(Annotation("a.md", n + 1, n + 1, "warning", "TOK001", f"n {n}") for n in range(count))
    return Check(name, "two findings", summary, given)


@pytest.mark.parametrize(("count", "kept"), [(0, 0), (1, 1), (50, 50), (120, 50)])
def test_a_check_run_takes_as_many_annotations_as_one_request(
    server: GitHubServer, connect: Connect, count: int, kept: int
) -> None:
    where = connect("ghs_checks").check(HEAD, check(count))
    (made,) = server.state.checks.values()
    assert where == f"{server.api}/repos/o/r/runs/{made.id}"
    assert (made.head, made.name, made.body["conclusion"]) == (HEAD, "promptlint", "neutral")
    assert [one["message"] for one in made.body["output"]["annotations"]] == [f"n {n}" for n in range(kept)]
    assert len(server.asked("POST", RUNS)) == 1


def test_the_same_is_there_once(server: GitHubServer, connect: Connect) -> None:
    first = connect("ghs_checks").check(HEAD, check())
    assert connect("ghs_checks").check(HEAD, check()) == first
    assert len(server.state.checks) == 1


def test_of_one_name_the_last_is_shown(server: GitHubServer, connect: Connect) -> None:
    host = connect("ghs_checks")
    places = [host.check(HEAD, check(count)) for count in (1, 2, 3)]
    assert host.check(HEAD, check(3)) == places[2]
    assert len(server.asked("POST", RUNS)) == 3
    assert host.check("b" * 40, check(3)) not in places
    assert host.check(HEAD, check(3, name="promptlint (evals)")) not in places


@pytest.mark.parametrize("status", [0, 502])
def test_a_check_run_whose_answer_is_lost_is_not_made_twice(
    server: GitHubServer, connect: Connect, status: int
) -> None:
    server.faults = [Fault("POST", RUNS, status=status, done=True)]
    where = connect("ghs_checks").check(HEAD, check())
    assert [f"{server.api}/repos/o/r/runs/{number}" for number in server.state.checks] == [where]


def test_a_host_that_fails_is_said(server: GitHubServer, connect: Connect) -> None:
    server.faults = [Fault("POST", RUNS, times=99, status=502)]
    with pytest.raises(UnreachableError):
        connect("ghs_checks").check(HEAD, check())
    assert server.state.checks == {}


@pytest.mark.parametrize("token", ["ghp_alice", "ghs_reader"])
def test_a_token_that_may_not_write_checks(server: GitHubServer, connect: Connect, token: str) -> None:
    with pytest.raises(RefusedError):
        connect(token).check(HEAD, check())
    assert server.state.checks == {}
