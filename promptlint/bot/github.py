"""A pull request of GitHub, as the bot uses it: comments, comments at lines and checks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from promptlint.bot.access import REPO
from promptlint.bot.answers import MissingError, NotTakenError, field, odd
from promptlint.bot.github_calls import API, Calls, Data
from promptlint.bot.github_checks import checked
from promptlint.bot.host import Check, Posted, Remark
from promptlint.bot.retry import Patience
from promptlint.errors import HostError

BATCH = 30
"""Review comments of one request: more look like spam to GitHub, and are refused for a while."""
NODES = 100

_VIEWER = "query { viewer { login } }"
_NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on IssueComment { id isMinimized } } }"
_MINIMIZE = (
    "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED})"
    " { minimizedComment { isMinimized } } }"
)


class GitHub:
    """One pull request with a token: a `Host`. To be closed.

    Args:
        repo: owner/name.
        number: of the pull request.
        token: of a user or an app; never part of a message.
        api: the API's address as in GITHUB_API_URL.
        patience: when to give up.

    Raises:
        HostError: the repository cannot be one.
        UsageError: the address or the token cannot be one.
    """

    limit = 65_536

    def __init__(
        self, repo: str, number: int, token: str, api: str = API, patience: Patience | None = None
    ) -> None:
        self._repo = repo_path(repo)
        self._number = number
        self._calls = Calls(token, api, patience)
        self._told: dict[str, str] = {}  # no cached_property: in Python 3.11 all hosts would share its lock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._calls.close()

    # --- the request ------------------------------------------------------------------------

    def head(self) -> str:
        """The sha that the pull request points to now."""
        pull = self._calls.get(f"{self._home}/pulls/{self._number}")
        return field(field(pull, "head", dict), "sha", str)

    @property
    def _home(self) -> str:
        """The repository's path under its present name: what is sent to an old one may be lost."""
        if "home" not in self._told:
            self._told["home"] = repo_path(field(self._calls.get(self._repo), "full_name", str))
        return self._told["home"]

    @property
    def _login(self) -> str:
        """The account of the token, in lower case."""
        if "login" not in self._told:
            viewer = field(self._calls.graphql(_VIEWER), "viewer", dict)
            self._told["login"] = field(viewer, "login", str).lower()
        return self._told["login"]

    # --- comments ---------------------------------------------------------------------------

    def comments(self) -> Iterator[Posted]:
        """Our comments that are not hidden, oldest first, all pages."""
        login = self._login  # asked for first: what is listed should be as new as can be
        own = [entry for entry in self._calls.pages(self._talk) if _is_own(entry, login)]
        hidden = self._hidden([field(entry, "node_id", str) for entry in own])
        yield from (_posted(entry) for entry in own if field(entry, "node_id", str) not in hidden)

    def create(self, body: str) -> Posted:
        """Add a comment; once, also if the answer to the first try is lost."""

        def made() -> Posted | None:
            same = [comment for comment in self.comments() if _folded(comment.body) == _folded(body)]
            return same[-1] if same else None

        return self._calls.post(self._talk, {"body": body}, made, _posted)

    def update(self, comment: Posted, body: str) -> None:
        """Replace the body of a comment.

        Raises:
            MissingError: it is gone.
        """
        self._calls.patch(self._comment(comment.id), {"body": body})

    def delete(self, comment: Posted) -> None:
        """Remove a comment; one that is gone already is no error."""
        self._calls.delete(self._comment(comment.id))

    def hide(self, comment: Posted) -> None:
        """Fold a comment away as outdated; one that is gone already is no error."""
        try:
            node = field(self._calls.get(self._comment(comment.id)), "node_id", str)
        except MissingError:
            return
        self._calls.graphql(_MINIMIZE, id=node)

    @property
    def _talk(self) -> str:
        return f"{self._home}/issues/{self._number}/comments"

    def _comment(self, identity: str) -> str:
        return f"{self._home}/issues/comments/{int(identity)}"

    def _hidden(self, nodes: list[str]) -> set[str]:
        """Those of the comments that somebody has hidden, which REST does not say everywhere."""
        hidden = set()
        for at in range(0, len(nodes), NODES):
            data = self._calls.graphql(_NODES, ids=nodes[at : at + NODES])
            found = [node for node in field(data, "nodes", list) if node]
            hidden |= {field(node, "id", str) for node in found if field(node, "isMinimized", bool)}
        return hidden

    # --- comments at lines ------------------------------------------------------------------

    def remarks(self) -> Iterator[Remark]:
        """Our comments at lines that open a thread, oldest first, all pages."""
        login = self._login
        entries = list(self._calls.pages(f"{self._home}/pulls/{self._number}/comments"))
        answered = {_thread(entry) for entry in entries if not _is_own(entry, login)}
        for entry in entries:
            if not _thread(entry) and _is_own(entry, login):
                yield _remark(entry, answered=field(entry, "id", int) in answered)

    def remark(self, sha: str, wanted: tuple[Remark, ...]) -> tuple[tuple[Remark, str], ...]:
        """Add comments at lines of commit `sha`; those that GitHub does not take, each with the reason."""
        batches = [wanted[at : at + BATCH] for at in range(0, len(wanted), BATCH)]
        return tuple(refused for batch in batches for refused in self._review(sha, batch))

    def unremark(self, remark: Remark) -> None:
        """Remove a comment at lines; one that is gone already is no error."""
        self._calls.delete(f"{self._home}/pulls/comments/{int(remark.id)}")

    def _review(self, sha: str, batch: tuple[Remark, ...]) -> tuple[tuple[Remark, str], ...]:
        """Post a review; GitHub takes all of it or nothing, so that one that it refuses is halved."""

        def made() -> int | None:
            there = {(remark.path, _folded(remark.body)) for remark in self.remarks()}
            return 0 if there >= {(remark.path, _folded(remark.body)) for remark in batch} else None

        comments = [_wanted(remark) for remark in batch]
        # A review with words of its own cannot be removed with its comments.
        review: Data = {"commit_id": sha, "event": "COMMENT", "body": "", "comments": comments}
        try:
            path = f"{self._home}/pulls/{self._number}/reviews"
            self._calls.post(path, review, made, lambda answer: field(answer, "id", int))
        except NotTakenError as error:
            half = len(batch) // 2
            if not half:
                return ((batch[0], str(error)),)
            return self._review(sha, batch[:half]) + self._review(sha, batch[half:])
        return ()

    # --- checks -----------------------------------------------------------------------------

    def check(self, sha: str, wanted: Check) -> str:
        """Add a check run that blocks nothing to commit `sha`, once: where it is."""
        return checked(self._calls, self._home, sha, wanted)


def repo_path(repo: str) -> str:
    """The path of a repository in the API.

    Raises:
        HostError: it is not owner/name.
    """
    if not REPO.fullmatch(repo):
        raise HostError("the repository is not of the form owner/name: give --repo")
    return f"/repos/{repo}"


def _is_own(comment: object, login: str) -> bool:
    """True if the account `login` wrote it.

    An app's account is `name[bot]`. A person may be called `name`, so the suffix is never taken away; it is
    added where GraphQL leaves it out.
    """
    user = comment.get("user") if isinstance(comment, dict) else odd()
    if not isinstance(user, dict):  # an account that was deleted
        return False
    return field(user, "login", str).lower() in {login, f"{login}[bot]"}


def _posted(entry: object) -> Posted:
    identity, body = field(entry, "id", int), field(entry, "body", str)
    return Posted(str(identity), body, field(entry, "created_at", str), field(entry, "html_url", str))


def _thread(entry: object) -> int:
    """The comment at lines that this one answers; 0: it opens a thread."""
    found = entry.get("in_reply_to_id") if isinstance(entry, dict) else None
    return found if isinstance(found, int) else 0


def _remark(entry: object, answered: bool) -> Remark:
    given = entry if isinstance(entry, dict) else odd()
    line = given.get("line") or given.get("original_line") or 1
    first = given.get("start_line") if given.get("line") else given.get("original_start_line")
    return Remark(
        path=field(given, "path", str),
        start_line=first or line,
        line=line,
        body=field(given, "body", str),
        id=str(field(given, "id", int)),
        answered=answered,
        outdated=given.get("line") is None,
    )


def _wanted(remark: Remark) -> dict[str, object]:
    """A comment of a review, at the new side."""
    several = (
        {"start_line": remark.start_line, "start_side": "RIGHT"} if remark.start_line < remark.line else {}
    )
    return {"path": remark.path, "line": remark.line, "side": "RIGHT", "body": remark.body, **several}


def _folded(body: str) -> str:
    """A body up to what a host may change in it: line ends and space at the end."""
    return body.replace("\r\n", "\n").rstrip()
