"""Pairs the prompts of two sides: by id, by content, and where ids have shifted by how much they share."""

from __future__ import annotations

import heapq
import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TypeAlias
from zlib import crc32

from promptlint.model import PromptFacts

ALIKE = 0.5
"""Share of word pairs from which two texts are the same prompt under another id; as git's for files."""

SAME_ID = 0.3
"""What the same id adds to that share."""

MAX_SCORED = 10_000
"""Prompts of one side that are compared with each other; among more, the id alone decides."""

MAX_PAIRS = 20_000
"""Pairs up to which each prompt is compared with each; among more, with a few that look alike."""

CANDIDATES = 6
"""How many of the other side a prompt is then compared with: those whose sketches share most."""

SKETCH = 64
"""Word pairs in the sketch of a text: those with the least hashes, so that alike texts have the same."""

COMMON = 100
"""Texts in whose sketches a word pair may be, of one side, to tell them apart."""

_TELLING = 8  # word pairs that a sketch should have that are not common

_MIX = 0x9E3779B9  # so that two words are not the same as what they make when written together

_WORD = re.compile(r"\w+|[^\w\s]")

Pair = tuple[str | None, str | None]
Facts = Mapping[str, PromptFacts]
Shingles: TypeAlias = "array[int]"  # not to be subscripted at run time before Python 3.12
Side = Mapping[str, Shingles]


def pairs(before: Facts, after: Facts, text: Callable[[bool, str], str]) -> list[Pair]:
    """Each prompt once, as (id before, id after), None for a side that has none; by id.

    Args:
        before: the facts of one side, by id.
        after: those of the other.
        text: the text of a prompt, of the side after if the first argument is true; asked rarely.
    """
    found: list[Pair] = [
        (name, name) for name in before if name in after and before[name].version == after[name].version
    ]
    taken = {name for name, _ in found}
    left = {name: facts for name, facts in before.items() if name not in taken}
    right = {name: facts for name, facts in after.items() if name not in taken}
    for match in (_settled, _same_content, _alike, _same_id):
        new = match(left, right, text)
        found += new
        left = _without(left, {one for one, _ in new})
        right = _without(right, {other for _, other in new})
    found += [(name, None) for name in left]
    found += [(None, name) for name in right]
    return sorted(found, key=lambda pair: (pair[1] or pair[0] or "", pair[0] or ""))


def _without(facts: Facts, names: set[str | None]) -> dict[str, PromptFacts]:
    return {name: item for name, item in facts.items() if name not in names}


def _settled(left: Facts, right: Facts, _: object) -> list[Pair]:
    """The same id, in files where no id has come or gone."""
    moving = {item.path for name, item in left.items() if name not in right}
    moving |= {item.path for name, item in right.items() if name not in left}
    return [(name, name) for name, item in left.items() if name in right and item.path not in moving]


def _same_content(left: Facts, right: Facts, _: object) -> list[Pair]:
    """The same text under another id, the nearest name first."""
    old, new = _by_version(left), _by_version(right)
    return [pair for version in old if version in new for pair in _nearest(old[version], new[version])]


def _by_version(facts: Facts) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, item in facts.items():
        found.setdefault(item.version, []).append(name)
    return found


def _nearest(old: list[str], new: list[str]) -> list[Pair]:
    """Pairs of ids until one side has none: with the same anchor, with the same path, then in order."""
    found: list[Pair] = []
    for near in (_anchor, _path, _nothing):
        waiting: dict[str, list[str]] = {}
        for name in sorted(new, reverse=True):
            waiting.setdefault(near(name), []).append(name)
        left = []
        for name in sorted(old):
            others = waiting.get(near(name))
            if others:
                found.append((name, others.pop()))
            else:
                left.append(name)
        old, new = left, [name for others in waiting.values() for name in others]
    return found


def _anchor(name: str) -> str:
    return name.partition("::")[2]


def _path(name: str) -> str:
    return name.partition("::")[0]


def _nothing(_: str) -> str:
    return ""


def _alike(left: Facts, right: Facts, text: Callable[[bool, str], str]) -> list[Pair]:
    """The pairs that share most of their words, best first."""
    if not 0 < len(left) <= MAX_SCORED or not 0 < len(right) <= MAX_SCORED:
        return []
    old = {name: _shingles(text(False, name)) for name in left}
    new = {name: _shingles(text(True, name)) for name in right}
    scores = sorted(
        (
            (score + SAME_ID * (name == other_name), name, other_name)
            for name, others in _candidates(old, new)
            for other_name, score in _shares(old[name], ((each, new[each]) for each in others))
        ),
        key=lambda score: (-score[0], score[1] != score[2], score[1], score[2]),
    )
    found: list[Pair] = []
    gone: set[str] = set()
    come: set[str] = set()
    for score, name, other_name in scores:
        if score >= ALIKE and name not in gone and other_name not in come:
            found.append((name, other_name))
            gone.add(name)
            come.add(other_name)
    return found


def _same_id(left: Facts, right: Facts, _: object) -> list[Pair]:
    return [(name, name) for name in left if name in right]


def _shingles(text: str) -> Shingles:
    """The pairs of neighbouring words, as sorted hashes that are the same in every process.

    The second of the same pair has another hash, and so on, so that sets do for multisets.
    """
    words = [word.encode("utf-8", "surrogatepass") for word in _WORD.findall(text.lower())]
    before = map(_MIX.__xor__, [0, *map(crc32, words)])
    counts = Counter(map(crc32, [*words, b""], before))
    again = [key + (time << 32) for key, count in counts.items() if count > 1 for time in range(1, count)]
    return array("Q", [*sorted(counts), *sorted(again)])


def _shares(one: Shingles, others: Iterable[tuple[str, Shingles]]) -> Iterator[tuple[str, float]]:
    """The word pairs that a text shares with others, of all that both have (Jaccard's index of multisets)."""
    mine = frozenset(one)
    for name, other in others:
        smaller, larger = sorted((len(one), len(other)))
        if smaller >= ALIKE / 2 * larger:
            both = len(mine.intersection(other))
            yield name, both / (smaller + larger - both)


# --- candidates -----------------------------------------------------------------------------


def _candidates(old: Side, new: Side) -> Iterator[tuple[str, Iterable[str]]]:
    """For each old name the new ones that it may belong to: all, where they are few."""
    if len(old) * len(new) <= MAX_PAIRS:
        yield from ((name, new) for name in old)
        return
    own, other = _sketches((old, new))
    names: dict[int, list[str]] = {}
    for name, sketch in other.items():
        for key in sketch:
            names.setdefault(key, []).append(name)
    for name, sketch in own.items():
        near = Counter(chain.from_iterable(names.get(key, ()) for key in sketch))
        best = heapq.nsmallest(CANDIDATES, near, key=lambda each: (-near[each], each))
        yield name, dict.fromkeys([*best, *([name] if name in new else ())])


def _sketches(sides: tuple[Side, Side]) -> list[dict[str, Sequence[int]]]:
    """The sketches of each side's texts, without the pairs that are common.

    Of a text that has hardly any other, as those have that come from one template, all pairs are looked at.
    """
    found = [_telling({name: keys[:SKETCH] for name, keys in side.items()}) for side in sides]
    poor = [
        {name: side[name] for name, sketch in sketches.items() if len(sketch) < _TELLING}
        for side, sketches in zip(sides, found, strict=True)
    ]
    for sketches, each in zip(found, poor, strict=True):
        sketches.update(_telling(each))
    return found


def _telling(side: Side) -> dict[str, Sequence[int]]:
    """The pairs of each text that are not common among these texts, as many as a sketch has."""
    known = Counter(chain.from_iterable(side.values()))
    return {
        name: list(islice((key for key in keys if known[key] <= COMMON), SKETCH))
        for name, keys in side.items()
    }
