"""Comments at lines: what GitHub takes, what it refuses, what is answered or outdated."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promptlint.bot.host import Remark

from .github_data import Account, Pull
from .github_fixtures import ALICE, BOT, HEAD, Connect, connect, server, waits
from .github_server import Fault, GitHubServer

__all__ = ["connect", "server", "waits"]  # fixtures

HUNKS = {"a.md": frozenset(range(1, 200)), "b.md": frozenset({5, 6, 7})}


def remark(line: int, path: str = "a.md", start: int = 0) -> Remark:
    return Remark(path, start or line, line, f"say less at {path}:{line}")


def plain(found: Remark) -> tuple[str, int, int, str]:
    return found.path, found.start_line, found.line, found.body


@pytest.fixture(autouse=True)
def shown(server: GitHubServer) -> None:
    server.state.pulls[7] = Pull(7, HEAD, HUNKS)


def test_remarks_are_posted_in_one_review_without_words_of_its_own(
    server: GitHubServer, connect: Connect
) -> None:
    wanted = (remark(3), remark(7, "b.md", start=5))
    host = connect()
    assert host.remark(HEAD, wanted) == ()
    assert [plain(found) for found in host.remarks()] == [plain(one) for one in wanted]
    (review,) = server.asked("POST", "/reviews$")
    assert (review.body["body"], review.body["event"], review.body["commit_id"]) == ("", "COMMENT", HEAD)
    assert "start_line" not in review.body["comments"][0]


def test_nothing_wanted_asks_nothing(server: GitHubServer, connect: Connect) -> None:
    assert connect().remark(HEAD, ()) == ()
    assert not server.log


def test_many_remarks_go_in_batches(server: GitHubServer, connect: Connect) -> None:
    assert connect().remark(HEAD, tuple(remark(n) for n in range(1, 72))) == ()
    sizes = [len(one.body["comments"]) for one in server.asked("POST", "/reviews$")]
    assert sizes == [30, 30, 11]
    assert len(server.state.remarks) == 71


def test_a_line_outside_the_diff_is_refused_alone(server: GitHubServer, connect: Connect) -> None:
    wanted = tuple(remark(n) for n in range(1, 30))
    bad = remark(9, "b.md"), remark(1, "c.md")
    refused = connect().remark(HEAD, (*wanted[:10], *bad, *wanted[10:]))
    assert [one for one, _ in refused] == list(bad)
    assert "Line could not be resolved" in refused[0][1]
    assert "Path could not be resolved" in refused[1][1]
    assert sorted(one.body for one in server.state.remarks.values()) == sorted(one.body for one in wanted)


def test_a_head_that_has_moved_refuses_all_with_the_reason(server: GitHubServer, connect: Connect) -> None:
    refused = connect().remark("c" * 40, (remark(1), remark(2)))
    assert [one for one, _ in refused] == [remark(1), remark(2)]
    assert all("Commit is not part" in reason for _, reason in refused)
    assert server.state.remarks == {}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.booleans(), max_size=40))
def test_whatever_is_refused_the_others_are_posted_once(
    server: GitHubServer, connect: Connect, good: list[bool]
) -> None:
    server.state.remarks.clear()
    wanted = tuple(remark(n + 1 if fine else 500 + n) for n, fine in enumerate(good))
    refused = connect().remark(HEAD, wanted)
    assert [one for one, _ in refused] == [one for one in wanted if one.line >= 500]
    posted = [one.body for one in server.state.remarks.values()]
    assert posted == [one.body for one in wanted if one.line < 500]


def test_an_answer_by_somebody_else_is_seen(server: GitHubServer, connect: Connect) -> None:
    host = connect()
    host.remark(HEAD, (remark(1), remark(2), remark(3)))
    first, second, third = server.state.remarks
    server.state.reply(first, ALICE, "no")
    server.state.reply(second, BOT, "our own")
    server.state.reply(third, None, "from an account that is gone")
    assert [found.answered for found in host.remarks()] == [True, False, True]


def test_what_others_remark_is_not_ours(server: GitHubServer, connect: Connect) -> None:
    connect("ghp_alice").remark(HEAD, (remark(1),))
    assert list(connect().remarks()) == []


def test_a_remark_is_outdated_when_its_line_is_shown_no_more(server: GitHubServer, connect: Connect) -> None:
    host = connect()
    host.remark(HEAD, (remark(1), remark(150, start=148)))
    server.state.push(7, "c" * 40, {"a.md": frozenset(range(1, 100))})
    first, second = host.remarks()
    assert (first.outdated, second.outdated) == (False, True)
    assert (second.path, second.line) == ("a.md", 150)


def test_all_pages_of_remarks_are_read(server: GitHubServer, connect: Connect) -> None:
    host = connect()
    host.remark(HEAD, tuple(remark(n) for n in range(1, 151)))
    last = max(server.state.remarks)
    server.state.reply(min(server.state.remarks), ALICE, "an answer on the second page")
    found = list(host.remarks())
    assert [one.line for one in found] == list(range(1, 151))
    assert [one.answered for one in found] == [True] + 149 * [False]
    assert found[-1].id == str(last)


def test_a_remark_is_removed_and_twice_is_no_error(server: GitHubServer, connect: Connect) -> None:
    host = connect()
    host.remark(HEAD, (remark(1), remark(2)))
    first, second = host.remarks()
    host.unremark(first)
    host.unremark(first)
    assert list(host.remarks()) == [second]


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("status", [0, 502])
def test_a_review_whose_answer_is_lost_is_not_posted_twice(
    server: GitHubServer, connect: Connect, done: bool, status: int
) -> None:
    server.faults = [Fault("POST", "/reviews$", status=status, done=done)]
    wanted = tuple(remark(n) for n in range(1, 40))
    assert connect().remark(HEAD, wanted) == ()
    assert [one.body for one in server.state.remarks.values()] == [one.body for one in wanted]
    assert len(server.asked("POST", "/reviews$")) == (2 if done else 3)


def test_a_review_is_not_taken_for_another_s(server: GitHubServer, connect: Connect) -> None:
    """What somebody else has written in the same words does not count as posted."""
    connect("ghp_alice").remark(HEAD, (remark(1),))
    server.faults = [Fault("POST", "/reviews$", status=500)]
    connect().remark(HEAD, (remark(1),))
    authors = [one.author for one in server.state.remarks.values()]
    assert authors == [ALICE, Account("github-actions[bot]", "Bot")]
