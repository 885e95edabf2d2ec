"""When a fine-tuned small model pays for its set-up, and why not to make one."""

from __future__ import annotations

from promptlint.records import dataclass

MIN_EXAMPLES = 500
"""The strategy, "Fine-tuning economics": 500+ good examples."""

MAX_CHANGES = 4.0
"""Changes of the requirements a month from which on the strategy says no: "shift weekly"."""

MAX_MONTHS = 6.0
"""Months within which the set-up must be earned. Ours: the strategy gives no figure."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """The economics of one fine-tuned model.

    Args:
        setup: US dollars for one training, data and evaluation included.
        before: US dollars of a call now.
        after: US dollars of a call of the tuned model, with the shorter prompt.
        calls: calls a month.
        changes: changes of the requirements a month; each is a training.
    """

    setup: float
    before: float
    after: float
    calls: float
    changes: float = 0.0


def saved_month(tuning: Tuning) -> float:
    """US dollars a month once it runs: calls x (before - after) - changes x setup."""
    return tuning.calls * (tuning.before - tuning.after) - tuning.changes * tuning.setup


def break_even_calls(tuning: Tuning) -> float | None:
    """Calls in all after which the first training is earned: setup / (before - after); None: never."""
    gain = tuning.before - tuning.after
    return tuning.setup / gain if gain > 0 else None


def break_even_months(tuning: Tuning) -> float | None:
    """Months until the first training is earned, later ones being paid as they come; None: never."""
    gain = saved_month(tuning)
    return tuning.setup / gain if gain > 0 else None


def objections(tuning: Tuning, examples: float) -> tuple[str, ...]:
    """Why not to fine-tune; empty if nothing speaks against it.

    Source: the strategy, "Fine-tuning economics": a narrow task, 500+ good examples, requirements that do not
    shift weekly, and enough traffic that the saving matters.
    """
    found = []
    months = break_even_months(tuning)
    if months is None:
        found.append(f"{tuning.calls:,.0f} calls a month: it never pays for itself")
    elif months > MAX_MONTHS:
        found.append(f"{tuning.calls:,.0f} calls a month: the set-up is earned after {months:,.0f} months")
    if examples < MIN_EXAMPLES:
        found.append(f"{examples:,.0f} good examples are known, {MIN_EXAMPLES} are wanted")
    if tuning.changes >= MAX_CHANGES:
        found.append(f"the requirements change {tuning.changes:g} times a month")
    return tuple(found)
