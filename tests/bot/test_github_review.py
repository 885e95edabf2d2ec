"""Suggestions at a real server: each once, outdated ones removed unless somebody has answered."""

from __future__ import annotations

import pytest

from promptlint.bot.host import Remark
from promptlint.bot.marker import signed
from promptlint.bot.review import Reviewed, review
from promptlint.errors import RefusedError

from .github_data import Pull
from .github_fixtures import ALICE, BOT, HEAD, Connect, connect, server, waits
from .github_server import Fault, GitHubServer

__all__ = ["connect", "server", "waits"]  # fixtures

NEXT = "c" * 40


def wanted(*lines: int) -> tuple[Remark, ...]:
    """A suggestion at each line; its number is its fingerprint."""
    return tuple(
        Remark(
            "a.md",
            line,
            line,
            signed(f"Say less.\n\n```suggestion\nx {line}\n```\n", "default", f"{line:016x}"),
        )
        for line in lines
    )


def lines(server: GitHubServer) -> list[int | None]:
    """Where suggestions are; None: outdated."""
    return [one.line for one in server.state.remarks.values() if not one.answers]


@pytest.fixture(autouse=True)
def shown(server: GitHubServer) -> None:
    server.state.pulls[7] = Pull(7, HEAD, {"a.md": frozenset(range(1, 101))})


def test_a_run_again_adds_none_twice(server: GitHubServer, connect: Connect) -> None:
    assert review(connect(), HEAD, "default", wanted(1, 2, 3)) == Reviewed(added=3)
    for _ in range(3):
        assert review(connect(), HEAD, "default", wanted(1, 2, 3)) == Reviewed(kept=3)
    assert lines(server) == [1, 2, 3]
    assert len(server.asked("POST", "/reviews$")) == 1


def test_pushes_leave_what_is_still_wanted(server: GitHubServer, connect: Connect) -> None:
    for push in range(5):
        sha = f"{push:x}" * 40
        server.state.push(7, sha, {"a.md": frozenset(range(1, 101))})
        review(connect(), sha, "default", wanted(1, 10 + push))
        assert lines(server) == [1, 10 + push]


def test_outdated_ones_are_removed_unless_answered(server: GitHubServer, connect: Connect) -> None:
    review(connect(), HEAD, "default", wanted(1, 50, 60))
    first, second, _ = server.state.remarks
    server.state.reply(second, ALICE, "we want it so")
    server.state.push(7, NEXT, {"a.md": frozenset({1, 2})})
    assert review(connect(), NEXT, "default", wanted(1)) == Reviewed(kept=1, removed=1)
    assert [one.id for one in server.state.remarks.values() if not one.answers] == [first, second]


def test_an_answered_one_is_not_made_again(server: GitHubServer, connect: Connect) -> None:
    review(connect(), HEAD, "default", wanted(50))
    server.state.reply(next(iter(server.state.remarks)), ALICE, "no")
    server.state.push(7, NEXT, {"a.md": frozenset({1, 2, 50})})
    assert review(connect(), NEXT, "default", wanted(50)) == Reviewed(kept=1)


def test_what_others_wrote_is_left_alone(server: GitHubServer, connect: Connect) -> None:
    connect("ghp_alice").remark(HEAD, wanted(1, 2))
    assert review(connect(), HEAD, "default", wanted(1)) == Reviewed(added=1)
    assert review(connect(), HEAD, "default", ()) == Reviewed(removed=1)
    assert [one.author for one in server.state.remarks.values()] == [ALICE, ALICE]


def test_the_suggestions_of_another_suite_are_left_alone(server: GitHubServer, connect: Connect) -> None:
    review(connect(), HEAD, "default", wanted(1))
    assert review(connect(), HEAD, "other", ()) == Reviewed()
    assert lines(server) == [1]


def test_a_line_outside_the_diff_does_not_keep_the_others_away(
    server: GitHubServer, connect: Connect
) -> None:
    done = review(connect(), HEAD, "default", wanted(1, 500, 2))
    assert (done.added, [remark.line for remark, _ in done.refused]) == (2, [500])
    assert sorted(line for line in lines(server) if line) == [1, 2]


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("status", [0, 502])
def test_a_lost_answer_adds_none_twice(
    server: GitHubServer, connect: Connect, status: int, done: bool
) -> None:
    server.faults = [Fault("POST", "/reviews$", status=status, done=done)]
    assert review(connect(), HEAD, "default", wanted(1, 2)).added == 2
    assert lines(server) == [1, 2]


def test_a_token_that_may_only_read_is_refused(server: GitHubServer, connect: Connect) -> None:
    with pytest.raises(RefusedError):
        review(connect("ghs_reader"), HEAD, "default", wanted(1))
    review(connect(), HEAD, "default", wanted(1))
    with pytest.raises(RefusedError):
        review(connect("ghs_reader"), HEAD, "default", ())
    assert [one.author for one in server.state.remarks.values()] == [BOT]
