"""Tells which prompts of a run share passages, from what checking each file gave.

A run has one index of them, of digests: what it takes grows with the text, not with the pairs of prompts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import NamedTuple

from promptlint.model import FileResult, Finding, Passage


class _Sharers(NamedTuple):
    """Who has a passage: the prompt itself, and the first that has it, too."""

    own: str
    first: str


def told(results: Iterable[FileResult]) -> dict[str, tuple[Finding, ...]]:
    """The findings about shared passages, by file: one for all that a prompt shares with the same first one.

    The first prompt that has a passage, by file and place, is told nothing of it.
    """
    files = sorted((result for result in results if result.passages), key=attrgetter("path"))
    owners: dict[str, dict[str, None]] = {}
    for result in files:
        for item in result.passages:
            owners.setdefault(item.digest, {})[item.finding.prompt or ""] = None
    found = {result.path: tuple(_of_file(result, owners)) for result in files}
    return {path: findings for path, findings in found.items() if findings}


def _of_file(result: FileResult, owners: Mapping[str, Mapping[str, None]]) -> Iterator[Finding]:
    shared: dict[_Sharers, dict[str, Passage]] = {}
    for item in result.passages:
        sharers = _Sharers(item.finding.prompt or "", next(iter(owners[item.digest])))
        if sharers.own != sharers.first:
            shared.setdefault(sharers, {}).setdefault(item.digest, item)
    for sharers, items in shared.items():
        found = tuple(items.values())
        if sum(item.words for item in found) >= found[0].least:
            others = max(len(owners[item.digest]) for item in found) - 1
            yield _told(found, sharers.first, others)


def _told(found: Sequence[Passage], first: str, others: int) -> Finding:
    tokens = sum(item.tokens for item in found)
    where = f" in {len(found)} passages" if len(found) > 1 else ""
    more = f" and {others - 1} more" if others > 1 else ""
    has = "have" if more else "has"
    return replace(
        found[0].finding,
        message=f"{tokens:,} tokens{where} that {first}{more} {has}, too: keep them in one place",
        related=tuple(item.finding.location for item in found[1:]),
    )
