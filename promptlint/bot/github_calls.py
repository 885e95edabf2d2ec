"""Requests to GitHub's API: pages, and what is sent again, with PyGithub below.

PyGithub gives the connection, the authentication and the addresses of GitHub Enterprise. Its own retries are
off: they send a POST again that may have been done, and sleep until a rate limit is over, which takes up to
an hour.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import TYPE_CHECKING, Literal, Self, TypeVar
from urllib.parse import urlsplit

from promptlint.bot.github_answers import (
    AgainError,
    Answer,
    MissingError,
    check,
    check_graphql,
    field,
    odd,
    unanswered,
)
from promptlint.bot.retry import Patience, Waiting
from promptlint.errors import HostError

if TYPE_CHECKING:
    from github import Github
    from github.Requester import Requester
    from requests import RequestException

Verb = Literal["GET", "POST", "PATCH", "DELETE"]
Data = dict[str, object]
T = TypeVar("T")

API = "https://api.github.com"
PAGE = 100
MAX_PAGES = 100


class Calls:
    """A connection to the API of one GitHub; to be closed.

    Args:
        token: of a user or an app.
        api: the API's address as in GITHUB_API_URL: of Enterprise, https://host/api/v3.
        patience: when to give up.

    Raises:
        HostError: the address or the token cannot be one.
    """

    def __init__(self, token: str, api: str = API, patience: Patience | None = None) -> None:
        patience = patience or Patience()
        self._token = _token(token)
        self._waiting = Waiting(patience)
        self._github = _client(_base(api), self._token, patience.timeout)
        self._known: dict[
            str, tuple[str, Answer]
        ] = {}  # an ETag and its answer: not sent, nor counted, twice

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._github.close()

    def get(self, path: str) -> object:
        """What is at a path of the API."""
        return self._get(path, {}).json()

    def pages(self, path: str, **query: str) -> Iterator[object]:
        """All entries of a list, page by page.

        Raises:
            HostError: there are more than `MAX_PAGES` pages.
        """
        for page in range(1, MAX_PAGES + 1):
            answer = self._get(path, {**query, "per_page": str(PAGE), "page": str(page)})
            entries = answer.json()
            if not isinstance(entries, list):
                odd()
            yield from entries
            if 'rel="next"' not in answer.headers.get("link", ""):  # the address itself is not followed
                return
        raise HostError(f"GitHub has more than {MAX_PAGES * PAGE:,} entries in one list; none were changed")

    def post(self, path: str, data: Data, made: Callable[[], T | None], read: Callable[[object], T]) -> T:
        """Make something once: after a failure that leaves it open, look whether it was made.

        Args:
            made: finds what an earlier try has made.
            read: makes the result of the answer.
        """
        return self._patiently(lambda: read(self._once("POST", path, data).json()), made)

    def patch(self, path: str, data: Data) -> None:
        """Change what is at a path."""
        field(self._ask("PATCH", path, data).json(), "id", int)

    def delete(self, path: str) -> None:
        """Remove what is at a path; what is gone already is no error."""
        try:
            self._ask("DELETE", path)
        except MissingError:
            return

    def graphql(self, query: str, **variables: object) -> object:
        """The data of a query, or of a change that may be made twice; null where something is not there."""
        body: Data = {"query": query, "variables": variables}
        return self._patiently(
            lambda: check_graphql(self._once("POST", self._requester.graphql_url, body), self._token)
        )

    @property
    def _requester(self) -> Requester:
        return self._github.requester

    def _get(self, path: str, query: Mapping[str, str]) -> Answer:
        key = json.dumps([path, query])
        etag, known = self._known.get(key, ("", None))
        answer = self._ask("GET", path, None, query, {"If-None-Match": etag} if known else {})
        if answer.status == 304 and known:
            return known
        if "etag" in answer.headers:
            self._known[key] = answer.headers["etag"], answer
        return answer

    def _ask(
        self,
        verb: Verb,
        path: str,
        data: Data | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to a request that may be sent twice."""
        return self._patiently(lambda: self._once(verb, path, data, query, headers))

    def _patiently(self, call: Callable[[], T], made: Callable[[], T | None] = lambda: None) -> T:
        """What a call gives, however often it must be made; `made`: finds what a lost one has made."""
        for tried in count(1):
            try:
                return call()
            except AgainError as error:
                more = self._waiting.before_next(tried, error.seconds)
                if error.lost and (found := made()) is not None:
                    return found
                if not more:
                    raise error.given_up() from None
        raise AssertionError("unreachable")

    def _once(
        self,
        verb: Verb,
        path: str,
        data: Data | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        from requests import RequestException

        failed: RequestException | RuntimeError
        try:
            status, named, text = self._requester.requestJson(
                verb, path, dict(query or {}), dict(headers or {}), data
            )
        except (RequestException, RuntimeError) as error:  # RuntimeError: PyGithub's word for a redirect
            failed = error
        else:
            return check(
                Answer(status, {name: str(value) for name, value in named.items()}, text), self._token
            )
        # Outside of the handler: an error of a library may hold the token, and must not be chained to ours.
        return unanswered(failed)


def _client(base: str, token: str, timeout: float) -> Github:
    from github import Auth, Github

    return Github(
        base_url=base,
        auth=Auth.Token(token),
        timeout=max(1, round(timeout)),
        user_agent="promptlint",
        retry=None,
        seconds_between_requests=None,
        seconds_between_writes=None,  # a run makes few; where GitHub asks to wait, that is obeyed
    )


def _base(api: str) -> str:
    try:
        parts = urlsplit(api.strip())
        plain = not (parts.username or parts.password or parts.query or parts.fragment or parts.port == 0)
    except ValueError:  # a port that is none
        plain = False
    if not plain or parts.scheme not in ("http", "https") or not parts.hostname:
        raise HostError("GITHUB_API_URL is not an address such as https://github.example.com/api/v3")
    return api.strip().rstrip("/")


def _token(token: str) -> str:
    if not token.strip():
        raise HostError("there is no token: set GITHUB_TOKEN")
    if not re.fullmatch(r"[!-~]+", token.strip()):
        raise HostError("GITHUB_TOKEN holds characters that no token has")
    return token.strip()
