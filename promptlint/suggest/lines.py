"""Edits as replacements of whole lines, and which of these a comment can carry."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence

from promptlint.locate import replaced
from promptlint.model import Edit
from promptlint.records import dataclass

MAX_CHARS = 16_000
"""Characters of one suggestion, old and new lines each."""

MAX_RUN = 80
"""Backquotes in a row: hosts read no longer fence reliably."""

Hunk = tuple[int, int]
"""First and last line, from 1, of the new side that a diff shows."""


@dataclass(frozen=True, slots=True)
class Change:
    """Lines from `first` to `last` (from 1) that become `lines`."""

    first: int
    last: int
    lines: tuple[str, ...]


class Text:
    """A text with the places where its lines begin; lines end at LF, as git sees them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines[:-1]:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def old(self, change: Change) -> tuple[str, ...]:
        """The lines that a change replaces."""
        return tuple(self.lines[change.first - 1 : change.last])

    def change(self, edits: Sequence[Edit]) -> Change:
        """Edits as a change of as few whole lines as say the same: at least one, in one piece."""
        first = bisect_right(self.starts, edits[0].span.start)
        last = bisect_right(self.starts, max(edit.span.end for edit in edits))
        start = self.starts[first - 1]
        end = self.starts[last] - 1 if last < len(self.starts) else len(self.text)
        moved = [(edit.span.start - start, edit.span.end - start, edit.new) for edit in edits]
        old = self.lines[first - 1 : last]
        new = replaced(self.text[start:end], moved).split("\n")
        head = _shared(old, new)
        tail = _shared(old[head:][::-1], new[head:][::-1])
        if head + tail == len(old):  # nothing goes: one line stays, to hang the new ones on
            head, tail = (head - 1, tail) if head else (head, tail - 1)
        return Change(first + head, last - tail, tuple(new[head : len(new) - tail]))


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines two texts have in common at their beginnings."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def _is_within(change: Change, hunks: Sequence[Hunk]) -> bool:
    return any(first <= change.first and change.last <= last for first, last in hunks)


# --- what a comment can carry ---------------------------------------------------------------


def unfit(text: Text, change: Change, hunks: Sequence[Hunk]) -> str:
    """Why a comment cannot carry a change so that accepting it gives exactly this text; empty: it can."""
    if not _is_within(change, hunks):
        return "its lines are not in the diff"
    old = text.old(change)
    both = "\n".join((*old, *change.lines))
    if change.last == len(text.lines):
        return "the last line of the file has no line ending"
    if "\r" in both:
        return "its lines do not end in a plain LF"
    if max(sum(map(len, old)), sum(map(len, change.lines))) > MAX_CHARS:
        return "its lines are too long for a comment"
    if any(map(_is_odd, both)) or _TOO_MANY.search(both):
        return "its lines hold characters that a comment does not show as they are"
    if change.lines and not any(line.strip() for line in change.lines):
        return "only blank lines would be left, which a host may take for none"
    return ""


_TOO_MANY = re.compile(f"`{{{MAX_RUN},}}")
_HARMLESS = frozenset("\t\n\u200c\u200d\ufe0e\ufe0f")


def _is_odd(char: str) -> bool:
    """True for what controls, hides or reorders; joiners of scripts and emoji are usual text."""
    if char.isascii():
        return not char.isprintable() and char not in _HARMLESS
    odd = unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return odd and char not in _HARMLESS
