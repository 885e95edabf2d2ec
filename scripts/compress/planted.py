"""Prompts made of numbers, some of which are needed, and a provider that answers by them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from promptlint.compress import cutting, search
from promptlint.compress.tried import Cases, Tried, Variant


@dataclass(frozen=True)
class Cell:
    """What a run is made up of.

    Args:
        segments: of the prompt.
        needed: without each of these alone the prompt is worse.
        pairs: of these one is needed, and either suffices.
        cases: of the search.
        least: the smallest effect, as a share of the cases that fail.
        most: the largest.
        noise: the share of answers that turn by chance, in each variant anew.
        passing: the share of cases that the prompt passes.
        margin: of the proof.
        cluster: cases that depend on one another: what is needed by one is by all.
    """

    segments: int = 40
    needed: int = 8
    pairs: int = 2
    cases: int = 200
    least: float = 0.10
    most: float = 0.40
    noise: float = 0.02
    passing: float = 0.95
    margin: float = 0.05
    cluster: int = 1


@dataclass(frozen=True)
class Outcome:
    """What a search came to.

    Args:
        groups: how many segments and pairs were needed.
        lost: how many of these were cut.
        dead: segments that nobody needs, one of each pair with them.
        removed: how many of these were cut.
        share: calls, of those of exhaustive leave-one-out; those of the prompt itself are in both.
        halted: whether the budget ended it.
    """

    groups: int
    lost: int
    dead: int
    removed: int
    share: float
    halted: bool


class Provider:
    """Answers by which segments a variant lacks; the same question gets the same answer."""

    def __init__(self, cell: Cell, seed: int) -> None:
        rng = random.Random(seed)
        numbers = list(range(cell.segments))
        rng.shuffle(numbers)
        ends = cell.needed, cell.needed + 2 * cell.pairs
        both = numbers[ends[0] : ends[1]]
        self.groups = [frozenset([each]) for each in numbers[: ends[0]]]
        self.groups += [frozenset(both[at : at + 2]) for at in range(0, len(both), 2)]
        units = [
            tuple(range(at, min(at + cell.cluster, cell.cases))) for at in range(0, cell.cases, cell.cluster)
        ]
        self.depends = []
        for _ in self.groups:
            share = rng.uniform(cell.least, cell.most)
            wanted: set[int] = set()
            for unit in rng.sample(units, len(units)):
                if len(wanted) >= share * cell.cases:
                    break
                wanted.update(unit)
            self.depends.append(wanted)
        self.hard = {case for case in range(cell.cases) if rng.random() > cell.passing}
        self.tokens = {number: rng.randint(5, 60) for number in range(cell.segments)}
        self.units = tuple(rng.sample(units, len(units)))
        self._cell, self._salt = cell, rng.random()

    def score(self, variant: Variant, cases: Sequence[int]) -> list[float]:
        """Pass or fail of each case, as 1 or 0."""
        missing: set[int] = set(self.hard)
        for group, wanted in zip(self.groups, self.depends, strict=True):
            if variant >= group:
                missing |= wanted
        name = f"{self._salt} {sorted(variant)}"
        return [float((case in missing) == self._turns(name, case)) for case in cases]

    def _turns(self, name: str, case: int) -> bool:
        return random.Random(f"{name} {case}").random() < self._cell.noise / 2


def run(cell: Cell, seed: int) -> Outcome:
    """One search with the product's own budget and rules."""
    provider = Provider(cell, seed)
    most = search.budget(cell.segments, cell.cases)
    tried = Tried(provider.score, Cases(provider.units), most)
    found = search.searched(tried, [lambda _: provider.tokens], cutting.Rules.of(cell.margin))
    lost = sum(found.made >= group for group in provider.groups)
    return Outcome(
        groups=len(provider.groups),
        lost=lost,
        dead=cell.segments - len(provider.groups),
        removed=len(found.made) - lost,
        share=(tried.calls + tried.baseline_calls) / ((cell.segments + 1) * cell.cases),
        halted=bool(found.halted),
    )
