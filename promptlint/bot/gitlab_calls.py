"""Requests to GitLab's REST API: pages, retries, and what each failure means, with python-gitlab below."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import TYPE_CHECKING, Literal, NoReturn, TypeVar
from urllib.parse import urlsplit

from promptlint.bot.retry import Patience, Waiting
from promptlint.errors import HostError, RefusedError, UnreachableError

if TYPE_CHECKING:
    from gitlab import Gitlab
    from gitlab.exceptions import GitlabError
    from requests import RequestException, Response

TokenKind = Literal["private", "job"]
Verb = Literal["get", "post", "put", "delete"]
Data = dict[str, object]
T = TypeVar("T")

MAX_PAGES = 200
_SUFFIX = "/api/v4"
_JOB = (
    "CI_JOB_TOKEN may only read merge requests: make a project access token with the scope `api` and the "
    "role Reporter or higher, and give it as GITLAB_TOKEN"
)
_NOT_FOR_JOBS = ("/discussions", "/diffs")
_ADVICE = {
    401: "the token is wrong, expired or revoked (a CI_JOB_TOKEN is none that can write)",
    403: "the token may not do this: it needs the scope `api` and the role Reporter or higher",
    404: "there is no such project or merge request, or the token may not see it",
    413: "the comment is too large for this server",
}


class _AgainError(Exception):
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


class Calls:
    """A connection to the API of one GitLab instance; to be closed.

    Args:
        url: the API's address as in CI_API_V4_URL; the instance may live under a path.
        token: a personal, project or group access token (`private`), or the token of a CI job (`job`).

    Raises:
        HostError: the address or the token cannot be one.
    """

    def __init__(self, url: str, token: str, kind: TokenKind, patience: Patience) -> None:
        self.kind = kind
        self._token = _token(token)
        self._waiting = Waiting(patience)
        self._headers: Mapping[str, str] = {}
        self._gitlab = _client(_base(url), self._token, kind, patience.timeout)
        self._gitlab.session.hooks["response"].append(self._remember)

    def close(self) -> None:
        """Close the connection."""
        self._gitlab.session.close()

    def get(self, path: str) -> object:
        """What is at a path of the API."""
        return self._json(self._ask("get", path))

    def pages(self, path: str, size: int, **query: str) -> Iterator[object]:
        """All entries of a list, page by page.

        Raises:
            HostError: there are more than `MAX_PAGES` pages.
        """
        page = "1"
        for _ in range(MAX_PAGES):
            answer = self._ask("get", path, query={**query, "per_page": str(size), "page": page})
            entries = self._json(answer)
            if not isinstance(entries, list):
                odd()
            yield from entries
            page = answer.headers.get("X-Next-Page", "")
            if not page:
                return
        raise HostError(f"GitLab has more than {MAX_PAGES * size:,} entries in one list; none were changed")

    def post(self, path: str, data: Data, made: Callable[[], T | None], read: Callable[[object], T]) -> T:
        """Make something once: after a failure that leaves it open, look whether it was made.

        Args:
            made: finds what an earlier try has made.
            read: makes the result of the answer.
        """
        for tried in count(1):
            try:
                return read(self._json(self._once("post", path, data, {})))
            except _AgainError as error:
                more = self._waiting.before_next(tried, error.seconds)
                if error.lost and (found := made()) is not None:
                    return found
                if not more:
                    raise UnreachableError(str(error)) from None
        raise AssertionError("unreachable")

    def put(self, path: str, data: Data) -> None:
        """Change what is at a path."""
        self._ask("put", path, data)

    def delete(self, path: str) -> None:
        """Remove what is at a path; what is gone already is no error."""
        try:
            self._ask("delete", path)
        except MissingError:
            return

    def _ask(self, verb: Verb, path: str, data: Data | None = None, query: Data | None = None) -> Response:
        """The answer to a request that may be sent twice."""
        for tried in count(1):
            try:
                return self._once(verb, path, data, query or {})
            except _AgainError as error:
                if not self._waiting.before_next(tried, error.seconds):
                    raise UnreachableError(str(error)) from None
        raise AssertionError("unreachable")

    def _once(self, verb: Verb, path: str, data: Data | None, query: Data) -> Response:
        from gitlab.exceptions import GitlabError
        from requests import RequestException

        try:
            return self._gitlab.http_request(
                verb, path, query, data, obey_rate_limit=False, retry_transient_errors=False
            )
        except GitlabError as error:
            failed: GitlabError | RequestException = error
        except RequestException as error:
            failed = error
        except RecursionError:  # the library reads the JSON of a failure
            odd()
        # Outside of the handlers: an error of a library may hold the token, and must not be chained to ours.
        if isinstance(failed, GitlabError):
            raise self._answered(failed, verb == "get" and not path.endswith(_NOT_FOR_JOBS))
        raise self._unanswered(failed)

    def _remember(self, response: Response, **options: object) -> None:
        self._headers = response.headers  # the library's errors leave them out

    def _answered(self, failed: GitlabError, open_to_jobs: bool) -> Exception:
        """What an answer that is no success means."""
        status = failed.response_code or 0
        message = f"GitLab answers {status}: {self._clean(failed.error_message)}"
        if status == 429 or status >= 500:
            return _AgainError(message, _seconds(self._headers), lost=status != 429)
        if self.kind == "job" and status in (401, 403) and not open_to_jobs:
            return RefusedError(f"{message}; {_JOB}")
        advice = _ADVICE.get(status)
        return _ERRORS.get(status, NotTakenError)(f"{message}; {advice}" if advice else message)

    def _unanswered(self, failed: RequestException) -> Exception:
        """What a failure without an answer means."""
        from requests import exceptions

        name = type(failed).__name__
        if isinstance(failed, exceptions.SSLError):
            return UnreachableError(
                "GitLab's certificate is not trusted here: name your authority in REQUESTS_CA_BUNDLE"
            )
        if isinstance(failed, exceptions.TooManyRedirects):
            return HostError(
                "GitLab's address leads elsewhere: give the final one, with https, in CI_API_V4_URL"
            )
        passing = (exceptions.ConnectionError, exceptions.Timeout, exceptions.ChunkedEncodingError)
        if isinstance(failed, passing):
            return _AgainError(f"GitLab cannot be reached ({name})", None, lost=True)
        return HostError(f"the request to GitLab cannot be made ({name})")

    def _json(self, answer: Response) -> object:
        try:
            found: object = answer.json()
        except (ValueError, RecursionError):
            odd()
        return found

    def _clean(self, message: object) -> str:
        """A message of the host in one short line, without the token."""
        text = message if isinstance(message, str) else repr(message)
        text = text[:2000].replace(self._token, "[token]")
        return re.sub(r"[^ -~]+", " ", text).strip()[:200] or "no reason"


class MissingError(HostError):
    """What was asked for is not there (404)."""


class NotTakenError(HostError):
    """The host finds the request wrong (400 and the like)."""


_ERRORS: Mapping[int, type[HostError]] = {401: HostError, 403: RefusedError, 404: MissingError}


def odd() -> NoReturn:
    """Raise that an answer is not one of GitLab's API."""
    raise HostError("the answer is not one of GitLab's API: check the address in CI_API_V4_URL")


def field(data: object, name: str, kind: type[T]) -> T:
    """The value under a key of an answer.

    Raises:
        HostError: it is not there, or of another type.
    """
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, kind) else odd()


def _client(base: str, token: str, kind: TokenKind, timeout: float) -> Gitlab:
    import gitlab
    import requests

    session = requests.Session()
    session.max_redirects = 0  # a redirect would carry the token to another server
    return gitlab.Gitlab(
        base,
        private_token=token if kind == "private" else None,
        job_token=token if kind == "job" else None,
        timeout=timeout,
        user_agent="promptlint",
        session=session,
    )


def _base(url: str) -> str:
    """The address of the instance, of that of its API."""
    try:
        parts = urlsplit(url.strip())
        plain = not (parts.username or parts.password or parts.query or parts.fragment or parts.port == 0)
    except ValueError:  # a port that is none
        plain = False
    if not plain or parts.scheme not in ("http", "https") or not parts.hostname:
        raise HostError("CI_API_V4_URL is not an address such as https://gitlab.example.com/api/v4")
    return url.strip().rstrip("/").removesuffix(_SUFFIX)


def _token(token: str) -> str:
    if not token.strip():
        raise HostError("there is no token: set GITLAB_TOKEN")
    if not re.fullmatch(r"[!-~]+", token.strip()):
        raise HostError("GITLAB_TOKEN holds characters that no token has")
    return token.strip()


def _seconds(headers: Mapping[str, str]) -> float | None:
    """What the host asks to wait; None: it does not say."""
    named = headers.get("Retry-After", "")
    return float(named) if re.fullmatch(r"[0-9]{1,9}", named) else None
