"""The GitHub of the tests is itself tested: it may not be kinder than the real one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from . import openapi
from .github_data import Pull
from .github_fixtures import ALICE, BOT, HEAD, TOKEN, server
from .github_server import Fault, GitHubServer
from .github_state import OPERATIONS
from .openapi import OffDescriptionError

__all__ = ["server"]  # a fixture

DATA = Path(__file__).parents[1] / "data"


class Browser(requests.Session):
    """Asks the server as anybody would."""

    def __init__(self, root: str, token: str = TOKEN) -> None:
        super().__init__()
        self.root, self.trust_env = root, False
        self.headers["Authorization"] = f"Bearer {token}"

    def ask(self, verb: str, path: str, **options: Any) -> requests.Response:
        return self.request(verb, self.root + path, allow_redirects=False, timeout=30, **options)


@pytest.fixture
def browser(server: GitHubServer) -> Iterator[Browser]:
    with Browser(server.api) as browser:
        yield browser


def test_every_operation_of_the_description_is_implemented_and_no_other() -> None:
    described = json.loads(openapi.DATA.read_text())["paths"]
    names = {f"{verb.upper()} {path}" for path, verbs in described.items() for verb in verbs}
    assert names == set(OPERATIONS)


def test_the_description_is_small_and_has_its_licence() -> None:
    assert openapi.DATA.stat().st_size < 400_000
    assert "MIT License" in (DATA / "github-openapi.LICENSE.txt").read_text()
    assert "@octokit/openapi" in json.loads(openapi.DATA.read_text())["source"]


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_samples_are_as_described_and_less_is_not(name: str) -> None:
    verb, path = name.split()
    operation = openapi.find(verb, path.replace("{", "").replace("}", ""))
    for status, schema in operation.described["answers"].items():
        if schema is None:
            operation.check_answer(int(status), None)
            with pytest.raises(OffDescriptionError):
                operation.check_answer(int(status), {})
            continue
        operation.check_answer(int(status), operation.sample(int(status)))
        with pytest.raises(OffDescriptionError):
            operation.check_answer(int(status), 7)
    with pytest.raises(OffDescriptionError):
        operation.check_answer(299, None)


@pytest.mark.parametrize(
    ("verb", "path", "query", "body"),
    [
        ("GET", "/repos/o/r/issues/seven/comments", {}, None),
        ("GET", "/repos/o/r/issues/7/comments", {"pages": "1"}, None),
        ("GET", "/repos/o/r/issues/7/comments", {"per_page": "many"}, None),
        ("GET", "/repos/o/r/pulls", {"state": "merged"}, None),
        ("GET", "/repos/o/r/nothing", {}, None),
        ("PUT", "/repos/o/r/issues/comments/1", {}, {"body": "x"}),
        ("POST", "/repos/o/r/issues/7/comments", {}, None),
        ("POST", "/repos/o/r/issues/7/comments", {}, {"text": "x"}),
        ("POST", "/repos/o/r/issues/7/comments", {}, {"body": "x", "sha": "1"}),
        ("POST", "/repos/o/r/pulls/7/reviews", {}, {"event": "comment"}),
        ("POST", "/repos/o/r/pulls/7/reviews", {}, {"comments": [{"path": "a", "body": "x", "line": "1"}]}),
        ("POST", "/repos/o/r/pulls/7/reviews", {}, {"comments": [{"path": "a", "body": "x", "row": 1}]}),
        ("POST", "/repos/o/r/check-runs", {}, {"name": "x"}),
        ("POST", "/repos/o/r/check-runs", {}, {"name": "x", "head_sha": "1", "conclusion": "bad"}),
        ("DELETE", "/repos/o/r/issues/comments/1", {}, {"body": "x"}),
    ],
)
def test_what_is_not_described_is_a_mistake(
    verb: str, path: str, query: dict[str, str], body: object
) -> None:
    with pytest.raises(OffDescriptionError):
        openapi.find(verb, path).check_request(query, body)


def test_a_mistake_is_written_down(server: GitHubServer, browser: Browser) -> None:
    assert browser.ask("GET", "/repos/o/r/issues/7/comments?pages=1").status_code == 400
    assert server.mistakes == [
        "GET /repos/{owner}/{repo}/issues/{issue_number}/comments: no parameter 'pages'"
    ]
    server.mistakes.clear()


def test_pages_and_their_links(server: GitHubServer, browser: Browser) -> None:
    for number in range(250):
        server.state.write(ALICE, str(number))
    first = browser.ask("GET", "/repos/o/r/issues/7/comments?per_page=100")
    assert [entry["body"] for entry in first.json()] == [str(n) for n in range(100)]
    assert set(first.links) == {"next", "last"}
    last = browser.ask("GET", first.links["last"]["url"].removeprefix(server.api))
    assert len(last.json()) == 50
    assert set(last.links) == {"prev", "first"}
    middle = browser.ask("GET", first.links["next"]["url"].removeprefix(server.api))
    assert set(middle.links) == {"prev", "next", "last", "first"}
    assert len(browser.ask("GET", "/repos/o/r/issues/7/comments").json()) == 30


def test_an_answer_that_is_known_costs_nothing(server: GitHubServer, browser: Browser) -> None:
    known = browser.ask("GET", "/repos/o/r/pulls/7")
    again = browser.ask("GET", "/repos/o/r/pulls/7", headers={"If-None-Match": known.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["X-RateLimit-Remaining"] == known.headers["X-RateLimit-Remaining"]
    server.state.push(7, "c" * 40, {})
    changed = browser.ask("GET", "/repos/o/r/pulls/7", headers={"If-None-Match": known.headers["ETag"]})
    assert (changed.status_code, changed.json()["head"]["sha"]) == (200, "c" * 40)


@pytest.mark.parametrize(("token", "status"), [("wrong", 401), ("ghs_stranger", 404), ("ghs_reader", 403)])
def test_what_a_token_may_not(server: GitHubServer, token: str, status: int) -> None:
    with Browser(server.api, token) as browser:
        answer = browser.ask("POST", "/repos/o/r/issues/7/comments", json={"body": "x"})
    assert answer.status_code == status
    assert server.state.comments == {}


def test_a_spent_limit(server: GitHubServer, browser: Browser) -> None:
    server.remaining = 1
    assert browser.ask("GET", "/repos/o/r").status_code == 200
    answer = browser.ask("GET", "/repos/o/r")
    assert (answer.status_code, answer.headers["X-RateLimit-Remaining"]) == (403, "0")


def test_a_token_that_may_write_may_write_over_others(server: GitHubServer, browser: Browser) -> None:
    """As at GitHub: nothing but the bot's own care keeps it from what others wrote."""
    theirs = server.state.write(ALICE, "mine")
    browser.ask("PATCH", f"/repos/o/r/issues/comments/{theirs.id}", json={"body": "x"})
    assert [one.body for one in server.state.comments.values()] == ["x"]
    assert browser.ask("DELETE", f"/repos/o/r/issues/comments/{theirs.id}").status_code == 204
    assert browser.ask("DELETE", f"/repos/o/r/issues/comments/{theirs.id}").status_code == 404


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ({"path": "a.md", "line": 9, "side": "RIGHT", "body": "x"}, "Line could not be resolved"),
        (
            {"path": "a.md", "line": 3, "start_line": 1, "side": "RIGHT", "body": "x"},
            "Line could not be resolved",
        ),
        ({"path": "a.md", "line": 3, "side": "LEFT", "body": "x"}, "Line could not be resolved"),
        ({"path": "b.md", "line": 3, "side": "RIGHT", "body": "x"}, "Path could not be resolved"),
    ],
)
def test_a_review_is_taken_whole_or_not(
    server: GitHubServer, browser: Browser, comment: dict[str, Any], said: str
) -> None:
    server.state.pulls[7] = Pull(7, HEAD, {"a.md": frozenset({3, 4})})
    good = {"path": "a.md", "line": 4, "start_line": 3, "side": "RIGHT", "body": "x"}
    review = {"commit_id": HEAD, "event": "COMMENT", "comments": [good, comment]}
    answer = browser.ask("POST", "/repos/o/r/pulls/7/reviews", json=review)
    assert (answer.status_code, answer.json()["errors"]) == (422, [said])
    assert server.state.remarks == {}
    review["comments"] = [good]
    assert browser.ask("POST", "/repos/o/r/pulls/7/reviews", json=review).status_code == 200
    assert len(server.state.remarks) == 1


def test_dropped_before_and_after(server: GitHubServer, browser: Browser) -> None:
    server.faults = [Fault("POST"), Fault("POST", done=True)]
    for kept in ([], ["x"]):
        with pytest.raises(requests.ConnectionError):
            browser.ask("POST", "/repos/o/r/issues/7/comments", json={"body": "x"})
        assert [one.body for one in server.state.comments.values()] == kept


def test_a_repository_that_was_renamed(server: GitHubServer, browser: Browser) -> None:
    server.old_name = "o/old"
    moved = browser.ask("GET", "/repos/o/old")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"{server.api}/repositories/1")
    assert browser.ask("GET", "/repositories/1").json()["full_name"] == "o/r"
    assert browser.ask("POST", "/repos/o/old/issues/7/comments", json={"body": "x"}).status_code == 307
    assert server.state.comments == {}


def test_graphql_hides_comments(server: GitHubServer, browser: Browser) -> None:
    comment = server.state.write(BOT, "x")
    hide = {"query": "mutation { minimizeComment(input: {}) { x } }", "variables": {"id": comment.node}}
    look = {"query": "query { nodes(ids: []) { x } }", "variables": {"ids": [comment.node, "IC_9"]}}
    assert browser.ask("POST", "/graphql", json=hide).json()["data"]["minimizeComment"]
    answer = browser.ask("POST", "/graphql", json=look).json()
    assert answer["data"]["nodes"] == [{"id": comment.node, "isMinimized": True}, None]
    assert answer["errors"][0]["type"] == "NOT_FOUND"
    other = browser.ask("POST", "/graphql", json={"query": "{ x }", "variables": {}}).json()
    assert "data" not in other
