"""The JSON of `promptlint diff`, as another job left it: read as hostile input."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NoReturn

from promptlint import documents
from promptlint.changes import SCHEMA_VERSION, Comparison
from promptlint.errors import UsageError

MAX_BYTES = 5_000_000
"""Size of a document that is read."""

_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def read(path: Path, head: str = "") -> Comparison:
    """The comparison in a file.

    Args:
        path: of the file.
        head: the commit that it has to be of; empty: any.

    Raises:
        UsageError: the file cannot be read, is too large, is no strict JSON, of another version or another
            commit, or not of the form of the document; the message names the file and the place.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path}: larger than {MAX_BYTES:,} bytes")
    try:
        value = json.loads(data.decode(), object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError) as error:  # of UTF-8, of JSON, of an integer's length, of depth
        raise UsageError(f"{path}: no strict JSON ({type(error).__name__})") from error
    version = value.get("schema_version") if isinstance(value, dict) else None
    if type(version) is int and version != SCHEMA_VERSION:
        raise UsageError(
            f"{path}: version {version} of the document, this promptlint reads {SCHEMA_VERSION}: "
            "make and post it with the same promptlint"
        )
    found = documents.from_json(Comparison, value, str(path))
    _check_head(found.head.sha, head, path)
    return found


def _check_head(sha: str, head: str, path: Path) -> None:
    if not sha:
        raise UsageError(
            f"{path}: compares files on disk, not a commit: make it with promptlint diff BASE HEAD"
        )
    if not _SHA.fullmatch(sha):
        raise UsageError(f"{path}: head.sha is no commit")
    if head and sha != head:
        raise UsageError(f"{path}: is of another commit ({sha[:12]}) than this event ({head[:12]})")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
