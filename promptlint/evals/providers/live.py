"""The client of a server: one protocol's words, HTTP, and the tries, put together."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from promptlint.evals.exchange import Attempt, Endpoint, Failure, FailureKind, Reply, Request, always
from promptlint.evals.providers import anthropic, openai
from promptlint.evals.providers.addresses import Address
from promptlint.evals.providers.hostile import MalformedError, mapping, parsed
from promptlint.evals.providers.keys import Secret
from promptlint.evals.providers.sending import Answered, Sender, SendingError
from promptlint.evals.providers.tries import Clock, Tries, TryError, asked_wait, clock
from promptlint.records import dataclass

_AGAIN = frozenset({408, 429, 500, 502, 503, 504, 529})
_KINDS: Mapping[int, FailureKind] = {429: "rate-limit", 408: "timeout"}
_NO_MONEY = b"insufficient_quota"
"""OpenAI's word for an account that has nothing left: waiting does not help."""
_MOST_MESSAGE = 300
_SHORTEST_HIDDEN = 6


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a kind of provider is spoken to.

    Args:
        path: below the base address, of each endpoint.
        body: what is sent; raises an UnsayableError.
        reply: the reply in what was answered; raises a MalformedError.
        headers: of each request.
    """

    path: Callable[[Address, Endpoint], str]
    body: Callable[[Request], dict[str, object]]
    reply: Callable[[dict[str, object], Endpoint], Reply]
    headers: Mapping[str, str]


def _messages_path(server: Address, endpoint: Endpoint) -> str:
    return anthropic.PATH.removeprefix("/v1") if server.path.endswith("/v1") else anthropic.PATH


PROTOCOLS: Mapping[str, Protocol] = {
    "openai": Protocol(lambda _, endpoint: openai.PATHS[endpoint], openai.body, openai.reply, {}),
    "anthropic": Protocol(
        _messages_path,
        anthropic.body,
        lambda answer, _: anthropic.reply(answer),
        {"anthropic-version": anthropic.VERSION},
    ),
}
"""By the kind of the provider."""


class LiveClient:
    """Asks a server; see `exchange.Client`.

    Args:
        kind: of the provider.
        server: its base address.
        secret: the header with the key; None: none is sent.
        size: how many calls run at once.
        timeout: seconds of each try.
        time_source: makes the clock from the event that ends waits; tests give their own.
    """

    recorded = False

    def __init__(
        self,
        kind: str,
        server: Address,
        secret: Secret | None,
        size: int,
        timeout: float,
        time_source: Callable[..., Clock] = clock,
    ) -> None:
        self.name = f"{kind} {server.text}"
        self._server = server
        self._protocol = PROTOCOLS[kind]
        self._spellings = _spellings(secret.key) if secret else frozenset()
        headers = {"content-type": "application/json", "accept": "application/json", **self._protocol.headers}
        if secret:
            headers[secret.header] = secret.value
        self._sender = Sender(server, {"user-agent": "promptlint", **headers}, size, timeout)
        self._clock = time_source(self._sender.stopped)
        self._tries = Tries(self._clock)

    def ask(self, request: Request, again: Callable[[], bool] = always) -> Attempt:
        """See `exchange.Client`."""
        try:
            body = json.dumps(self._protocol.body(request), allow_nan=False).encode()
        except (anthropic.UnsayableError, ValueError) as error:
            return Attempt(failure=Failure("refused", f"cannot be sent: {error}"), tries=0)
        path = self._protocol.path(self._server, request.endpoint)
        return self._tries.attempt(lambda: self._once(path, body, request.endpoint), again)

    def close(self) -> None:
        """Let go of connections; waits end at once, calls on their way soon, both as failures."""
        self._sender.close()

    def __repr__(self) -> str:
        return f"LiveClient({self.name!r})"

    def _once(self, path: str, body: bytes, endpoint: Endpoint) -> Reply:
        started = time.perf_counter()
        try:
            answered = self._sender.post(path, body)
        except SendingError as error:
            failure = Failure(error.kind, f"{self._server.text}: {error}")
            raise TryError(failure, error.sent, error.passing) from None
        latency = (time.perf_counter() - started) * 1000
        data = self._without_key(answered.data)
        if answered.status != 200:
            raise self._not_answered(answered, data)
        try:
            return self._reply(data, endpoint, latency)
        except MalformedError as error:
            raise TryError(self._failed("malformed", str(error)), sent=True, again=False) from None

    def _reply(self, data: bytes, endpoint: Endpoint, latency: float) -> Reply:
        answer = parsed(data)
        if answer.get("error") and not answer.get("choices"):
            raise MalformedError(f"status 200 with an error: {_message(data)}")
        return replace(self._protocol.reply(answer, endpoint), latency=latency)

    def _not_answered(self, answered: Answered, data: bytes) -> TryError:
        status = answered.status
        again = status in _AGAIN and not (status == 429 and _NO_MONEY in data)
        said = "it leads elsewhere, which is not followed" if 300 <= status < 400 else _message(data)
        return TryError(
            self._failed(_kind(status), f"status {status}: {said}"),
            sent=True,
            again=again,
            pause=asked_wait(answered.headers, self._clock.wall()) if again else None,
        )

    def _failed(self, kind: FailureKind, message: str) -> Failure:
        return Failure(kind, f"{self._server.text}: {message}")

    def _without_key(self, data: bytes) -> bytes:
        """What a server sent, in which the key does not stand, should it have repeated it."""
        for spelling in self._spellings:
            data = data.replace(spelling, b"[key]")
        return data


def _spellings(key: str) -> frozenset[bytes]:
    """How JSON may spell a key; none of one so short that it could be any word."""
    if len(key) < _SHORTEST_HIDDEN:
        return frozenset()
    escaped = json.dumps(key)[1:-1]
    return frozenset({key.encode(), escaped.encode(), escaped.replace("/", r"\/").encode()})


def _kind(status: int) -> FailureKind:
    """What a status other than 200 means."""
    if status < 300:
        return "malformed"
    return _KINDS.get(status, "server" if status >= 500 else "refused")


def _message(data: bytes) -> str:
    """What a server says of its failure, in one short line."""
    try:
        value = parsed(data)
        error = value.get("error", value.get("message"))
        said = mapping(error).get("message") or error or data.decode()
    except (MalformedError, ValueError):
        said = data[:1000].decode(errors="replace")
    return " ".join(str(said)[:1000].split())[:_MOST_MESSAGE]
