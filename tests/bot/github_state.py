"""A repository of a GitHub that runs in a test: what is stored, and what each operation does to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from .github_data import (
    Account,
    Answer,
    Artifact,
    CheckRun,
    Comment,
    LineComment,
    Lines,
    NotHereError,
    Pull,
    here,
    missing,
    not_found,
    refused,
    show_artifact,
    show_check,
    show_comment,
    show_pull,
    show_remark,
    too_long,
    wrong,
)
from .openapi import Operation

# Bodies are JSON of any shape: Any is all that can be said of them.


class State:
    """One repository; every operation is atomic."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.url = ""
        self.full_name = "o/r"
        self.pulls = {7: Pull(7, "a" * 40)}
        self.comments: dict[int, Comment] = {}
        self.remarks: dict[int, LineComment] = {}
        self.reviews: list[int] = []
        self.checks: dict[int, CheckRun] = {}
        self.artifacts: dict[int, Artifact] = {}
        self._last = 0

    # --- what a test does -------------------------------------------------------------------

    def write(self, author: Account | None, body: str) -> Comment:
        """A comment by somebody."""
        with self.lock:
            comment = Comment(self._next(), author, body)
            self.comments[comment.id] = comment
            return comment

    def reply(self, to: int, author: Account | None, body: str) -> LineComment:
        """An answer to a review comment."""
        with self.lock:
            made = replace(self.remarks[to], id=self._next(), author=author, body=body, answers=to)
            self.remarks[made.id] = made
            return made

    def push(self, number: int, head: str, hunks: Lines) -> None:
        """New commits: comments at lines that the diff shows no more are outdated."""
        with self.lock:
            pull = self.pulls[number]
            pull.head, pull.hunks = head, hunks
            for one in list(self.remarks.values()):
                if one.line not in hunks.get(one.path, frozenset()):
                    self.remarks[one.id] = replace(one, line=None, start_line=None)

    def leave(self, run: int, name: str, data: bytes) -> None:
        """An artifact of a workflow's run."""
        with self.lock:
            made = Artifact(self._next(), run, name, data)
            self.artifacts[made.id] = made

    # --- what requests do -------------------------------------------------------------------

    def run(self, operation: Operation, query: Mapping[str, str], body: Any, by: Account) -> Answer:
        """The status and the body of the answer."""
        with self.lock:
            try:
                return OPERATIONS[operation.name](self, operation, query, body, by)
            except NotHereError:
                return missing()

    def graphql(self, query: str, variables: Mapping[str, Any], by: Account) -> Answer:
        """The three questions that the bot asks."""
        with self.lock:
            if "viewer {" in query:
                return 200, {"data": {"viewer": {"login": by.login_of_viewer}}}
            if "nodes(ids" in query:
                return self._nodes(variables["ids"])
            if "minimizeComment(" in query:
                return self._minimize(variables["id"], by)
            return 200, {"errors": [{"type": "undefinedField", "message": "Field does not exist"}]}

    def _nodes(self, ids: list[str]) -> Answer:
        by_node = {one.node: one for one in self.comments.values()}
        nodes = [
            {"id": node, "isMinimized": by_node[node].hidden} if node in by_node else None for node in ids
        ]
        errors = [not_found(node) for node, found in zip(ids, nodes, strict=True) if found is None]
        return 200, {"data": {"nodes": nodes}, **({"errors": errors} if errors else {})}

    def _minimize(self, node: str, by: Account) -> Answer:
        found = next((one for one in self.comments.values() if one.node == node), None)
        if found is None:
            return 200, {"data": {"minimizeComment": None}, "errors": [not_found(node)]}
        if not by.writes:
            said = f"{by.login} does not have permission to minimize this comment."
            return 200, {
                "data": {"minimizeComment": None},
                "errors": [{"type": "FORBIDDEN", "message": said, "path": ["minimizeComment"]}],
            }
        self.comments[found.id] = replace(found, hidden=True)
        return 200, {"data": {"minimizeComment": {"minimizedComment": {"isMinimized": True}}}}

    def _repository(self, operation: Operation, query: object, body: Any, by: Account) -> Answer:
        return 200, operation.sample(200) | {"full_name": self.full_name, "url": self._home}

    def _pull(self, operation: Operation, query: object, body: Any, by: Account) -> Answer:
        return 200, show_pull(operation.sample(200), self._home, self._number(operation))

    def _pulls(self, operation: Operation, query: Mapping[str, str], body: Any, by: Account) -> Answer:
        found = [pull for pull in self.pulls.values() if pull.state == query.get("state", "open")]
        if "head" in query:
            heads = {pull.number: f"{pull.source.partition('/')[0]}:{pull.branch}" for pull in found}
            found = [pull for pull in found if heads[pull.number] == query["head"]]
        found.sort(key=lambda pull: pull.number, reverse=query.get("direction", "desc") == "desc")
        return 200, [show_pull(operation.sample_entry(200), self._home, pull) for pull in found]

    def _pulls_of(self, operation: Operation, query: object, body: Any, by: Account) -> Answer:
        """As GitHub's: without those of forks, with closed ones and those that have moved on."""
        found = [pull for pull in self.pulls.values() if pull.source == self.full_name]
        sha = operation.values["commit_sha"]
        if not any(pull.head == sha for pull in found):
            return wrong(f"No commit found for SHA: {sha}", simple=True)
        return 200, [show_pull(operation.sample_entry(200), self._home, pull) for pull in found]

    def _artifacts(self, operation: Operation, query: Mapping[str, str], body: Any, by: Account) -> Answer:
        run = int(operation.values["run_id"])
        found = [
            show_artifact(operation.sample_of(200, "artifacts"), self._home, one)
            for one in self.artifacts.values()
            if one.run == run and one.name == query.get("name", one.name)
        ]
        return 200, {"total_count": len(found), "artifacts": found}

    def _download(self, operation: Operation, query: object, body: Any, by: Account) -> Answer:
        """The answer has no body: it leads to another place, which the server knows."""
        known = int(operation.values["artifact_id"]) in self.artifacts
        return (302, None) if known and operation.values["archive_format"] == "zip" else missing()

    def _talk(self, operation: Operation, query: object, body: Any, by: Account) -> Answer:
        self._number(operation)
        return 200, [
            show_comment(operation.sample_entry(200), self._home, one) for one in self.comments.values()
        ]

    def _say(self, operation: Operation, query: object, body: Any, by: Account) -> Answer:
        if self._number(operation).locked:
            return refused("Unable to create comment because issue is locked.")
        if fault := too_long(body["body"]):
            return fault
        return 201, show_comment(operation.sample(201), self._home, self.write(by, body["body"]))

    def _one(self, operation: Operation, query: object, body: Any, by: Account) -> Answer:
        found = here(self.comments, operation.values["comment_id"])
        return 200, show_comment(operation.sample(200), self._home, found)

    def _edit(self, operation: Operation, query: object, body: Any, by: Account) -> Answer:
        found = here(self.comments, operation.values["comment_id"])
        if fault := too_long(body["body"]):
            return fault
        self.comments[found.id] = replace(found, body=body["body"])
        return 200, show_comment(operation.sample(200), self._home, self.comments[found.id])

    def _remove(self, operation: Operation, query: object, body: Any, by: Account) -> Answer:
        del self.comments[here(self.comments, operation.values["comment_id"]).id]
        return 204, None

    def _remarks(self, operation: Operation, query: object, body: Any, by: Account) -> Answer:
        self._number(operation)
        return 200, [
            show_remark(operation.sample_entry(200), self._home, one) for one in self.remarks.values()
        ]

    def _review(self, operation: Operation, query: object, body: Any, by: Account) -> Answer:
        """All comments, or none."""
        pull = self._number(operation)
        if body.get("event") != "COMMENT" or body["commit_id"] != pull.head:
            return wrong("Unprocessable Entity", "Commit is not part of the pull request", simple=True)
        for one in body["comments"]:
            lines = set(range(one.get("start_line", one["line"]), one["line"] + 1))
            if one["path"] not in pull.hunks:
                return wrong("Unprocessable Entity", "Path could not be resolved", simple=True)
            if not lines <= pull.hunks[one["path"]] or one["side"] != "RIGHT":
                return wrong("Unprocessable Entity", "Line could not be resolved", simple=True)
        review = self._next()
        self.reviews.append(review)
        for one in body["comments"]:
            made = LineComment(
                self._next(),
                by,
                one["body"],
                one["path"],
                one["line"],
                one.get("start_line"),
                one["line"],
                review,
            )
            self.remarks[made.id] = made
        return 200, operation.sample(200) | {"id": review, "body": body.get("body", ""), "state": "COMMENTED"}

    def _unremark(self, operation: Operation, query: object, body: Any, by: Account) -> Answer:
        del self.remarks[here(self.remarks, operation.values["comment_id"]).id]
        return 204, None

    def _check(self, operation: Operation, query: object, body: Any, by: Account) -> Answer:
        if by.kind != "Bot":
            return refused("You must authenticate via a GitHub App.")
        made = CheckRun(self._next(), by, body)
        self.checks[made.id] = made
        return 201, show_check(operation.sample(201), self._home, made)

    def _checks(self, operation: Operation, query: Mapping[str, str], body: Any, by: Account) -> Answer:
        """Of one name and one app the latest, as without a filter."""
        found = [one for one in self.checks.values() if one.head == operation.values["ref"]]
        named = [one for one in found if one.name == query.get("check_name", one.name)]
        latest = {(one.name, one.author): one for one in named}.values()
        part = operation.sample(200)
        entry = operation.sample_of(200, "check_runs")
        return 200, part | {
            "total_count": len(latest),
            "check_runs": [show_check(entry, self._home, one) for one in latest],
        }

    # --- how things are shown ---------------------------------------------------------------

    def _next(self) -> int:
        self._last += 1
        return self._last

    def _number(self, operation: Operation) -> Pull:
        values = operation.values
        return here(self.pulls, values.get("pull_number") or values["issue_number"])

    @property
    def _home(self) -> str:
        return f"{self.url}/repos/{self.full_name}"


Run = Callable[[State, Operation, Mapping[str, str], Any, Account], Answer]

_REPO = "/repos/{owner}/{repo}"
OPERATIONS: Mapping[str, Run] = {
    f"GET {_REPO}": State._repository,
    f"GET {_REPO}/pulls": State._pulls,
    f"GET {_REPO}/pulls/{{pull_number}}": State._pull,
    f"GET {_REPO}/commits/{{commit_sha}}/pulls": State._pulls_of,
    f"GET {_REPO}/issues/{{issue_number}}/comments": State._talk,
    f"POST {_REPO}/issues/{{issue_number}}/comments": State._say,
    f"GET {_REPO}/issues/comments/{{comment_id}}": State._one,
    f"PATCH {_REPO}/issues/comments/{{comment_id}}": State._edit,
    f"DELETE {_REPO}/issues/comments/{{comment_id}}": State._remove,
    f"GET {_REPO}/pulls/{{pull_number}}/comments": State._remarks,
    f"POST {_REPO}/pulls/{{pull_number}}/reviews": State._review,
    f"DELETE {_REPO}/pulls/comments/{{comment_id}}": State._unremark,
    f"GET {_REPO}/actions/runs/{{run_id}}/artifacts": State._artifacts,
    f"GET {_REPO}/actions/artifacts/{{artifact_id}}/{{archive_format}}": State._download,
    f"POST {_REPO}/check-runs": State._check,
    f"GET {_REPO}/commits/{{ref}}/check-runs": State._checks,
}
