"""Says what a change of an ordered list of globs, of which the last that fits wins, lets through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

from promptlint import globs
from promptlint.extract import kind_of

Valued = tuple[str, float]
"""A glob, and a number that is greater the less is seen of what it fits."""

_WILD = "*?["
_MANY, _MOST = 10_000, 1_000  # pairs of globs, and globs, that are compared
_LONG = 64  # names in a glob, likewise


def too_many(before: Sequence[object], after: Sequence[object]) -> bool:
    """True for lists that `raised` would take too long for."""
    return len(before) * len(after) > _MANY or max(len(before), len(after)) > _MOST


def raised(
    before: Sequence[Valued], after: Sequence[Valued], nothing: float
) -> Iterator[tuple[int | None, int | None]]:
    """The pairs of globs, by place, of which the second may now decide where the first did, and has more.

    None: no glob fits, which counts as `nothing`. A pair is given unless that is impossible: of equal lists,
    and of an order that decides nothing, there is none.
    """
    if tuple(before) == tuple(after):
        return
    for p in (None, *range(len(before))):
        old = nothing if p is None else before[p][1]
        for q in (None, *range(len(after))):
            new = nothing if q is None else after[q][1]
            if new > old and _may_follow(before, p, after, q):
                yield p, q


def _may_follow(before: Sequence[Valued], p: int | None, after: Sequence[Valued], q: int | None) -> bool:
    """False if no path can have been decided by `p` and be decided by `q`."""
    here = [side[at][0] for side, at in ((before, p), (after, q)) if at is not None]
    if len(here) == 2 and not meets(*here):
        return False
    later = (*before[0 if p is None else p + 1 :], *after[0 if q is None else q + 1 :])
    return not any(covers(other, glob) for other, _ in later for glob in here)


@lru_cache(maxsize=8192)
def covers(one: str, other: str) -> bool:
    """True only if `one` fits every prompt id, and every path, that `other` fits."""
    if one == other:
        return True
    path, separator, anchor = one.partition("::")
    other_path, other_separator, other_anchor = other.partition("::")
    if "!" in (one[:1], other[:1]):
        return False
    if separator and not (other_separator and _name_covers(anchor, other_anchor)):
        return False
    return _covers(globs.parts(path), globs.parts(other_path))


def _covers(one: Sequence[str], other: Sequence[str]) -> bool:
    """Like matching a path, the names of which are globs: `**` is a name that only `**` takes."""
    if max(len(one), len(other)) > _LONG:
        return False
    at = position = 0
    retry: tuple[int, int] | None = None
    while position < len(other):
        if at < len(one) and one[at] == "**":
            retry = at, position
            at += 1
        elif at < len(one) and other[position] != "**" and _name_covers(one[at], other[position]):
            at, position = at + 1, position + 1
        elif retry is not None:
            retry = retry[0], retry[1] + 1
            at, position = retry[0] + 1, retry[1]
        else:
            return False
    return all(part == "**" for part in one[at:])


def _name_covers(one: str, other: str) -> bool:
    if one in ("*", other):
        return True
    if not any(char in other for char in _WILD):
        return fnmatchcase(other, one)
    # A glob is taken for a name of its own: only a star may take its wildcards.
    return not any(char in one for char in "?[") and "[" not in other and fnmatchcase(other, one)


@lru_cache(maxsize=8192)
def meets(one: str, other: str) -> bool:
    """False only if nothing fits both; a last name with the suffix of a format is that of a file."""
    if "!" in (one[:1], other[:1]):
        return True
    path, separator, anchor = one.partition("::")
    other_path, other_separator, other_anchor = other.partition("::")
    if separator and other_separator and not _names_meet(anchor, other_anchor):
        return False
    return _meet(_of_files(globs.parts(path)), _of_files(globs.parts(other_path)))


def _of_files(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The names without the last `**` if they end with that of a file."""
    named = len(parts) > 1 and parts[-2] != "**" and kind_of(parts[-2]) is not None
    return parts[:-1] if named else parts


def _meet(one: Sequence[str], other: Sequence[str]) -> bool:
    if max(len(one), len(other)) > _LONG:
        return True
    reached = {(0, 0)}
    waiting = [(0, 0)]
    while waiting:
        at, position = waiting.pop()
        if at == len(one) and position == len(other):
            return True
        for step in _steps(one, at, other, position):
            if step not in reached:
                reached.add(step)
                waiting.append(step)
    return False


def _steps(one: Sequence[str], at: int, other: Sequence[str], position: int) -> Iterator[tuple[int, int]]:
    mine, theirs = one[at : at + 1], other[position : position + 1]
    if mine == ("**",):
        yield at + 1, position
        if theirs:
            yield at, position + 1
    if theirs == ("**",):
        yield at, position + 1
        if mine:
            yield at + 1, position
    if mine and theirs and "**" not in (*mine, *theirs) and _names_meet(mine[0], theirs[0]):
        yield at + 1, position + 1


def _names_meet(one: str, other: str) -> bool:
    wild = [any(char in name for char in _WILD) for name in (one, other)]
    if not all(wild):
        return fnmatchcase(one, other) if not wild[0] else fnmatchcase(other, one)
    heads, tails = [_head(one), _head(other)], [_tail(one), _tail(other)]
    heads.sort(key=len)
    tails.sort(key=len)
    return heads[1].startswith(heads[0]) and tails[1].endswith(tails[0])


def _head(glob: str) -> str:
    return glob[: min(glob.find(char) for char in _WILD if char in glob)]


def _tail(glob: str) -> str:
    """What stands after the last wildcard; nothing where a set of characters makes that unclear."""
    return "" if "[" in glob else glob[max(glob.rfind(char) for char in "*?") + 1 :]
