"""A host on this machine over real HTTP: requests, faults and connections, whatever its API is."""

from __future__ import annotations

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
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

# Bodies are JSON of any shape: Any is all that can be said of them.


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
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        bearer = token if kind.lower() in {"bearer", "token"} else ""
        return self.headers.get("private-token") or self.headers.get("job-token") or bearer


@dataclass(frozen=True)
class Answered:
    """An answer before it is sent; status 0: none is."""

    status: int
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def said(status: int, body: object, headers: Mapping[str, str] | None = None) -> Answered:
    """An answer of JSON; None: without a body."""
    return Answered(status, "" if body is None else json.dumps(body), headers or {})


class Loopback:
    """A host. Use it as a context: it is closed at the end, with its threads.

    `log` has each request with the status of its answer (0: dropped), `mistakes` what the host would not know.
    `gate` is around each request that is let in: what is asked is done inside of it.
    """

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.log: deque[tuple[Request, int]] = deque()
        self.mistakes: list[str] = []
        self.gate: Callable[[Request], AbstractContextManager[None]] = lambda request: nullcontext()
        self._lock = threading.Lock()
        self._http = _Http(self)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self.address = f"http://127.0.0.1:{self._http.server_address[1]}"

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
        with self._lock:
            for fault in self.faults:
                if fault.times and fault.verb in {"", request.verb} and re.search(fault.path, request.path):
                    fault.times -= 1
                    return fault
        return None

    def answer(self, request: Request) -> Answered:
        """The answer of a host in good health."""
        raise NotImplementedError

    def limits(self) -> dict[str, str]:
        """The headers that every answer has."""
        return {}


class _Http(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, host: Loopback) -> None:
        self.host = host
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
            self.host.mistakes.append("".join(traceback.format_exception(error)))

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
        host, parts = self.server.host, urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query)),
            {name.lower(): value for name, value in self.headers.items()},
            json.loads(raw) if raw else None,
        )
        fault = host.fault(request)
        if fault and fault.held:
            fault.began.set()
            fault.held.wait(timeout=30)
        if fault is None or fault.held or fault.done:
            answered = host.answer(request)
        if fault and not fault.held:
            answered = Answered(fault.status, fault.body, fault.headers)
        host.log.append((request, answered.status))
        if fault:
            fault.ended.set()
        self._send(answered)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815

    def _send(self, answered: Answered) -> None:
        if not answered.status:  # dropped: not a byte is sent
            self.close_connection = True
            return
        body = answered.text.encode("utf-8", "surrogateescape")
        try:
            self.send_response(answered.status)
            for name, value in {**self.server.host.limits(), **answered.headers}.items():
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
