"""What the field reports of paired passes: McNemar's exact test and Newcombe's interval.

Neither decides a gate. A p of McNemar above alpha is no evidence that nothing dropped; Newcombe's interval is
the check on Tango's.
"""

from __future__ import annotations

import math

from promptlint.evals.stats.distributions import chance_of_few, z_quantile
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Pairs of passes and failures, as counts.

    Args:
        both: both prompts pass.
        losses: passed before, fails now.
        gains: failed before, passes now.
        neither: both fail.
    """

    both: int
    losses: int
    gains: int
    neither: int

    def __post_init__(self) -> None:
        if min(self.both, self.losses, self.gains, self.neither) < 0 or not self.cases:
            raise ValueError(f"no counts: {self}")

    @property
    def cases(self) -> int:
        """All pairs."""
        return self.both + self.losses + self.gains + self.neither


def mcnemar(losses: int, gains: int) -> float:
    """The exact two-sided p of "losses and gains are equally likely" (McNemar 1947, binomial)."""
    return min(1.0, 2 * chance_of_few(min(losses, gains), losses + gains, 0.5)) if losses + gains else 1.0


def newcombe(table: Table, alpha: float) -> tuple[float, float]:
    """Newcombe's interval of candidate - baseline, of level 1 - 2 alpha.

    Newcombe 1998, Statistics in Medicine 17, 2635-2650, method 10: Wilson's intervals of the two shares, put
    together with the correlation of the pairs, which is corrected for continuity where positive.
    """
    n = table.cases
    z = z_quantile(1 - alpha)
    old, new = (table.both + table.losses) / n, (table.both + table.gains) / n
    old_low, old_high = _wilson(old, n, z)
    new_low, new_high = _wilson(new, n, z)
    phi = _correlation(table)

    def reach(first: float, second: float) -> float:
        return math.sqrt(max(0.0, first * first - 2 * phi * first * second + second * second))

    return (
        new - old - reach(new - new_low, old_high - old),
        new - old + reach(new_high - new, old - old_low),
    )


def _wilson(share: float, n: int, z: float) -> tuple[float, float]:
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return middle - half, middle + half


def _correlation(table: Table) -> float:
    margins = (
        (table.both + table.losses)
        * (table.gains + table.neither)
        * (table.both + table.gains)
        * (table.losses + table.neither)
    )
    if not margins:
        return 0.0
    product: float = table.both * table.neither - table.losses * table.gains
    if product > 0:
        product = max(0.0, product - table.cases / 2)
    return product / math.sqrt(margins)
