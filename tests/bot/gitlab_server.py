"""A GitLab on this machine: the endpoints that the bot uses, over real HTTP, their parameters checked strictly."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jsonschema import Draft202012Validator

from .gitlab_state import Account, Reply, State
from .loopback import Answered, Fault, Loopback, Request, said

__all__ = ["Fault", "GitLabServer", "Request"]

DATA = Path(__file__).parents[1] / "data" / "gitlab-endpoints.json"
PROJECTS = {"5", "group%2Fsub%2Fproject"}
SCOPE = {
    "error": "insufficient_scope",
    "error_description": "The request requires higher privileges than provided by the access token.",
    "scope": "api",
}
JOB_MAY = re.compile(r"/job|/projects/[^/]+/merge_requests/\d+(/notes)?")


class GitLabServer(Loopback):
    """A GitLab with one merge request, `state`.

    Args:
        accounts: who each token belongs to.
        root: the path that the instance lives under, such as `/gitlab`.
    """

    def __init__(self, accounts: Mapping[str, Account], root: str = "") -> None:
        super().__init__()
        self.accounts = accounts
        self.state = State()
        self.root = root
        self.web = f"{self.address}{root}"
        self.api = f"{self.web}/api/v4"

    # --- from a request to its answer -------------------------------------------------------

    def answer(self, request: Request) -> Answered:
        """The answer of a GitLab in good health."""
        prefix = f"{self.root}/api/v4"
        if not request.path.startswith(f"{prefix}/"):
            return said(404, {"error": "404 Not Found"})
        path = request.path.removeprefix(prefix)
        by = self.accounts.get(request.token)
        wrong_header = by is not None and (by.scope == "job") != ("job-token" in request.headers)
        if by is None or wrong_header or (by.scope == "job" and not _job_may(request.verb, path)):
            return said(401, {"message": "401 Unauthorized"})
        if by.scope == "read_api" and request.verb != "GET":
            return said(403, SCOPE)
        if (template := _find(request.verb, path)) is None:
            self.mistakes.append(f"{request.verb} {path}: no endpoint that the bot is known to use")
            return said(404, {"error": "404 Not Found"})
        with self.gate(request), self.state.lock:
            return self._checked(request, template, path, by)

    def _checked(self, request: Request, template: str, path: str, by: Account) -> Answered:
        described = _described()["paths"][template][request.verb]
        wrong = [*_wrong(described["query"], dict(request.query))]
        if described["body"] is not None:
            wrong += _wrong(described["body"], request.body)
        elif request.body is not None:
            wrong.append("takes no body")
        if wrong:
            self.mistakes.append(f"{request.verb} {path}: {wrong[0]}")
            return said(400, {"error": wrong[0]})
        status, body = self._done(request, template, path, by)
        if status < 300 and str(status) in described["answers"] and described["answers"][str(status)]:
            self.mistakes += [
                f"answer of {template}: {error}" for error in _wrong(described["answers"][str(status)], body)
            ]
        headers: dict[str, str] = {}
        if request.verb == "GET" and isinstance(body, list):
            body, headers = self._page(request, body)
        return self._tagged(request, said(status, body, headers))

    def _done(self, request: Request, template: str, path: str, by: Account) -> Reply:
        if template == "/user":
            return 200, by.shown
        if template == "/job":
            return 200, {"id": 1, "name": "prompts", "status": "running", "user": by.shown}
        parts = path.split("/")
        if not by.sees or parts[2] not in PROJECTS:
            return 404, {"message": "404 Project Not Found"}
        if parts[4] != "7":
            return 404, {"message": "404 Not found"}
        if request.verb != "GET" and not by.writes:
            return 403, {"message": "403 Forbidden"}
        return self._merge_request(request, parts, by)

    def _merge_request(self, request: Request, parts: list[str], by: Account) -> Reply:
        state, body = self.state, request.body or {}
        if parts[5:] == ["diffs"] and int(request.query.get("per_page", "20")) > 30:
            return 500, {"message": "500 Internal Server Error"}
        table: Mapping[tuple[str, str], Callable[[], Reply]] = {
            ("GET", ""): lambda: state.merge_request(self.web),
            ("GET", "diffs"): state.diffs,
            ("GET", "notes"): lambda: state.listed(request.query),
            ("GET", "discussions"): state.discussions,
            ("POST", "notes"): lambda: state.create(by, body["body"]),
            ("POST", "discussions"): lambda: state.discuss(by, body["body"], body.get("position")),
            ("PUT", "notes"): lambda: state.change(by, int(parts[6]), body["body"]),
            ("DELETE", "notes"): lambda: state.change(by, int(parts[6]), None),
        }
        return table[request.verb, "".join(parts[5:6])]()

    def _page(self, request: Request, entries: list[Any]) -> tuple[list[Any], dict[str, str]]:
        size = min(100, int(request.query.get("per_page", "20")))
        page = int(request.query.get("page", "1"))
        last = max(1, -(-len(entries) // size))
        places = {"prev": page - 1, "next": page + 1, "first": 1, "last": last}
        links = [
            f'<{self.web}{request.path}?{urlencode({**request.query, "page": at})}>; rel="{name}"'
            for name, at in places.items()
            if 1 <= at <= last
        ]
        numbers = {"Next-Page": page + 1 if page < last else "", "Prev-Page": page - 1 if page > 1 else ""}
        counts = {"Page": page, "Per-Page": size, "Total": len(entries), "Total-Pages": last}
        named = {f"X-{name}": str(value) for name, value in {**numbers, **counts}.items()}
        return entries[(page - 1) * size : page * size], {"Link": ", ".join(links), **named}

    def _tagged(self, request: Request, given: Answered) -> Answered:
        """With an ETag; 304 if the client has that."""
        if request.verb != "GET" or given.status != 200:
            return given
        tag = f'W/"{hashlib.sha256(given.text.encode()).hexdigest()[:32]}"'
        headers = {**given.headers, "ETag": tag}
        same = request.headers.get("if-none-match") == tag
        return Answered(304, "", headers) if same else Answered(200, given.text, headers)


def _job_may(verb: str, path: str) -> bool:
    return verb == "GET" and JOB_MAY.fullmatch(path) is not None


@cache
def _described() -> Mapping[str, Any]:
    return dict(json.loads(DATA.read_text(encoding="utf-8")))


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator({"schemas": _described()["schemas"], **json.loads(schema)})


def _wrong(schema: Mapping[str, Any], value: object) -> list[str]:
    found = _validator(json.dumps(schema)).iter_errors(value)
    return [f"{error.json_path}: {error.message[:300]}" for error in found]


def _find(verb: str, path: str) -> str | None:
    """The template of a path, in which a value may hold a slash only if it is encoded."""
    for template, verbs in _described()["paths"].items():
        pattern = template.replace("{id}", "[^/]+").replace("{merge_request_iid}", r"\d+")
        if verb in verbs and re.fullmatch(pattern.replace("{note_id}", r"\d+"), path):
            return str(template)
    return None
