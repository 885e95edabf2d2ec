"""What is left of a prompt that is shortened, and what that is worth."""

from __future__ import annotations


def left(tokens: float, share: float) -> float:
    """Tokens that are left when a share of them is removed.

    Source: the strategy, "Prompt optimization": 20-40 % of a system prompt. What `fix` removes is counted
    instead, and what an eval accepted is measured.
    """
    return tokens * (1 - share)


def share_removed(before: float, after: float) -> float:
    """The share of tokens that a rewrite removes: 1 - after / before; zero of nothing."""
    return 1 - after / before if before else 0.0
