"""The GitHub host against a GitHub on loopback, by the real client."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import pytest

from promptlint.bot.answers import MissingError, NotTakenError
from promptlint.bot.github_calls import Calls
from promptlint.bot.github_lookup import pulls_at
from promptlint.bot.host import Check, Host, Posted, Remark
from promptlint.bot.retry import Patience
from promptlint.errors import HostError, RefusedError, UsageError

from .github_data import Pull
from .github_fixtures import ACCOUNTS, ALICE, BOT, HEAD, HUMAN, TOKEN, Connect, calls, connect, server, waits
from .github_server import GitHubServer, Request

__all__ = ["calls", "connect", "server", "waits"]  # fixtures

LINES = {"a.md": frozenset(range(1, 200)), "b.md": frozenset({5, 6, 7})}


def remark(line: int, path: str = "a.md", start: int = 0, body: str = "") -> Remark:
    return Remark(path, start or line, line, body or f"say less at {line}")


# --- comments -------------------------------------------------------------------------------


def test_only_what_the_token_s_account_wrote_is_ours(server: GitHubServer, connect: Connect) -> None:
    state = server.state
    first = state.write(BOT, "<!-- promptlint:v1 --> one")
    for author in (ALICE, HUMAN, None):
        state.write(author, "<!-- promptlint:v1 --> forged")
    last = state.write(BOT, "two")
    assert [(posted.id, posted.body) for posted in connect().comments()] == [
        (str(first.id), first.body),
        (str(last.id), last.body),
    ]
    assert [posted.body for posted in connect("ghp_alice").comments()] == ["<!-- promptlint:v1 --> forged"]


def test_an_app_that_graphql_names_without_its_suffix_is_still_not_the_person(
    server: GitHubServer, connect: Connect
) -> None:
    server.state.write(BOT, "ours")
    person = connect("ghs_short")
    assert [posted.body for posted in person.comments()] == ["ours"]


def test_all_pages_are_read(server: GitHubServer, connect: Connect) -> None:
    for number in range(250):
        server.state.write(BOT if number % 2 else ALICE, f"comment {number}")
    assert [posted.body for posted in connect().comments()] == [f"comment {n}" for n in range(1, 250, 2)]
    pages = server.asked("GET", "/issues/7/comments")
    assert [(page.query["per_page"], page.query["page"]) for page in pages] == [
        ("100", "1"),
        ("100", "2"),
        ("100", "3"),
    ]


def test_a_list_without_end_is_given_up(
    server: GitHubServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("promptlint.bot.github_calls.MAX_PAGES", 2)
    for number in range(201):
        server.state.write(ALICE, f"{number}")
    with pytest.raises(HostError, match="more than 200 entries"):
        list(connect().comments())


def test_a_comment_is_made_changed_and_removed(server: GitHubServer, connect: Connect) -> None:
    host: Host = connect()
    made = host.create("one")
    assert made.at
    assert made.url
    assert list(host.comments()) == [made]
    host.update(made, "two")
    assert [posted.body for posted in host.comments()] == ["two"]
    host.delete(made)
    host.delete(made)
    assert list(host.comments()) == []
    assert server.state.comments == {}


def test_a_hidden_comment_is_no_longer_listed(server: GitHubServer, connect: Connect) -> None:
    host = connect()
    one, two = host.create("one"), host.create("two")
    host.hide(one)
    assert list(host.comments()) == [two]
    assert [comment.hidden for comment in server.state.comments.values()] == [True, False]


def test_hiding_what_is_gone_is_no_error_and_changing_it_is_one(connect: Connect) -> None:
    host = connect()
    gone = Posted("99", "")
    host.hide(gone)
    with pytest.raises(MissingError, match="404"):
        host.update(gone, "two")


def test_a_comment_that_goes_while_it_is_hidden_or_listed(server: GitHubServer, connect: Connect) -> None:
    """It goes after it was named by REST and before GraphQL is asked."""
    host = connect()
    one, two = host.create("one"), host.create("two")
    kept = server.state.comments[int(one.id)]

    def gate(request: Request) -> AbstractContextManager[None]:
        if request.path == server.graphql:
            server.state.comments.pop(int(one.id), None)
        return nullcontext()

    server.gate = gate
    assert two in list(host.comments())
    server.state.comments[int(one.id)] = kept
    host.hide(one)
    assert [comment.hidden for comment in server.state.comments.values()] == [False]


@pytest.mark.parametrize("length", [65_536, 65_537])
def test_the_limit_is_github_s(connect: Connect, length: int) -> None:
    host = connect()
    if length <= host.limit:
        assert len(host.create("x" * length).body) == length
    else:
        with pytest.raises(NotTakenError, match="too long"):
            host.create("x" * length)


def test_any_text_arrives_as_it_is(server: GitHubServer, connect: Connect) -> None:
    body = 'é "quoted" \\ \u202e \U0001f600 <!-- --> \n```\x7f'
    connect().create(body)
    assert [comment.body for comment in server.state.comments.values()] == [body]


# --- the request ----------------------------------------------------------------------------


def test_the_head_is_asked_again_at_no_cost(server: GitHubServer, connect: Connect) -> None:
    host = connect()
    assert host.head() == HEAD
    left = server.remaining
    assert host.head() == HEAD
    assert server.remaining == left
    assert server.log[-1][1] == 304
    server.state.push(7, "c" * 40, {})
    assert host.head() == "c" * 40


def test_a_list_is_read_again_only_if_it_has_changed(server: GitHubServer, connect: Connect) -> None:
    host = connect()
    one = host.create("one")
    assert list(host.comments()) == [one]
    assert list(host.comments()) == [one]
    two = host.create("two")
    assert list(host.comments()) == [one, two]
    listed = [status for request, status in server.log if request.path.endswith("/7/comments")]
    assert listed == [201, 200, 304, 201, 200]


def test_github_enterprise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    from promptlint.bot.github import GitHub

    with GitHubServer(ACCOUNTS, "enterprise") as server:
        assert server.api.endswith("/api/v3")
        with GitHub("o/r", 7, TOKEN, server.api + "/", Patience(tries=1)) as host:
            made = host.create("one")
            host.hide(made)
            assert list(host.comments()) == []
            assert host.head() == HEAD
    assert {request.path.partition("/repos")[0] for request, _ in server.log} == {"/api/v3", "/api/graphql"}
    assert server.mistakes == []


def test_a_repository_that_was_renamed(server: GitHubServer, connect: Connect) -> None:
    server.old_name = "o/old"
    host = connect(repo="o/old")
    host.delete(host.create("one"))
    assert server.state.comments == {}
    assert server.asked("DELETE", "^/repos/o/r/")


@pytest.mark.parametrize(
    "repo", ["", "o", "o/..", "o/.", "../r", "o/r/x", "o/r?x=1", "o/r#", "o r/x", "o/r\n"]
)
def test_a_name_that_is_no_repository_s(connect: Connect, repo: str) -> None:
    with pytest.raises(HostError, match="owner/name"):
        connect(repo=repo)


@pytest.mark.parametrize(
    "api",
    [
        "",
        "api.github.com",
        "ftp://h/x",
        "https://",
        "https://u:p@h",
        "https://h?x",
        "http://h:99999",
        "http://h/api/v3",
    ],
)
def test_an_address_that_is_none(api: str) -> None:
    with pytest.raises(UsageError, match="GITHUB_API_URL"):
        Calls(TOKEN, api)


@pytest.mark.parametrize("token", ["", " ", "a b", "a\nHost: x", "é"])
def test_a_token_that_is_none(connect: Connect, token: str) -> None:
    with pytest.raises(UsageError, match="GITHUB_TOKEN") as caught:
        connect(token)
    assert not token.strip() or token not in str(caught.value)


# --- what a token may not -------------------------------------------------------------------


def test_a_token_that_may_only_read(server: GitHubServer, connect: Connect) -> None:
    server.state.pulls[7].hunks = LINES
    made = connect().create("ours")
    connect().remark(HEAD, (remark(3),))
    reader = connect("ghs_reader")
    (ours,), (note,) = reader.comments(), reader.remarks()
    assert ours == made
    for refused in (
        lambda: reader.create("x"),
        lambda: reader.update(made, "x"),
        lambda: reader.delete(made),
        lambda: reader.hide(made),
        lambda: reader.remark(HEAD, (remark(4),)),
        lambda: reader.unremark(note),
        lambda: reader.check(HEAD, Check("promptlint", "t", "s", ())),
    ):
        with pytest.raises(RefusedError):
            refused()
    assert [comment.body for comment in server.state.comments.values()] == ["ours"]


def test_a_locked_conversation_is_refused_in_github_s_words(server: GitHubServer, connect: Connect) -> None:
    server.state.pulls[7].locked = True
    with pytest.raises(RefusedError, match=r"issue is locked"):
        connect().create("x")


# --- which pull requests --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pull", "source", "branch", "found"),
    [
        (Pull(9, "d" * 40), "", "", (9,)),
        (Pull(9, "d" * 40), "o/r", "topic", (9,)),
        (Pull(9, "d" * 40, source="fork/r"), "", "", (9,)),
        (Pull(9, "d" * 40, source="fork/r"), "fork/r", "topic", (9,)),
        (Pull(9, "d" * 40, source="fork/r"), "fork/r", "another", (9,)),
        (Pull(9, "d" * 40, source="fork/r"), "thief/r", "topic", ()),
        (Pull(9, "d" * 40, state="closed"), "", "", ()),
        (Pull(9, "d" * 40, base="up/stream"), "", "", ()),
        (Pull(9, "e" * 40), "", "", ()),
    ],
)
def test_a_pull_request_is_found_by_its_head(
    server: GitHubServer, calls: Calls, pull: Pull, source: str, branch: str, found: tuple[int, ...]
) -> None:
    server.state.pulls[9] = pull
    assert pulls_at(calls, "o/r", "d" * 40, source, branch) == dict.fromkeys(found, "b" * 40)


def test_one_commit_may_be_the_head_of_several(server: GitHubServer, calls: Calls) -> None:
    server.state.pulls |= {n: Pull(n, "d" * 40, branch=f"b{n}") for n in (12, 11)}
    assert pulls_at(calls, "o/r", "d" * 40) == {11: "b" * 40, 12: "b" * 40}


def test_the_branch_saves_looking_through_all(server: GitHubServer, calls: Calls) -> None:
    server.state.pulls[9] = Pull(9, "d" * 40, source="fork/r", branch="fix")
    assert pulls_at(calls, "o/r", "d" * 40, "fork/r", "fix") == {9: "b" * 40}
    (listed,) = server.asked("GET", "^/repos/o/r/pulls$")
    assert listed.query["head"] == "fork:fix"


def test_a_fork_among_many_pull_requests(server: GitHubServer, calls: Calls) -> None:
    server.state.pulls |= {n: Pull(n, f"{n:040x}", source="fork/r") for n in range(100, 320)}
    assert pulls_at(calls, "o/r", f"{110:040x}") == {110: "b" * 40}
    assert len(server.asked("GET", "/pulls$")) == 4  # of the commit, then three pages
