"""Ranks moves by what each alone does to a small batch of cases: leave-one-out, as cheap as it can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from promptlint.compress.tried import Tried, Variant, losing
from promptlint.records import dataclass

BATCH = 8
"""Cases of the batch: enough to see what is needed everywhere; the rest is for `cutting` to find."""

NEEDED = 3
"""Cases of the batch that are worse, net of those that are better, from which on a move is not tried again.

A move that changes nothing comes to three of eight with a probability of 0.005 % where one answer in a
hundred turns worse by chance, and of 0.6 % where one in twenty does.
"""


@dataclass(frozen=True, slots=True)
class Worth:
    """What a stretch was seen to be worth.

    Args:
        move: its number.
        loss: of score on the batch, summed: positive where the prompt is worse without it.
        cases: of the batch that were answered.
        worse: cases that were worse, less those that were better.
    """

    move: int
    loss: float
    cases: int
    worse: int

    @property
    def is_needed(self) -> bool:
        """Whether it is plain already that the prompt needs the stretch."""
        return self.worse >= NEEDED and self.loss > 0


def attributed(tried: Tried, moves: Sequence[int], made: Variant) -> dict[int, Worth]:
    """The worth of each move, on top of those that are made already.

    Raises:
        Halted: the search cannot go on.
    """
    batch = tried.cases.all[:BATCH]
    found = {}
    for move in moves:
        differences = tried.differences(made | {move}, batch)
        worse = len(list(losing(differences)))
        better = len(list(losing({case: -value for case, value in differences.items()})))
        found[move] = Worth(move, -sum(differences.values()), len(differences), worse - better)
    return found


def ranked(moves: Sequence[int], worths: Mapping[int, Worth], tokens: Mapping[int, int]) -> list[int]:
    """The moves by what they risk for a token, the least first; of equal ones those that save most."""

    def risk(move: int) -> tuple[float, int, int]:
        loss = max(0.0, worths[move].loss) if move in worths else 0.0
        return loss / max(1, tokens[move]), -tokens[move], move

    return sorted(moves, key=risk)
