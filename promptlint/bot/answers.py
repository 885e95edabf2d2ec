"""What an answer means, whichever host gives it: done, ask again later, missing, or wrong."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from itertools import count
from typing import NoReturn, TypeVar

from promptlint.bot.access import Service
from promptlint.bot.retry import Waiting
from promptlint.errors import HostError, UnreachableError

T = TypeVar("T")


class MissingError(HostError):
    """What was asked for is not there (404, 410)."""


class NotTakenError(HostError):
    """The host finds the request wrong (400, 422 and the like)."""


class AgainError(Exception):
    """A failure that may pass.

    Args:
        message: for the user.
        seconds: the wait that the host asks for.
        lost: whether the host may have done what was asked.
    """

    def __init__(self, message: str, seconds: float | None, lost: bool) -> None:
        super().__init__(message)
        self.seconds = seconds
        self.lost = lost

    def given_up(self) -> UnreachableError:
        """The error for the user; where the host names a time, when to come back."""
        if self.seconds is None:
            return UnreachableError(str(self))
        at = time.strftime("%H:%M:%S", time.gmtime(time.time() + self.seconds))
        return UnreachableError(f"{self}; it can be asked again in {self.seconds:,.0f} s, at {at} UTC")


def patiently(waiting: Waiting, call: Callable[[], T], made: Callable[[], T | None] = lambda: None) -> T:
    """What a call gives, however often it must be made.

    Args:
        waiting: how long it is tried.
        call: raises an AgainError where it should be made again.
        made: finds what an earlier try has made, of which no answer came.

    Raises:
        UnreachableError: it has failed too often.
    """
    for tried in count(1):
        try:
            return call()
        except AgainError as error:
            more = waiting.before_next(tried, error.seconds)
            if error.lost and (found := made()) is not None:
                return found
            if not more:
                raise error.given_up() from None
    raise AssertionError("unreachable")


def unanswered(failed: Exception, host: Service) -> NoReturn:
    """Raise what a failure without an answer means.

    Beside the errors of requests, a RuntimeError is PyGithub's word for a redirect, a ValueError that of
    urllib3 for an address that is none.

    To be called outside of any handler: an error of a library may hold the token, and is not chained to ours.
    """
    from requests import exceptions

    name = type(failed).__name__
    passing = (exceptions.ConnectionError, exceptions.Timeout, exceptions.ChunkedEncodingError)
    if isinstance(failed, exceptions.SSLError):
        raise UnreachableError(
            f"{host.name}'s certificate is not trusted here: name your authority in REQUESTS_CA_BUNDLE"
        )
    if isinstance(failed, passing):
        raise AgainError(f"{host.name} cannot be reached ({name})", None, lost=True)
    if isinstance(failed, (exceptions.TooManyRedirects, RuntimeError)):
        raise HostError(
            f"{host.name}'s address leads elsewhere: give the final one, with https, in {host.api}"
        )
    raise HostError(f"the request to {host.name} cannot be made ({name}): check {host.api} and the proxy")


def odd() -> NoReturn:
    """Raise that an answer is not one of the API."""
    raise HostError("the answer is not one of the API: check its address, GITHUB_API_URL or CI_API_V4_URL")


def field(data: object, name: str, kind: type[T]) -> T:
    """The value under a key of an answer.

    Raises:
        HostError: it is not there, or of another type.
    """
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, kind) else odd()


def clean(message: str, token: str) -> str:
    """Words of the host in one short line, without the token."""
    text = message[:2000].replace(token, "[token]")
    return re.sub(r"[^ -~]+", " ", text).strip()[:200]


def named_wait(headers: Mapping[str, str]) -> float | None:
    """The seconds that the host asks to wait; None: it does not say. Names are looked up in lower case."""
    named = headers.get("retry-after", "")
    return float(named) if re.fullmatch(r"[0-9]{1,9}", named) else None
