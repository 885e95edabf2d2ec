"""The tables of what is simulated: what is varied, and what is shown."""

from __future__ import annotations

from collections.abc import Iterator

import gate_rates as rates
import numpy as np
from gate_draws import Size, Truth, draw, joined
from gate_text import errors, rate, table

from promptlint.evals.stats.sample import Method

ALPHA = 0.05

Generator = np.random.Generator


def binary(rng: Generator, runs: int) -> str:
    """False acceptance of independent cases of pass or fail, beside other tests."""
    cells = [(0.03, 50, 0.05), (0.03, 100, 0.05), (0.05, 50, 0.1), (0.05, 100, 0.05), (0.05, 200, 0.05)]
    cells += [(0.03, 200, 0.1), (0.03, 400, 0.03), (0.03, 400, 0.1), (0.05, 400, 0.2), (0.1, 100, 0.1)]

    def rows() -> Iterator[list[object]]:
        for margin, cases, flips in cells:
            found = draw(rng, Truth(cases, -margin, flips), runs)
            others = (rates.tango_alone, rates.newcombe, rates.wald, rates.bootstrap)
            shares = [rates.by_counts(found, rates.test(other, margin, ALPHA)) for other in others]
            ours = rates.accepted(found, "tango", margin, ALPHA)
            against = rates.rejected(found, "tango", margin, ALPHA)
            yield [margin, cases, flips, *(rate(share) for share in (ours, *shares, against))]

    head = "margin | cases | flips | gate | Tango alone | Newcombe 10 | Wald | bootstrap | gate rejects"
    return table(head, rows(), errors(runs))


def binary_clustered(rng: Generator, runs: int) -> str:
    """False acceptance of clusters of eight."""

    def rows() -> Iterator[list[object]]:
        for margin in (0.03, 0.05, 0.1):
            for cases in (48, 104, 200, 400, 800):
                for flips in sorted({margin, 0.05, 0.1, 0.2}):
                    if flips >= margin:
                        yield [margin, cases, flips, *_clustered(rng, Truth(cases, -margin, flips), runs)]

    head = "margin | cases | flips | gate, .1 | gate, .3 | as if independent, .1 | .3 | t of sums, .1 | .3"
    return table(head, rows(), f"Columns are by the correlation of flips. {errors(runs)}")


def few_clusters(rng: Generator, runs: int) -> str:
    """False acceptance of few clusters, and of clusters of unequal size."""
    kinds = (((3, 20),), ((5, 20),), ((10, 20),), ((25, 20),), ((25, 50),))
    unequal = (
        ((100, 1), (5, 20)),
        ((200, 1), (10, 20)),
        ((200, 1), (20, 20)),
        ((400, 1), (20, 40)),
        ((300, 1), (1, 100)),
        ((200, 2), (20, 20)),
        ((100, 4), (10, 40)),
        ((40, 4), (20, 8), (4, 40)),
    )
    truths = ((0.03, 0.03), (0.03, 0.1), (0.05, 0.06), (0.05, 0.1), (0.1, 0.2))

    def rows() -> Iterator[list[object]]:
        for parts in (*kinds, *unequal):
            for margin, flips in truths:
                shares = []
                for correlation in (0.1, 0.3, 0.6):
                    groups = [Truth(k * size, -margin, flips, "full", size, correlation) for k, size in parts]
                    found = joined(draw(rng, truth, runs) for truth in groups)
                    shares.append(rate(rates.accepted(found, "tango, clustered", margin, ALPHA)))
                yield [" + ".join(f"{k} x {size}" for k, size in parts), margin, flips, *shares]

    return table("clusters x size | margin | flips | gate, .1 | gate, .3 | gate, .6", rows(), errors(runs))


def _clustered(rng: Generator, truth: Truth, runs: int) -> list[object]:
    margin = -truth.difference
    ours, naive, sums = [], [], []
    for correlation in (0.1, 0.3):
        whole = Truth(truth.cases, truth.difference, truth.flips, truth.size, 8, correlation)
        found = draw(rng, whole, runs)
        clustered: Method = "tango, clustered" if truth.size == "full" else "corrected t, clustered"
        single: Method = "tango" if truth.size == "full" else "corrected t"
        ours.append(rates.accepted(found, clustered, margin, ALPHA))
        naive.append(rates.accepted(found.alone(), single, margin, ALPHA))
        sums.append(rates.student(found, margin, ALPHA, clusters=True))
    return [rate(value) for value in (*ours, *naive, *sums)]


def graded(rng: Generator, runs: int) -> str:
    """False acceptance of independent graded cases."""
    cells: list[tuple[float, float, Size]] = [
        (0.05, 0.1, "uniform"),
        (0.05, 0.3, "uniform"),
        (0.03, 0.1, "uniform"),
        (0.05, 0.05, "full"),
        (0.05, 0.1, "full"),
        (0.03, 0.2, "thirds"),
        (0.05, 0.2, "thirds"),
    ]

    def rows() -> Iterator[list[object]]:
        for margin, flips, size in cells:
            for cases in (30, 50, 100, 200, 500):
                found = draw(rng, Truth(cases, -margin, flips, size), runs)
                method: Method = "bets" if cases < 50 else "corrected t"
                shares = (
                    rates.accepted(found, method, margin, ALPHA),
                    rates.accepted(found, "corrected t", margin, ALPHA),
                    rates.student(found, margin, ALPHA),
                    rates.rejected(found, method, margin, ALPHA),
                )
                yield [margin, f"{1 - flips:.0%}", size, cases, *(rate(share) for share in shares)]

    head = "margin | unchanged | size of a change | cases | gate | corrected t | paired t | gate rejects"
    return table(head, rows(), errors(runs))


def graded_clustered(rng: Generator, runs: int) -> str:
    """False acceptance of graded cases in clusters of eight."""

    def rows() -> Iterator[list[object]]:
        for margin, flips in ((0.05, 0.1), (0.05, 0.3), (0.03, 0.1), (0.03, 0.3), (0.1, 0.3)):
            for cases in (104, 200, 400, 800):
                truth = Truth(cases, -margin, flips, "uniform")
                yield [margin, f"{1 - flips:.0%}", cases, *_clustered(rng, truth, runs)]

    head = (
        "margin | unchanged | cases | gate, .1 | gate, .3 | as if independent, .1 | .3 | t of sums, .1 | .3"
    )
    return table(head, rows(), f"Columns are by the correlation of flips. {errors(runs)}")


def power_otherwise(rng: Generator, runs: int) -> str:
    """Power of the tests that have no exact one, where nothing changed on average."""

    def rows() -> Iterator[list[object]]:
        for margin in (0.03, 0.05):
            for cases in (104, 200, 400, 800):
                yield [margin, cases, *_powers(rng, cases, margin, runs)]

    head = (
        "margin | cases | graded, 10 % change | paired t | three repeats, 20 % unsteady "
        "| clusters, .05 flips, .1 | .3 | .10 flips, .1 | .3"
    )
    return table(head, rows(), f"Clusters of eight with pass or fail, by correlation. {errors(runs)}")


def _powers(rng: Generator, cases: int, margin: float, runs: int) -> Iterator[str]:
    found = draw(rng, Truth(cases, 0, 0.1, "uniform"), runs)
    yield f"{rates.accepted(found, 'corrected t', margin, ALPHA):.2f}"
    yield f"{rates.student(found, margin, ALPHA):.2f}"
    found = draw(rng, Truth(cases, 0, 0.2, "thirds"), runs)
    yield f"{rates.accepted(found, 'corrected t', margin, ALPHA):.2f}"
    for flips in (0.05, 0.1):
        for correlation in (0.1, 0.3):
            found = draw(rng, Truth(cases, 0, flips, "full", 8, correlation), runs)
            yield f"{rates.accepted(found, 'tango, clustered', margin, ALPHA):.2f}"


def races(rng: Generator, runs: int) -> str:
    """The bets of a search."""
    truths = {
        "no flips at all": (0.0, 0.0),
        "no change, .05 flips": (0.025, 0.025),
        "no change, .10 flips": (0.05, 0.05),
        "-10 points, .15 flips": (0.125, 0.025),
        "-20 points, .25 flips": (0.225, 0.025),
        "+4 points, .06 flips": (0.01, 0.05),
        "the margin lost, .10 flips": None,
    }

    def cell(chances: tuple[float, float] | None, margin: float) -> str:
        known = chances or (0.05 + margin / 2, 0.05 - margin / 2)
        mean, accepts, rejects = rates.race(rng, known, margin, min(runs, 5000))
        return f"{mean:.0f} ({accepts:.1%} accepted, {rejects:.1%} rejected)"

    rows = [[name, *(cell(chances, margin) for margin in (0.03, 0.05))] for name, chances in truths.items()]
    note = f"Mean cases to the end, 1,000 at most. {errors(min(runs, 5000))}"
    return table("truth | margin .03 | margin .05", rows, note)
