"""Pairs the prompts of two sides: by id, by content, and where ids have shifted by how much they share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from promptlint.model import PromptFacts

ALIKE = 0.5
"""Share of word pairs from which two texts are the same prompt under another id; as git's for files."""

SAME_ID = 0.3
"""What the same id adds to that share."""

MAX_SCORED = 300
"""Prompts of one side that are compared with each other; among more, the id alone decides."""

_WORD = re.compile(r"\w+|[^\w\s]")

Pair = tuple[str | None, str | None]
Facts = Mapping[str, PromptFacts]


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
    by_version: dict[str, list[str]] = {}
    for name, item in right.items():
        by_version.setdefault(item.version, []).append(name)
    found: list[Pair] = []
    for name, item in left.items():
        others = by_version.get(item.version, [])
        if others:
            other = max(others, key=lambda each: (_common(each, name), each))
            others.remove(other)
            found.append((name, other))
    return found


def _common(one: str, other: str) -> tuple[bool, bool]:
    """Whether two ids have the same anchor, and the same path."""
    (path, _, anchor), (other_path, _, other_anchor) = one.partition("::"), other.partition("::")
    return anchor == other_anchor, path == other_path


def _alike(left: Facts, right: Facts, text: Callable[[bool, str], str]) -> list[Pair]:
    """The pairs that share most of their words, best first."""
    if not 0 < len(left) <= MAX_SCORED or not 0 < len(right) <= MAX_SCORED:
        return []
    old = {name: _shingles(text(False, name)) for name in left}
    new = {name: _shingles(text(True, name)) for name in right}
    scores = sorted(
        (
            (_share(one, other) + SAME_ID * (name == other_name), name, other_name)
            for name, one in old.items()
            for other_name, other in new.items()
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


def _shingles(text: str) -> Counter[tuple[str, str]]:
    words = _WORD.findall(text.lower())
    return Counter(_twos(words))


def _twos(words: list[str]) -> Iterable[tuple[str, str]]:
    return zip(["", *words], [*words, ""], strict=True)


def _share(one: Counter[tuple[str, str]], other: Counter[tuple[str, str]]) -> float:
    """The word pairs that two texts share, of all that they have (Jaccard's index of multisets)."""
    smaller, larger = sorted((one.total(), other.total()))
    if smaller < ALIKE / 2 * larger:
        return 0.0
    both = (one & other).total()
    return both / (smaller + larger - both) if smaller + larger > both else 0.0
