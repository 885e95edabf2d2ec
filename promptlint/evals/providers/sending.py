"""Sends one request over HTTP and takes the answer whole, within one deadline; no more is done for it."""

from __future__ import annotations

import http.client
import io
import ssl
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from promptlint.evals.exchange import FailureKind
from promptlint.evals.providers.addresses import Address
from promptlint.records import dataclass

if TYPE_CHECKING:
    from urllib3 import HTTPConnectionPool, Timeout
    from urllib3.response import BaseHTTPResponse

MOST_BYTES = 20_000_000
"""Of an answer that is taken."""

_CHUNK = 65_536
_MOST_CONNECTING = 30.0
"""Seconds, of each address that a name has."""
_SLICE = 0.25
"""Seconds after which a call that waits looks whether it should still."""


class SendingError(Exception):
    """No whole answer came.

    Args:
        kind: of the failure.
        message: for people; it holds no secret.
        sent: whether the server may have got the request.
        passing: whether it may go better the next time.
    """

    def __init__(self, kind: FailureKind, message: str, sent: bool = True, passing: bool = True) -> None:
        super().__init__(message)
        self.kind: FailureKind = kind
        self.sent = sent
        self.passing = passing


@dataclass(frozen=True, slots=True)
class Answered:
    """What a server answered; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class Sender:
    """The connections to one server; used by several threads at once.

    Redirects are not followed, for a key would go elsewhere; proxies, .netrc and the like of the environment
    are not used; certificates are checked against those that the system trusts.

    Args:
        server: where requests go.
        headers: of each request; they may hold a key.
        size: how many connections are kept.
        timeout: seconds for a whole call, from connecting to the last byte.
    """

    def __init__(self, server: Address, headers: Mapping[str, str], size: int, timeout: float) -> None:
        self._headers = dict(headers)
        self._timeout = timeout
        self._path = server.path
        self._stopped = threading.Event()
        self._call = _Call(self._stopped)
        self._pool = _pool(server, size, self._call)

    def post(self, path: str, body: bytes) -> Answered:
        """The answer to one request, sent once.

        Raises:
            SendingError: none came, or not all of it.
        """
        import urllib3

        self._call.deadline = time.monotonic() + self._timeout
        timeout = urllib3.Timeout(connect=min(self._timeout, _MOST_CONNECTING), read=self._timeout)
        try:
            return self._taken(self._posted(path, body, timeout))
        except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
            failed = _failed(error, self._timeout)
        # Outside of the handler, so that no error of a library, which may hold a header, is chained to ours.
        if self._stopped.is_set():
            failed = SendingError("connection", "given up: the run was stopped", failed.sent, passing=False)
        raise failed

    def _posted(self, path: str, body: bytes, timeout: Timeout) -> BaseHTTPResponse:
        return self._pool.urlopen(
            "POST",
            self._path + path,
            body=body,
            headers=self._headers,
            retries=False,
            redirect=False,
            timeout=timeout,
            preload_content=False,
            decode_content=False,
        )

    def _taken(self, response: BaseHTTPResponse) -> Answered:
        try:
            headers = {name.lower(): value for name, value in response.headers.items()}
            if headers.get("content-encoding", "identity").lower() != "identity":
                raise SendingError("malformed", "a packed answer, which was not asked for", passing=False)
            parts, size = [], 0
            while chunk := response.read1(_CHUNK):
                parts.append(chunk)
                size += len(chunk)
                if size > MOST_BYTES:
                    raise SendingError("malformed", f"more than {MOST_BYTES:,} bytes", passing=False)
            return Answered(response.status, headers, b"".join(parts))
        finally:
            response.close()  # the connection of an answer that was read whole is back in the pool by now

    @property
    def stopped(self) -> threading.Event:
        """Set once the connections are let go of."""
        return self._stopped

    def close(self) -> None:
        """Let go of the connections; a call that is on its way ends soon, without an answer."""
        self._stopped.set()
        self._pool.close()


# --- the deadline ---------------------------------------------------------------------------


class _Call(threading.local):
    """Until when this thread's call may take, on the clock of `time.monotonic`."""

    def __init__(self, stopped: threading.Event) -> None:
        self.stopped = stopped
        self.deadline = 0.0


class _Socket(Protocol):
    """What is asked of a socket, plain or of TLS."""

    def settimeout(self, value: float, /) -> None: ...

    def recv_into(self, buffer: Any, /) -> int: ...  # as of `readinto`


class _Timed(io.RawIOBase):
    """The bytes of a socket up to the deadline of the call: dripping them does not hold it for ever."""

    def __init__(self, raw: io.RawIOBase, sock: _Socket, call: _Call) -> None:
        self._raw, self._sock, self._call = raw, sock, call  # `raw` keeps the socket open until it is closed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # a buffer has no type of its own before Python 3.12
        while (left := self._call.deadline - time.monotonic()) > 0 and not self._call.stopped.is_set():
            self._sock.settimeout(min(left, _SLICE))
            try:
                return self._sock.recv_into(buffer)
            except TimeoutError:
                continue
        raise TimeoutError("timed out")

    def close(self) -> None:
        self._raw.close()
        super().close()


def _pool(server: Address, size: int, call: _Call) -> HTTPConnectionPool:
    import urllib3

    class Response(http.client.HTTPResponse):
        def __init__(self, sock: Any, *arguments: Any, **named: Any) -> None:  # as the library has them
            super().__init__(sock, *arguments, **named)
            self.fp = io.BufferedReader(_Timed(self.fp.detach(), sock, call))

    class Plain(urllib3.connection.HTTPConnection):
        response_class = Response

    class Secure(urllib3.connection.HTTPSConnection):
        response_class = Response

    if server.scheme == "http":
        pool = urllib3.HTTPConnectionPool(server.host, server.port, maxsize=size)
        pool.ConnectionCls = Plain
        return pool
    trusted = ssl.create_default_context()  # checks certificates and names
    secure = urllib3.HTTPSConnectionPool(server.host, server.port, maxsize=size, ssl_context=trusted)
    secure.ConnectionCls = Secure
    return secure


# --- what went wrong ------------------------------------------------------------------------


def _failed(error: Exception, timeout: float) -> SendingError:
    from urllib3 import exceptions

    if isinstance(error, exceptions.SSLError):
        message = (
            "no secure connection: is its certificate trusted here? SSL_CERT_FILE may name your authority"
        )
        return SendingError("connection", message, sent=False, passing=False)
    if isinstance(error, exceptions.NewConnectionError | exceptions.ClosedPoolError):
        return SendingError("connection", "cannot be reached", sent=False)
    if isinstance(error, exceptions.ConnectTimeoutError):
        return SendingError("timeout", "no connection in time", sent=False)
    if isinstance(error, exceptions.TimeoutError | TimeoutError):
        return SendingError("timeout", f"no whole answer within {timeout:g} s")
    if isinstance(error, exceptions.ProtocolError | http.client.IncompleteRead | OSError):
        return SendingError("connection", f"the connection was lost ({type(error).__name__})")
    return SendingError("malformed", f"no answer of HTTP ({type(error).__name__})", passing=False)
