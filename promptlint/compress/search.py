"""Searches for what a prompt can do without, on a part of the cases, and proves it on the others.

Pure: it knows moves by number, and asks for scores. `suites` puts prompts, suites and models behind them.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from promptlint.compress import attribution, cutting
from promptlint.compress.attribution import Worth
from promptlint.compress.tried import ORIGINAL, Cases, Halted, Tried, Variant
from promptlint.evals.stats import sample
from promptlint.records import dataclass

CALLS = 0.35
"""The search's budget of calls, as a share of those of exhaustive leave-one-out."""

FEW_PARTS = 20
"""Parts from which on CALLS alone says how many calls a search may make."""

FEWEST_SEARCH = 20
"""Cases that the search has at least, if there are as many."""

MOST_FINALISTS = 3

ATTRIBUTION = 0.02
"""Share of the calls that are left which may be spent to try each part of a level alone; else none is."""

RETRIES = 2
"""How often what was given up is tried again, on top of what was made: some of it was blamed by chance."""

Stage = Callable[[Variant], Mapping[int, int]]
"""The moves that may come next, by number, with the tokens that each saves; told what was made so far."""


@dataclass(frozen=True, slots=True)
class Split:
    """The cases, by number: units for the search, in the order in which they are tried, and the proof's."""

    search: tuple[tuple[int, ...], ...]
    proof: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to.

    Args:
        made: the moves that go together.
        order: the same, those first that are surest to be harmless for what they save.
        tokens: that each move saves, of all that were tried.
        worths: what each move was seen to be worth alone.
        blamed: moves that were given up.
        halted: why the search ended early; empty: it did not.
    """

    made: Variant
    order: tuple[int, ...]
    tokens: Mapping[int, int]
    worths: Mapping[int, Worth]
    blamed: tuple[int, ...]
    halted: str = ""


def split(cases: Sequence[tuple[str, str | None]], least: int, seed: str = "") -> Split:
    """Split cases into search and proof, the clusters whole, by the hashes of their names.

    Args:
        cases: the id of each, and the name of its cluster, or None.
        least: cases that the proof needs; it gets half at least, and all but FEWEST_SEARCH at most.
        seed: another one splits otherwise.
    """
    groups: dict[tuple[str, bool], list[int]] = {}
    for number, (case, cluster) in enumerate(cases):
        groups.setdefault((case if cluster is None else cluster, cluster is not None), []).append(number)
    names = sorted(groups, key=lambda name: hashlib.sha256(f"{seed}|{name}".encode()).digest())
    wanted = max(math.ceil(len(cases) / 2), min(least, len(cases) - FEWEST_SEARCH))
    proof: list[int] = []
    rest = []
    for name in names:
        if len(proof) < wanted:
            proof += groups[name]
        else:
            rest.append(tuple(groups[name]))
    return Split(tuple(rest), tuple(sorted(proof)))


def budget(parts: int, cases: int) -> int:
    """Calls that a search may make besides those of the prompt itself.

    With these they are a share of what the prompt and each part left out in turn take on all cases. Where
    there are fewer than FEW_PARTS, each can be tried on a batch at least, besides some tests of all cases.
    """
    share = math.floor(CALLS * (parts + 1) * cases) - cases
    each = parts * min(cases, attribution.BATCH) if parts < FEW_PARTS else 0
    return max(share, 3 * cases + each)


def searched(
    tried: Tried,
    stages: Iterable[Stage],
    rules: cutting.Rules,
    opened: Callable[[int], bool] = lambda _: False,
) -> Found:
    """Make as many moves as go together, stage after stage; what was made is not undone.

    Args:
        tried: scores, and the budget.
        stages: what may be tried; each is told what was made before.
        rules: of the search.
        opened: whether parts of a move are tried at a later stage: it is not tried again itself.
    """
    state = _State(tried, rules, opened)
    halted = ""
    try:
        for stage in stages:
            state.add(stage(state.made))
    except Halted as reason:
        halted = str(reason)
    order = tuple(state.ranked(sorted(state.made)))
    return Found(state.made, order, state.tokens, state.worths, tuple(state.blamed), halted)


class _State:
    """What a search knows by now."""

    def __init__(self, tried: Tried, rules: cutting.Rules, opened: Callable[[int], bool]) -> None:
        self.made: Variant = ORIGINAL
        self.tokens: dict[int, int] = {}
        self.worths: dict[int, Worth] = {}
        self.blamed: list[int] = []
        self._tried, self._rules, self._opened = tried, rules, opened

    def add(self, moves: Mapping[int, int]) -> None:
        """Make as many of the moves as go together; when it is halted, what was made by then is kept."""
        self.tokens |= moves
        whole = self.made | set(moves)
        is_cheap = len(moves) * attribution.BATCH <= ATTRIBUTION * (self._tried.most - self._tried.calls)
        if len(moves) > 2 and is_cheap and not cutting.judged(self._tried, whole, self._rules).fine:
            self.worths |= attribution.attributed(self._tried, list(moves), self.made)
        needed = [move for move in moves if move in self.worths and self.worths[move].is_needed]
        self.blamed += needed
        left = [move for move in moves if move not in needed]
        for _ in range(1 + RETRIES):
            done = cutting.cut(self._tried, self.in_turn(left), self.made, self._rules)
            is_new = done.made != self.made
            self.made, left = done.made, [move for move in done.blamed if not self._opened(move)]
            self.blamed += [move for move in done.blamed if self._opened(move)]
            if not (is_new and left):
                break
        self.blamed += left

    def in_turn(self, moves: Sequence[int]) -> list[int]:
        """Moves, those last that are known to risk something; of others the last part of the prompt first.

        What stands before the parts that a variant lacks is as it was, and a server that remembers beginnings
        reads it once for many variants. Of two parts of which either suffices the first one stays.
        """
        return sorted(moves, key=lambda move: (move in self.worths and self.worths[move].loss > 0, -move))

    def ranked(self, moves: Sequence[int]) -> list[int]:
        """Moves, those first that are surest to be harmless for what they save."""
        return attribution.ranked(moves, self.worths, self.tokens)


def finalists(found: Found, most: int = MOST_FINALISTS) -> tuple[Variant, ...]:
    """What is worth a proof, what saves most first: all that was made, and the surest parts of it.

    Args:
        found: by the search.
        most: how many there may be: each one more makes the proof of all harder.
    """
    result: list[Variant] = []
    saved = sum(found.tokens[move] for move in found.order)
    for number in range(most, 0, -1):
        taken: list[int] = []
        for move in found.order:
            if taken and most * sum(found.tokens[each] for each in taken) >= saved * number:
                break
            taken.append(move)
        if taken and frozenset(taken) not in result:
            result.append(frozenset(taken))
    return tuple(result)


def prefixes(found: Found, most: int = MOST_FINALISTS) -> tuple[Variant, ...]:
    """All moves, and the first parts of their order, what is largest first, by their number."""
    count = len(found.order)
    sizes = dict.fromkeys(math.ceil(count * number / most) for number in range(most, 0, -1))
    return tuple([frozenset(found.order[:size]) for size in sizes if size])


def supported(sizes: Sequence[int], margin: float, alpha: float, binary: bool) -> int:
    """How many finalists so many cases of the proof can decide on, at most; 0: not even one.

    Args:
        sizes: of the clusters; 1 for a case that stands alone.
        margin: of the gate.
        alpha: of the gate, for all finalists together.
        binary: whether each case is passed or failed, once by each prompt.
    """
    if not sizes or margin <= 0:
        return 0
    unchanged = sample.sample([[0.0] * size for size in sizes], binary)
    fine = [
        number
        for number in range(1, MOST_FINALISTS + 1)
        if sample.excludes(unchanged, -margin, alpha / number)
    ]
    return max(fine, default=0)


def cases_of(found: Split, critical: Iterable[int]) -> Cases:
    """The cases of the search, as `Tried` takes them."""
    inside = {case for unit in found.search for case in unit}
    return Cases(found.search, frozenset(critical) & inside)
