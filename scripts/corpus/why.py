"""Counts why `compress` leaves what two readers marked: reasons given by hand, in tokens.

Usage: python scripts/corpus/why.py TREES

A line of `reasons.jsonl` names a place of waste by the prompt's SHA-256 and its range of code points. What is
made without a suite is counted as taken, whatever its label.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import listed
from listed import Case
from marks import Mark, read
from waste import OVERLAP, Unit, Weights, gone, units

REASONS = listed.HERE / "reasons.jsonl"
Place = tuple[str, int, int]

SAID = {
    "taken": "taken without a suite",
    "words": "says in other words what another line says, or follows from it: needs understanding",
    "informs": "a sentence that leads in, explains or praises: whether it tells anything needs understanding",
    "part": "a part of a sentence, the rest of which has to be read with it",
    "strength": "stresses one rule among others, or makes an order of a wish",
    "step": "a numbered step, or a heading or label that others may rely on",
    "shown": "within an example, or a layout that is shown",
    "separator": "a ruler or an empty line that separates examples or what is filled in",
    "rule": "a rule of `compress` could take it, and none does yet",
}


@dataclass
class Count:
    """Places and tokens."""

    places: int = 0
    tokens: float = 0.0


def labels(path: Path = REASONS) -> dict[Place, str]:
    """The reason of each place.

    Raises:
        ValueError: a reason is not known.
    """
    found: dict[Place, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["reason"] not in SAID:
            raise ValueError(f"no reason: {row['reason']}")
        found[row["prompt"], row["start"], row["end"]] = row["reason"]
    return found


def places(found: Iterable[Unit]) -> Iterator[tuple[Unit, frozenset[int]]]:
    """The units, each with its code points that are in none before it."""
    seen: set[int] = set()
    for unit in found:
        points = unit.points - seen
        seen |= points
        yield unit, points


def add(counts: dict[str, Count], case: Case, marks: list[Mark], known: Mapping[Place, str]) -> None:
    """Count one prompt."""
    weights = Weights(case.ground.prompt.text)
    out, _ = gone(case)
    for unit, points in places(units(marks)):
        all_ = weights.of(points)
        taken = max(_share(weights, points, out), _share(weights, unit.partner, out))
        reason = known[case.listed.sha256, min(points), max(points) + 1]
        count = counts["taken" if taken >= OVERLAP else reason]
        count.places += 1
        count.tokens += all_


def _share(weights: Weights, points: frozenset[int], out: set[int]) -> float:
    return weights.of(points & out) / max(1e-9, weights.of(points))


def table(counts: Mapping[str, Count]) -> Iterator[str]:
    """A line a reason, the largest first."""
    whole = sum(count.tokens for count in counts.values())
    yield "| why it stays | places | tokens | share |"
    yield "|---|--:|--:|--:|"
    for reason, count in sorted(counts.items(), key=_by_tokens):
        yield f"| {SAID[reason]} | {count.places} | {count.tokens:.0f} | {count.tokens / whole:.0%} |"
    yield f"| all | {sum(count.places for count in counts.values())} | {whole:.0f} | 100% |"


def _by_tokens(entry: tuple[str, Count]) -> float:
    return -entry[1].tokens


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("trees", type=Path)
    values = parser.parse_args()
    by: dict[str, list[Mark]] = defaultdict(list)
    for mark in read():
        by[mark.prompt].append(mark)
    counts: dict[str, Count] = defaultdict(Count)
    known = labels()
    for case in listed.cases(values.trees, [each for each in listed.read() if each.set == "marked"]):
        add(counts, case, by[case.listed.sha256], known)
    print("\n".join(table(counts)))


if __name__ == "__main__":
    main()
