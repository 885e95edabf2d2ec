"""Tells which prompts of a run share passages, from what checking each file gave.

A run has one index of them, of digests: what it takes grows with the text, not with the pairs of prompts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from promptlint.model import FileResult, Finding, Passage, Span


class _Sharers(NamedTuple):
    """Who has a passage: the prompt itself, the first other, how many others; none for the first of all."""

    own: str
    other: str
    others: int


def told(results: Iterable[FileResult]) -> dict[str, tuple[Finding, ...]]:
    """The findings about shared passages, by file; passages in a row that the same prompts share are one.

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
    seen: set[tuple[str, str]] = set()
    for sharers, group in groupby(result.passages, lambda item: _sharers(item, owners[item.digest])):
        if sharers is None:
            continue
        distinct = {(sharers.own, item.digest): item for item in reversed(list(group))}
        run = [item for key, item in reversed(distinct.items()) if key not in seen]
        seen.update(distinct)
        if run and sum(item.words for item in run) >= run[0].least:
            yield _joined(run, sharers)


def _sharers(item: Passage, names: Mapping[str, None]) -> _Sharers | None:
    own, first = item.finding.prompt or "", next(iter(names))
    return None if first == own else _Sharers(own, first, len(names) - 1)


def _joined(run: Sequence[Passage], sharers: _Sharers) -> Finding:
    first, last = run[0].finding, run[-1].finding
    tokens = sum(item.tokens for item in run)
    more = f" and {sharers.others - 1} more" if sharers.others > 1 else ""
    end = last.location
    return replace(
        first,
        message=f"{tokens:,} tokens that {sharers.other}{more} has too: keep them in one place",
        span=Span(first.span.start, max(first.span.end, last.span.end)),
        location=replace(first.location, end_line=end.end_line, end_column=end.end_column),
    )
