"""Says which sentences of a text are about the same things, without comparing all with all."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from promptlint.senses.thesaurus import LIGHT

_LIGHT = 0.4
_STOCK = 2.0
_ROUNDING = 1e-9
_COMMON = 24  # a concept of more sentences than this finds no candidates: a bound on work


class Likeness(NamedTuple):
    """How near an earlier sentence is.

    `at` is its number. `share` is 1 if both have the same concepts, by weight, and 0 if they have none in
    common; `common` is the weight of those in common, about 1 for each that is rare in this text. `added` is
    the weight of what the later has alone, `apart` that of what the poorer of the two has alone.
    """

    at: int
    share: float
    common: float
    apart: float
    added: float


class Index:
    """The concepts of sentences, by number; make one for a text."""

    def __init__(self, concepts: Sequence[frozenset[str]]) -> None:
        self._concepts = concepts
        places: dict[str, list[int]] = {}
        for index, each in enumerate(concepts):
            for concept in each:
                places.setdefault(concept, []).append(index)
        rare = _Rarity(len(concepts))
        self._weights = {concept: rare.weight(concept, len(found)) for concept, found in places.items()}
        self._places = {
            concept: found
            for concept, found in places.items()
            if 1 < len(found) <= _COMMON and concept not in LIGHT
        }
        self._vague = {
            concept for concept, found in places.items() if len(found) > _COMMON or concept in LIGHT
        }
        weights = self._weights
        self._sums = [sum([weights[concept] for concept in each]) for each in concepts]

    def earlier(self, index: int, least: float) -> list[Likeness]:
        """The sentences before `index` whose share is at least `least`, the nearest first."""
        found = [self._likeness(index, at) for at in self._near(index, least)]
        return sorted(
            [each for each in found if each.share >= least], key=lambda each: (-each.share, each.at)
        )

    def _near(self, index: int, least: float) -> Iterator[int]:
        """Those that may reach a share, by the rare concepts that they have in common."""
        met: dict[int, float] = {}
        own, weights = self._concepts[index], self._weights
        reach = sum([weights[concept] for concept in own & self._vague])
        for concept in own:
            places = self._places.get(concept)
            if places is not None:
                weight = weights[concept]
                for at in places:
                    if at >= index:
                        break
                    met[at] = met.get(at, 0.0) + weight
        for at, common in met.items():
            if 2 * (common + reach) >= least * (self._sums[index] + self._sums[at]) - _ROUNDING:
                yield at

    def _likeness(self, index: int, at: int) -> Likeness:
        one, other = self._sums[at], self._sums[index]
        common = math.fsum(self._weights[concept] for concept in self._concepts[index] & self._concepts[at])
        return Likeness(at, 2 * common / (one + other), common, min(one, other) - common, other - common)


class _Rarity:
    """The weight of a concept by how many sentences have it; each logarithm is taken once."""

    def __init__(self, whole: int) -> None:
        self._whole = whole
        self._known: dict[int, float] = {}

    def weight(self, concept: str, count: int) -> float:
        """1 for a concept of one sentence, less for one of several, little for one that most rules share."""
        if concept.startswith(("stock", "limit_")):
            return _STOCK
        rare = self._known.get(count)
        if rare is None:
            rare = self._known[count] = math.log1p(self._whole / count) / math.log1p(self._whole)
        return rare * _LIGHT if concept in LIGHT else rare
