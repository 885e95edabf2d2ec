"""Requests, and clients that answer without a network, in the threads that ask them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from promptlint.evals.exchange import Attempt, Failure, Reply, Request, Usage, always
from promptlint.prices import Price

PRICE = Price("small", input=1.0, output=1_000_000.0)  # so that an output token costs a dollar
Again = Callable[[], bool]


def request(number: int, repeat: int = 0, limit: int = 1) -> Request:
    return Request("small", ({"role": "user", "content": f"n {number}"},), {"max_tokens": limit}, repeat)


def replied(text: str = "yes", output: int = 0, tries: int = 1) -> Attempt:
    return Attempt(Reply(text, usage=Usage(0, output)), tries=tries)


def failed(kind: str = "server", message: str = "no", tries: int = 1) -> Attempt:
    return Attempt(failure=Failure(kind, message), tries=tries)  # type: ignore[arg-type]


class Fake:
    """A client that answers as a function says, and notes what it was asked."""

    recorded = False

    def __init__(self, answer: Callable[[Request, Again], Attempt] | None = None, name: str = "fake") -> None:
        self.name = name
        self.answer = answer or (lambda request, again: replied(str(request.messages[0]["content"])))
        self.asked: Counter[tuple[str, int]] = Counter()
        self._lock = threading.Lock()

    def ask(self, request: Request, again: Again = always) -> Attempt:
        with self._lock:
            self.asked[request.key, request.repeat] += 1
        return self.answer(request, again)

    def close(self) -> None:
        pass
