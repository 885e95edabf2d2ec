"""Walks a folder the way git would list it, for when git is absent or there is no repository."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from promptlint.records import dataclass

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

MAX_IGNORE_BYTES = 1_000_000


def walk(folder: Path, top: Path, prune: Callable[[str], bool]) -> Iterator[str]:
    """The files below `folder`, as POSIX paths relative to it, links to files included.

    `.gitignore` files count from `top` (at or above `folder`) down; but if they ignore `folder` itself, it
    was meant all the same, and only those inside it count. Links to folders are not followed.

    Args:
        folder: where to start; absolute.
        top: the highest folder whose .gitignore counts.
        prune: says of a folder's relative path that it is not to be entered.
    """
    waiting = [("", _above(folder, top))]
    while waiting:
        relative, outer = waiting.pop()
        here = folder / relative
        own = _spec(here)
        inner = outer if own is None else (*outer, _Rules("", len(relative), own))
        for entry in _entries(here):
            name = f"{relative}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if not prune(name) and not _ignored(f"{name}/", inner):
                    waiting.append((f"{name}/", inner))
            elif not _ignored(name, inner):
                yield name


@dataclass(frozen=True, slots=True)
class _Rules:
    """A .gitignore; it sees `name` as `lead + name[cut:]`."""

    lead: str
    cut: int
    spec: GitIgnoreSpec


def _above(folder: Path, top: Path) -> tuple[_Rules, ...]:
    """The patterns of the folders from `top` down to the one above `folder`."""
    if folder == top or not folder.is_relative_to(top):
        return ()
    found: list[_Rules] = []
    for place in reversed([each for each in folder.parents if each.is_relative_to(top)]):
        spec = _spec(place)
        if spec is not None:
            found.append(_Rules(f"{folder.relative_to(place).as_posix()}/", 0, spec))
    return () if _ignored("", found) else tuple(found)


def _entries(folder: Path) -> Sequence[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        return ()


def _spec(folder: Path) -> GitIgnoreSpec | None:
    file = folder / ".gitignore"
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            return None
        with file.open("rb") as stream:
            lines = stream.read(MAX_IGNORE_BYTES).decode("utf-8-sig", "replace").splitlines()
    except OSError:
        return None
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        return GitIgnoreSpec.from_lines(line for line in lines if _is_pattern(line))


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _ignored(name: str, rules: Sequence[_Rules]) -> bool:
    """What the nearest .gitignore that says anything of `name` says; a folder's ends in a slash."""
    for each in reversed(rules):
        verdict = each.spec.check_file(f"{each.lead}{name[each.cut :]}").include
        if verdict is not None:
            return verdict
    return False
