"""What fails at GitLab alone, and what its messages hold. See test_failures.py."""

from __future__ import annotations

import http.client
import json
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import pytest

from promptlint.bot.answers import MissingError
from promptlint.bot.host import Posted, Remark
from promptlint.errors import HostError, UnreachableError

from .gitlab_fixtures import HEAD, TOKEN, Connect, Waits, connect, server, waits
from .gitlab_server import Fault, GitLabServer
from .gitlab_state import File

__all__ = ["connect", "server", "waits"]  # fixtures

BUSY = json.dumps({"message": {"error": "This endpoint has been requested too many times. Try again later."}})
NOTES = "/notes$"


# --- failures that pass ---------------------------------------------------------------------


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("status", [0, 500, 502, 504])
def test_a_note_whose_answer_is_lost_is_not_made_twice(
    server: GitLabServer, connect: Connect, status: int, done: bool
) -> None:
    host = connect()
    host.create("before")
    server.faults = [Fault("POST", NOTES, status=status, done=done)]
    made = host.create("one\r\n/two  \n")
    assert server.state.bodies() == ["before", "one\n\\/two"]
    assert made.id == str(server.state.notes()[-1]["id"])
    assert len(server.asked("POST", NOTES)) == (2 if done else 3)


@pytest.mark.parametrize("page", ["1", "2", "3"])
def test_a_page_that_fails_is_asked_for_again(server: GitLabServer, connect: Connect, page: str) -> None:
    for number in range(250):
        server.state.write(server.accounts[TOKEN], f"{number}")
    host = connect()
    found = []
    for each in host.comments():
        found.append(each.body)
        if len(found) == (int(page) - 1) * 100:
            server.faults = [Fault("GET", NOTES, status=0), Fault("GET", NOTES, status=503)]
    assert found == [f"{number}" for number in range(250)]


# --- rate limits ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"Retry-After": "7"}, 7),
        ({}, 1),
        ({"Retry-After": "soon"}, 1),
        ({"Retry-After": "-5"}, 1),
        ({"Retry-After": "0"}, 0),
    ],
)
@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_a_busy_gitlab_is_asked_when_it_says(
    server: GitLabServer, connect: Connect, waits: Waits, verb: str, headers: dict[str, str], waited: int
) -> None:
    server.faults = [Fault(verb, NOTES, status=429, headers=headers, body=BUSY)]
    host = connect()
    host.create("one")
    assert [each.body for each in host.comments()] == ["one"]
    assert waits == [waited]
    assert server.state.bodies() == ["one"]


def test_nobody_waits_for_an_hour(server: GitLabServer, connect: Connect, waits: Waits) -> None:
    server.faults = [Fault(times=99, status=429, headers={"Retry-After": "3600"}, body=BUSY)]
    with pytest.raises(UnreachableError, match=r"429.*too many times"):
        connect().head()
    assert waits == []
    assert len(server.log) == 1


# --- failures that do not pass --------------------------------------------------------------


def test_a_token_that_is_not_valid(connect: Connect, waits: Waits) -> None:
    with pytest.raises(HostError, match="401: 401 Unauthorized; the token is wrong") as caught:
        connect("glpat-revoked").head()
    assert type(caught.value) is HostError
    assert waits == []


@pytest.mark.parametrize(
    ("token", "project", "iid"), [("glpat-stranger", "5", 7), (TOKEN, "g/none", 7), (TOKEN, "5", 8)]
)
def test_what_is_not_there(connect: Connect, waits: Waits, token: str, project: str, iid: int) -> None:
    host = connect(token, project, iid)
    for ask in (host.head, lambda: list(host.comments()), lambda: host.create("one")):
        with pytest.raises(MissingError, match=r"404: 404 .*; there is no such project or merge request"):
            ask()
    assert waits == []


def test_a_note_that_is_gone_cannot_be_changed(connect: Connect) -> None:
    with pytest.raises(MissingError):
        connect().update(Posted("999", ""), "x")


def test_another_s_note_is_not_changed(server: GitLabServer, connect: Connect) -> None:
    hers = server.state.write(server.accounts["glpat-alice"], "hers")
    for write in (connect().delete, lambda note: connect().update(note, "x")):
        with pytest.raises(HostError, match="403"):
            write(Posted(str(hers), ""))
    assert server.state.bodies() == ["hers"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>sign in</html>",
        "[]",
        "{}",
        "null",
        '"x"',
        '{"id": "3", "sha": 3}',
        "[" * 100_000,
        "[1]",
        '[{"author": null}]',
        "\udcff",
    ],
)
@pytest.mark.parametrize("path", ["/user$", "/merge_requests/7$", NOTES, "/discussions$"])
@pytest.mark.parametrize("status", [200, 400])
def test_an_answer_that_is_not_gitlab_s(
    server: GitLabServer, connect: Connect, path: str, body: str, status: int
) -> None:
    host = connect()
    server.state.files = {"a.md": File("", "x\n")}
    server.state.write(server.accounts["glpat-alice"], "hers")
    server.faults = [Fault(path=path, times=99, status=status, body=body)]

    def ask() -> None:
        host.head()
        list(host.comments())
        host.create("x")
        list(host.remarks())
        assert host.remark(HEAD, (Remark("a.md", 1, 1, "x"),)) == ()

    with pytest.raises(HostError):
        ask()


def test_a_redirect_does_not_take_the_token_along(server: GitLabServer, connect: Connect) -> None:
    came: list[str] = []

    class Thief(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came.append(str(self.headers))

    with HTTPServer(("127.0.0.1", 0), Thief) as thief:
        place = f"http://localhost:{thief.server_address[1]}/api/v4/user"
        for status in (301, 302, 307, 308):
            server.faults = [Fault(times=9, status=status, headers={"Location": place})]
            for ask in (connect().head, lambda: connect().create("x")):
                with pytest.raises(HostError, match="leads elsewhere"):
                    ask()
        thief.timeout = 0
        thief.handle_request()
    assert came == []


# --- messages -------------------------------------------------------------------------------

ECHO = json.dumps({"message": f"no: {TOKEN} \x1b[31m\n::error::x " + "y" * 5000, "errors": [TOKEN]})
FAULTS = [
    *(Fault(times=99, status=s, body=ECHO) for s in (400, 401, 403, 404, 409, 410, 418, 422, 429, 500, 503)),
    Fault(times=99, status=403, body=json.dumps({"message": {TOKEN: [TOKEN]}})),
    Fault(times=99, status=400, body=TOKEN),
    Fault(times=99, status=200, body=TOKEN),
    Fault(times=99, status=301, headers={"Location": f"http://elsewhere.test/{TOKEN}"}),
    Fault(times=99, status=307, headers={"Location": f"http://elsewhere.test/{TOKEN}"}, body=ECHO),
    Fault(times=99, status=0),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{n}-{fault.status}" for n, fault in enumerate(FAULTS)])
def test_no_message_holds_the_token_or_acts(server: GitLabServer, connect: Connect, fault: Fault) -> None:
    host = connect()
    asks: list[Callable[[], object]] = [
        host.head,
        host.base,
        lambda: list(host.comments()),
        lambda: list(host.remarks()),
        lambda: host.create("x"),
        lambda: host.update(Posted("1", ""), "x"),
        lambda: host.remark(HEAD, (Remark("a.md", 1, 1, "x"),)),
    ]
    for ask in asks:
        server.faults = [Fault(**vars(fault))]
        try:
            ask()
        except HostError as error:
            told = "".join(traceback.format_exception(error)) + repr(error) + repr(error.__context__)
            said = str(error)
        else:
            continue
        assert TOKEN not in told
        assert said.isprintable()
        assert len(said) < 500
    assert TOKEN not in repr(host)


# --- the server itself ----------------------------------------------------------------------


def raw(
    server: GitLabServer, verb: str, path: str, headers: dict[str, str], body: str | None = None
) -> tuple[int, dict[str, str], bytes]:
    """An answer as it comes, without any client library."""
    connection = http.client.HTTPConnection(urlsplit(server.api).netloc, timeout=30)
    try:
        connection.request(verb, f"/api/v4{path}", body, {"PRIVATE-TOKEN": TOKEN, **headers})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_the_server_has_etags_and_all_headers_of_pages(server: GitLabServer) -> None:
    for number in range(45):
        server.state.write(server.accounts[TOKEN], f"{number}")
    path = "/projects/5/merge_requests/7/notes?page=2"
    status, headers, body = raw(server, "GET", path, {})
    assert (status, len(json.loads(body))) == (200, 20)
    named = {
        key: headers[f"X-{key}"]
        for key in ("Page", "Next-Page", "Prev-Page", "Per-Page", "Total", "Total-Pages")
    }
    assert list(named.values()) == ["2", "3", "1", "20", "45", "3"]
    assert {part.partition("rel=")[2] for part in headers["Link"].split(",")} == {
        '"prev"',
        '"next"',
        '"first"',
        '"last"',
    }
    assert raw(server, "GET", path, {"If-None-Match": headers["ETag"]})[0::2] == (304, b"")
    server.state.write(server.accounts[TOKEN], "new")
    assert raw(server, "GET", path, {"If-None-Match": headers["ETag"]})[0] == 200


@pytest.mark.parametrize(
    ("verb", "path", "body", "status"),
    [
        ("GET", "/projects/5/merge_requests/7/notes?sort=up", None, 400),
        ("GET", "/projects/5/merge_requests/7/notes?pages=1", None, 400),
        ("POST", "/projects/5/merge_requests/7/notes", {}, 400),
        ("POST", "/projects/5/merge_requests/7/notes", {"body": "x", "text": "y"}, 400),
        ("POST", "/projects/5/merge_requests/7/discussions", {"body": "x", "position": {"new_line": 1}}, 400),
        ("PATCH", "/projects/5/merge_requests/7/notes/1", {"body": "x"}, 404),
        ("GET", "/projects/group/sub/project/merge_requests/7", None, 404),
    ],
)
def test_the_server_takes_nothing_that_gitlab_does_not(
    server: GitLabServer, verb: str, path: str, body: object, status: int
) -> None:
    found = raw(server, verb, path, {}, None if body is None else json.dumps(body))
    assert found[0] == status
    assert len(server.mistakes) == 1
    server.mistakes.clear()
