"""The JSON of `promptlint diff`, as another job left it: read as hostile input."""

from __future__ import annotations

from pathlib import Path

from promptlint import documents
from promptlint.bot.access import SHA
from promptlint.changes import SCHEMA_VERSION, Comparison
from promptlint.errors import UsageError

MAX_BYTES = 20_000_000
"""Size of a document that is read: 2,000 changed prompts with ten new findings each, or 8,000 with none.

A usual document of that size takes 90 MiB of memory to read, the worst hostile one 0.5 GiB (both measured).
"""


def read(path: Path, head: str = "") -> Comparison:
    """The comparison in a file.

    Args:
        path: of the file.
        head: the commit that it has to be of; empty: any.

    Raises:
        UsageError: the file cannot be read, is too large, is no strict JSON, of another version or another
            commit, or not of the form of the document; the message names the file and the place.
    """
    found = documents.parse(Comparison, documents.data_of(path, MAX_BYTES), SCHEMA_VERSION, str(path))
    _check_head(found.head.sha, head, path)
    return found


def _check_head(sha: str, head: str, path: Path) -> None:
    if not sha:
        raise UsageError(
            f"{path}: compares files on disk, not a commit: make it with promptlint diff BASE HEAD"
        )
    if not SHA.fullmatch(sha):
        raise UsageError(f"{path}: head.sha is no commit: make it with promptlint diff BASE HEAD")
    if head and sha != head:
        raise UsageError(
            f"{path}: is of another commit ({sha[:12]}) than this event ({head[:12]}): compare that one"
        )
