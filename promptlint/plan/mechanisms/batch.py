"""What is saved by work that may wait for a batch job."""

from __future__ import annotations

DISCOUNT = 0.5
"""The strategy, "Batch processing": around 50 %. Where the snapshot has a price for batches, that counts."""


def mixed_usd(now: float, batched: float, share: float) -> float:
    """US dollars of a call on average, when a share of the calls may wait: the rest stays as it is."""
    return (1 - share) * now + share * batched
