"""What fails at GitHub, and what the bot makes of it: nothing twice, no long wait, no token in a message."""

from __future__ import annotations

import gc
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from promptlint.bot.github import GitHub
from promptlint.bot.github_answers import MissingError
from promptlint.bot.host import Remark
from promptlint.bot.retry import Patience
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


# --- failures that pass ---------------------------------------------------------------------


@pytest.mark.parametrize("status", [0, 500, 502, 503, 504])
def test_a_reading_is_tried_again(server: GitHubServer, connect: Connect, waits: Waits, status: int) -> None:
    server.faults = [Fault("GET", times=3, status=status, body="<html>oops</html>")]
    assert connect().head() == HEAD
    assert waits == [1, 2, 4]


def test_a_server_that_names_a_time_is_obeyed(server: GitHubServer, connect: Connect, waits: Waits) -> None:
    server.faults = [Fault("GET", status=503, headers={"Retry-After": "9"})]
    assert connect().head() == HEAD
    assert waits == [9]


@pytest.mark.parametrize("status", [0, 500])
def test_in_the_end_it_is_given_up(server: GitHubServer, connect: Connect, waits: Waits, status: int) -> None:
    server.faults = [Fault(times=99, status=status)]
    with pytest.raises(UnreachableError, match="GitHub"):
        connect().head()
    assert waits == [1, 2, 4, 8]
    assert len(server.log) == 5


def test_nobody_answers(waits: Waits) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        api = f"http://127.0.0.1:{free.getsockname()[1]}"
        with (
            GitHub("o/r", 7, TOKEN, api, Patience(sleep=waits.sleep)) as host,
            pytest.raises(UnreachableError, match="cannot be reached"),
        ):
            host.head()
    assert waits == [1, 2, 4, 8]


def test_a_slow_answer_is_waited_for(server: GitHubServer, connect: Connect, waits: Waits) -> None:
    slow = Fault("GET", held=threading.Event())
    server.faults = [slow]

    def later() -> None:
        assert slow.began.wait(timeout=30)
        assert slow.held
        slow.held.set()

    thread = threading.Thread(target=later)
    thread.start()
    assert connect().head() == HEAD
    thread.join()
    assert waits == []


def test_an_answer_that_does_not_come_is_a_failure(
    server: GitHubServer, connect: Connect, waits: Waits
) -> None:
    """The client's own clock runs here, for one second; what it asked for is done after it has gone."""
    held = threading.Event()
    slow = Fault("POST", TALK, held=held)
    server.faults = [slow]

    def then() -> None:
        held.set()
        assert slow.ended.wait(timeout=30)

    waits.then = then
    made = connect(timeout=1).create("one")
    assert waits == [1]
    assert bodies(server) == ["one"]
    assert [made.id] == [str(number) for number in server.state.comments]


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("status", [0, 500, 502, 504])
def test_a_comment_whose_answer_is_lost_is_not_made_twice(
    server: GitHubServer, connect: Connect, status: int, done: bool
) -> None:
    host = connect()
    host.create("before")
    server.faults = [Fault("POST", TALK, status=status, done=done)]
    made = host.create("one")
    assert bodies(server) == ["before", "one"]
    assert made.id == str(max(server.state.comments))
    assert len(server.asked("POST", TALK)) == (2 if done else 3)


def test_the_last_try_may_have_been_done(server: GitHubServer, connect: Connect, waits: Waits) -> None:
    server.faults = [Fault("POST", TALK, status=502), Fault("POST", TALK, status=0, done=True)]
    assert connect(tries=2).create("one").body == "one"
    assert waits == [1]


@pytest.mark.parametrize("status", [0, 500])
@pytest.mark.parametrize("done", [False, True])
def test_changes_and_removals_are_sent_again(
    server: GitHubServer, connect: Connect, status: int, done: bool
) -> None:
    host = connect()
    made = host.create("one")
    server.faults = [Fault(verb, status=status, done=done) for verb in ("PATCH", "DELETE")]
    host.update(made, "two")
    assert bodies(server) == ["two"]
    host.delete(made)
    assert bodies(server) == []
    assert (len(server.asked("PATCH")), len(server.asked("DELETE"))) == (2, 2)


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


def test_the_waits_of_a_run_count_together(server: GitHubServer, connect: Connect, waits: Waits) -> None:
    host = connect()
    server.faults = [Fault(times=99, status=429, headers={"Retry-After": "50"}, body=BUSY)]
    with pytest.raises(UnreachableError, match="in 50 s, at"):
        host.head()
    with pytest.raises(UnreachableError):
        host.head()
    assert waits == [50, 50]


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
        with pytest.raises(HostError, match="not one of GitHub's API"):
            connect().head()
    finally:
        gc.enable()


def test_a_redirect_to_another_host_does_not_get_the_token(server: GitHubServer, connect: Connect) -> None:
    came: list[str] = []

    class Thief(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came.append(self.headers.get("Authorization", ""))

    with HTTPServer(("127.0.0.1", 0), Thief) as thief:
        place = f"http://localhost:{thief.server_address[1]}/repos/o/r"
        for status in (301, 302, 307, 308):
            server.faults = [Fault(status=status, headers={"Location": place})]
            with pytest.raises(HostError, match=r"moved|elsewhere"):
                connect().head()
        thief.timeout = 0
        thief.handle_request()
    assert came == []
