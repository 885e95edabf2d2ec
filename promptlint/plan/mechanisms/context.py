"""How the input of a conversation grows from turn to turn, and what pruning or summarizing leaves of it."""

from __future__ import annotations

from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """Tokens of one turn: the `fixed` part of each request, what the user says, what the model answers."""

    fixed: float
    user: float
    answer: float

    @property
    def kept(self) -> float:
        """What the turn adds to the history: what was said and what was answered."""
        return self.user + self.answer


def turn_input(number: int, turn: Turn) -> float:
    """Input tokens of turn `number` (from 1), when all turns before it are sent again.

    fixed + user + (number - 1) x (user + answer). Source: the strategy, "The cost problem": every follow-up
    turn is dearer than the one before it.
    """
    return windowed_turn(number, turn, number)


def conversation_input(turns: float, turn: Turn) -> float:
    """Input tokens of a whole conversation, when all turns before are sent again each time.

    The sum of `turn_input`: turns x (fixed + user) + (user + answer) x turns x (turns - 1) / 2: it grows with
    the square of the turns. `turns` may be a mean, and then need not be whole.
    """
    return turns * (turn.fixed + turn.user) + turns * history_per_call(turns, turn)


def history_per_call(turns: float, turn: Turn) -> float:
    """Tokens of history in a call on average over a conversation: (user + answer) x (turns - 1) / 2."""
    return turn.kept * max(0.0, turns - 1) / 2


def windowed_turn(number: int, turn: Turn, window: int) -> float:
    """Input tokens of turn `number`, when only the last `window` turns before it are sent."""
    return turn.fixed + turn.user + turn.kept * min(number - 1, window)


def windowed_input(turns: int, turn: Turn, window: int) -> float:
    """Input tokens of a conversation that sends the last `window` turns only (pruning).

    turns x (fixed + user) + (user + answer) x (w (w + 1) / 2 + (turns - 1 - w) w) with w = min(window,
    turns - 1): the sum of `windowed_turn`. It grows with the turns, not with their square.
    """
    held = min(window, turns - 1)
    pasts = held * (held + 1) / 2 + (turns - 1 - held) * held
    return turns * (turn.fixed + turn.user) + turn.kept * pasts


def summarized(turns: int, turn: Turn, window: int, summary: float) -> tuple[float, float]:
    """(Input, output) tokens of a conversation that replaces the turns beyond a window by a summary.

    From the first turn that has more than `window` turns before it, each request holds `summary` tokens more,
    and before it the summary is written anew from the old one (none the first time) and the one turn that
    leaves the window. Output is that of the summaries alone.
    """
    rounds = max(0, turns - 1 - window)
    held = rounds * summary
    reads = rounds * turn.kept + max(0, rounds - 1) * summary
    return windowed_input(turns, turn, window) + held + reads, held


def pruned(history: float, share: float) -> float:
    """History, in tokens or as a share of all of it, that is left when `share` of it is cut.

    Source: the strategy, "Prompt optimization": pruning and summaries save 40-70 % of the input; here of the
    history alone, which is the part that they cut.
    """
    return history * (1 - share)
