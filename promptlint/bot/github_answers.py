"""What an answer of GitHub means: done, ask again later, refused, missing, or wrong."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, NoReturn, TypeVar, cast

from promptlint.errors import HostError, RefusedError, UnreachableError
from promptlint.records import dataclass

if TYPE_CHECKING:
    from requests import RequestException

T = TypeVar("T")

_SECONDARY = 60.0  # seconds to wait where a limit is met and GitHub does not say how long: its own advice
_REFUSALS = {"FORBIDDEN", "INSUFFICIENT_SCOPES"}


class MissingError(HostError):
    """What was asked for is not there (404, 410)."""


class NotTakenError(HostError):
    """The host finds the request wrong (422)."""


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
        """The error for the user; where GitHub names a time, when to come back."""
        if self.seconds is None:
            return UnreachableError(str(self))
        at = time.strftime("%H:%M:%S", time.gmtime(time.time() + self.seconds))
        return UnreachableError(f"{self}; it can be asked again in {self.seconds:,.0f} s, at {at} UTC")


@dataclass(frozen=True, slots=True)
class Answer:
    """What GitHub has answered; the names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    def json(self) -> object:
        """The body; None if there is none."""
        try:
            return cast("object", json.loads(self.text)) if self.text else None
        except (ValueError, RecursionError):
            return odd()

    def said(self) -> str:
        """GitHub's own words for a failure, as they came; empty if there are none."""
        try:
            data = json.loads(self.text)
        except (ValueError, RecursionError):
            return ""
        errors = data.get("errors") if isinstance(data, dict) else None
        details = [_words(error) for error in errors[:3]] if isinstance(errors, list) else []
        return "; ".join(filter(None, [_words(data), *details]))


def check(answer: Answer, token: str) -> Answer:
    """The answer, if it is a success.

    Args:
        answer: of the REST API.
        token: what no message may hold.

    Raises:
        AgainError: the failure may pass.
        HostError: it will not.
    """
    status, said = answer.status, clean(answer.said(), token)
    if status < 300 or status == 304:
        return answer
    message = f"GitHub answers {status}" + (f": {said}" if said else "")
    if status == 429 or (status == 403 and _is_limit(answer)):
        raise AgainError(f"GitHub's rate limit is reached ({status})", _seconds(answer), lost=False)
    if status >= 500:
        raise AgainError(message, _named(answer), lost=True)
    if status < 400:
        raise HostError(f"{message}; the repository has moved: give its present name")
    kind, advice = _MEANINGS.get(status, (HostError, ""))
    raise kind(f"{message}; {advice}" if advice else message)


def check_graphql(answer: Answer, token: str) -> object:
    """The data of an answer of GraphQL, which says 200 whatever it means; null where something is missing.

    Raises:
        AgainError: the failure may pass.
        HostError: it will not.
    """
    body = check(answer, token).json()
    if not isinstance(body, dict):
        odd()
    errors = body.get("errors")
    listed = errors if isinstance(errors, list) else []
    kinds = {str(error.get("type")) for error in listed if isinstance(error, dict)}
    message = f"GitHub answers: {clean(answer.said(), token)}"
    if "RATE_LIMITED" in kinds:
        raise AgainError("GitHub's rate limit is reached (GraphQL)", _seconds(answer), lost=False)
    if kinds & _REFUSALS:
        raise RefusedError(message)
    if errors and kinds != {"NOT_FOUND"}:
        raise HostError(message)
    return body.get("data")


def clean(message: str, token: str) -> str:
    """Words of the host in one short line, without the token."""
    text = message[:2000].replace(token, "[token]")
    return re.sub(r"[^ -~]+", " ", text).strip()[:200]


def _is_limit(answer: Answer) -> bool:
    from github.Requester import Requester

    spent = answer.headers.get("x-ratelimit-remaining") == "0"
    return "retry-after" in answer.headers or spent or Requester.isRateLimitError(answer.said())


_MEANINGS: Mapping[int, tuple[type[HostError], str]] = {
    401: (HostError, "the token is not valid: it is wrong, expired or revoked"),
    403: (RefusedError, "the token may not do this: it needs `pull-requests: write`"),
    404: (MissingError, "there is no such repository or pull request, or the token may not see it"),
    410: (MissingError, ""),
    422: (NotTakenError, ""),
}


def unanswered(failed: RequestException | RuntimeError) -> NoReturn:
    """Raise what a failure without an answer means."""
    from requests import exceptions

    name = type(failed).__name__
    passing = (exceptions.ConnectionError, exceptions.Timeout, exceptions.ChunkedEncodingError)
    if isinstance(failed, exceptions.SSLError):
        raise UnreachableError(
            "GitHub's certificate is not trusted here: name your authority in REQUESTS_CA_BUNDLE"
        )
    if isinstance(failed, passing):
        raise AgainError(f"GitHub cannot be reached ({name})", None, lost=True)
    if isinstance(failed, RuntimeError):
        raise HostError("GitHub's address leads elsewhere: give the final one, with https, in GITHUB_API_URL")
    raise HostError(f"the request to GitHub cannot be made ({name})")


def odd() -> NoReturn:
    """Raise that an answer is not one of GitHub's API."""
    raise HostError("the answer is not one of GitHub's API: check the address in GITHUB_API_URL")


def field(data: object, name: str, kind: type[T]) -> T:
    """The value under a key of an answer.

    Raises:
        HostError: it is not there, or of another type.
    """
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, kind) else odd()


def _words(error: object) -> str:
    """What an entry of an error says: itself, or its message."""
    found = error.get("message") if isinstance(error, dict) else error
    return found if isinstance(found, str) else ""


def _named(answer: Answer) -> float | None:
    """The seconds that the host asks to wait; None: it does not say."""
    named = answer.headers.get("retry-after", "")
    return float(named) if re.fullmatch(r"[0-9]{1,9}", named) else None


def _seconds(answer: Answer) -> float:
    """The seconds until a rate limit is over, as GitHub's documentation tells to find them."""
    named, reset = _named(answer), answer.headers.get("x-ratelimit-reset", "")
    if named is not None:
        return named
    if answer.headers.get("x-ratelimit-remaining") == "0" and re.fullmatch(r"[0-9]{1,12}", reset):
        return max(0.0, int(reset) - time.time()) + 1  # it is over within that second
    return _SECONDARY
