"""The merge request as the bot sees it: the real client against a real server."""

from __future__ import annotations

import pytest

from promptlint.bot.connect import connected
from promptlint.bot.gitlab import GitLab
from promptlint.bot.gitlab_calls import MAX_PAGES
from promptlint.bot.host import Host, Posted
from promptlint.bot.retry import Patience
from promptlint.bot.target import Flags, gitlab
from promptlint.errors import HostError, RefusedError, UsageError

from .gitlab_fixtures import ACCOUNTS, ALICE, BOT, HEAD, TOKEN, Connect, Waits, connect, server, waits
from .gitlab_server import Fault, GitLabServer

__all__ = ["connect", "server", "waits"]  # fixtures


# --- the request ----------------------------------------------------------------------------


@pytest.mark.parametrize("project", ["5", "group/sub/project"])
def test_the_head_is_asked_for_each_time(server: GitLabServer, connect: Connect, project: str) -> None:
    host: Host = connect(project=project)
    assert host.head() == HEAD
    server.state.push("c" * 40, {}, ALICE)
    assert host.head() == "c" * 40


def test_the_base_of_the_diff(connect: Connect) -> None:
    assert connect().base() == "b" * 40


def test_a_request_without_a_diff_is_said(server: GitLabServer, connect: Connect) -> None:
    server.state.prepared = False
    with pytest.raises(HostError, match="no diff yet"):
        connect().base()


@pytest.mark.parametrize("root", ["", "/gitlab", "/a/b"])
@pytest.mark.parametrize("end", ["", "/"])
def test_an_instance_may_live_under_a_path(monkeypatch: pytest.MonkeyPatch, root: str, end: str) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with GitLabServer(ACCOUNTS, root) as server:
        with GitLab("5", 7, TOKEN, server.api + end) as host:
            host.head()
            made = host.create("x")
        assert made.url == f"{server.web}/group/sub/project/-/merge_requests/7#note_{made.id}"
    assert server.mistakes == []


def test_as_the_command_line_connects(server: GitLabServer) -> None:
    env = {"CI_API_V4_URL": server.api, "CI_PROJECT_PATH": "group/sub/project", "CI_MERGE_REQUEST_IID": "7"}
    with connected(gitlab(Flags(), env), TOKEN) as host:
        assert host.head() == HEAD


@pytest.mark.parametrize("project", ["", "x", "a/../b?c", "a b/c", "/a", "a/", "5/6#"])
def test_a_project_that_is_none(project: str) -> None:
    with pytest.raises(HostError, match="neither a number nor"):
        GitLab(project, 7, TOKEN)


@pytest.mark.parametrize(
    "api",
    [
        "",
        "gitlab.com",
        "ftp://x/api/v4",
        "https://u:p@x/api/v4",
        "https://x:y/api/v4",
        "https://x/?q",
        "http://x/api/v4",
    ],
)
def test_an_address_that_is_none(api: str) -> None:
    with pytest.raises(UsageError, match="CI_API_V4_URL: expected an https URL"):
        GitLab("5", 7, TOKEN, api)


@pytest.mark.parametrize("token", ["", " ", "a b", "a\nb", "tökén", "\x00"])
def test_a_token_that_is_none(token: str) -> None:
    with pytest.raises(UsageError, match="token"):
        GitLab("5", 7, token)


def test_a_token_is_taken_without_the_newline_of_its_file(connect: Connect) -> None:
    assert connect(f"{TOKEN}\n").head() == HEAD


# --- comments -------------------------------------------------------------------------------


def test_a_comment_is_made_changed_and_removed(server: GitLabServer, connect: Connect) -> None:
    host = connect()
    made = host.create("one")
    assert [made] == list(host.comments())
    assert made.at.startswith("2026-01-01T")
    host.update(made, "two")
    assert [each.body for each in host.comments()] == ["two"]
    host.delete(made)
    host.delete(made)
    assert server.state.bodies() == []


def test_hiding_removes(server: GitLabServer, connect: Connect) -> None:
    host = connect()
    host.hide(host.create("one"))
    host.hide(Posted("999", ""))
    assert server.state.bodies() == []


def test_only_our_own_notes_are_ours(server: GitLabServer, connect: Connect) -> None:
    state = server.state
    state.write(ALICE, "hers")
    state.write(BOT, "requested review", system=True)
    place = {"new_path": "a", "old_path": "a", "new_line": 1, "position_type": "text"}
    refs = {"base_sha": "b" * 40, "start_sha": "b" * 40, "head_sha": HEAD}
    state.write(BOT, "at a line", at={**place, **refs})
    ours = state.write(BOT, "ours")
    state.reply(ours, ALICE, "hers again")
    assert [(each.id, each.body) for each in connect().comments()] == [(str(ours), "ours")]


def test_all_pages_oldest_first(server: GitLabServer, connect: Connect) -> None:
    for number in range(250):
        server.state.write(ALICE if number % 2 else BOT, f"{number}")
    assert [each.body for each in connect().comments()] == [f"{number}" for number in range(0, 250, 2)]
    pages = [request.query["page"] for request in server.asked("GET", "/notes$")]
    assert pages == ["1", "2", "3"]


def test_a_list_without_end_is_refused(server: GitLabServer, connect: Connect) -> None:
    server.faults = [Fault("GET", "/notes$", 999, 200, {"X-Next-Page": "2"}, "[]")]
    with pytest.raises(HostError, match="more than 20,000 entries"):
        list(connect().comments())
    assert len(server.asked("GET", "/notes$")) == MAX_PAGES


def test_links_of_the_server_are_not_followed(server: GitLabServer, connect: Connect) -> None:
    """An address that an answer names could be anybody's."""
    links = {"Link": '<https://elsewhere.test/x?page=2>; rel="next"'}
    server.faults = [Fault("GET", "/notes$", 1, 200, links, "[]")]
    assert list(connect().comments()) == []


def test_the_longest_comment(server: GitLabServer, connect: Connect) -> None:
    host = connect()
    assert len(host.create("x" * host.limit).body) == 1_000_000
    with pytest.raises(HostError, match=r"400: 400 Bad request - Note .*too long"):
        host.create("x" * (host.limit + 1))


@pytest.mark.parametrize("body", ["x\0y", "x\ud800y", "é\r\nx", "😀", "\u202e"])
def test_any_text_can_be_sent(server: GitLabServer, connect: Connect, body: str) -> None:
    host = connect()
    host.update(host.create(body), body)
    wanted = body.replace("\0", "\ufffd").replace("\ud800", "\ufffd").replace("\r", "")
    assert server.state.bodies() == [wanted]


@pytest.mark.parametrize(
    "body", ["/merge", "x\n/merge\ny", "x\n\r/close", "```\nx\n```\n/approve me", "/assign @alice\n/close"]
)
def test_no_line_is_a_command(server: GitLabServer, connect: Connect, body: str) -> None:
    """GitLab would carry them out with the rights of the token."""
    host = connect()
    made = host.create("x")
    host.update(made, body)
    host.create(body)
    assert server.state.executed == []
    assert len(server.state.bodies()) == 2
    server.state.create(BOT, body)
    assert server.state.executed != []  # the server does carry them out


# --- tokens ---------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["glpat-reader", "glpat-guest"])
def test_a_token_that_may_only_read(server: GitLabServer, connect: Connect, waits: Waits, token: str) -> None:
    mine = server.state.write(BOT, "one")
    host = connect(token)
    (found,) = host.comments()
    assert found.id == str(mine)
    writes = (lambda: host.create("x"), lambda: host.update(found, "x"), lambda: host.delete(found))
    for write in writes:
        with pytest.raises(RefusedError, match=r"GitLab answers 403: .*the scope `api`"):
            write()
    assert server.state.bodies() == ["one"]
    assert waits == []


def test_a_job_s_token_may_only_read(server: GitLabServer, connect: Connect, waits: Waits) -> None:
    mine = server.state.write(ALICE, "one")
    host = connect("glcbt-64_job")
    assert host.head() == HEAD
    (found,) = host.comments()
    assert found.id == str(mine)
    writes = (lambda: host.create("x"), lambda: host.update(found, "x"), lambda: list(host.remarks()))
    for write in writes:
        with pytest.raises(RefusedError, match=r"CI_JOB_TOKEN may only read .*project access token"):
            write()
    assert server.state.bodies() == ["one"]
    assert waits == []


def test_the_kind_of_a_token_can_be_said(server: GitLabServer) -> None:
    with GitLab("5", 7, "secretjob", server.api, Patience(), kind="job") as host:
        assert host.head() == HEAD
    with GitLab("5", 7, "secretjob", server.api) as host, pytest.raises(HostError, match="CI_JOB_TOKEN"):
        host.head()


def test_a_token_of_a_job_that_has_ended(connect: Connect) -> None:
    with pytest.raises(HostError, match="401") as caught:
        list(connect("glcbt-64_ended").comments())
    assert type(caught.value) is HostError
