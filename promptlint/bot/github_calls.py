"""Requests to GitHub's API: pages, and what is sent again, with PyGithub below.

PyGithub gives the connection, the authentication and the addresses of GitHub Enterprise. Its own retries are
off: they send a POST again that may have been done, and sleep until a rate limit is over, which takes up to
an hour.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal, Self, TypeVar

from promptlint.bot import access
from promptlint.bot.answers import MissingError, field, odd, patiently, unanswered
from promptlint.bot.github_answers import Answer, check, check_graphql
from promptlint.bot.retry import Patience, Waiting
from promptlint.errors import HostError

if TYPE_CHECKING:
    from github import Github
    from github.Requester import Requester

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
        UsageError: the address or the token cannot be one.
    """

    def __init__(self, token: str, api: str = API, patience: Patience | None = None) -> None:
        patience = patience or Patience()
        self._token = access.token(token, access.GITHUB)
        self._waiting = Waiting(patience)
        self._github = _client(access.address(api, access.GITHUB), self._token, patience.timeout)
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

    def get(self, path: str, **query: str) -> object:
        """What is at a path of the API."""
        return self._get(path, query).json()

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
        raise HostError(
            f"GitHub has more than {MAX_PAGES * PAGE:,} entries in one list: go on in another request"
        )

    def post(self, path: str, data: Data, made: Callable[[], T | None], read: Callable[[object], T]) -> T:
        """Make something once: after a failure that leaves it open, look whether it was made.

        Args:
            made: finds what an earlier try has made.
            read: makes the result of the answer.
        """
        return patiently(self._waiting, lambda: read(self._once("POST", path, data).json()), made)

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
        return patiently(
            self._waiting,
            lambda: check_graphql(self._once("POST", self._requester.graphql_url, body), self._token),
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
        return patiently(self._waiting, lambda: self._once(verb, path, data, query, headers))

    def _once(
        self,
        verb: Verb,
        path: str,
        data: Data | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        from requests import RequestException

        failed: Exception
        try:
            status, named, text = self._requester.requestJson(
                verb, path, dict(query or {}), dict(headers or {}), data
            )
        except (RequestException, RuntimeError, ValueError) as error:  # see `unanswered`
            failed = error
        else:
            return check(
                Answer(status, {name: str(value) for name, value in named.items()}, text), self._token
            )
        # Outside of the handler: an error of a library may hold the token, and must not be chained to ours.
        return unanswered(failed, access.GITHUB)


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
