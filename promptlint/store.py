"""Where the files of a project are read from: the disk, or a commit of its repository.

A commit is seen under the paths that its files have, or would have, in the work tree.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Protocol

from promptlint import files, git
from promptlint.errors import SourceError
from promptlint.model import Problem, Source, SourceKind
from promptlint.records import dataclass

_NOT_LISTED = frozenset(
    {".git", ".hg", ".svn", ".tox", ".mypy_cache", "node_modules", ".venv", "venv", "__pycache__"}
)


class Store(Protocol):
    """The files of a project; paths are absolute."""

    def is_file(self, path: Path) -> bool:
        """True for a regular file."""

    def exists(self, path: Path) -> bool:
        """True if there is anything under that name, be it a link that leads nowhere."""

    def resolved(self, path: Path) -> Path:
        """The path without symbolic links."""

    def card_files(self, place: Path) -> tuple[Path, ...] | None:
        """The `*.yaml` files directly in a folder, sorted; the file itself; None if there is neither."""

    def read(self, path: Path, display: str, kind: SourceKind, named: bool = False) -> Source:
        """The file as it is; see `files.read`."""

    def data(self, path: Path, most: int) -> bytes:
        """The first bytes of a file, `most` and one more if it is longer; an OSError if it cannot be read."""

    def ahead(self, paths: Iterable[Path]) -> None:
        """Say that these files will be read next."""

    def grep(self, folder: Path, words: Iterable[str], suffixes: Iterable[str]) -> tuple[str, ...]:
        """Files below `folder` in which one of `words` stands; see `git.grep`."""

    def names(self, folder: Path, most: int) -> frozenset[str] | None:
        """The files below a folder, as POSIX paths from there; None if there are more than `most`."""


@dataclass(frozen=True, slots=True)
class Disk:
    """The files as they are on disk."""

    def is_file(self, path: Path) -> bool:
        """True for a regular file, or a link to one; never raises."""
        return os.path.isfile(path)  # noqa: PTH113  # unlike Path.is_file, never raises

    def exists(self, path: Path) -> bool:
        """See `Store`."""
        return os.path.lexists(path)

    def resolved(self, path: Path) -> Path:
        """The path without symbolic links."""
        return Path(os.path.realpath(path))

    def card_files(self, place: Path) -> tuple[Path, ...] | None:
        """See `Store`."""
        if os.path.isdir(place):  # noqa: PTH112  # unlike Path.is_dir, never raises
            return tuple(sorted(place.glob("*.yaml")))
        return (place,) if self.is_file(place) else None

    def read(self, path: Path, display: str, kind: SourceKind, named: bool = False) -> Source:
        """See `files.read`."""
        return files.read(path, display, kind, named)

    def data(self, path: Path, most: int) -> bytes:
        """See `Store`."""
        with path.open("rb") as stream:
            return stream.read(most + 1)

    def ahead(self, paths: Iterable[Path]) -> None:
        """The system does that."""

    def grep(self, folder: Path, words: Iterable[str], suffixes: Iterable[str]) -> tuple[str, ...]:
        """See `git.grep`."""
        return git.grep(folder, words, suffixes)

    def names(self, folder: Path, most: int) -> frozenset[str] | None:
        """See `Store`; links to folders are not followed, and installed packages not listed."""
        found: set[str] = set()
        seen = 0
        for place, folders, names in os.walk(folder):
            folders[:] = [name for name in folders if name not in _NOT_LISTED]
            seen += len(folders) + len(names)
            if seen > most:
                return None
            start = Path(place).relative_to(folder).as_posix()
            found.update(names if start == "." else (f"{start}/{name}" for name in names))
        return frozenset(found)


@dataclass(slots=True)
class Revision:
    """The files of a commit; symbolic links and submodules are no files there.

    Args:
        top: the top of the work tree; absolute.
        at: the sha of the commit.
    """

    top: Path
    at: str
    entries: Mapping[str, git.Entry] = field(init=False)
    _start: str = field(init=False)
    _ahead: dict[str, bytes] = field(init=False, default_factory=dict)
    _grepped: dict[tuple[Path, frozenset[str], frozenset[str]], tuple[str, ...]] = field(
        init=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        self.entries = git.entries(self.top, self.at)
        self._start = os.path.join(self.top, "")  # noqa: PTH118  # with the separator at its end

    def is_file(self, path: Path) -> bool:
        """True for a regular file of the commit."""
        entry = self.entry(path)
        return entry is not None and entry.mode.startswith("100")

    def exists(self, path: Path) -> bool:
        """True for a file, a link or a submodule of the commit."""
        return self.entry(path) is not None

    def entry(self, path: Path) -> git.Entry | None:
        """What the commit has under that path."""
        place = os.path.abspath(path)  # noqa: PTH100  # symbolic links mean nothing here
        if not place.startswith(self._start):
            return None
        return self.entries.get(place[len(self._start) :].replace(os.sep, "/"))

    def resolved(self, path: Path) -> Path:
        """The path without `..`."""
        return Path(os.path.abspath(path))  # noqa: PTH100  # symbolic links mean nothing here

    def card_files(self, place: Path) -> tuple[Path, ...] | None:
        """See `Store`."""
        if self.is_file(place):
            return (place,)
        names = (self.top / name for name in self.entries)
        inside = [path for path in names if path.is_relative_to(place)]
        found = [path for path in inside if path.parent == place and path.suffix == ".yaml"]
        return tuple(sorted(found)) if inside else None

    def ahead(self, paths: Iterable[Path]) -> None:
        """Read these files now, all at once; those that were read ahead before are forgotten."""
        wanted = [entry.id for path in paths if (entry := self.entry(path)) and self.is_file(path)]
        self._ahead = git.blobs(self.top, wanted, files.MAX_BYTES)

    def data(self, path: Path, most: int) -> bytes:
        """See `Store`."""
        entry = self.entry(path)
        if entry is None or not self.is_file(path):
            raise FileNotFoundError(2, "no such file in that commit")
        data = self._ahead.get(entry.id)
        if data is None or len(data) > most:
            data = git.blobs(self.top, (entry.id,), most).get(entry.id)
        if data is None:
            raise FileNotFoundError(2, "its object is not in this clone")
        return data

    def read(self, path: Path, display: str, kind: SourceKind, named: bool = False) -> Source:
        """The file as it is in the commit; see `files.read`."""
        try:
            data = self.data(path, files.MAX_BYTES)
        except OSError as error:
            raise SourceError(Problem("SRC001", f"cannot be read: {error.strerror}")) from error
        return files.decode(data, display, kind, named)

    def grep(self, folder: Path, words: Iterable[str], suffixes: Iterable[str]) -> tuple[str, ...]:
        """See `git.grep`; asked again, git is not."""
        key = folder, frozenset(words), frozenset(suffixes)
        if key not in self._grepped:
            self._grepped[key] = git.grep_at(folder, self.at, sorted(key[1]), sorted(key[2]))
        return self._grepped[key]

    def names(self, folder: Path, most: int) -> frozenset[str] | None:
        """See `Store`."""
        if len(self.entries) > most:
            return None
        start = os.path.relpath(folder, self.top).replace(os.sep, "/")
        lead = "" if start == "." else f"{start}/"
        return frozenset(name[len(lead) :] for name in self.entries if name.startswith(lead))


DISK = Disk()
