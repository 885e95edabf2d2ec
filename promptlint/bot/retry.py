"""How often and how long a host is asked again when it fails, is busy or does not answer."""

from __future__ import annotations

import time
from collections.abc import Callable

from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """When to give up: times are in seconds.

    Args:
        tries: how often one request is sent at most.
        wait: the wait before the second try; it doubles each time. A host that names a time is obeyed.
        cap: the most that all requests of one host object wait together.
        timeout: how long one request may take to connect, or stay silent.
        sleep: what waits.
    """

    tries: int = 5
    wait: float = 1.0
    cap: float = 120.0
    timeout: float = 30.0
    sleep: Callable[[float], None] = time.sleep


class Waiting:
    """The waits of one host object, counted together."""

    def __init__(self, patience: Patience) -> None:
        self.patience = patience
        self.waited = 0.0

    def before_next(self, tried: int, named: float | None = None) -> bool:
        """Wait until a request that was tried so often may be sent again.

        Args:
            tried: how often it was sent.
            named: the seconds that the host asks for.

        Returns:
            False, at once, if no try is left or the wait would go over the cap.
        """
        seconds = self.patience.wait * 2 ** (tried - 1) if named is None else max(0.0, named)
        if tried >= self.patience.tries or self.waited + seconds > self.patience.cap:
            return False
        self.waited += seconds
        self.patience.sleep(seconds)
        return True
