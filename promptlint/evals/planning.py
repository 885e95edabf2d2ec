"""Tells before the first paid call how likely a suite is to decide, and which suites cannot."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from statistics import NormalDist
from typing import Literal

from promptlint.evals.anchor import Budget, allowed
from promptlint.evals.gate import FEWEST_SUPPORTED
from promptlint.evals.model import Suite
from promptlint.evals.stats import clustered, distributions, power, sample, trials
from promptlint.evals.stats.trials import Truth
from promptlint.records import dataclass
from promptlint.style import plural

USUAL_FLIPS = 0.05
"""The share of flips that is assumed where one number must be named; `eval aa` measures a suite's own."""

FLIPS = (0.02, 0.05, 0.1, 0.2)
"""The shares that are assumed where none is known."""

CORRELATION = 0.1
"""Of the flips of one cluster, assumed where it is not known."""

HOPELESS = 0.5
"""The power at the kindest share of flips below which a suite is not worth a paid call: it would accept less
than half of the candidates that change nothing."""

_EXACT_UP_TO = 20_000  # cases; the approximation is within 1 % from there on

_MOST_DRAWN = 10_000  # answers of a run that is drawn, which takes a second

Basis = Literal["exact", "estimated"]
Source = Literal["given", "measured", "assumed"]


@dataclass(frozen=True, slots=True)
class Design:
    """What decides how much a run can show.

    Args:
        margin: the acceptable loss that will be tested.
        alpha: one-sided.
        sizes: of the clusters; 1 for each case that stands alone.
        repeats: answers a case.
    """

    margin: float
    alpha: float
    sizes: tuple[int, ...]
    repeats: int = 1

    @property
    def cases(self) -> int:
        """All of them."""
        return sum(self.sizes)

    @property
    def clustered(self) -> bool:
        """Whether some cases depend on one another."""
        return any(size > 1 for size in self.sizes)

    @property
    def size(self) -> float:
        """Of the cluster that a case sees, on average."""
        return sum(size * size for size in self.sizes) / self.cases if self.sizes else 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """What to expect at one share of flips, if the candidate changes nothing on average.

    Args:
        flips: the share of answers that change.
        power: the probability that the run ends accepted; None: the number of cases is not known.
        basis: of the power.
        needed: cases for a power of 80 %; None: too many to be named. Estimated for clusters and repeats.
    """

    flips: float
    power: float | None
    basis: Basis
    needed: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a design can show.

    Args:
        design: the design.
        fewest: independent cases below which nothing is accepted even if no answer changes; exact.
        flips: where the shares of flips are from.
        rows: one a share.
        hopeless: why a paid run is not worth its price; None: it may be.
    """

    design: Design
    fewest: int
    flips: Source
    rows: tuple[Row, ...]
    hopeless: str | None


def design(suite: Suite, budget: Budget | None = None) -> Design | None:
    """The design of a suite's cases that can be judged; None if it declares no margin.

    Args:
        suite: the suite.
        budget: of the anchor; what is left of it may be less than the margin.
    """
    if suite.margin is None:
        return None
    found = sizes((case.id, case.cluster) for case in suite.supported)
    return Design(allowed(suite.margin, budget), suite.alpha, found, suite.repeats)


def sizes(cases: Iterable[tuple[str, str | None]]) -> tuple[int, ...]:
    """The sizes of the clusters of cases, each an id and the name of its cluster, or None."""
    return tuple(Counter((cluster or case, cluster is not None) for case, cluster in cases).values())


def plan(found: Design, flips: Sequence[float] = FLIPS, source: Source = "assumed") -> Plan:
    """What a design can show at some shares of flips.

    Args:
        found: the design.
        flips: the shares, 0 to 1.
        source: where they are from.
    """
    fewest = _fewest(found) if found.margin > 0 else 0
    rows = [Row(share, *_power(found, share, CORRELATION), _needed(found, share)) for share in flips]
    return Plan(found, fewest, source, tuple(rows), _hopeless(found) if found.sizes else None)


def _power(found: Design, flips: float, correlation: float) -> tuple[float | None, Basis]:
    if not found.sizes:
        return None, "exact"
    if found.cases * found.repeats > _MOST_DRAWN and (found.clustered or found.repeats > 1):
        return _about(found, flips, correlation), "estimated"
    if found.clustered or found.repeats > 1:
        truth = Truth(found.sizes, found.repeats, flips, correlation)
        return trials.acceptance(truth, found.margin, found.alpha), "estimated"
    return power.acceptance(found.cases, found.margin, found.alpha, flips / 2, flips / 2), "exact"


def _about(found: Design, flips: float, correlation: float) -> float:
    """The power by the normal approximation, for designs that are too large to be drawn."""
    freedom = found.cases / found.size - 1
    if found.margin <= 0 or freedom < 1:
        return 0.0
    variance = _variance(found, flips, 1, correlation) + 2 / found.cases
    cases = found.cases / _effect(found, flips, found.cases, correlation)
    return NormalDist().cdf(
        found.margin * math.sqrt(cases / variance) - distributions.t_quantile(1 - found.alpha, freedom)
    )


def _needed(found: Design, flips: float) -> int | None:
    if found.margin <= 0:
        return None
    alone = _needed_alone(found, flips)
    if alone is None or not found.clustered:
        return alone
    low, high = alone, alone
    while high / _effect(found, flips, high) < alone:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        enough = middle / _effect(found, flips, middle) >= alone
        low, high = (low, middle) if enough else (middle, high)
    return high if high <= power.MOST else None


def _needed_alone(found: Design, flips: float) -> int | None:
    """As if no cases came in clusters."""
    if found.repeats == 1:
        return cases_needed(found.margin, found.alpha, flips)
    cases = _fewest(found)
    while True:
        variance = (
            _variance(found, flips, 1, CORRELATION) + 2 / cases
        )  # the two pairs that the graded test adds
        more = power.cases_for_spread(found.margin, variance, found.alpha)
        if more is None or more <= cases:
            return None if more is None else cases
        cases = min(more, cases + max(1, (more - cases) // 2))


def _fewest(found: Design) -> int:
    """The independent cases below which a run without a flip is not accepted."""
    fewest = power.fewest_cases(found.margin, found.alpha)
    return fewest if found.repeats == 1 else max(fewest, sample.FEWEST_GRADED)


def _effect(found: Design, flips: float, cases: int, correlation: float = CORRELATION) -> float:
    """The design effect that the gate's test would estimate of so many cases, if flips are as expected."""
    size = found.size
    changed, joint = (_variance(found, flips, each, correlation) * cases for each in (1, size))
    return clustered.design_effect(
        clustered.Spread(cases, 0.0, changed, joint, 0.0, cases * size, changed * size), -found.margin
    )


def _variance(found: Design, flips: float, size: float, correlation: float) -> float:
    """Of the sum over so many cases of one cluster, a case; the answers of a lone case are independent."""
    answers = size * found.repeats
    shared = (answers - 1) * correlation if found.clustered else 0.0
    return flips * (1 + shared) / found.repeats


@lru_cache(maxsize=64)
def cases_needed(margin: float, alpha: float, flips: float) -> int | None:
    """The cases of pass or fail for a power of 80 %: exact up to 20,000, then by the normal approximation."""
    about = power.cases_for_spread(margin, flips, alpha)
    if about is None or about > _EXACT_UP_TO:
        return about
    return power.cases_needed(margin, alpha, flips)


# --- warnings ---------------------------------------------------------------------------------


def hopeless(suite: Suite, budget: Budget | None = None) -> str | None:
    """Why a paid run of a suite is not worth its price; None: it may be, or nothing is to be decided.

    Args:
        suite: the suite.
        budget: of the anchor; None: there is none.
    """
    found = design(suite, budget)
    if found is None:
        return None
    judged = len(suite.supported)
    if judged < FEWEST_SUPPORTED * len(suite.cases):
        return (
            f"{judged} of {len(suite.cases)} cases can be judged, less than {FEWEST_SUPPORTED:.0%}: "
            "the run would end undecided"
        )
    return _hopeless(found)


def _hopeless(found: Design) -> str | None:
    if found.margin <= 0:
        return "nothing is left of what may be lost since the anchor was blessed: no loss would be accepted"
    if _unchanged(found):
        return None
    chances = [_power(found, share, 0.0) for share in FLIPS]
    best, basis = max((chance or 0.0, basis) for chance, basis in chances)
    if best >= HOPELESS:
        return None
    kind = "cluster" if found.clustered else "case"
    return (
        f"{plural(len(found.sizes), kind)} cannot show that no loss reaches {100 * found.margin:g} points: "
        f"a candidate that changes nothing would be accepted in {100 * best:.0f} % of the runs at best "
        f"({basis}); without a changed answer, from {plural(_fewest(found), kind)} on"
    )


def _unchanged(found: Design) -> bool:
    """Whether a run in which no answer changes is accepted."""
    zeros = [[0.0] * size for size in found.sizes]
    return sample.excludes(sample.sample(zeros, found.repeats == 1), -found.margin, found.alpha)


def too_few(suite: Suite) -> str | None:
    """What a loader says of a suite with few cases for its margin; None: there are enough, or no margin."""
    if suite.margin is None:
        return None
    cases, fewest = len(suite.supported), power.fewest_cases(suite.margin, suite.alpha)
    needed = cases_needed(suite.margin, suite.alpha, USUAL_FLIPS)
    if needed is not None and cases >= needed:
        return None
    about = f"about {needed:,}" if needed else f"over {power.MOST:,}"
    return (
        f"a margin of {suite.margin:g} needs at least {fewest:,} cases even if no answer changes, and "
        f"{about} for 80 % power if {USUAL_FLIPS:.0%} do (assumed); {cases:,} can be judged"
    )
