"""Keeps what checking and comparing files gave, in the user's cache directory and never in the checked tree.

A committed cache could forge "clean". Nothing here ever fails a run: whatever goes wrong is a miss.
"""

from __future__ import annotations

import stat
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from promptlint import serial, userdirs
from promptlint.model import FileResult

if TYPE_CHECKING:
    import sqlite3

LIMIT = 50_000
"""Results that are kept; beyond it the least recently used go."""

MAX_TEXT = 1_000_000
"""Characters of JSON; a larger result is not kept."""

_FILE = "results-1.sqlite"
_BATCH = 500
_WAIT = 0.5  # seconds for a lock; checking again is cheaper than waiting
_DAY = 86_400

_SCHEMA = """
CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, value TEXT NOT NULL, used INTEGER NOT NULL)
"""


def directory() -> Path:
    """Where the cache is: PROMPTLINT_CACHE_DIR, else the user's cache directory of the platform."""
    return userdirs.folder(userdirs.CACHE)


def get(keys: Sequence[str], folder: Path | None = None) -> dict[str, FileResult]:
    """The results that are known, by key; see `texts`."""
    found = {}
    for key, text in texts(keys, folder).items():
        with suppress(ValueError):
            found[key] = serial.load(text)
    return found


def put(results: Mapping[str, FileResult], folder: Path | None = None, limit: int = LIMIT) -> None:
    """Keep results, by key; see `put_texts`."""
    put_texts({key: serial.dump(result) for key, result in results.items()}, folder, limit)


def texts(keys: Sequence[str], folder: Path | None = None) -> dict[str, bytes]:
    """The texts that are known, by key; whoever reads one takes damage for a miss.

    Args:
        keys: sha256, in hex, of everything that decides the text.
        folder: instead of `directory()`.
    """
    found: dict[str, bytes] = {}
    with suppress(*_failures()):
        file = (folder or directory()) / _FILE
        if not keys or not file.is_file() or not _is_private(file.parent):
            return found
        today = _today()
        with closing(_open(file)) as connection:
            old = []
            for key, value, used in _rows(connection, keys):
                found[key] = value
                if used != today:
                    old.append((today, key))
            if old:
                _write(connection, "UPDATE results SET used = ? WHERE key = ?", old)
    return found


def put_texts(texts: Mapping[str, str], folder: Path | None = None, limit: int = LIMIT) -> None:
    """Keep texts, by key. Beyond `limit` the least recently used are forgotten."""
    if not texts:
        return
    today = _today()
    rows = [(key, text, today) for key, text in texts.items() if len(text) <= MAX_TEXT]
    with suppress(*_failures()):
        file = (folder or directory()) / _FILE
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_private(file.parent):
            return
        if not _stored(file, rows, limit):
            # Not locked but damaged: a cache may be thrown away. The database goes last: until then nobody
            # makes a new one, whose log this would remove.
            for name in (f"{_FILE}-wal", f"{_FILE}-shm", _FILE):
                (file.parent / name).unlink(missing_ok=True)
            _stored(file, rows, limit)


def _stored(file: Path, rows: Sequence[tuple[str, str, int]], limit: int) -> bool:
    """Write rows; False if the file is damaged."""
    import sqlite3

    try:
        with closing(_open(file)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(_SCHEMA)
            _write(connection, "INSERT OR REPLACE INTO results (key, value, used) VALUES (?, ?, ?)", rows)
            _prune(connection, limit)
    except sqlite3.OperationalError:
        raise  # locked, no room, not allowed
    except sqlite3.DatabaseError:
        return False
    return True


def _prune(connection: sqlite3.Connection, limit: int) -> None:
    (count,) = connection.execute("SELECT count(*) FROM results").fetchone()
    if count > limit:
        # Some more than needed, so that not every run has to.
        surplus = count - limit + limit // 10
        oldest = "SELECT rowid FROM results ORDER BY used, rowid LIMIT ?"
        _write(connection, f"DELETE FROM results WHERE rowid IN ({oldest})", [(surplus,)])  # noqa: S608


def _rows(connection: sqlite3.Connection, keys: Sequence[str]) -> Iterator[tuple[str, bytes, int]]:
    remaining = iter(keys)
    while batch := list(islice(remaining, _BATCH)):
        marks = ",".join("?" * len(batch))
        query = f"SELECT key, value, used FROM results WHERE key IN ({marks})"  # noqa: S608
        for key, value, used in connection.execute(query, batch):
            yield key.decode("ascii", "replace"), value, used


def _write(connection: sqlite3.Connection, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(statement, rows)
    connection.execute("COMMIT")


def _open(file: Path) -> sqlite3.Connection:
    import sqlite3

    connection = sqlite3.connect(file, timeout=_WAIT, isolation_level=None)
    connection.text_factory = bytes  # one damaged text must not spoil the rows beside it
    return connection


def _is_private(folder: Path) -> bool:
    """False if another user could have put results there."""
    return userdirs.is_own(folder, stat.S_IWGRP | stat.S_IWOTH)


def _today() -> int:
    return int(time.time() // _DAY)


def _failures() -> tuple[type[Exception], ...]:
    """Whatever goes wrong with the cache is a miss: no SQLite, no home, a lock, a full disk, damage."""
    try:
        import sqlite3
    except ImportError:
        return (ImportError, OSError, RuntimeError)
    return (sqlite3.Error, OSError, RuntimeError)
