"""Finds the most moves that can be made together: delta debugging in which a bet rejects early.

All moves are tried at once. Where the prompt becomes worse, the cases that show it tell, by halving, which
move is to blame: a prefix of the moves is tried on these few cases only, until the one is found at which they
turn. It is given up, and the rest is tried again. A move is never blamed for what another did before: of two
stretches of which either suffices, the one that is tried last is kept.

What is given up is not proven to be needed, and what is made is not proven to be harmless: `proving` does
that, on cases that the search has not seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint.compress.tried import Tried, Variant, losing
from promptlint.evals.stats.betting import Race
from promptlint.records import dataclass

WITNESSES = 10
"""Cases that a blame is laid by, at most."""

_FEWEST, _SHARE = 2, 0.2  # of the witnesses against one variant that speak against the next one, too
_CHUNK = 8  # cases between two looks: as many calls are made at once


@dataclass(frozen=True, slots=True)
class Rules:
    """When a variant is given up, and when it is fine.

    Args:
        margin: the loss that must be excluded before all cases are seen.
        accept: the chance that a variant which loses the margin is taken to be fine by then.
        reject: the chance that one which loses nothing is given up by the bet.
        most: the loss of mean score on all cases with which a variant is still fine, where no bet was won.
    """

    margin: float
    accept: float = 0.01
    reject: float = 0.1
    most: float = 0.0

    @classmethod
    def of(cls, margin: float) -> Rules:
        """The rules of a search, by the margin of the proof: half of it is left to chance."""
        half = min(margin, 0.1) / 2
        return cls(half, most=half)


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of a variant: whether it is fine, and the cases that say no, the worst first."""

    fine: bool
    witnesses: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """What came of moves: those that are made, with all that were made before, and those that are not."""

    made: Variant
    blamed: tuple[int, ...]


def cut(tried: Tried, moves: Sequence[int], made: Variant, rules: Rules) -> Cut:
    """Make as many of the moves as go together, on top of what is made.

    Args:
        tried: scores.
        moves: those that are surest to be harmless first.
        made: what is made already.
        rules: of the search.

    Raises:
        Halted: the search cannot go on.
    """
    left, blamed = list(moves), []
    witnesses: tuple[int, ...] = ()
    unsound: set[int] = set()
    while left:
        found = judged(tried, made | set(left), rules, witnesses)
        if found.fine:
            break
        heard = [case for case in found.witnesses if case not in unsound] or found.witnesses
        culprit, turned = _culprit(tried, left, made, heard)
        left.remove(culprit)
        blamed.append(culprit)
        again = losing(tried.differences(made | set(left), turned)) if left else ()
        unsound.update(again)  # worse before it and without it: they blame whoever comes first
        witnesses = tuple([case for case in heard if case not in turned])
    return Cut(made | set(left), tuple(blamed))


def judged(tried: Tried, variant: Variant, rules: Rules, witnesses: Sequence[int] = ()) -> Tested:
    """Whether a variant is fine: by the witnesses against an earlier one, then by the bet, then by the mean.

    Raises:
        Halted: the search cannot go on.
    """
    again = tuple(losing(tried.differences(variant, witnesses))) if witnesses else ()
    if _speaks(again, witnesses, tried.cases.critical):
        return Tested(False, again)
    race, seen = Race(rules.margin), {}
    for chunk in _chunks(tried.cases.units):
        for unit, found in _of_units(tried, variant, chunk):
            seen.update(found)
            if unit:
                race = race.after(sum(found.values()) / len(found))
        answer = "accept" if race.fine.reaches(rules.accept) else None
        if race.worse.reaches(rules.reject):
            return Tested(False, _worst(seen))
        if answer == "accept" and _mean(seen) >= -rules.most:
            break
    if _mean(seen) < -rules.most or not seen:
        return Tested(False, _worst(seen))
    broken = tuple(losing(tried.differences(variant, sorted(tried.cases.critical))))
    return Tested(not broken, broken[:WITNESSES])


def _speaks(again: Sequence[int], witnesses: Sequence[int], critical: frozenset[int]) -> bool:
    """Whether the cases that are worse again are enough to give a variant up without asking others."""
    if not critical.isdisjoint(again):
        return True
    return len(again) >= _FEWEST and len(again) >= _SHARE * len(witnesses)


def _chunks(units: Sequence[tuple[int, ...]]) -> Iterator[list[tuple[int, ...]]]:
    """The units, as many at once as hold a chunk of cases."""
    chunk: list[tuple[int, ...]] = []
    for unit in units:
        chunk.append(unit)
        if sum(map(len, chunk)) >= _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _of_units(
    tried: Tried, variant: Variant, chunk: Sequence[tuple[int, ...]]
) -> Iterator[tuple[bool, dict[int, float]]]:
    """The differences of each unit, and whether it has any."""
    found = tried.differences(variant, [case for unit in chunk for case in unit])
    for unit in chunk:
        own = {case: found[case] for case in unit if case in found}
        yield bool(own), own


def _mean(seen: dict[int, float]) -> float:
    return sum(seen.values()) / len(seen) if seen else 0.0


def _worst(seen: dict[int, float]) -> tuple[int, ...]:
    return tuple(losing(seen))[:WITNESSES]


def _culprit(
    tried: Tried, left: Sequence[int], made: Variant, witnesses: Sequence[int]
) -> tuple[int, tuple[int, ...]]:
    """The move at which the witnesses turn when the moves are made one after the other, and those that do."""
    if not witnesses:  # nobody can tell: the riskiest
        return left[-1], ()
    whole = _loss(tried, made | set(left), witnesses)
    low, high = 0, len(left)  # with `low` moves less than half of the loss is there, with `high` the rest
    while high - low > 1:
        middle = (low + high) // 2
        if _loss(tried, made | set(left[:middle]), witnesses) >= whole / 2:
            high = middle
        else:
            low = middle
    before = tried.differences(made | set(left[:low]), witnesses)
    after = tried.differences(made | set(left[:high]), witnesses)
    turned = tuple([case for case in losing(after) if before.get(case, 0.0) > after[case]])
    return left[high - 1], turned


def _loss(tried: Tried, variant: Variant, cases: Sequence[int]) -> float:
    return -sum(tried.differences(variant, cases).values())
