"""Whole runs, search and proof, on a provider by which every variant loses exactly the margin."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from promptlint.compress import cutting, proving, search
from promptlint.compress.tried import Tried, Variant
from promptlint.evals.gate import Rules
from promptlint.evals.pairs import Pair, Scored


@dataclass(frozen=True)
class Cell:
    """What a run is made up of.

    Args:
        cases: of the suite.
        margin: declared; every variant loses so much, on average.
        gains: the share of cases that turn better, made up for by as many more that turn worse.
        shared: whether all variants turn the same cases; otherwise each its own.
        blind: whether the search takes every variant to be fine, so that every run is proven; otherwise it is
            the product's own.
        passing: the share of cases that the prompt passes.
        cluster: cases of one cluster turn together.
        moves: that can be made.
        alpha: of the gate.
    """

    cases: int = 400
    margin: float = 0.05
    gains: float = 0.0
    shared: bool = False
    blind: bool = True
    passing: float = 0.9
    cluster: int = 1
    moves: int = 12
    alpha: float = 0.05


class Provider:
    """Pass and fail of the prompt and of each variant, drawn when first asked for; clusters turn as one."""

    def __init__(self, cell: Cell, rng: random.Random) -> None:
        self._cell, self._rng = cell, rng
        self._units = range(math.ceil(cell.cases / cell.cluster))
        self._passes = [rng.random() < cell.passing for _ in self._units]
        self._drawn: dict[object, list[bool]] = {}

    def scores(self, variant: Variant) -> list[float]:
        """By case."""
        passes = self._passes
        if variant:
            key = "all" if self._cell.shared else variant
            if key not in self._drawn:
                self._drawn[key] = [self._turned(passed) for passed in self._passes]
            passes = self._drawn[key]
        return [float(passes[case // self._cell.cluster]) for case in range(self._cell.cases)]

    def _turned(self, passed: bool) -> bool:
        """The answer of a variant, so that a share of margin + gains is lost, and one of gains is gained."""
        cell, luck = self._cell, self._rng.random()
        if passed:
            return luck >= (cell.margin + cell.gains) / cell.passing
        return luck < cell.gains / (1 - cell.passing)


def accepted(cell: Cell, rng: random.Random) -> tuple[bool, int]:
    """One run: whether it ends accepted, and how many finalists were proven."""
    provider = Provider(cell, rng)
    names = [
        (f"c{case}", None if cell.cluster == 1 else f"g{case // cell.cluster}") for case in range(cell.cases)
    ]
    split = search.split(names, 0, str(rng.random()))
    rules = Rules(cell.margin, cell.alpha)
    groups: dict[object, int] = {}
    for case in split.proof:
        groups[names[case][1] or case] = groups.get(names[case][1] or case, 0) + 1
    most = search.supported(list(groups.values()), cell.margin, cell.alpha, binary=True)

    def score(variant: Variant, cases: Sequence[int]) -> list[float]:
        scores = provider.scores(variant)
        return [scores[case] for case in cases]

    def pairs(variant: Variant) -> list[Pair]:
        before, after = provider.scores(frozenset()), provider.scores(variant)
        return [
            Pair(names[case][0], (_scored(before[case]),), (_scored(after[case]),), names[case][1])
            for case in split.proof
        ]

    tried = Tried(score, search.cases_of(split, ()))
    own = cutting.Rules(0.9, reject=1e-12, most=1.0) if cell.blind else cutting.Rules.of(cell.margin)
    tokens = {number: rng.randint(5, 60) for number in range(cell.moves)}
    found = search.searched(tried, [lambda _: tokens], own)
    proof = proving.proven(search.finalists(found, most), pairs, rules)
    return proof.accepted is not None, len(proof.judged)


def _scored(score: float) -> Scored:
    return Scored(score, score >= 0.5)
