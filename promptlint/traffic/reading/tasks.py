"""Which files are read, as what, and in which pieces: the plan that every engine carries out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from promptlint.errors import UsageError
from promptlint.records import dataclass
from promptlint.traffic.reading import detect
from promptlint.traffic.reading.detect import Shape

PIECE = 64 * 2**20
"""Bytes of a piece of a file of plain lines."""

MOST_FILES = 100_000


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work: one file, or the lines of it that begin in [start, stop).

    `file` is its number in the run; `stop` is None for all of it.
    """

    file: int
    path: str
    shape: Shape
    start: int = 0
    stop: int | None = None


def files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The files that are meant, folders walked, each once, sorted by name within its folder.

    Raises:
        UsageError: one is not there, is no regular file, or there are too many.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder")
        for item in _walk(path) if path.is_dir() else (path,):
            if not item.is_file():
                raise UsageError(f"{item}: not a regular file")
            found[item] = None
            if len(found) > MOST_FILES:
                raise UsageError(f"{path}: more than {MOST_FILES:,} files")
    if not found:
        raise UsageError("no files of logs were found")
    return tuple(found)


def tasks(paths: Sequence[Path]) -> tuple[Task, ...]:
    """The pieces of work of these files, in order."""
    return tuple([task for number, path in enumerate(paths) for task in _pieces(number, path)])


def _walk(folder: Path) -> Iterator[Path]:
    for root, names, files_ in os.walk(folder):
        names[:] = sorted(name for name in names if not name.startswith("."))
        yield from (
            Path(root, name)
            for name in sorted(files_)
            if not name.startswith((".", "_")) and Path(root, name).is_file()
        )


def _pieces(number: int, path: Path) -> Iterator[Task]:
    shape = detect.shape(path)
    size = path.stat().st_size
    if shape.container != "lines" or shape.packed or size <= PIECE:
        yield Task(number, str(path), shape)
        return
    for start in range(0, size, PIECE):
        yield Task(number, str(path), shape, start, min(start + PIECE, size))
