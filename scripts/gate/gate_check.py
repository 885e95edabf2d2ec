"""Compares tables of the simulation with those that stand in the docs, chance allowed for."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
RUNS = re.compile(r"([\d,]+) runs a cell")
REACH = 5
"""Standard errors beyond which a rate has changed."""
MEANS = 0.1
"""By how much of itself a mean number of cases may differ: it has no standard error in the table."""


def sections(page: str) -> dict[str, str]:
    """The tables below their headings."""
    parts = re.split(r"^### (.+)\n", page, flags=re.MULTILINE)
    return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def changes(ours: str, theirs: str) -> Iterator[str]:
    """What one table says otherwise than the other: rows that differ by more than chance."""
    ours, theirs = ours.strip(), theirs.strip()
    sizes = [_runs(text) for text in (ours, theirs)]
    mine, stored = ours.split("\n"), theirs.split("\n")
    if len(mine) != len(stored):
        yield f"{len(stored)} lines in the docs, {len(mine)} now"
        return
    for now, before in zip(mine, stored, strict=True):
        if now != before and not (now.startswith("| ") and before.startswith("| ")):
            if RUNS.sub("", now.split(";")[0]) != RUNS.sub("", before.split(";")[0]):
                yield f"{before!r}, now {now!r}"
        elif now != before and not _alike(now, before, *sizes):
            yield f"{before}, now {now}"


def _runs(text: str) -> int | None:
    """Runs a cell; None: there is no chance in the table."""
    found = RUNS.search(text)
    return int(found[1].replace(",", "")) if found else None


def _alike(now: str, before: str, runs: int | None, stored: int | None) -> bool:
    """Whether two rows differ by chance alone: in the numbers, and in what is bold for it."""
    now, before = now.replace("**", ""), before.replace("**", "")
    if runs is None or stored is None or NUMBER.sub("", now) != NUMBER.sub("", before):
        return False
    pairs = zip(NUMBER.finditer(now), NUMBER.finditer(before), strict=True)
    return all(_near(one, other, 1 / runs + 1 / stored) for one, other in pairs)


def _near(one: re.Match[str], other: re.Match[str], spread: float) -> bool:
    """Whether two numbers of the same place are of the same truth; `spread` is 1 / runs, of both together."""
    first, second = (float(found[0].replace(",", "")) for found in (one, other))
    if one.string[one.end() : one.end() + 1] == "%":
        first, second = first / 100, second / 100
    if max(first, second) > 1:
        return abs(first - second) <= MEANS * max(first, second)
    middle = min(1 - spread, max(spread, (first + second) / 2))
    return abs(first - second) <= REACH * math.sqrt(middle * (1 - middle) * spread) + 0.005
