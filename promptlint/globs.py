"""Matches the glob patterns of a config in the manner of .gitignore, without pathspec's 20 ms of import.

A pattern without a slash (but for a last one) matches a name at any depth; any other is anchored at the
root. `*`, `?` and `[...]` stay within one name, `**` stands for any number of folders, a last slash asks for
a folder, and what matches a folder matches everything below it. There is no escape character.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache


def matches(pattern: str, path: str) -> bool:
    """True if `path` (POSIX, relative; a last slash says that it is a folder) matches `pattern`.

    A pattern that begins with `!` matches what the rest of it does not.
    """
    if pattern.startswith("!"):
        return not matches(pattern[1:], path)
    return _parts_match(parts(pattern), path.split("/"))


def matches_whole(pattern: str, path: str) -> bool:
    """True if `pattern` matches `path` itself, and not just a folder above it."""
    return _parts_match(parts(pattern)[:-1], path.split("/"))


def matched(patterns: Iterable[str], path: str, *, before: bool = False) -> bool:
    """True if the last pattern that matches `path` is not a `!` pattern; `before` if none matches."""
    result = before
    for pattern in patterns:
        negated = pattern.startswith("!")
        if result == negated and matches(pattern.removeprefix("!"), path):
            result = not negated
    return result


def matches_id(pattern: str, prompt_id: str) -> bool:
    """True if a prompt id matches: path against the glob before `::`, anchor against the one after it.

    A pattern without `::` matches every prompt of the files that match.
    """
    path_glob, separator, anchor_glob = pattern.partition("::")
    path, _, anchor = prompt_id.partition("::")
    return matches(path_glob, path) and (not separator or fnmatchcase(anchor, anchor_glob))


@lru_cache(maxsize=1024)
def parts(pattern: str) -> tuple[str, ...]:
    """The names that a pattern asks for, anchored at the root; `**` stands for any number of them."""
    anchored = "/" in pattern.rstrip("/")
    names = [part for part in pattern.split("/") if part not in {"", "."}]
    if not (anchored and names):
        names.insert(0, "**")
    if pattern.endswith(("/", "/**")):
        names[len(names) - (names[-1] == "**") :] = ["*"]
    return (*names, "**")


def _parts_match(pattern: Sequence[str], names: Sequence[str]) -> bool:
    """Wildcard matching over whole names: going back to the last `**` only keeps it from exploding."""
    at = position = 0
    retry: tuple[int, int] | None = None
    while position < len(names):
        if at < len(pattern) and pattern[at] == "**":
            retry = at, position
            at += 1
        elif at < len(pattern) and fnmatchcase(names[position], pattern[at]):
            at, position = at + 1, position + 1
        elif retry is not None:
            retry = retry[0], retry[1] + 1
            at, position = retry[0] + 1, retry[1]
        else:
            return False
    return all(part == "**" for part in pattern[at:])
