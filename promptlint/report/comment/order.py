"""Which prompts stand first in the comment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from promptlint.changes import PromptChange
from promptlint.deltas import money, token_difference


def ranked(prompts: Iterable[PromptChange]) -> list[PromptChange]:
    """The prompts, those that most need a look first."""
    return sorted(prompts, key=_rank)


def _rank(change: PromptChange) -> tuple[object, ...]:
    counts = Counter(note.severity for note in change.findings.new)
    most = max(map(abs, money(change, True) or (0.0,)))
    per_1000 = max(map(abs, money(change, False) or (0.0,)))
    return (
        -counts["error"],
        -len(change.contract_losses),
        not over_budget(change),
        change.cache is None,
        -counts["warning"],
        -most,
        -per_1000,
        -abs(token_difference(change)),
        change.id,
    )


def over_budget(change: PromptChange) -> int:
    """Tokens over the budget after the change."""
    after = change.after
    return max(0, after.tokens - after.budget) if after is not None and after.budget is not None else 0
