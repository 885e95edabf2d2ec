"""Tries a call again where that may help: backoff with jitter, and one pause for all when a server asks."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

from promptlint.evals.exchange import Attempt, Failure, FailureKind, Reply, always
from promptlint.records import dataclass

MOST_TRIES = 6
"""Of one request."""

FIRST_WAIT, MOST_WAIT = 0.5, 30.0
"""Seconds, before jitter: doubled with each try."""

MOST_PAUSE = 120.0
"""Seconds that a server may ask to wait; one that asks for more is given up."""

_UNSURE = frozenset({"timeout", "connection", "malformed"})
_SPREAD = 0.25
"""Of a pause: within it those who waited start again, rather than all at once."""


class TryError(Exception):
    """A try without a reply.

    Args:
        failure: what it means, if it was the last one.
        sent: whether the server may have got the request.
        again: whether another try may help.
        pause: seconds that the server asks everybody to wait; None: it does not say.
    """

    def __init__(self, failure: Failure, sent: bool, again: bool, pause: float | None = None) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.sent = sent
        self.again = again
        self.pause = pause

    @property
    def is_unsure(self) -> bool:
        """Whether it may be paid for: it was sent, and the server did not say that it failed."""
        return self.sent and self.failure.kind in _UNSURE


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, so that tests need neither.

    Args:
        now: seconds, from any start, that never go back.
        wall: seconds since 1970, to read dates by.
        chance: a number from 0 to 1.
        wait: waits for some seconds; True: the run was stopped meanwhile.
    """

    now: Callable[[], float]
    wall: Callable[[], float]
    chance: Callable[[], float]
    wait: Callable[[float], bool]


def clock(stopped: threading.Event) -> Clock:
    """The real one; its waits end when the event is set."""
    return Clock(time.monotonic, time.time, random.random, stopped.wait)


class Tries:
    """The tries of all requests to one server; used by several threads at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._until = 0.0
        self._spread = 0.0
        self._away = False

    def attempt(self, call: Callable[[], Reply], again: Callable[[], bool] = always) -> Attempt:
        """What becomes of a call, after all tries.

        Waits are uniform between 0 and twice as much with each try, up to a limit ("full jitter": M. Brooker,
        Exponential Backoff And Jitter, AWS Architecture Blog, 2015), but never less than the server asks for.

        Args:
            call: sends the request once; raises a TryError if there is no reply.
            again: asked before a try that follows one which may be paid for; see `exchange.Client`.
        """
        sent, unsure, most = 0, 0, 1 if self._away else MOST_TRIES
        last = _failure("connection", "not sent")
        for tried in range(most):
            if stop := self._paused():
                return Attempt(failure=stop if sent == 0 else last, tries=sent, unsure=unsure)
            try:
                reply = call()
            except TryError as error:
                sent, last = sent + error.sent, error.failure
                unsure += error.is_unsure
                if not error.again or tried + 1 == most or (error.is_unsure and not again()):
                    break
                self._everybody_waits(error.pause)
            else:
                self._away = False
                return Attempt(reply=reply, tries=sent + 1, unsure=unsure)
            if self._clock.wait(self._clock.chance() * min(MOST_WAIT, FIRST_WAIT * 2**tried)):
                break
        self._away = sent == 0  # who cannot be reached at all is asked once by those that follow
        return Attempt(failure=last, tries=sent, unsure=unsure)

    def _everybody_waits(self, seconds: float | None) -> None:
        if seconds is not None:
            with self._lock:
                until = self._clock.now() + seconds
                if until > self._until:
                    self._until, self._spread = until, seconds * _SPREAD

    def _paused(self) -> Failure | None:
        """Wait until the server may be asked; why it will not be: it asks for too much, or all is stopped."""
        while True:
            with self._lock:
                left, spread = self._until - self._clock.now(), self._spread
            if left <= 0:
                return None
            if left > MOST_PAUSE:
                return _failure("rate-limit", f"the server asks to wait {left:,.0f} s, more than is waited")
            if self._clock.wait(left + self._clock.chance() * spread):
                return _failure("connection", "not sent: the run was stopped")


def asked_wait(headers: Mapping[str, str], wall: float) -> float | None:
    """The seconds that a server asks to wait: `retry-after-ms`, or `retry-after` as seconds or as a date.

    None: it does not say, or not so that one can tell.

    Args:
        headers: names in lower case.
        wall: seconds since 1970.
    """
    if re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]{1,9})?", short := headers.get("retry-after-ms", "").strip()):
        return float(short) / 1000
    named = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", named):
        return float(named)
    try:
        return max(0.0, parsedate_to_datetime(named[:100]).timestamp() - wall)
    except (ValueError, TypeError, OverflowError, IndexError):  # no date, or none of any calendar
        return None


def _failure(kind: FailureKind, message: str) -> Failure:
    return Failure(kind, message)
