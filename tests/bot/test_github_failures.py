"""What fails at GitHub alone: its rate limits, and what does not pass. See test_failures.py."""

from __future__ import annotations

import gc
import json
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from promptlint.bot.answers import MissingError
from promptlint.bot.github import GitHub
from promptlint.bot.host import Posted, Remark
from promptlint.errors import HostError, RefusedError, UnreachableError

from .github_data import HELP
from .github_fixtures import HEAD, TOKEN, Connect, Waits, connect, server, waits
from .github_server import SECONDARY, Fault, GitHubServer

__all__ = ["connect", "server", "waits"]  # fixtures

BUSY = json.dumps({"message": SECONDARY, "documentation_url": HELP})
HOUR = 3600
TALK = "/issues/7/comments$"


def bodies(server: GitHubServer) -> list[str]:
    return [comment.body for comment in server.state.comments.values()]


# --- rate limits ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        (Fault(status=429, headers={"Retry-After": "7"}, body=BUSY), 7),
        (Fault(status=403, headers={"Retry-After": "7"}, body=BUSY), 7),
        (Fault(status=403, headers={"Retry-After": "7"}, body="{}"), 7),
        (Fault(status=403, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "0"}, body="{}"), 1),
        (Fault(status=403, body=BUSY), 60),
        (Fault(status=429, body="{}"), 60),
        (Fault(status=429, headers={"Retry-After": "soon"}), 60),
    ],
)
@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_a_busy_github_is_asked_when_it_says(
    server: GitHubServer, connect: Connect, waits: Waits, verb: str, fault: Fault, waited: int
) -> None:
    server.faults = [Fault(verb, "/repos/", status=fault.status, headers=fault.headers, body=fault.body)]
    connect().create("one")
    assert waits == [waited]
    assert bodies(server) == ["one"]
    assert not server.asked("GET", TALK)  # what was refused was not done: there is nothing to look for


def test_a_spent_limit_is_waited_for(server: GitHubServer, connect: Connect, waits: Waits) -> None:
    server.remaining, server.reset = 0, int(time.time()) + 50

    def then() -> None:
        server.remaining = 5000

    waits.then = then
    assert connect().head() == HEAD
    (waited,) = waits
    assert 40 < waited <= 51


def test_nobody_waits_for_an_hour(server: GitHubServer, connect: Connect, waits: Waits) -> None:
    server.remaining, server.reset = 0, int(time.time()) + HOUR
    with pytest.raises(UnreachableError, match=r"asked again in 3,[56]\d\d s, at \d\d:\d\d:\d\d UTC"):
        connect().head()
    assert waits == []
    assert len(server.log) == 1


def test_graphql_says_200_for_a_limit(server: GitHubServer, connect: Connect, waits: Waits) -> None:
    body = json.dumps({"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]})
    server.faults = [Fault("POST", "/graphql$", status=200, headers={"Retry-After": "3"}, body=body)]
    made = connect().create("one")
    assert list(connect().comments()) == [made]
    assert waits == [3]


# --- failures that do not pass --------------------------------------------------------------


def test_a_token_that_is_not_valid(connect: Connect, waits: Waits) -> None:
    with pytest.raises(HostError, match="401: Bad credentials; the token is not valid") as caught:
        connect("ghp_revoked").head()
    assert type(caught.value) is HostError
    assert waits == []


@pytest.mark.parametrize(
    ("token", "repo", "number"), [("ghs_stranger", "o/r", 7), (TOKEN, "o/none", 7), (TOKEN, "o/r", 8)]
)
def test_what_is_not_there(connect: Connect, waits: Waits, token: str, repo: str, number: int) -> None:
    host = connect(token, repo, number)
    for ask in (host.head, lambda: list(host.comments()), lambda: host.create("one")):
        with pytest.raises(MissingError, match="404: Not Found; there is no such repository or pull request"):
            ask()
    assert waits == []


@pytest.mark.parametrize("kind", ["FORBIDDEN", "INSUFFICIENT_SCOPES"])
def test_graphql_says_200_for_a_refusal(server: GitHubServer, connect: Connect, kind: str) -> None:
    host = connect()
    made = host.create("one")
    body = json.dumps({"data": None, "errors": [{"type": kind, "message": "no"}]})
    server.faults = [Fault("POST", "/graphql$", status=200, body=body)]
    with pytest.raises(RefusedError, match="GitHub answers: no"):
        host.hide(made)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>sign in</html>",
        "[]",
        "{}",
        "null",
        '"x"',
        '{"full_name": 3}',
        '{"full_name": "../../x"}',
        '{"data": {"viewer": null}}',
        '{"errors": 1}',
        '{"errors": [{"type": []}]}',
        "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
)
@pytest.mark.parametrize("path", ["^/repos/o/r$", "/pulls/7$", "/comments$", "/graphql$", "/reviews$"])
def test_an_answer_that_is_not_github_s(server: GitHubServer, connect: Connect, path: str, body: str) -> None:
    host = connect()
    server.state.write(None, "somebody's")
    server.faults = [Fault(path=path, times=99, status=200, body=body)]

    def ask() -> None:
        host.head()
        list(host.comments())
        list(host.remarks())
        server.state.write(server.accounts[TOKEN], "ours")
        list(host.comments())
        host.remark(HEAD, (Remark("a.md", 1, 1, "x"),))

    if (path, body) == ("/comments$", "[]"):  # a list without entries
        return
    with pytest.raises(HostError):
        ask()


def test_an_answer_without_bottom(server: GitHubServer, connect: Connect) -> None:
    server.faults = [Fault(times=99, status=200, body="[" * 100_000)]
    gc.collect()
    gc.disable()  # at the end of the stack, the finalizers of other tests would fail
    try:
        with pytest.raises(HostError, match="not one of the API"):
            connect().head()
    finally:
        gc.enable()


def test_a_redirect_to_another_host_does_not_get_the_token(server: GitHubServer, connect: Connect) -> None:
    came: list[str] = []

    class Thief(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came.append(str(self.headers))

        do_POST = do_PATCH = do_GET  # noqa: N815

    def comments(host: GitHub) -> object:
        return list(host.comments())

    asks = {
        "^/repos/o/r$": GitHub.head,
        TALK: lambda host: host.create("x"),
        "/issues/comments/1$": lambda host: host.update(Posted("1", ""), "x"),
        "^/graphql$": comments,
    }
    with HTTPServer(("127.0.0.1", 0), Thief) as thief:
        place = f"http://localhost:{thief.server_address[1]}/repos/o/r"
        for status in (301, 302, 307, 308):
            for path, ask in asks.items():
                server.faults = [Fault(path=path, status=status, headers={"Location": place})]
                with pytest.raises(HostError, match=r"moved|elsewhere"):
                    ask(connect())
        thief.timeout = 0
        thief.handle_request()
    assert came == []
