"""Opens a database that is a user's own, for several processes at once, and tells in words what is wrong.

The only module of evals that imports sqlite3.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from promptlint import userdirs
from promptlint.errors import UsageError

_WAIT = 30.0  # seconds for a lock: another process commits in far less
_LOG_PAGES = 8_000  # 32 MB, before the log goes into the file: that waits for the disk, and calls wait for it
_PASSING = frozenset(
    (
        *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM),
        *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN),
    )
)
"""Errors that say nothing against the file itself."""

Execute = Callable[..., sqlite3.Cursor]
"""`sqlite3.Connection.execute`; texts come as bytes."""


class Database:
    """An open database with a log of its own (WAL): what is committed outlasts the death of the process.

    A power cut may lose what was committed in the last moments, but damages nothing (`synchronous = NORMAL`).
    Several threads may use it at once. Methods raise UsageError if the file cannot be used, or is damaged.
    """

    def __init__(self, path: Path, tables: Sequence[str], version: int) -> None:
        """Open a database, or make it: the file for its owner only (0600), in such a folder (0700).

        Args:
            path: of the file.
            tables: statements that make them.
            version: of the tables; kept in the file.

        Raises:
            UsageError: file or folder are somebody else's or open to others, or the file is something else.
        """
        self._path, self._lock = path, threading.Lock()
        _make(path)
        with self._worded():
            self._connection = sqlite3.connect(
                path, timeout=_WAIT, isolation_level=None, check_same_thread=False
            )
        # Text that is no UTF-8 is damage: it is found where it is read, not as an error of another kind.
        self._connection.text_factory = bytes
        try:
            with self.guarded() as run:
                self._prepare(run, tables, version)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def guarded(self) -> Iterator[Execute]:
        """Run statements while no other thread does, each a transaction of its own."""
        with self._lock, self._worded():
            yield self._connection.execute

    @contextmanager
    def writing(self) -> Iterator[Execute]:
        """Run statements as one transaction: what they do is committed at the end, or nothing of it is."""
        with self.guarded() as run:
            run("BEGIN IMMEDIATE")
            try:
                yield run
                run("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    run("ROLLBACK")
                raise

    @contextmanager
    def _worded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", None)
            if code is None:
                raise  # not of the file: it is closed
            if code & 0xFF not in _PASSING:
                raise self.damaged(str(error)) from error
            raise UsageError(f"{self._path}: cannot be used: {error}") from error

    def damaged(self, why: str) -> UsageError:
        """The error to raise where what is read cannot have been written."""
        return UsageError(
            f"{self._path}: damaged ({why}). What it holds was paid for, so nothing was deleted: save what "
            f"can be read (`sqlite3 {self._path.name} .recover`), or move the file away to begin anew"
        )

    def shrink(self) -> None:
        """Give free pages back, so that nothing of what was deleted stays in the file or its log."""
        with self.guarded() as run:
            run("VACUUM")
            run("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _prepare(self, run: Execute, tables: Sequence[str], version: int) -> None:
        (found,) = run("PRAGMA user_version").fetchone()
        if found > version:
            raise UsageError(
                f"{self._path}: version {found}, this promptlint knows {version}: use a newer promptlint, or "
                "name another folder in PROMPTLINT_DATA_DIR"
            )
        if found < version:
            run("PRAGMA journal_mode = WAL").fetchall()
            run("BEGIN IMMEDIATE")  # two processes may be here at once
            (found,) = run("PRAGMA user_version").fetchone()
            if found < version:
                if run("SELECT 1 FROM sqlite_master").fetchone():
                    raise UsageError(f"{self._path}: a database of something else")
                for table in tables:
                    run(table)
                run(f"PRAGMA user_version = {version}")
            run("COMMIT")
        run("PRAGMA synchronous = NORMAL")
        run(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")


def _make(path: Path) -> None:
    """Make folder and file if they are not there, and see that they are for this user only."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check(path.parent, "700")
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        _check(path, "600")
    except OSError as error:
        raise UsageError(f"{path}: cannot be used: {error.strerror}") from error


def _check(path: Path, mode: str) -> None:
    if not userdirs.is_own(path, 0o066):
        raise UsageError(
            f"{path}: others can read or write it, or own it, and it holds answers of models: make it yours "
            f"alone (`chmod {mode}`), or name another folder in PROMPTLINT_DATA_DIR"
        )
