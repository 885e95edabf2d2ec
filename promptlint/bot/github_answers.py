"""What an answer of GitHub means: done, ask again later, refused, missing, or wrong."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from typing import cast

from promptlint.bot.answers import AgainError, MissingError, NotTakenError, clean, named_wait, odd
from promptlint.errors import HostError, RefusedError
from promptlint.records import dataclass

_SECONDARY = 60.0  # seconds to wait where a limit is met and GitHub does not say how long: its own advice
_REFUSALS = {"FORBIDDEN", "INSUFFICIENT_SCOPES"}


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
        raise AgainError(message, named_wait(answer.headers), lost=True)
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


def _words(error: object) -> str:
    """What an entry of an error says: itself, or its message."""
    found = error.get("message") if isinstance(error, dict) else error
    return found if isinstance(found, str) else ""


def _seconds(answer: Answer) -> float:
    """The seconds until a rate limit is over, as GitHub's documentation tells to find them."""
    named, reset = named_wait(answer.headers), answer.headers.get("x-ratelimit-reset", "")
    if named is not None:
        return named
    if answer.headers.get("x-ratelimit-remaining") == "0" and re.fullmatch(r"[0-9]{1,12}", reset):
        return max(0.0, int(reset) - time.time()) + 1  # it is over within that second
    return _SECONDARY
