"""What is left of a prompt whose few-shot examples are replaced by tighter instructions."""

from __future__ import annotations


def left(tokens: float, share: float) -> float:
    """Tokens that are left of the examples when a share of them goes.

    Source: the strategy, "Prompt optimization": few-shot to zero-shot saves 50-80 % of the input; here of the
    examples alone, which are counted: what replaces them takes the rest.
    """
    return tokens * (1 - share)
