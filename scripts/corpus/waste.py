"""Scores the blind marks: how much of the waste that both readers marked `compress` removes, and what else.

Usage: python scripts/corpus/waste.py TREES [--set marked|tuning] [--misses]. A token is counted by its code
points: what both readers marked is waste, what neither did is unmarked. Of two wordings of a rule either may
go. The marked set is for the end: who works on a pass looks at the tuning set, which one reader has marked.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import listed
from listed import Case
from marks import Mark, read

from promptlint.compress import offline
from promptlint.compress.proposal import Proposal
from promptlint.compress.segments import Part, parts
from promptlint.model import Span
from promptlint.tokens import _load  # the offsets of tokens are nobody else's need

OVERLAP = 0.5  # of the shorter of two marks, to be one


class Weights:
    """The tokens of a text, spread over its code points."""

    def __init__(self, text: str) -> None:
        encoding = _load("o200k_base")
        ends = [*encoding.decode_with_offsets(encoding.encode_ordinary(text))[1], len(text)]
        self._at = [0.0] * (len(text) + 1)
        starts = sorted(ends)
        held: dict[int, int] = defaultdict(int)
        for start in starts[:-1]:
            held[start] += 1  # several tokens may spell one code point
        for (start, many), (end, _) in pairwise([*sorted(held.items()), (len(text), 0)]):
            for place in range(start, end):
                self._at[place] = many / (end - start)
        self.total = sum(self._at)

    def of(self, points: Iterable[int]) -> float:
        """The tokens of some code points."""
        return sum(self._at[point] for point in points)


@dataclass(frozen=True)
class Unit:
    """Waste that both readers marked: its code points, and those of what says it."""

    kind: str
    points: frozenset[int]
    partner: frozenset[int]


def units(marks: Sequence[Mark]) -> list[Unit]:
    """What two readers agree on: the same stretch, or the one's stretch and the other's partner."""
    by: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        by[mark.marker].append(mark)
    if len(by) < 2:
        return [_alone(mark) for mark in marks]
    one, other = (by[name] for name in sorted(by))
    found = []
    for mark in one:
        for twin in other:
            both = set(mark.range) & set(twin.range)
            if len(both) >= OVERLAP * min(len(mark.range), len(twin.range)):
                partner = _partner(mark) | _partner(twin)
                found.append(Unit(mark.kind, frozenset(both), partner - set(both)))
            elif _crossed(mark, twin):
                found.append(Unit(mark.kind, frozenset(mark.range), frozenset(twin.range)))
    return found


def _alone(mark: Mark) -> Unit:
    return Unit(mark.kind, frozenset(mark.range), _partner(mark))


def _partner(mark: Mark) -> frozenset[int]:
    return frozenset(range(*mark.partner)) if mark.partner else frozenset()


def _crossed(mark: Mark, twin: Mark) -> bool:
    """True if each reader marks what the other one names as the line that stays."""
    return (
        mark.partner is not None
        and twin.partner is not None
        and 2 * len(_partner(mark) & set(twin.range)) >= min(len(_partner(mark)), len(twin.range))
        and 2 * len(_partner(twin) & set(mark.range)) >= min(len(_partner(twin)), len(mark.range))
    )


@dataclass
class Score:
    """Sums over prompts, in tokens: by kind of waste what was marked and what is gone, and what else is."""

    marked: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    removed: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    offered: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    cuttable: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    units: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    unmarked: float = 0.0
    touched: float = 0.0
    words: float = 0.0
    prompts: int = 0


def gone(case: Case) -> tuple[set[int], set[int]]:
    """The code points that `compress` takes out or replaces, without a suite, and as passes offer to one."""
    done = offline.shorten(case.file, case.ground, offline.Target())
    offers = [each for each in done.left if each.is_shorter]
    made, offered = (_points(case, each) for each in (done.chosen, offers))
    return made, made | offered


def _cuttable(found: Iterable[Part]) -> Iterator[Span]:
    """The parts that a search with a suite may leave out."""
    for part in found:
        if part.cut is not None:
            yield part.cut
        else:
            yield from _cuttable(part.children)


def _points(case: Case, proposals: Iterable[Proposal]) -> set[int]:
    text = case.ground.prompt.text
    edits = [edit for proposal in proposals for edit in proposal.edits]
    return {
        edit.span.start + at
        for edit in edits
        for at in changed(text[edit.span.start : edit.span.end], edit.new)
    }


def changed(old: str, new: str) -> Iterator[int]:
    """The places of `old` that are not in `new`; a letter in capitals is the same letter."""
    head = 0
    while head < min(len(old), len(new)) and old[head].lower() == new[head].lower():
        head += 1
    tail = 0
    most = min(len(old), len(new)) - head
    while tail < most and old[-1 - tail].lower() == new[-1 - tail].lower():
        tail += 1
    yield from range(head, len(old) - tail)


def add(score: Score, case: Case, marks: Sequence[Mark], misses: bool) -> None:
    """Count one prompt."""
    text = case.ground.prompt.text
    weights = Weights(text)
    out, offered = gone(case)
    open_ = {point for part in _cuttable(parts(case.ground)) for point in range(part.start, part.end)}
    seen: set[int] = set()
    for unit in units(marks):
        points = unit.points - seen
        seen |= points
        all_ = weights.of(points)
        share = _removed(weights, points, unit.partner, out)
        score.units[unit.kind] += 1
        score.marked[unit.kind] += all_
        score.removed[unit.kind] += share * all_
        score.offered[unit.kind] += _removed(weights, points, unit.partner, offered) * all_
        score.cuttable[unit.kind] += _removed(weights, points, unit.partner, open_) * all_
        if misses and share < OVERLAP and points:
            print(f"MISS {case.listed.name} {unit.kind} {text[min(points) : max(points) + 1]!r}")
    said = {point for mark in marks for point in (*mark.range, *_partner(mark))}
    rest = set(range(len(text))) - said
    score.unmarked += weights.of(rest)
    score.touched += weights.of(rest & out)
    score.words += weights.of(point for point in rest & out if text[point].isalnum())
    score.prompts += 1
    if misses:
        for start, end in _runs(sorted(rest & out)):
            print(f"TOUCHED {case.listed.name} {text[start:end]!r}")


def _removed(weights: Weights, points: Iterable[int], partner: Iterable[int], out: set[int]) -> float:
    """The share of a marked stretch that is gone, or of what says the same."""
    return max(_share(weights, points, out), _share(weights, partner, out))


def _share(weights: Weights, points: Iterable[int], out: set[int]) -> float:
    points = set(points)
    return weights.of(points & out) / max(1e-9, weights.of(points))


def _runs(points: Sequence[int]) -> Iterator[tuple[int, int]]:
    held: list[int] = []
    for point in points:
        if held and point > held[-1] + 1:
            yield held[0], held[-1] + 1
            held = []
        held.append(point)
    if held:
        yield held[0], held[-1] + 1


def table(score: Score) -> Iterator[str]:
    """Recall by kind of waste, and what was touched besides."""
    yield "| waste | marks of both | tokens | removed | recall | + offered to a suite | a search may cut |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for kind in (*sorted(score.marked), "all"):
        of = [
            sum(held.values()) if kind == "all" else held[kind]
            for held in (score.units, score.marked, score.removed, score.offered, score.cuttable)
        ]
        shares = " | ".join(f"{each / max(1e-9, of[1]):.0%}" for each in of[2:])
        yield f"| {kind} | {of[0]} | {of[1]:.0f} | {of[2]:.0f} | {shares} |"
    yield (
        f"{score.prompts} prompts; unmarked tokens touched: {score.touched:.0f} of {score.unmarked:.0f}, "
        f"{score.touched / max(1e-9, score.unmarked):.2%}; of these letters and digits: {score.words:.0f}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("trees", type=Path)
    parser.add_argument("--set", default="marked", dest="part")
    parser.add_argument("--misses", action="store_true")
    values = parser.parse_args()
    by: dict[str, list[Mark]] = defaultdict(list)
    for mark in read():
        by[mark.prompt].append(mark)
    score = Score()
    wanted = [each for each in listed.read() if each.set == values.part]
    for case in listed.cases(values.trees, wanted):
        add(score, case, by[case.listed.sha256], values.misses)
    print("\n".join(table(score)))


if __name__ == "__main__":
    main()
