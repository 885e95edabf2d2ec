"""Threads at lines: how GitLab wants a position named, whose threads are ours, and what a push does to them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.bot.gitlab_diff import shown_lines
from promptlint.bot.host import Remark
from promptlint.bot.marker import signed
from promptlint.bot.review import review
from promptlint.errors import HostError, RefusedError

from .gitlab_fixtures import ALICE, BOT, HEAD, Connect, Waits, connect, server, waits
from .gitlab_server import Fault, GitLabServer
from .gitlab_state import File

__all__ = ["connect", "server", "waits"]  # fixtures

BEFORE = "".join(f"line {n}\n" for n in range(1, 31))
AFTER = BEFORE.replace("line 3\n", "new a\nnew b\n").replace("line 20\n", "")
NEXT = "d" * 40
THREADS = "/discussions$"
"""Lines 3 and 4 are new; 1, 2, 5 to 7 and 18 to 23 are shown unchanged, 18 to 20 a line later than before."""


def at(line: int, path: str = "a.md", start: int = 0, body: str = "") -> Remark:
    first = start or line
    suggestion = f"Shorter.\n\n```suggestion:-{line - first}+0\nx\n```"
    return Remark(path, first, line, body or suggestion)


@pytest.fixture(autouse=True)
def changed(server: GitLabServer) -> None:
    server.state.files = {"a.md": File(BEFORE, AFTER)}


# --- positions ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "old"), [(3, None), (4, None), (1, 1), (2, 2), (5, 4), (7, 6), (20, 19), (21, 21)]
)
def test_a_line_is_named_as_gitlab_demands(
    server: GitLabServer, connect: Connect, line: int, old: int | None
) -> None:
    assert connect().remark(HEAD, (at(line),)) == ()
    (request,) = server.asked("POST", THREADS)
    position = request.body["position"]
    assert (position["new_line"], position.get("old_line")) == (line, old)
    assert ("old_line" in position) is (old is not None)


@pytest.mark.parametrize("wanted", [at(12), at(31), at(1, "none.md"), at(10**9)])
def test_what_is_outside_of_the_diff_is_refused_and_the_rest_posted(
    server: GitLabServer, connect: Connect, wanted: Remark
) -> None:
    refused = connect().remark(HEAD, (at(3), wanted, at(4)))
    assert [each for each, _ in refused] == [wanted]
    assert "not in the diff" in refused[0][1]
    assert len(server.state.threads) == 2


@pytest.mark.parametrize(("line", "taken"), [(3, True), (2, False), (12, False)])
def test_of_a_diff_that_is_not_shown_gitlab_itself_says_which_lines(
    server: GitLabServer, connect: Connect, line: int, taken: bool
) -> None:
    server.state.files = {"a.md": File(BEFORE, AFTER, large=True), "b.md": File("", "x\n")}
    refused = connect().remark(HEAD, (at(line), at(1, "b.md")))
    assert [reason for _, reason in refused] == ([] if taken else ["the line is not in the diff"])
    assert len(server.asked("POST", THREADS)) == 2
    assert len(server.state.threads) == 1 + taken


def test_new_and_renamed_files(server: GitLabServer, connect: Connect) -> None:
    server.state.files = {
        "new.md": File("", "one\ntwo"),
        "dir/to.md": File(BEFORE, AFTER, old_path="from.md"),
    }
    wanted = (at(1, "new.md"), at(2, "new.md"), at(3, "dir/to.md"), at(5, "dir/to.md"))
    assert connect().remark(HEAD, wanted) == ()
    assert len(server.state.threads) == 4


def test_many_files(server: GitLabServer, connect: Connect) -> None:
    """More than 30 of one page are too many for GitLab."""
    server.state.files = {f"{n}.md": File("", "x\n") for n in range(95)}
    wanted = tuple(at(1, f"{n}.md") for n in (0, 50, 94))
    assert connect().remark(HEAD, wanted) == ()
    assert len(server.asked("GET", "/diffs$")) == 5


def test_a_commit_that_is_not_the_head_gets_none(server: GitLabServer, connect: Connect) -> None:
    refused = connect().remark(NEXT, (at(3),))
    assert refused == ((at(3), "the merge request points to another commit by now"),)
    assert server.asked("POST") == []


def test_nothing_wanted_asks_nothing(server: GitLabServer, connect: Connect) -> None:
    assert connect().remark(HEAD, ()) == ()
    assert not server.log


lines = st.lists(
    st.sampled_from(["a", "b", "c", "", "@@ -1 +1 @@", "+x", "-x", " x", "\\", "--- a", "+++ b"]), max_size=40
)


@given(before=lines, after=lines, end=st.booleans())
def test_a_diff_is_read_as_it_was_made(before: list[str], after: list[str], end: bool) -> None:
    texts = ["\n".join(side) + "\n" * end for side in (before, after)]
    file = File(*texts)
    assert shown_lines(file.diff()) == file.shown()


@given(st.text(alphabet="@+- \\\n0123456789,x", max_size=200))
def test_any_text_can_stand_for_a_diff(diff: str) -> None:
    assert all(line > 0 for line in shown_lines(diff))


# --- threads that are there -----------------------------------------------------------------


def test_what_was_posted_is_found_again(server: GitLabServer, connect: Connect) -> None:
    host = connect()
    wanted = (at(4, start=3), at(20, start=18), at(2, body="no suggestion"))
    assert host.remark(HEAD, wanted) == ()
    found = list(host.remarks())
    assert [(each.path, each.start_line, each.line, each.body) for each in found] == [
        (each.path, each.start_line, each.line, each.body) for each in wanted
    ]
    assert not any(each.answered or each.outdated for each in found)
    for each in found:
        host.unremark(each)
        host.unremark(each)
    assert server.state.threads == []


def test_whose_threads_are_ours(server: GitLabServer, connect: Connect) -> None:
    connect("glpat-alice").remark(HEAD, (at(3),))
    host = connect()
    host.remark(HEAD, (at(4),))
    hers, ours = (thread[0]["id"] for thread in server.state.threads)
    server.state.reply(hers, BOT, "our answer")
    server.state.write(BOT, "a note")
    assert [each.id for each in host.remarks()] == [str(ours)]


@pytest.mark.parametrize(
    ("happens", "answered"),
    [
        (lambda state, note: state.reply(note, ALICE, "why?"), True),
        (lambda state, note: state.reply(note, BOT, "ours"), False),
        (lambda state, note: state.reply(note, ALICE, "changed this line", system=True), False),
        (lambda state, note: state.resolve(note, ALICE), True),
        (lambda state, note: state.resolve(note, BOT), False),
    ],
)
def test_what_counts_as_an_answer(
    server: GitLabServer, connect: Connect, happens: Callable[..., None], answered: bool
) -> None:
    host = connect()
    host.remark(HEAD, (at(3),))
    happens(server.state, server.state.threads[0][0]["id"])
    (found,) = host.remarks()
    assert found.answered is answered


def test_a_push_moves_threads_or_leaves_them_behind(server: GitLabServer, connect: Connect) -> None:
    host = connect()
    host.remark(HEAD, (at(3), at(4)))
    server.state.push(NEXT, {"a.md": File(BEFORE, "first\n" + AFTER.replace("new b", "other"))}, ALICE)
    assert [(each.line, each.outdated, each.answered) for each in host.remarks()] == [
        (4, False, False),
        (4, True, False),
    ]


def test_all_pages_of_threads(server: GitLabServer, connect: Connect) -> None:
    server.state.files = {"a.md": File("", "x\n" * 250)}
    for line in range(1, 251):
        position = {"new_path": "a.md", "old_path": "a.md", "new_line": line, "position_type": "text"}
        refs = {"base_sha": "b" * 40, "start_sha": "b" * 40, "head_sha": HEAD}
        server.state.write(BOT, "x", at={**position, **refs})
    assert [each.line for each in connect().remarks()] == list(range(1, 251))
    assert len(server.asked("GET", THREADS)) == 3


def test_threads_at_images_are_none(server: GitLabServer, connect: Connect) -> None:
    refs = {"base_sha": "b" * 40, "start_sha": "b" * 40, "head_sha": HEAD}
    server.state.write(
        BOT, "x", at={"new_path": "a.png", "old_path": "a.png", "position_type": "image", **refs}
    )
    assert list(connect().remarks()) == []


# --- failures -------------------------------------------------------------------------------


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("status", [0, 500, 502])
def test_a_thread_whose_answer_is_lost_is_not_opened_twice(
    server: GitLabServer, connect: Connect, status: int, done: bool
) -> None:
    host = connect()
    server.faults = [Fault("POST", THREADS, status=status, done=done)]
    assert host.remark(HEAD, (at(3), at(4))) == ()
    assert [(each.line, each.body) for each in host.remarks()] == [(3, at(3).body), (4, at(4).body)]


def test_a_refusal_ends_it(server: GitLabServer, connect: Connect, waits: Waits) -> None:
    with pytest.raises(RefusedError):
        connect("glpat-reader").remark(HEAD, (at(3), at(4)))
    assert len(server.asked("POST", THREADS)) == 1
    assert waits == []


# --- with the review that uses it -----------------------------------------------------------


def drafted(line: int, name: str) -> Remark:
    return Remark("a.md", line, line, signed(at(line).body, "default", name * 16))


def test_a_run_again_adds_none_and_removes_what_is_not_wanted(server: GitLabServer, connect: Connect) -> None:
    host = connect()
    first = review(host, HEAD, "default", (drafted(3, "1"), drafted(4, "2")))
    assert (first.added, first.kept, first.removed) == (2, 0, 0)
    again = review(host, HEAD, "default", (drafted(3, "1"), drafted(4, "2")))
    assert (again.added, again.kept, again.removed) == (0, 2, 0)
    less = review(host, HEAD, "default", (drafted(4, "2"),))
    assert (less.added, less.kept, less.removed) == (0, 1, 1)
    assert [each.line for each in host.remarks()] == [4]


def test_outdated_threads_go_unless_somebody_has_answered(server: GitLabServer, connect: Connect) -> None:
    host = connect()
    review(host, HEAD, "default", (drafted(3, "1"), drafted(4, "2")))
    server.state.reply(server.state.threads[0][0]["id"], ALICE, "no")
    changed = AFTER.replace("new a", "other a").replace("new b", "other b")
    server.state.push(NEXT, {"a.md": File(BEFORE, changed)}, ALICE)
    done = review(host, NEXT, "default", (drafted(3, "3"),))
    assert (done.added, done.removed) == (1, 1)
    assert [(each.answered, each.outdated) for each in host.remarks()] == [(True, True), (False, False)]


def test_a_line_that_gitlab_refuses_is_told(connect: Connect) -> None:
    done = review(connect(), HEAD, "default", (drafted(3, "1"), drafted(12, "2")))
    assert (done.added, len(done.refused)) == (1, 1)


def test_an_answer_that_is_not_gitlab_s(server: GitLabServer, connect: Connect) -> None:
    host = connect()
    for path, body in (("/diffs$", "[3]"), ("/diffs$", "{}"), (THREADS, '[{"notes": [3]}]'), ("/7$", "[]")):
        server.faults = [Fault("GET", path, 99, 200, {}, body)]
        with pytest.raises(HostError, match="not one of the API"):
            review(host, HEAD, "default", (drafted(3, "1"),))
