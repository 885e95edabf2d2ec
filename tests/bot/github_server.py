"""A GitHub on this machine: the endpoints that the bot uses, over real HTTP, held against GitHub's description."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlencode

from .github_data import HELP, Account, as_described, missing, refused
from .github_state import State
from .loopback import Answered, Fault, Loopback, Request, said
from .openapi import OffDescriptionError, find

__all__ = ["Fault", "GitHubServer", "Request"]

SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out "
    "to GitHub Support for help, please include the request ID."
)
PRIMARY = "API rate limit exceeded for installation ID 1."
STORAGE = "/storage/"
READ_ONLY = "Resource not accessible by integration"


class GitHubServer(Loopback):
    """A GitHub with one repository, `state`.

    Args:
        accounts: who each token belongs to.
        style: `dotcom` or, with /api/v3 and /api/graphql, `enterprise`.
    """

    def __init__(
        self, accounts: Mapping[str, Account], style: Literal["dotcom", "enterprise"] = "dotcom"
    ) -> None:
        super().__init__()
        self.accounts = accounts
        self.prefix, self.graphql = {
            "dotcom": ("", "/graphql"),
            "enterprise": ("/api/v3", "/api/graphql"),
        }[style]
        self.state = State()
        self.old_name = ""
        self.remaining = 5000
        self.reset = 4_000_000_000
        self.api = self.state.url = self.address + self.prefix

    # --- from a request to its answer -------------------------------------------------------

    def answer(self, request: Request) -> Answered:
        """The answer of a GitHub in good health."""
        if request.path.startswith(STORAGE):
            return self._stored(request)
        try:
            return self._let_in(request)
        except OffDescriptionError as error:
            self.mistakes.append(str(error))
            return said(400, {"message": "Problems parsing JSON", "documentation_url": HELP})

    def _let_in(self, request: Request) -> Answered:
        by = self.accounts.get(request.token)
        if by is None:
            body = {"message": "Bad credentials", "documentation_url": HELP, "status": "401"}
            return said(401, body)
        if self.remaining <= 0:
            return said(*refused(PRIMARY))
        with self.gate(request):
            if request.path == self.graphql:
                return self._spent(said(*self.state.graphql(**request.body, by=by)))
            if not request.path.startswith(f"{self.prefix}/"):
                return said(*missing())
            return self._rest(request, by)

    def _rest(self, request: Request, by: Account) -> Answered:
        path = request.path.removeprefix(self.prefix)
        path = path.replace("/repositories/1", f"/repos/{self.state.full_name}")
        if self.old_name and path.startswith(f"/repos/{self.old_name}"):
            return self._moved(request, path)
        operation = find(request.verb, path)
        operation.check_request(request.query, request.body)
        if not by.sees or not path.startswith(f"/repos/{self.state.full_name}"):
            return self._spent(said(*missing()))
        allowed = by.writes or (by.checks and path.endswith("/check-runs"))
        if request.verb != "GET" and not allowed:
            return self._spent(said(*refused(READ_ONLY)))
        query = {key: text for key, text in request.query.items() if key not in {"page", "per_page"}}
        status, body = self.state.run(operation, query, request.body, by)
        headers: dict[str, str] = {}
        if status == 200 and isinstance(body, list):
            body, headers = self._page(request, body)
        operation.check_answer(status, as_described(body))
        if status == 302:
            port = self.address.rpartition(":")[2]
            there = f"http://localhost:{port}{STORAGE}{operation.values['artifact_id']}"
            return self._spent(said(302, None, {"Location": there}))
        return self._tagged(request, said(status, body, headers))

    def _stored(self, request: Request) -> Answered:
        """A packed artifact: another host has it, which no token is meant for."""
        if "authorization" in request.headers:
            self.mistakes.append("the token was sent to the storage")
        data = self.state.artifacts[int(request.path.removeprefix(STORAGE))].data
        return Answered(200, data.decode("utf-8", "surrogateescape"))

    def _moved(self, request: Request, path: str) -> Answered:
        there = f"{self.api}/repositories/1" + path.removeprefix(f"/repos/{self.old_name}")
        body = {"message": "Moved Permanently", "url": there, "documentation_url": HELP}
        return said(301 if request.verb == "GET" else 307, body, {"Location": there})

    def _page(self, request: Request, entries: list[Any]) -> tuple[list[Any], dict[str, str]]:
        size = min(100, int(request.query.get("per_page", "30")))
        page = int(request.query.get("page", "1"))
        last = max(1, -(-len(entries) // size))
        places = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
        wanted = {"prev", "first"} if page >= last else {"next", "last"} if page == 1 else set(places)
        links = [
            f'<{self.address}{request.path}?{urlencode({**request.query, "page": at})}>; rel="{name}"'
            for name, at in places.items()
            if name in wanted
        ]
        shown = entries[(page - 1) * size : page * size]
        return shown, {"Link": ", ".join(links)} if last > 1 else {}

    def _tagged(self, request: Request, given: Answered) -> Answered:
        """With an ETag; 304, which costs nothing, if the client has that."""
        if request.verb != "GET" or given.status != 200:
            return self._spent(given)
        tag = f'W/"{hashlib.sha256(json.dumps([given.text, dict(given.headers)]).encode()).hexdigest()}"'
        if request.headers.get("if-none-match") == tag:
            return Answered(304, "", {"ETag": tag})
        return self._spent(Answered(200, given.text, {**given.headers, "ETag": tag}))

    def _spent(self, given: Answered) -> Answered:
        with self.state.lock:
            self.remaining -= 1
        return given

    def limits(self) -> dict[str, str]:
        """The headers that every answer has."""
        named = {"limit": 5000, "remaining": max(0, self.remaining), "reset": self.reset, "resource": "core"}
        return {f"X-RateLimit-{name.capitalize()}": str(value) for name, value in named.items()}
