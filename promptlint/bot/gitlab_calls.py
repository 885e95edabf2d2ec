"""Requests to GitLab's REST API: pages, retries, and what each failure means, with python-gitlab below."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal, TypeVar

from promptlint.bot import access
from promptlint.bot.answers import (
    AgainError,
    MissingError,
    NotTakenError,
    clean,
    named_wait,
    odd,
    patiently,
    unanswered,
)
from promptlint.bot.retry import Patience, Waiting
from promptlint.errors import HostError, RefusedError

if TYPE_CHECKING:
    from gitlab import Gitlab
    from gitlab.exceptions import GitlabError
    from requests import Response

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


class Calls:
    """A connection to the API of one GitLab instance; to be closed.

    Args:
        url: the API's address as in CI_API_V4_URL; the instance may live under a path.
        token: a personal, project or group access token (`private`), or the token of a CI job (`job`).

    Raises:
        UsageError: the address or the token cannot be one.
    """

    def __init__(self, url: str, token: str, kind: TokenKind, patience: Patience) -> None:
        self.kind = kind
        self._token = access.token(token, access.GITLAB)
        self._waiting = Waiting(patience)
        self._headers: Mapping[str, str] = {}
        base = access.address(url, access.GITLAB).removesuffix(_SUFFIX)
        self._gitlab = _client(base, self._token, kind, patience.timeout)
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
        raise HostError(
            f"GitLab has more than {MAX_PAGES * size:,} entries in one list: go on in another request"
        )

    def post(self, path: str, data: Data, made: Callable[[], T | None], read: Callable[[object], T]) -> T:
        """Make something once: after a failure that leaves it open, look whether it was made.

        Args:
            made: finds what an earlier try has made.
            read: makes the result of the answer.
        """
        return patiently(self._waiting, lambda: read(self._json(self._once("post", path, data, {}))), made)

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
        return patiently(self._waiting, lambda: self._once(verb, path, data, query or {}))

    def _once(self, verb: Verb, path: str, data: Data | None, query: Data) -> Response:
        from gitlab.exceptions import GitlabError
        from requests import RequestException

        try:
            return self._gitlab.http_request(
                verb, path, query, data, obey_rate_limit=False, retry_transient_errors=False
            )
        except GitlabError as error:
            failed: Exception = error
        except (RequestException, ValueError) as error:  # ValueError: urllib3's word for an odd address
            failed = error
        except RecursionError:  # the library reads the JSON of a failure
            odd()
        # Outside of the handlers: an error of a library may hold the token, and must not be chained to ours.
        if isinstance(failed, GitlabError):
            raise self._answered(failed, verb == "get" and not path.endswith(_NOT_FOR_JOBS))
        return unanswered(failed, access.GITLAB)

    def _remember(self, response: Response, **options: object) -> None:
        self._headers = response.headers  # the library's errors leave them out

    def _answered(self, failed: GitlabError, open_to_jobs: bool) -> Exception:
        """What an answer that is no success means."""
        status = failed.response_code or 0
        message = f"GitLab answers {status}: {self._said(failed.error_message)}"
        if status == 429 or status >= 500:
            return AgainError(message, named_wait(self._headers), lost=status != 429)
        if self.kind == "job" and status in (401, 403) and not open_to_jobs:
            return RefusedError(f"{message}; {_JOB}")
        advice = _ADVICE.get(status)
        return _ERRORS.get(status, NotTakenError)(f"{message}; {advice}" if advice else message)

    def _said(self, message: object) -> str:
        words = message if isinstance(message, str) else repr(message)
        return clean(words, self._token) or "no reason"

    def _json(self, answer: Response) -> object:
        try:
            found: object = answer.json()
        except (ValueError, RecursionError):
            odd()
        return found


_ERRORS: Mapping[int, type[HostError]] = {401: HostError, 403: RefusedError, 404: MissingError}


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
