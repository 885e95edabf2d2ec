"""What the tests of providers share: clients without keys or waits, and requests with a plan."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from promptlint.evals.exchange import Request
from promptlint.evals.providers.addresses import address
from promptlint.evals.providers.keys import Secret
from promptlint.evals.providers.live import LiveClient
from promptlint.evals.providers.tries import Clock

HERE = Path(__file__).parent


class Instant:
    """A clock whose waits take no time; `waits` are those that were asked for."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.waits: list[float] = []
        self._lock = threading.Lock()

    def __call__(self, stopped: threading.Event) -> Clock:
        def wait(seconds: float) -> bool:
            with self._lock:
                self.waits.append(seconds)
                self.time += seconds
            return stopped.is_set()

        return Clock(lambda: self.time, lambda: 1_800_000_000.0, lambda: 1.0, wait)


@contextmanager
def live(
    base_url: str, kind: str = "openai", key: str = "", timeout: float = 20.0, clock: Instant | None = None
) -> Iterator[LiveClient]:
    """A client, closed at the end; with `key` it sends one."""
    secret = Secret("authorization", f"Bearer {key}", key) if key else None
    client = LiveClient(kind, address(base_url), secret, 8, timeout, clock or Instant())
    try:
        yield client
    finally:
        client.close()


def asked(text: str, **parameters: object) -> Request:
    """A request of one message."""
    return Request("small", ({"role": "user", "content": text},), parameters)
