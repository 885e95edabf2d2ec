"""Splits examples into training and validation so that nothing leaks from one into the other."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from promptlint.patterns import lazy
from promptlint.plan.export.example import Example
from promptlint.records import dataclass

VALIDATION = 0.2
"""Share of the groups that validate."""

ALIKE, ALIKE_SHORT = 0.7, 0.5
"""Shared part (Jaccard) from which two inputs are near-duplicates: of the triples of their words, or of the
runs of four characters where one is short."""

_SHORT = 80
"""Characters below which a text has too few triples of words."""

_COMMON = 200
"""Inputs that share a triple; one that more share tells nothing, and is not looked at."""

_WORD = lazy(r"[^\W\d_]+|\d+")


@dataclass(frozen=True, slots=True)
class Split:
    """Examples to train on and to validate with, in order; `groups` of them never part."""

    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    groups: int


def split(examples: Sequence[Example], share: float = VALIDATION) -> Split:
    """Split by groups: of one cluster, of the same input but for case, space and digits, or near-duplicates.

    Which groups validate is decided by a hash of what they hold: the same examples give the same split, and
    one more example moves no other group but the last.
    """
    groups = grouped(examples)
    ranked = sorted(groups, key=lambda group: _digest(examples, group))
    wanted = max(1, round(len(ranked) * share)) if len(ranked) > 1 else 0
    chosen = {index for group in ranked[:wanted] for index in group}
    return Split(
        tuple(each for index, each in enumerate(examples) if index not in chosen),
        tuple(each for index, each in enumerate(examples) if index in chosen),
        len(groups),
    )


def grouped(examples: Sequence[Example]) -> tuple[tuple[int, ...], ...]:
    """The indices of examples that must stay together."""
    parents = list(range(len(examples)))

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    for one, other in _pairs(examples):
        parents[root(other)] = root(one)
    found: dict[int, list[int]] = defaultdict(list)
    for index in range(len(examples)):
        found[root(index)].append(index)
    return tuple(tuple(group) for group in found.values())


def normal(text: str) -> str:
    """A text as it is compared: its words in lower case, every number alike."""
    return " ".join("#" if word.isdigit() else word.lower() for word in _WORD.findall(text))


def _pairs(examples: Sequence[Example]) -> Iterator[tuple[int, int]]:
    """Two examples that must stay together, for as many as it takes to join all."""
    first: dict[tuple[str, str], int] = {}
    shingles = [_shingles(normal(each.given)) for each in examples]
    holders: dict[str, list[int]] = defaultdict(list)
    for index, each in enumerate(examples):
        for key in (("cluster", each.cluster), ("text", normal(each.given))):
            if key[1]:
                yield first.setdefault(key, index), index
        for triple in shingles[index]:
            holders[triple].append(index)
    seen = set()
    for indices in holders.values():
        for at, one in enumerate(indices if len(indices) <= _COMMON else ()):
            for other in indices[at + 1 :]:
                if (one, other) not in seen:
                    seen.add((one, other))
                    if _alike(shingles[one], shingles[other]):
                        yield one, other


def _shingles(text: str) -> frozenset[str]:
    """Runs of four characters of a short text, the triples of words of a longer one."""
    if len(text) < _SHORT:
        return frozenset(text[at : at + 4] for at in range(max(1, len(text) - 3))) if text else frozenset()
    words = text.split()
    return frozenset(" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2)))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    least = ALIKE_SHORT if min(map(_length, (one, other))) <= 4 else ALIKE
    return len(one & other) >= least * len(one | other)


def _length(shingles: frozenset[str]) -> int:
    """The characters of a shingle: four at most in a short text."""
    return max(map(len, shingles), default=0)


def _digest(examples: Sequence[Example], group: Sequence[int]) -> str:
    texts = sorted(re.sub(r"\s+", " ", examples[index].given) for index in group)
    return hashlib.sha256("\0".join(texts).encode("utf-8", "backslashreplace")).hexdigest()
