"""Safe fixes as replacements of whole lines, for a reviewer to accept with a click; each one proven alone.

A host puts the lines of a suggestion in the place of those that it was made at. How it spells line endings
then is the host's affair, so that only lines are touched that end in a plain LF.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from promptlint import fix, run
from promptlint.errors import ProofError
from promptlint.lint import Examined, Settings, examine
from promptlint.locate import replaced
from promptlint.model import Context, Edit, Finding, Safety, Source
from promptlint.records import dataclass
from promptlint.vet import compatible, merged

MAX_CHARS = 16_000
"""Characters of one suggestion, old and new lines each."""

MAX_RUN = 80
"""Backquotes in a row: hosts read no longer fence reliably."""

Hunk = tuple[int, int]
"""First and last line, from 1, of the new side that a diff shows."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Put `lines` in the place of the lines from `first` to `last`; no lines: they are deleted.

    `old` are the lines that go, `findings` what the suggestion repairs.
    """

    path: str
    first: int
    last: int
    lines: tuple[str, ...]
    old: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """A finding with a safe fix that is not suggested, and why: a clause."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """The suggestions of one or more files, in order, and what is not suggested."""

    suggestions: tuple[Suggestion, ...] = ()
    apart: tuple[Apart, ...] = ()


def suggested(request: run.Request, hunks: Mapping[str, Sequence[Hunk]]) -> Suggested:
    """What can be suggested at the lines that a diff shows.

    Args:
        request: what is checked; its `at` is the commit at the diff's new side.
        hunks: of each file, as it is shown.

    Raises:
        UsageError: a revision is bad.
        ConfigError: a config file is wrong.
    """
    asked = replace(request, only=frozenset(hunks))
    outcome = run.run(asked)
    fixable = {file.path for file in outcome.result.files if any(map(_is_safe, file.findings))}
    parts = []
    for place, source in run.sources(replace(asked, only=frozenset(fixable)), outcome.workspace)[0]:
        whole = replace(source, context=outcome.contexts.get(source.path, Context()))
        settings = outcome.workspace.settings(place, source.path)
        parts.append(of_source(whole, settings, hunks[source.path]))
    return Suggested(
        tuple(item for part in parts for item in part.suggestions),
        tuple(item for part in parts for item in part.apart),
    )


def of_source(source: Source, settings: Settings, hunks: Sequence[Hunk]) -> Suggested:
    """What can be suggested for one file.

    Fixes whose lines meet are one suggestion. Each suggestion is proven as if it were the only one that is
    accepted, and all of them together.

    Args:
        source: the file at the diff's new side.
        settings: as for checking it.
        hunks: the lines that the diff shows.
    """
    examined = examine(source, settings)
    text = _Text(source.text)
    chosen, apart = _chosen(text, examined, hunks)
    good: list[_Part] = []
    for group in _groups(text, chosen):
        part = _Part(text.change(merged(group)), tuple(group))
        reason = _unfit(text, part.change, hunks) or _unproven(examined, settings, (part,))
        if reason:
            apart += (Apart(item.mark.finding, reason) for item in group)
        else:
            good.append(part)
    good, failed = _together(examined, settings, good)
    made = (_suggestion(source.path, text, part) for part in good)
    return Suggested(
        tuple(sorted(made, key=lambda item: item.first)),
        tuple(sorted((*apart, *failed), key=lambda item: item.finding.span)),
    )


def _chosen(
    text: _Text, examined: Examined, hunks: Sequence[Hunk]
) -> tuple[tuple[fix.Item, ...], list[Apart]]:
    """The safe fixes inside of hunks that go together, and the others."""
    inside: list[fix.Item] = []
    apart: list[Apart] = []
    for item in fix.wanted(examined, Safety.SAFE, ()):
        if reason := _unfit(text, text.change(item.edits), hunks):
            apart.append(Apart(item.mark.finding, reason))
        else:
            inside.append(item)
    chosen = compatible(inside)
    kept = {id(item) for item in chosen}
    twice = (item for item in inside if id(item) not in kept)
    apart += (Apart(item.mark.finding, "another fix changes the same text") for item in twice)
    return chosen, apart


def apply(text: str, suggestions: Iterable[Suggestion]) -> str:
    """A file's text as it is when all these suggestions are accepted."""
    lines = text.split("\n")
    for item in sorted(suggestions, key=lambda item: item.first, reverse=True):
        lines[item.first - 1 : item.last] = item.lines
    return "\n".join(lines)


# --- lines ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Change:
    """Lines from `first` to `last` (from 1) that become `lines`."""

    first: int
    last: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """Fixes that are accepted together, and what they come to."""

    change: _Change
    items: tuple[fix.Item, ...]


class _Text:
    """A text with the places where its lines begin; lines end at LF, as git sees them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines[:-1]:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def old(self, change: _Change) -> tuple[str, ...]:
        """The lines that a change replaces."""
        return tuple(self.lines[change.first - 1 : change.last])

    def change(self, edits: Sequence[Edit]) -> _Change:
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
        return _Change(first + head, last - tail, tuple(new[head : len(new) - tail]))


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines two texts have in common at their beginnings."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def _is_within(change: _Change, hunks: Sequence[Hunk]) -> bool:
    return any(first <= change.first and change.last <= last for first, last in hunks)


def _groups(text: _Text, items: Sequence[fix.Item]) -> list[list[fix.Item]]:
    """The items, those together whose lines meet."""
    groups: list[list[fix.Item]] = [[item] for item in items]
    while True:
        placed = sorted(
            ((text.change(merged(group)), group) for group in groups), key=lambda pair: pair[0].first
        )
        joined: list[tuple[int, list[fix.Item]]] = []
        for change, group in placed:
            if joined and change.first <= joined[-1][0]:
                last, before = joined[-1]
                joined[-1] = (max(last, change.last), [*before, *group])
            else:
                joined.append((change.last, group))
        if len(joined) == len(groups):
            return [group for _, group in joined]
        groups = [group for _, group in joined]


# --- what a comment can carry ---------------------------------------------------------------


def _unfit(text: _Text, change: _Change, hunks: Sequence[Hunk]) -> str:
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


# --- proof ----------------------------------------------------------------------------------


def _together(examined: Examined, settings: Settings, parts: list[_Part]) -> tuple[list[_Part], list[Apart]]:
    """The parts that may all be accepted, and the findings of those that may not."""
    if len(parts) < 2 or not _unproven(examined, settings, parts):
        return parts, []
    good: list[_Part] = []
    apart = []
    for part in parts:
        if reason := _unproven(examined, settings, (*good, part)):
            apart += [Apart(item.mark.finding, reason) for item in part.items]
        else:
            good.append(part)
    return good, apart


def _unproven(examined: Examined, settings: Settings, parts: Sequence[_Part]) -> str:
    """Why the parts, all accepted, are not proven; empty: they are."""
    text = _Text(examined.source.text)
    try:
        new = fix.applied(examined, [item for part in parts for item in part.items], settings)
    except ProofError as error:
        return f"not proven: {error}"
    made = (_suggestion(examined.source.path, text, part) for part in parts)
    if apply(examined.source.text, made) != new.text:
        return "its lines cannot be replaced by themselves"
    return ""


def _suggestion(path: str, text: _Text, part: _Part) -> Suggestion:
    change = part.change
    findings = sorted((item.mark.finding for item in part.items), key=lambda finding: finding.span)
    return Suggestion(path, change.first, change.last, change.lines, text.old(change), tuple(findings))


def _is_safe(finding: Finding) -> bool:
    return finding.fix is not None and bool(finding.fix.edits) and finding.fix.safety is Safety.SAFE
