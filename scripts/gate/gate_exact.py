"""The tables of what is summed up over all outcomes, with no chance in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from gate_text import rate, table

from promptlint.evals.stats import power
from promptlint.evals.stats.distributions import z_quantile

ALPHA = 0.05

Generator = np.random.Generator


RANGES = ((30, 44), (45, 100), (101, 200), (201, 300))
KNOWN = {
    (0.03, 0.05): {0.02: 211, 0.05: 388, 0.1: 715, 0.2: 1374},
    (0.03, 0.025): {0.02: 289, 0.05: 513, 0.1: 908, 0.2: 1745},
    (0.05, 0.05): {0.02: 89, 0.05: 160, 0.1: 269, 0.2: 515},
    (0.05, 0.025): {0.02: 128, 0.05: 202, 0.1: 355, 0.2: 628},
}
"""By margin and alpha, then flips: cases for 80 % power by Tango's test alone, as others simulated them."""


def exact(rng: Generator, runs: int) -> str:
    """The worst false acceptance over all shares of flips, by exact enumeration."""

    def rows() -> Iterator[list[object]]:
        for margin in (0.01, 0.02, 0.03, 0.05, 0.1):
            for low, high in (*RANGES, (301, 400)) if margin < 0.03 else RANGES:
                value, flips, cases = max((*worst(margin, size), size) for size in range(low, high + 1))
                plain, _ = max(worst(margin, size, z_quantile(1 - ALPHA)) for size in range(low, high + 1))
                yield [margin, f"{low} to {high}", rate(value), cases, f"{flips:.3f}", rate(plain)]

    note = (
        "Every number of cases; 25 shares of flips from the margin to 0.6 above it, and 20 around the worst "
        "of them; exact, no simulation."
    )
    head = "margin | cases | worst rate of the gate | at cases | at flips | without the factor"
    return table(head, rows(), note)


def worst(margin: float, cases: int, limit: float | None = None) -> tuple[float, float]:
    """The highest chance to accept a loss of the margin, and the share of flips that has it."""

    def chances(shares: Iterable[float]) -> list[tuple[float, float]]:
        halves = [((flips + margin) / 2, (flips - margin) / 2, flips) for flips in shares]
        return [
            (power.acceptance(cases, margin, ALPHA, lost, gained, limit), flips)
            for lost, gained, flips in halves
        ]

    shares = [margin + step for step in (0, *np.geomspace(0.002, 0.6, 24).tolist())]
    found = chances(shares)
    place = found.index(max(found))
    around = np.linspace(shares[max(0, place - 1)], shares[min(len(shares) - 1, place + 1)], 20)
    return max(*found, *chances(around.tolist()))


def known(rng: Generator, runs: int) -> str:
    """The exact power of the gate at numbers of cases that others name for 80 %."""
    rows = [
        [margin, alpha, *(_power(margin, alpha, flips, cases) for flips, cases in cells.items())]
        for (margin, alpha), cells in KNOWN.items()
    ]
    note = (
        "Cases that Tango's test alone needs for 80 %, and the gate's exact power with them; bold: more "
        "than two points away."
    )
    return table("margin | alpha | flips .02 | .05 | .10 | .20", rows, note)


def _power(margin: float, alpha: float, flips: float, cases: int) -> str:
    found = power.acceptance(cases, margin, alpha, flips / 2, flips / 2)
    text = f"{cases}: {found:.3f}"
    return text if abs(found - power.POWER) <= 0.02 else f"**{text}**"


def power_of_cases(rng: Generator, runs: int) -> str:
    """The cases that a margin needs for pass or fail, exact."""

    def rows() -> Iterator[list[object]]:
        for margin in (0.03, 0.05, 0.1):
            for alpha in (0.05, 0.025):
                yield [margin, alpha, *(_needed(margin, alpha, flips) for flips in (0.02, 0.05, 0.1, 0.2))]

    note = "In brackets the exact power with 10 % fewer cases. Half of the flips are losses, half gains."
    return table("margin | alpha | flips .02 | .05 | .10 | .20", rows(), note)


def _needed(margin: float, alpha: float, flips: float) -> str:
    cases = power.cases_needed(margin, alpha, flips)
    assert cases is not None
    fewer = power.acceptance(round(0.9 * cases), margin, alpha, flips / 2, flips / 2)
    return f"{cases} ({fewer:.2f})"


def losses(rng: Generator, runs: int) -> str:
    """The most losses that pass, exact."""
    sizes = (30, 50, 100, 200, 300, 500, 1000)

    def most(cases: int, margin: float) -> object:
        found = power.most_losses(cases, margin, ALPHA)
        return "none" if found is None else found

    rows = [[margin, *(most(cases, margin) for cases in sizes)] for margin in (0.03, 0.05, 0.1)]
    note = "Losses without any gain; none: not even a run without a flip is accepted."
    return table("margin | " + " | ".join(f"{cases} cases" for cases in sizes), rows, note)
