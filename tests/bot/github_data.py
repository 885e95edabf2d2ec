"""What a GitHub that runs in a test stores, and how its API shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .openapi import sample

# Bodies are JSON of any shape: Any is all that can be said of them.

T = TypeVar("T")
Answer = tuple[int, Any]
Lines = Mapping[str, frozenset[int]]

LIMIT = 65_536
HELP = "https://docs.github.com/rest"


class NotHereError(Exception):
    """What a request names is not stored."""


def here(stored: Mapping[int, T], identity: str) -> T:
    """What is stored under a number."""
    if int(identity) not in stored:
        raise NotHereError(identity)
    return stored[int(identity)]


@dataclass(frozen=True)
class Account:
    """Who a token belongs to, and what it may.

    `checks`: it may write checks also if it may write nothing else; `viewer`: the login that GraphQL gives, if
    that is another.
    """

    login: str
    kind: str = "User"
    writes: bool = True
    checks: bool = False
    sees: bool = True
    viewer: str = ""

    @property
    def login_of_viewer(self) -> str:
        """The login as GraphQL gives it."""
        return self.viewer or self.login


@dataclass(frozen=True)
class Comment:
    """A comment of the conversation."""

    id: int
    author: Account | None
    body: str
    hidden: bool = False

    @property
    def node(self) -> str:
        return f"IC_{self.id}"


@dataclass(frozen=True)
class LineComment:
    """A review comment; `line` None: outdated."""

    id: int
    author: Account | None
    body: str
    path: str
    line: int | None
    start_line: int | None
    made_at: int
    review: int
    answers: int = 0


@dataclass(frozen=True)
class CheckRun:
    """A check run; `body` is what was asked for."""

    id: int
    author: Account
    body: Any

    @property
    def name(self) -> str:
        return str(self.body["name"])

    @property
    def head(self) -> str:
        return str(self.body["head_sha"])


@dataclass(frozen=True)
class Artifact:
    """What a workflow's run has left, packed."""

    id: int
    run: int
    name: str
    data: bytes


@dataclass
class Pull:
    """A pull request; `hunks`: the lines of the new side that its diff shows."""

    number: int
    head: str
    hunks: Lines = field(default_factory=dict)
    state: str = "open"
    source: str = "o/r"
    branch: str = "topic"
    base: str = "o/r"
    locked: bool = False
    base_sha: str = "b" * 40


# --- how things are shown -------------------------------------------------------------------


def show_pull(sample: Any, home: str, pull: Pull) -> Any:
    """A pull request; `home` is the address of the repository."""

    def side(repo: str, sha: str, ref: str) -> Any:
        given = sample["base"]
        return {**given, "sha": sha, "ref": ref, "repo": {**given["repo"], "full_name": repo}}

    return sample | {
        "number": pull.number,
        "state": pull.state,
        "url": f"{home}/pulls/{pull.number}",
        "issue_url": f"{home}/issues/{pull.number}",
        "head": side(pull.source, pull.head, pull.branch),
        "base": side(pull.base, pull.base_sha, "main"),
    }


def show_comment(sample: Any, home: str, one: Comment) -> Any:
    """A comment of the conversation."""
    return sample | {
        "id": one.id,
        "node_id": one.node,
        "url": f"{home}/issues/comments/{one.id}",
        "html_url": f"{home}/pull/7#issuecomment-{one.id}",
        "body": one.body,
        "user": _user(one.author),
        "created_at": f"2026-01-01T00:00:{one.id % 60:02}Z",
    }


def show_remark(sample: Any, home: str, one: LineComment) -> Any:
    """A review comment."""
    answers = {"in_reply_to_id": one.answers} if one.answers else {}
    return (
        sample
        | answers
        | {
            "id": one.id,
            "url": f"{home}/pulls/comments/{one.id}",
            "body": one.body,
            "path": one.path,
            "line": one.line,
            "original_line": one.made_at,
            "start_line": one.start_line,
            "pull_request_review_id": one.review,
            "user": _user(one.author or Account("ghost")),
        }
    )


def show_check(sample: Any, home: str, one: CheckRun) -> Any:
    """A check run."""
    given = {key: value for key, value in one.body.items() if key != "output"}
    output = sample["output"] | {name: one.body["output"][name] for name in ("title", "summary")}
    count = len(one.body["output"].get("annotations", ()))
    shown = {
        "id": one.id,
        "html_url": f"{home}/runs/{one.id}",
        "output": output | {"annotations_count": count},
    }
    return sample | given | shown


def show_artifact(sample: Any, home: str, one: Artifact) -> Any:
    """An artifact of a workflow's run."""
    address = f"{home}/actions/artifacts/{one.id}"
    shown = {"id": one.id, "name": one.name, "size_in_bytes": len(one.data), "expired": False}
    return sample | shown | {"url": address, "archive_download_url": f"{address}/zip"}


def as_described(body: Any) -> Any:
    """A body without what GitHub gives and its description denies: null for the line of an outdated comment."""
    if isinstance(body, list):
        return [as_described(entry) for entry in body]
    if not isinstance(body, dict) or body.get("line", 0) is not None:
        return body
    return {name: value for name, value in body.items() if name != "line"}


def _user(account: Account | None) -> Any:
    if account is None:
        return None
    made = sample({"$ref": "#/schemas/simple-user"})
    return made | {"login": account.login, "type": account.kind}


# --- failures -------------------------------------------------------------------------------


def missing() -> Answer:
    """404."""
    return 404, {"message": "Not Found", "documentation_url": HELP, "status": "404"}


def refused(said: str) -> Answer:
    """403."""
    return 403, {"message": said, "documentation_url": HELP, "status": "403"}


def wrong(said: str, *errors: Any, simple: bool = False) -> Answer:
    """422, with errors in words (simple) or as objects."""
    listed = list(errors) if simple else [{"code": "custom", "message": error} for error in errors]
    return 422, {"message": said, "errors": listed, "documentation_url": HELP}


def too_long(body: str) -> Answer | None:
    if not body.strip():
        return wrong("Validation Failed", "Body cannot be blank")
    if len(body) > LIMIT:
        return wrong("Validation Failed", f"Body is too long (maximum is {LIMIT} characters)")
    return None


def not_found(node: str) -> Any:
    return {"type": "NOT_FOUND", "message": f"Could not resolve to a node with the global id of '{node}'"}
