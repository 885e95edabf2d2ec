"""Finds the most moves that can be made together: delta debugging in which a bet rejects early.

All moves are tried at once. Where the prompt becomes worse, the cases that show it tell, by halving, which
moves are to blame: the first half of the moves is tried on these few cases only, then a half of that half on
those that are worse by then and more of the moves on the others, until for each the move is found at which it
turns. The moves that most cases blame are given up, as many as make up for the loss, and the rest is tried
again. A move is never blamed for what another did before: of two stretches of which either suffices, the one
that is tried last is kept.

What is given up is not proven to be needed, and what is made is not proven to be harmless: `proving` does
that, on cases that the search has not seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from promptlint.compress.tried import Tried, Variant, losing
from promptlint.evals.stats.betting import Race
from promptlint.records import dataclass

WITNESSES = 30
"""Cases that a blame is laid by, at most."""

_FEWEST, _SHARE = 2, 0.2  # of the witnesses against one variant that speak against the next one, too
_CHUNK = 8  # cases between two looks, at least: as many calls are made at once


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
    """What came of a variant: whether it is fine, and the cases that say no, the worst first.

    `excess` is the loss of score, summed over the cases that were seen, that is too much.
    """

    fine: bool
    witnesses: tuple[int, ...] = ()
    excess: float = math.inf


@dataclass(frozen=True, slots=True)
class Cut:
    """What came of moves: those that are made, with all that were made before, and those that are not."""

    made: Variant
    blamed: tuple[int, ...]


def cut(tried: Tried, moves: Sequence[int], made: Variant, rules: Rules) -> Cut:
    """Make as many of the moves as go together, on top of what is made.

    Args:
        tried: scores.
        moves: in the order in which they are made where one is to blame.
        made: what is made already.
        rules: of the search.

    Raises:
        Halted: the search cannot go on.
    """
    left = list(moves)
    blamed: list[int] = []
    witnesses: tuple[int, ...] = ()
    unsound: set[int] = set()
    while left:
        found = judged(tried, made | set(left), rules, witnesses)
        if found.fine:
            break
        heard = [case for case in found.witnesses if case not in unsound] or found.witnesses
        culprits = _culprits(tried, left, made, heard, found.excess)
        before, left = made | set(left), [move for move in left if move not in culprits]
        blamed += culprits
        turned = [case for cases in culprits.values() for case in cases]
        again = losing(tried.differences(made | set(left), turned)) if left else ()
        unsound.update(again)  # worse before it and without it: they blame whoever comes first
        made_up = -sum(tried.differences(before, turned).values())
        is_enough = made_up >= found.excess  # of what is left some may be chance: all cases are asked again
        witnesses = () if is_enough else tuple([case for case in heard if case not in turned])
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
            return _refused(seen, rules)
        if answer == "accept" and _mean(seen) >= -rules.most:
            break
    if _mean(seen) < -rules.most or not seen:
        return _refused(seen, rules)
    broken = tuple(losing(tried.differences(variant, sorted(tried.cases.critical))))
    return Tested(not broken, broken[:WITNESSES])


def _speaks(again: Sequence[int], witnesses: Sequence[int], critical: frozenset[int]) -> bool:
    """Whether the cases that are worse again are enough to give a variant up without asking others."""
    if not critical.isdisjoint(again):
        return True
    return len(again) >= _FEWEST and len(again) >= _SHARE * len(witnesses)


def _chunks(units: Sequence[tuple[int, ...]]) -> Iterator[list[tuple[int, ...]]]:
    """The units, as many at once as hold a chunk of cases, or half of what was seen by then."""
    chunk: list[tuple[int, ...]] = []
    seen = 0
    for unit in units:
        chunk.append(unit)
        size = sum(map(len, chunk))
        if size >= max(_CHUNK, seen // 2):
            yield chunk
            seen += size
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


def _refused(seen: dict[int, float], rules: Rules) -> Tested:
    excess = -sum(seen.values()) - rules.most * len(seen)
    return Tested(False, tuple(losing(seen))[:WITNESSES], excess)


def _culprits(
    tried: Tried, left: Sequence[int], made: Variant, witnesses: Sequence[int], excess: float
) -> dict[int, tuple[int, ...]]:
    """The moves to blame, each with the witnesses that turn at it: as many as make up for the excess."""
    if not witnesses:  # nobody can tell: the riskiest
        return {left[-1]: ()}
    losses = _losses(tried, made | set(left), witnesses)
    turned = dict(_turned(tried, left, made, losses))
    made_up = {move: sum(losses[case] for case in cases) for move, cases in turned.items()}
    found: dict[int, tuple[int, ...]] = {}
    for move in sorted(turned, key=lambda move: -made_up[move]):
        if found and sum(made_up[each] for each in found) >= excess:
            break
        found[move] = turned[move]
    return found or {left[-1]: tuple(witnesses)}


def _turned(
    tried: Tried, left: Sequence[int], made: Variant, losses: Mapping[int, float]
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Moves at which witnesses turn when the moves are made one after the other, and those that do."""
    groups = [(0, len(left), tuple(losses))]  # with `low` moves they are not worse, with `high` they are
    while groups:
        low, high, cases = groups.pop()
        if high - low > 1:
            middle = (low + high) // 2
            by_then = _losses(tried, made | set(left[:middle]), cases)
            early = tuple([case for case in cases if by_then[case] >= losses[case] / 2])
            late = tuple([case for case in cases if case not in early])
            groups += [each for each in ((low, middle, early), (middle, high, late)) if each[2]]
        elif high < len(left) or low == 0:
            yield left[low], cases
        elif real := _worse_again(tried, left, made, cases):
            yield left[low], real


def _worse_again(tried: Tried, left: Sequence[int], made: Variant, cases: Sequence[int]) -> tuple[int, ...]:
    """Of the cases that no part of the moves but all of them turned, those that turn with one move less, too.

    A case that was worse by chance ends here, for it is worse in no other variant.
    """
    return tuple(losing(tried.differences(made | set(left[1:]), cases)))


def _losses(tried: Tried, variant: Variant, cases: Sequence[int]) -> dict[int, float]:
    found = tried.differences(variant, cases)
    return {case: -found.get(case, 0.0) for case in cases}
