"""What commits hold, and what differs between two of them: read from git's objects, with no checkout."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from promptlint.errors import UsageError
from promptlint.git.call import filters_off, is_work_tree, names, run, searched, within
from promptlint.records import dataclass

SUBMODULE = "160"
"""How the mode of a submodule's entry begins."""

_PLAIN = ("--no-ext-diff", "--no-textconv", "--no-color")
_LACKING = "this clone is partial or damaged; clone the repository again, without --filter"
_UNTRACKED = ("ls-files", "-o", "--exclude-standard", "-z")
_SECTION = re.compile(rb"^diff --git ", re.MULTILINE)
_HUNK = re.compile(rb"^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A name in a commit: its mode (six octal digits) and the id of its object."""

    mode: str
    id: str


def commit(folder: Path, name: str) -> str:
    """The sha of a revision.

    Raises:
        UsageError: there is no repository or no git, or no such revision; in a shallow clone it says so.
    """
    if not is_work_tree(folder):
        raise UsageError(
            f"{folder} is not in a git repository, git is not installed, or it refuses to read it"
        )
    found = None
    if name and not name.startswith("-") and name.isprintable():
        found = run(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if found is None:
        raise UsageError(f"{name!r}: no such revision{_shallow_hint(folder)}")
    return found.decode("ascii").strip()


def merge_base(folder: Path, one: str, other: str) -> str:
    """The commit at which two others parted.

    Raises:
        UsageError: they have none in common; in a shallow clone it says so.
    """
    found = run(folder, "merge-base", one, other)
    if not found:
        raise UsageError(f"{one[:12]} and {other[:12]} have no commit in common{_shallow_hint(folder)}")
    return found.decode("ascii").split()[0]


def is_shallow(folder: Path) -> bool:
    """True if the history was cut when the repository was cloned."""
    return run(folder, "rev-parse", "--is-shallow-repository") == b"true\n"


def entries(folder: Path, at: str) -> Mapping[str, Entry]:
    """All names below `folder` in commit `at`, relative to it; without the folders themselves."""
    listed = run(folder, "ls-tree", "-r", "-z", at)
    if listed is None:
        raise UsageError(f"git cannot list the files of {at}: {_LACKING}")
    found = {}
    for line in names(listed):
        about, _, name = line.partition("\t")
        mode, _, sha = about.split(" ")
        found[name] = Entry(mode, sha)
    return found


def differing(folder: Path, base: str, head: str | None) -> frozenset[str]:
    """The names below `folder` that differ between commit `base` and commit `head`, relative to it.

    Without `head`, from the files on disk: those that git does not track count, those it ignores do not.
    What was added, removed or changed in mode only is listed; a renamed file is two names. A submodule is
    listed if it is at another commit; git does not look into it.
    """
    flags = ("--name-only", "-z", "--relative", "--no-renames", "--ignore-submodules=dirty", *_PLAIN)
    if head is not None:
        found = run(folder, "diff-tree", "-r", *flags, base, head, "--")
        untracked: bytes | None = b""
    else:
        filters = filters_off(folder)
        found = None if filters is None else run(folder, *filters, "diff-index", *flags, base, "--")
        untracked = run(folder, *_UNTRACKED)
    if found is None or untracked is None:
        raise UsageError(f"git cannot compare {folder} with {base}")
    return frozenset({*names(found), *(name for name in names(untracked) if not name.endswith("/"))})


def blobs(folder: Path, ids: Iterable[str], most: int) -> dict[str, bytes]:
    """The contents of blobs, by id: the first `most` bytes and one more of those that are larger.

    Raises:
        UsageError: one is not there.
    """
    asked = sorted(set(ids))
    if not asked:
        return {}
    sizes = run(folder, "cat-file", "--batch-check", given="".join(f"{each}\n" for each in asked).encode())
    found: dict[str, bytes] = {}
    small = []
    for line in (sizes or b"").decode("ascii", "replace").splitlines():
        sha, kind, size = [*line.split(" "), "", ""][:3]
        if kind == "blob" and size.isdigit():
            if int(size) > most:
                found[sha] = b" " * (most + 1)  # only its length will ever be looked at
            else:
                small.append(sha)
    if lacking := len(asked) - len(found) - len(small):
        raise UsageError(f"git cannot read {lacking:,} of {len(asked):,} files of a commit: {_LACKING}")
    data = run(folder, "cat-file", "--batch", given="".join(f"{each}\n" for each in small).encode()) or b""
    at = 0
    while at < len(data):
        end = data.index(b"\n", at)
        sha, _, size = data[at:end].decode("ascii").split(" ")
        found[sha] = data[end + 1 : end + 1 + int(size)]
        at = end + int(size) + 2
    return found


def grep_at(folder: Path, at: str, words: Iterable[str], suffixes: Iterable[str]) -> tuple[str, ...]:
    """Files below `folder` in commit `at` in which one of `words` stands, sorted; see `grep`.

    Raises:
        UsageError: git cannot read a file.
    """
    found = searched(folder, words, (at, "--", *within(suffixes)))
    if found is None:
        raise UsageError(f"git cannot search the files of {at}: {_LACKING}")
    return tuple(sorted(name.removeprefix(f"{at}:") for name in found))


def hunks(folder: Path, base: str, head: str) -> dict[str, tuple[tuple[int, int], ...]]:
    """The lines that a host shows of each changed file below `folder`: (first, last) of the new side.

    With three lines of context, and renamed files compared with what they were, as hosts do.
    """
    flags = ("--patch-with-raw", "-z", "--relative", "-U3", "-M", "--inter-hunk-context=0", *_PLAIN)
    output = run(folder, "diff-tree", "-r", "--ignore-submodules=all", *flags, base, head, "--")
    if output is None:
        raise UsageError(f"git cannot compare {base} with {head}")
    raw, _, patch = output.partition(b"\0\0")
    sections = _SECTION.split(patch)[1:]
    found = {}
    for name, section in zip(_new_names(raw), sections, strict=True):
        ranges = ((int(start), int(count or 1)) for start, count in _HUNK.findall(section))
        lines = tuple((start, start + count - 1) for start, count in ranges if count)
        if lines:
            found[name] = lines
    return found


def _new_names(raw: bytes) -> list[str]:
    """The names on the new side, from raw entries: `:modes ids status`, then one name or (renamed) two."""
    parts = iter(os.fsdecode(part) for part in raw.split(b"\0") if part)
    found = []
    for about in parts:
        name = next(parts)
        found.append(next(parts) if about.rpartition(" ")[2][0] in "RC" else name)
    return found


def _shallow_hint(folder: Path) -> str:
    if not is_shallow(folder):
        return ""
    return ": this is a shallow clone; fetch the history first (git fetch --unshallow, or fetch-depth: 0)"
