"""The two sides of a change, as the guards read them, and the drafts of what they tell."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from promptlint import changes
from promptlint.discover import display
from promptlint.files import MAX_BYTES
from promptlint.records import dataclass
from promptlint.store import Store

MOST = 5
"""Guards of one topic in one file; if there are more, they become one."""

_LONGEST = 100  # code points of a quoted text
_LISTED = 8
_HUGE = 10**15
_NOT_THERE, _NO_FILE = "", "no regular file"


@dataclass(frozen=True, slots=True)
class Draft:
    """A guard to be; `topic` says in the plural what it is one of, `name` is its word in a list of them."""

    kind: changes.GuardKind
    path: str
    line: int | None
    detail: str
    topic: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What was compared, and how: of the checks that promptlint makes, those that hold here.

    Args:
        config_file: the one whose configuration holds for all; absolute.
        isolated: no configuration holds.
        asked: of the files that differ those that were compared; None: all.
        prompts: what became of each.
        unread: the files of which something else is said, as they could not be read after the change.
    """

    config_file: Path | None = None
    isolated: bool = False
    asked: frozenset[str] | None = None
    prompts: tuple[changes.PromptChange, ...] = ()
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sides:
    """The change: the files below `root`, before and after; `names` are those that may differ.

    `top` is that of the work tree, at or above the root; what lies outside of it is no part of a change.
    """

    root: Path
    top: Path
    before: Store
    after: Store
    names: frozenset[str]
    run: Run = Run()

    @property
    def both(self) -> tuple[Store, Store]:
        """Before and after."""
        return self.before, self.after

    def shown(self, path: Path) -> str:
        """An absolute path as guards show it."""
        return display(path, self.root)

    def differs(self, path: Path) -> bool:
        """True if a file is not the same on both sides; one that is too large to be read may be."""
        inside = path.is_relative_to(self.root)
        if (inside and self.shown(path) not in self.names) or not path.is_relative_to(self.top):
            return False
        one, other = (state(store, path) for store in self.both)
        return one != other or (isinstance(one, bytes) and len(one) > MAX_BYTES)


def state(store: Store, path: Path) -> bytes | str:
    """The content of a file; a text that says why there is none."""
    if not store.is_file(path):
        return _NO_FILE if store.exists(path) else _NOT_THERE
    try:
        return store.data(path, MAX_BYTES)
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def text(store: Store, path: Path) -> str:
    """The text of a file, line ends as they are; empty if there is none."""
    found = state(store, path)
    return found.decode("utf-8-sig", "replace") if isinstance(found, bytes) else ""


def clipped(words: object) -> str:
    """A text from the project, cut to a length that a guard can quote."""
    try:
        quoted = str(words)
    except ValueError:  # Python refuses to spell numbers of more than 4,300 digits
        return "a huge number"
    return quoted if len(quoted) <= _LONGEST else f"{quoted[: _LONGEST - 1]}…"


def counted(number: int, noun: str) -> str:
    """`1 file`, `1,234 files`."""
    if number > _HUGE:
        return f"a huge number of {noun}s"
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(names: Iterable[str] | Mapping[str, int]) -> str:
    """Names with how often each is there (of a mapping, as it says), the first few of them."""
    counts = sorted(Counter(names).items())
    shown = [clipped(name) + (f" ×{clipped(count)}" if count > 1 else "") for name, count in counts]
    more = len(shown) - _LISTED
    return ", ".join(shown[:_LISTED]) + (f" and {more:,} more" if more > 0 else "")


def joined(drafts: Iterable[Draft]) -> Iterator[changes.Guard]:
    """The guards: each said once, those of one topic and file together where they are many."""
    topics: dict[tuple[changes.GuardKind, str, str], list[Draft]] = {}
    for draft in dict.fromkeys(drafts):
        topics.setdefault((draft.kind, draft.path, draft.topic), []).append(draft)
    for (kind, path, topic), found in topics.items():
        if len(found) > MOST:
            names = listed(draft.name for draft in found)
            yield changes.Guard(kind, path, None, f"{len(found):,} {topic}: {names}")
        else:
            yield from (changes.Guard(kind, path, draft.line, draft.detail) for draft in found)


def tidy(message: object, root: Path) -> str:
    """A message of an error without the folder that the project happens to lie in."""
    return clipped(str(message).replace(f"{root}{os.sep}", ""))
