"""A GitHub on this machine: the endpoints that the bot uses, over real HTTP, held against GitHub's description."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from .github_data import HELP, Account, as_described, missing, refused
from .github_state import State
from .openapi import OffDescriptionError, Operation, find

SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out "
    "to GitHub Support for help, please include the request ID."
)
PRIMARY = "API rate limit exceeded for installation ID 1."
READ_ONLY = "Resource not accessible by integration"


@dataclass
class Fault:
    """What goes wrong with the next requests that match.

    Args:
        status: of the answer that is given instead; 0: none is given.
        done: what was asked is done all the same.
        held: the request waits for it, then goes on as ever; `began` and `ended` say when it does.
    """

    verb: str = ""
    path: str = ""
    times: int = 1
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    done: bool = False
    held: threading.Event | None = None
    began: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Request:
    """A request as it came."""

    verb: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Answered:
    """An answer before it is sent; `body` None: has none."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None


class GitHubServer:
    """A GitHub with one repository, `state`. Use it as a context: it is closed at the end, with its threads.

    Args:
        accounts: who each token belongs to.
        style: `dotcom` or, with /api/v3 and /api/graphql, `enterprise`.

    `log` has each request with the status of its answer (0: dropped), `mistakes` what is not as described.
    `gate` is around each request that is let in: what is asked is done inside of it.
    """

    def __init__(
        self, accounts: Mapping[str, Account], style: Literal["dotcom", "enterprise"] = "dotcom"
    ) -> None:
        self.accounts = accounts
        self.prefix, self.graphql = {
            "dotcom": ("", "/graphql"),
            "enterprise": ("/api/v3", "/api/graphql"),
        }[style]
        self.state = State()
        self.old_name = ""
        self.faults: list[Fault] = []
        self.log: deque[tuple[Request, int]] = deque()
        self.mistakes: list[str] = []
        self.remaining = 5000
        self.reset = 4_000_000_000
        self.gate: Callable[[Request], AbstractContextManager[None]] = lambda request: nullcontext()
        self._http = _Http(self)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self.root = f"http://127.0.0.1:{self._http.server_address[1]}"
        self.api = self.state.url = self.root + self.prefix

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.hang_up()
        self._http.server_close()  # joins the threads of the connections
        self._thread.join()

    def asked(self, verb: str = "", path: str = "") -> list[Request]:
        """The requests so far, of a verb and of paths that match an expression."""
        return [one for one, _ in self.log if verb in {"", one.verb} and re.search(path, one.path)]

    # --- from a request to its answer -------------------------------------------------------

    def fault(self, request: Request) -> Fault | None:
        """The fault that is meant for a request, used up by it."""
        with self.state.lock:
            for fault in self.faults:
                if fault.times and fault.verb in {"", request.verb} and re.search(fault.path, request.path):
                    fault.times -= 1
                    return fault
        return None

    def answer(self, request: Request) -> Answered:
        """The answer of a GitHub in good health."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        by = self.accounts.get(token) if kind.lower() in {"bearer", "token"} else None
        if by is None:
            body = {"message": "Bad credentials", "documentation_url": HELP, "status": "401"}
            return Answered(401, body)
        if self.remaining <= 0:
            return Answered(*refused(PRIMARY))
        with self.gate(request):
            if request.path == self.graphql:
                return self._spent(Answered(*self.state.graphql(**request.body, by=by)))
            if not request.path.startswith(f"{self.prefix}/"):
                return Answered(*missing())
            return self._rest(request, by)

    def _rest(self, request: Request, by: Account) -> Answered:
        path = request.path.removeprefix(self.prefix)
        path = path.replace("/repositories/1", f"/repos/{self.state.full_name}")
        if self.old_name and path.startswith(f"/repos/{self.old_name}"):
            return self._moved(request, path)
        operation = find(request.verb, path)
        operation.check_request(request.query, request.body)
        if not by.sees or not path.startswith(f"/repos/{self.state.full_name}"):
            return self._spent(Answered(*missing()))
        if request.verb != "GET" and not by.writes:
            return self._spent(Answered(*refused(READ_ONLY)))
        query = {key: text for key, text in request.query.items() if key not in {"page", "per_page"}}
        status, body = self.state.run(operation, query, request.body, by)
        headers: dict[str, str] = {}
        if status == 200 and isinstance(body, list):
            body, headers = self._page(request, body)
        operation.check_answer(status, as_described(body))
        return self._tagged(request, operation, Answered(status, body, headers))

    def _moved(self, request: Request, path: str) -> Answered:
        there = f"{self.api}/repositories/1" + path.removeprefix(f"/repos/{self.old_name}")
        body = {"message": "Moved Permanently", "url": there, "documentation_url": HELP}
        return Answered(301 if request.verb == "GET" else 307, body, {"Location": there})

    def _page(self, request: Request, entries: list[Any]) -> tuple[list[Any], dict[str, str]]:
        size = min(100, int(request.query.get("per_page", "30")))
        page = int(request.query.get("page", "1"))
        last = max(1, -(-len(entries) // size))
        places = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
        wanted = {"prev", "first"} if page >= last else {"next", "last"} if page == 1 else set(places)
        links = [
            f'<{self.root}{request.path}?{urlencode({**request.query, "page": at})}>; rel="{name}"'
            for name, at in places.items()
            if name in wanted
        ]
        shown = entries[(page - 1) * size : page * size]
        return shown, {"Link": ", ".join(links)} if last > 1 else {}

    def _tagged(self, request: Request, operation: Operation, given: Answered) -> Answered:
        """With an ETag; 304, which costs nothing, if the client has that."""
        if request.verb != "GET" or given.status != 200:
            return self._spent(given)
        tag = f'W/"{hashlib.sha256(json.dumps([given.body, dict(given.headers)]).encode()).hexdigest()}"'
        if request.headers.get("if-none-match") == tag:
            return Answered(304, None, {"ETag": tag})
        return self._spent(Answered(200, given.body, {**given.headers, "ETag": tag}))

    def _spent(self, given: Answered) -> Answered:
        with self.state.lock:
            self.remaining -= 1
        return given

    def limits(self) -> dict[str, str]:
        """The headers that every answer has."""
        named = {"limit": 5000, "remaining": max(0, self.remaining), "reset": self.reset, "resource": "core"}
        return {f"X-RateLimit-{name.capitalize()}": str(value) for name, value in named.items()}


class _Http(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, github: GitHubServer) -> None:
        self.github = github
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client may go; a fault of the server's own would look like a dropped connection."""
        error = sys.exception()
        if not isinstance(error, OSError):
            self.github.mistakes.append("".join(traceback.format_exception(error)))

    def hang_up(self) -> None:
        """End the connections that clients keep open."""
        for one in list(self._open):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:  # it has just ended
                continue


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer goes out in one piece, or the other side's acknowledgement is waited for
    server: _Http

    def _handle(self) -> None:
        github, parts = self.server.github, urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query)),
            {name.lower(): value for name, value in self.headers.items()},
            json.loads(raw) if raw else None,
        )
        fault = github.fault(request)
        if fault and fault.held:
            fault.began.set()
            fault.held.wait(timeout=30)
        if fault is None or fault.held or fault.done:
            answered = self._answered(request)
        if fault and not fault.held:
            answered = Answered(fault.status, None, fault.headers, fault.body)
        github.log.append((request, answered.status))
        if fault:
            fault.ended.set()
        self._send(answered)

    do_GET = do_POST = do_PATCH = do_DELETE = _handle  # noqa: N815

    def _answered(self, request: Request) -> Answered:
        try:
            return self.server.github.answer(request)
        except OffDescriptionError as error:
            self.server.github.mistakes.append(str(error))
            return Answered(400, {"message": "Problems parsing JSON", "documentation_url": HELP})

    def _send(self, answered: Answered) -> None:
        if not answered.status:  # dropped: not a byte is sent
            self.close_connection = True
            return
        text = answered.text if answered.text is not None else ""
        if answered.body is not None:
            text = json.dumps(answered.body)
        body = text.encode()
        try:
            self.send_response(answered.status)
            for name, value in {**self.server.github.limits(), **answered.headers}.items():
                self.send_header(name, value)
            if answered.status not in {204, 304}:
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
        except OSError:  # the client has not waited
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is the base class's)
        """Nothing: `log` has what a test needs."""
