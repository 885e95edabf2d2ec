"""A GitLab on this machine: the endpoints that the bot uses, over real HTTP, their parameters checked strictly."""

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
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from jsonschema import Draft202012Validator

from .gitlab_state import Account, Reply, State

DATA = Path(__file__).parents[1] / "data" / "gitlab-endpoints.json"
PROJECTS = {"5", "group%2Fsub%2Fproject"}
SCOPE = {
    "error": "insufficient_scope",
    "error_description": "The request requires higher privileges than provided by the access token.",
    "scope": "api",
}
JOB_MAY = re.compile(r"/job|/projects/[^/]+/merge_requests/\d+(/notes)?")


@dataclass
class Fault:
    """What goes wrong with the next requests that match.

    Args:
        status: of the answer that is given instead; 0: the connection is dropped.
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
    """A request as it came, its path still encoded."""

    verb: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any

    @property
    def token(self) -> str:
        """The token, of whatever kind."""
        bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
        return self.headers.get("private-token") or self.headers.get("job-token") or bearer


@dataclass(frozen=True)
class Answered:
    """An answer before it is sent."""

    status: int
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class GitLabServer:
    """A GitLab with one merge request, `state`. Use it as a context: it is closed at the end, with its threads.

    Args:
        accounts: who each token belongs to.
        root: the path that the instance lives under, such as `/gitlab`.

    `log` has each request with the status of its answer (0: dropped), `mistakes` what GitLab would not know.
    `gate` is around each request that is let in: what is asked is done inside of it.
    """

    def __init__(self, accounts: Mapping[str, Account], root: str = "") -> None:
        self.accounts = accounts
        self.state = State()
        self.faults: list[Fault] = []
        self.log: deque[tuple[Request, int]] = deque()
        self.mistakes: list[str] = []
        self.gate: Callable[[Request], AbstractContextManager[None]] = lambda request: nullcontext()
        self._http = _Http(self)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self.web = f"http://127.0.0.1:{self._http.server_address[1]}{root}"
        self.root = root
        self.api = f"{self.web}/api/v4"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.hang_up()
        self._http.server_close()  # joins the threads of the connections
        self._thread.join()

    def asked(self, verb: str = "", path: str = "") -> list[Request]:
        """The requests so far, of a verb and of paths that match an expression."""
        return [one for one, _ in self.log if verb in {"", one.verb} and re.search(path, one.path)]

    def fault(self, request: Request) -> Fault | None:
        """The fault that is meant for a request, used up by it."""
        with self.state.lock:
            for fault in self.faults:
                if fault.times and fault.verb in {"", request.verb} and re.search(fault.path, request.path):
                    fault.times -= 1
                    return fault
        return None

    # --- from a request to its answer -------------------------------------------------------

    def answer(self, request: Request) -> Answered:
        """The answer of a GitLab in good health."""
        prefix = f"{self.root}/api/v4"
        if not request.path.startswith(f"{prefix}/"):
            return _said(404, {"error": "404 Not Found"})
        path = request.path.removeprefix(prefix)
        by = self.accounts.get(request.token)
        wrong_header = by is not None and (by.scope == "job") != ("job-token" in request.headers)
        if by is None or wrong_header or (by.scope == "job" and not _job_may(request.verb, path)):
            return _said(401, {"message": "401 Unauthorized"})
        if by.scope == "read_api" and request.verb != "GET":
            return _said(403, SCOPE)
        if (template := _find(request.verb, path)) is None:
            self.mistakes.append(f"{request.verb} {path}: no endpoint that the bot is known to use")
            return _said(404, {"error": "404 Not Found"})
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
            return _said(400, {"error": wrong[0]})
        status, body = self._done(request, template, path, by)
        if status < 300 and str(status) in described["answers"] and described["answers"][str(status)]:
            self.mistakes += [
                f"answer of {template}: {error}" for error in _wrong(described["answers"][str(status)], body)
            ]
        headers: dict[str, str] = {}
        if request.verb == "GET" and isinstance(body, list):
            body, headers = self._page(request, body)
        return self._tagged(request, _said(status, body, headers))

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


def _said(status: int, body: object, headers: Mapping[str, str] | None = None) -> Answered:
    return Answered(status, "" if body is None else json.dumps(body), headers or {})


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


class _Http(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, gitlab: GitLabServer) -> None:
        self.gitlab = gitlab
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
            self.gitlab.mistakes.append("".join(traceback.format_exception(error)))

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
        gitlab, parts = self.server.gitlab, urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query)),
            {name.lower(): value for name, value in self.headers.items()},
            json.loads(raw) if raw else None,
        )
        fault = gitlab.fault(request)
        if fault and fault.held:
            fault.began.set()
            fault.held.wait(timeout=30)
        if fault is None or fault.held or fault.done:
            answered = gitlab.answer(request)
        if fault and not fault.held:
            answered = Answered(fault.status, fault.body, fault.headers)
        gitlab.log.append((request, answered.status))
        if fault:
            fault.ended.set()
        self._send(answered)

    do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815

    def _send(self, answered: Answered) -> None:
        if not answered.status:  # dropped: not a byte is sent
            self.close_connection = True
            return
        body = answered.text.encode("utf-8", "surrogateescape")
        try:
            self.send_response(answered.status)
            for name, value in answered.headers.items():
                self.send_header(name, value)
            if answered.status not in {204, 304}:
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
        except OSError:  # the client has not waited
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is the base class's)
        """Nothing: `log` has what a test needs."""
