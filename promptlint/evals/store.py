"""Keeps every answer of a model, in the user's data folder, so that none is paid for twice.

A row has the provider's name, the request's key (a sha256: the prompt itself is not kept) and repeat, the
reply as JSON, when it came and what it cost. A reply is committed before it counts: a process that is killed
loses none. Only `purge` deletes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Self

from promptlint import userdirs
from promptlint.errors import UsageError
from promptlint.evals import replies
from promptlint.evals.database import Database
from promptlint.evals.exchange import Reply, Request
from promptlint.records import dataclass

FILE = "answers.sqlite"
"""The store's name in its folder; two more files with this beginning hold what is not yet in it."""

Key = tuple[str, int]
"""Of a request: its key and its repeat."""

_VERSION = 1
_BATCH = 400
_TABLES = (
    """CREATE TABLE answers (
    provider TEXT NOT NULL, key TEXT NOT NULL, repeat INTEGER NOT NULL, created_at REAL NOT NULL,
    value TEXT NOT NULL, usd REAL, PRIMARY KEY (provider, key, repeat))""",
    # calls that were sent, and whose end is not known
    """CREATE TABLE sent (
    provider TEXT NOT NULL, key TEXT NOT NULL, repeat INTEGER NOT NULL, created_at REAL NOT NULL,
    calls INTEGER NOT NULL, PRIMARY KEY (provider, key, repeat)) WITHOUT ROWID""",
)
_GET = """WITH wanted (key, repeat) AS (VALUES {marks})
SELECT a.key, a.repeat, a.value, a.usd, a.created_at FROM wanted AS w
CROSS JOIN answers AS a ON a.provider = ? AND a.key = w.key AND a.repeat = w.repeat"""
_PUT = """INSERT INTO answers (provider, key, repeat, created_at, value, usd) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING"""
_SENT = "SELECT calls FROM sent WHERE provider = ? AND key = ? AND repeat = ?"
_SEND = """INSERT INTO sent (provider, key, repeat, created_at, calls) VALUES (?, ?, ?, ?, 1)
ON CONFLICT DO UPDATE SET calls = calls + 1"""
_END = "DELETE FROM sent WHERE provider = ? AND key = ? AND repeat = ?"
_CHOSEN = "(:before IS NULL OR created_at <= :before) AND (:name IS NULL OR instr(provider, :name))"
_COUNT = f"SELECT count(*), coalesce(sum(length(value)), 0) FROM answers WHERE {_CHOSEN}"  # noqa: S608
_DELETE = tuple(f"DELETE FROM {table} WHERE {_CHOSEN}" for table in ("answers", "sent"))  # noqa: S608


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored answer.

    Args:
        reply: the answer.
        usd: what it cost when it was given, in US dollars; None: not known.
        created_at: when it was committed, in seconds since 1970.
    """

    reply: Reply
    usd: float | None
    created_at: float


@dataclass(frozen=True, slots=True)
class Purged:
    """What was deleted, or would be: answers, the bytes of their text, and the answers that are left."""

    answers: int
    bytes: int
    left: int


def directory() -> Path:
    """The folder of the store: PROMPTLINT_DATA_DIR, else the user's data folder of the platform.

    Raises:
        UsageError: the user has no home.
    """
    try:
        return userdirs.folder(userdirs.DATA)
    except RuntimeError as error:
        raise UsageError("there is no home folder to keep answers in; set PROMPTLINT_DATA_DIR") from error


class Store:
    """An open store, a context manager; several threads may use it at once, and so may several processes.

    All methods raise UsageError if the file cannot be used, or is damaged; the message says what to do.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """Open the store in a folder, or make both; see `Database`."""
        self._database, self._clock = Database(folder / FILE, _TABLES, _VERSION), clock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; nothing can be read or kept any more."""
        self._database.close()

    def get(self, provider: str, keys: Iterable[Key]) -> dict[Key, Kept]:
        """The answers that are known.

        Args:
            provider: `Client.name`.
            keys: of the requests.
        """
        found: dict[Key, Kept] = {}
        remaining = iter(keys)
        while batch := list(islice(remaining, _BATCH)):
            query = _GET.format(marks=",".join(["(?,?)"] * len(batch)))
            parts = [part for key in batch for part in key]
            with self._database.guarded() as run:
                for key, repeat, value, usd, created in run(query, [*parts, provider]):
                    found[key.decode(), repeat] = Kept(self._reply(value), usd, created)
        return found

    def begin(self, provider: str, key: Key) -> int:
        """Note that a request is about to be sent.

        Returns:
            How often it was sent before without a known end: by a run that was killed, or by one that waits
            for its answer right now.
        """
        row = (provider, *key)
        with self._database.writing() as run:
            found = run(_SENT, row).fetchone()
            run(_SEND, (*row, self._clock()))
        return int(found[0]) if found else 0

    def fail(self, provider: str, key: Key) -> None:
        """Note that a request came to an end without an answer."""
        with self._database.writing() as run:
            run(_END, (provider, *key))

    def put(self, provider: str, request: Request, reply: Reply, usd: float | None) -> Kept:
        """Keep an answer: it is committed when this returns.

        Returns:
            The answer that stands: of two to the same request the first.

        Raises:
            ValueError: the reply cannot be spelled as JSON.
        """
        try:
            value = json.dumps(replies.to_json(reply), separators=(",", ":"))
        except RecursionError as error:
            raise ValueError("it is nested too deeply") from error
        own = Kept(reply, usd, self._clock())
        key = (request.key, request.repeat)
        with self._database.writing() as run:
            is_first = run(_PUT, (provider, *key, own.created_at, value, usd)).rowcount > 0
            run(_END, (provider, *key))
        return own if is_first else self.get(provider, [key]).get(key, own)

    def purge(
        self, older_than: float | None = None, provider: str | None = None, *, dry_run: bool = False
    ) -> Purged:
        """Delete answers for good, also from the free pages of the file.

        Args:
            older_than: only those that came at least so many seconds ago.
            provider: only those whose provider's name has this text.
            dry_run: only say what would be deleted.
        """
        before = None if older_than is None else self._clock() - older_than
        chosen = {"before": before, "name": provider}
        with self._database.writing() as run:
            count, size = run(_COUNT, chosen).fetchone()
            (total,) = run("SELECT count(*) FROM answers").fetchone()
            for statement in () if dry_run else _DELETE:
                run(statement, chosen)
        if not dry_run:
            self._database.shrink()
        return Purged(count, size, total - count)

    def _reply(self, value: object) -> Reply:
        try:
            return replies.from_json(json.loads(value.decode() if isinstance(value, bytes) else ""))
        except (ValueError, RecursionError) as error:
            raise self._database.damaged(str(error)[:200]) from error
