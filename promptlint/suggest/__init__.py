"""Safe fixes as replacements of whole lines, for a reviewer to accept with a click; each one proven alone.

A host puts the lines of a suggestion in the place of those that it was made at. How it spells line endings
then is the host's affair, so that only lines are touched that end in a plain LF.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from promptlint import fix, run
from promptlint.errors import ProofError
from promptlint.lint import Examined, Settings, examine
from promptlint.model import Context, Finding, Safety, Source
from promptlint.records import dataclass
from promptlint.suggest.lines import Change, Hunk, Text, unfit
from promptlint.vet import compatible, merged

__all__ = ["MOST", "Apart", "Hunk", "Suggested", "Suggestion", "apply", "of_source", "suggested", "worth"]

MOST = 30
"""Suggestions under one request at a time; more is noise. No more of a file are proven."""


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
    """The suggestions of one or more files, in order, and what is not suggested.

    `more` counts what would be suggested beyond the dearest `MOST` of a file; that is not proven.
    """

    suggestions: tuple[Suggestion, ...] = ()
    apart: tuple[Apart, ...] = ()
    more: int = 0


def suggested(
    request: run.Request, hunks: Mapping[str, Sequence[Hunk]], only: Collection[str] | None = None
) -> Suggested:
    """What can be suggested at the lines that a diff shows.

    Args:
        request: what is checked; its `at` is the commit at the diff's new side.
        hunks: of each file, as it is shown.
        only: the fingerprints of the findings that are to be repaired; None: of all.

    Raises:
        UsageError: a revision is bad.
        ConfigError: a config file is wrong.
    """
    asked = replace(request, only=frozenset(hunks))
    outcome = run.run(asked)
    fixable = {
        file.path for file in outcome.result.files if any(_is_asked(each, only) for each in file.findings)
    }
    parts = []
    for place, source in run.sources(replace(asked, only=frozenset(fixable)), outcome.workspace)[0]:
        whole = replace(source, context=outcome.contexts.get(source.path, Context()))
        settings = outcome.workspace.settings(place, source.path)
        parts.append(of_source(whole, settings, hunks[source.path], only))
    return Suggested(
        tuple(item for part in parts for item in part.suggestions),
        tuple(item for part in parts for item in part.apart),
        sum(part.more for part in parts),
    )


def of_source(
    source: Source, settings: Settings, hunks: Sequence[Hunk], only: Collection[str] | None = None
) -> Suggested:
    """What can be suggested for one file.

    Fixes whose lines meet are one suggestion. Each suggestion is proven as if it were the only one that is
    accepted, and all of them together.

    Args:
        source: the file at the diff's new side.
        settings: as for checking it.
        hunks: the lines that the diff shows.
        only: as for `suggested`.
    """
    examined = examine(source, settings)
    text = Text(source.text)
    wanted = (item for item in fix.wanted(examined, Safety.SAFE, ()) if _is_asked(item.mark.finding, only))
    chosen, apart = _chosen(text, wanted, hunks)
    parts = [_Part(text.change(merged(group)), tuple(group)) for group in _groups(text, chosen)]
    good: list[_Part] = []
    more = 0
    for part in sorted(parts, key=lambda part: (-worth(_findings(part)), part.change.first)):
        reason = unfit(text, part.change, hunks)
        if not reason and len(good) == MOST:
            more += 1
        elif reason := reason or _unproven(examined, settings, (part,)):
            apart += (Apart(finding, reason) for finding in _findings(part))
        else:
            good.append(part)
    good, failed = _together(examined, settings, good)
    made = (_suggestion(source.path, text, part) for part in good)
    return Suggested(
        tuple(sorted(made, key=lambda item: item.first)),
        tuple(sorted((*apart, *failed), key=lambda item: item.finding.span)),
        more,
    )


def _chosen(
    text: Text, wanted: Iterable[fix.Item], hunks: Sequence[Hunk]
) -> tuple[tuple[fix.Item, ...], list[Apart]]:
    """The fixes inside of hunks that go together, and the others."""
    inside: list[fix.Item] = []
    apart: list[Apart] = []
    for item in wanted:
        if reason := unfit(text, text.change(item.edits), hunks):
            apart.append(Apart(item.mark.finding, reason))
        else:
            inside.append(item)
    chosen = compatible(inside)
    kept = {id(item) for item in chosen}
    twice = (item for item in inside if id(item) not in kept)
    apart += (Apart(item.mark.finding, "another fix changes the same text") for item in twice)
    return chosen, apart


def worth(findings: Iterable[Finding]) -> float:
    """What the fixes of findings save: US dollars for 1,000 calls, where nothing is read from a cache."""
    savings = (finding.saving for finding in findings)
    return sum(saving.usd_per_1000[1] for saving in savings if saving and saving.usd_per_1000)


def apply(text: str, suggestions: Iterable[Suggestion]) -> str:
    """A file's text as it is when all these suggestions are accepted."""
    lines = text.split("\n")
    for item in sorted(suggestions, key=lambda item: item.first, reverse=True):
        lines[item.first - 1 : item.last] = item.lines
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Part:
    """Fixes that are accepted together, and what they come to."""

    change: Change
    items: tuple[fix.Item, ...]


def _groups(text: Text, items: Sequence[fix.Item]) -> list[list[fix.Item]]:
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


# --- proof ----------------------------------------------------------------------------------


def _together(examined: Examined, settings: Settings, parts: list[_Part]) -> tuple[list[_Part], list[Apart]]:
    """The parts that may all be accepted, and the findings of those that may not."""
    if len(parts) < 2 or not _unproven(examined, settings, parts):
        return parts, []
    good: list[_Part] = []
    apart = []
    for part in parts:
        if reason := _unproven(examined, settings, (*good, part)):
            apart += [Apart(finding, reason) for finding in _findings(part)]
        else:
            good.append(part)
    return good, apart


def _unproven(examined: Examined, settings: Settings, parts: Sequence[_Part]) -> str:
    """Why the parts, all accepted, are not proven; empty: they are."""
    text = Text(examined.source.text)
    try:
        new = fix.applied(examined, [item for part in parts for item in part.items], settings)
    except ProofError as error:
        return f"not proven: {error}"
    made = (_suggestion(examined.source.path, text, part) for part in parts)
    if apply(examined.source.text, made) != new.text:
        return "its lines cannot be replaced by themselves"
    return ""


def _suggestion(path: str, text: Text, part: _Part) -> Suggestion:
    change = part.change
    return Suggestion(path, change.first, change.last, change.lines, text.old(change), _findings(part))


def _findings(part: _Part) -> tuple[Finding, ...]:
    return tuple(sorted((item.mark.finding for item in part.items), key=lambda finding: finding.span))


def _is_asked(finding: Finding, only: Collection[str] | None) -> bool:
    """True if it has a safe fix, and is one of those that are to be repaired."""
    return _is_safe(finding) and (only is None or finding.fingerprint in only)


def _is_safe(finding: Finding) -> bool:
    return finding.fix is not None and bool(finding.fix.edits) and finding.fix.safety is Safety.SAFE
