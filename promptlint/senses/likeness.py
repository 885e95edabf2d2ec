"""Says which sentences of a text are about the same things, without comparing all with all."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence, Set
from typing import NamedTuple

from promptlint.senses.thesaurus import LIGHT

_LIGHT = 0.4
_STOCK = 2.0
_SET = ("stock", "limit_")
_ROUNDING = 1e-9
LEAST_COMMON = 1.0  # no rule asks for less
_FEW = 5  # a concept of no more sentences may find candidates, else one of no more than half of them
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


def alike(
    concepts: Sequence[frozenset[str]],
    least: float,
    common: float = LEAST_COMMON,
    kinds: Sequence[Hashable] = (),
) -> dict[int, list[Likeness]]:
    """For each sentence the earlier ones that are near, the nearest first; none: no entry.

    Near is whose share is at least `least`, with a weight of `common` in both; sentences are compared only if
    a concept that is rare here is in both. Where `kinds` gives each sentence a kind, those of two kinds are
    compared only if they share a set phrase.
    """
    places: dict[str, list[int]] = {}
    for index, each in enumerate(concepts):
        for concept in each:
            if concept in places:
                places[concept].append(index)
            else:
                places[concept] = [index]
    weights = _weights(places, len(concepts))
    most = min(_COMMON, max(_FEW, len(concepts) // 2))
    vague = {concept for concept, at in places.items() if len(at) > most or concept in LIGHT}
    met = _met(places, weights, vague, kinds or [0] * len(concepts))
    if not met:
        return {}
    sums = [sum([weights[concept] for concept in each]) for each in concepts]
    reaches = [sum([weights[concept] for concept in each & vague]) for each in concepts]
    found: dict[int, list[Likeness]] = {}
    size, floor = len(concepts), common - _ROUNDING
    for key, rare in met.items():
        later = key // size
        reach = rare + reaches[later]
        if reach < floor:
            continue
        at = key % size
        if 2 * reach < least * (sums[later] + sums[at]) - _ROUNDING:
            continue
        near = _likeness(at, concepts[later] & concepts[at], weights, (sums[at], sums[later]))
        if near.share >= least and near.common >= common:
            found.setdefault(later, []).append(near)
    for each_found in found.values():
        each_found.sort(key=_nearest)
    return found


def _met(
    places: Mapping[str, Sequence[int]],
    weights: Mapping[str, float],
    vague: Set[str],
    kinds: Sequence[Hashable],
) -> dict[int, float]:
    """Each two sentences (later * their number + earlier), with the weight of the rare concepts in both."""
    size = len(kinds)
    met: dict[int, float] = {}
    for concept, at in places.items():
        if len(at) > 1 and concept not in vague:
            weight = weights[concept]
            phrase = weight == _STOCK
            for count, later in enumerate(at):
                base, kind = later * size, kinds[later]
                for earlier in at[:count]:
                    if kinds[earlier] == kind or phrase:
                        key = base + earlier
                        met[key] = met.get(key, 0.0) + weight
    return met


def _likeness(
    at: int, both: frozenset[str], weights: Mapping[str, float], sums: tuple[float, float]
) -> Likeness:
    one, other = sums
    common = math.fsum([weights[concept] for concept in both])
    return Likeness(at, 2 * common / (one + other), common, min(one, other) - common, other - common)


def _nearest(near: Likeness) -> tuple[float, int]:
    return -near.share, near.at


def _weights(places: Mapping[str, Sequence[int]], whole: int) -> dict[str, float]:
    """1 for a concept of one sentence, less for one of several, little for one that most rules share."""
    rare: dict[int, float] = {}
    found = dict.fromkeys(places, 1.0)
    for concept, at in places.items():
        count = len(at)
        if count > 1:
            if count not in rare:
                rare[count] = math.log1p(whole / count) / math.log1p(whole)
            found[concept] = rare[count]
        if concept[0] in "sl" and concept.startswith(_SET):
            found[concept] = _STOCK
    for concept in places.keys() & LIGHT:
        found[concept] *= _LIGHT
    return found
