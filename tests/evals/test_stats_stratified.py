"""The bounds of a share over strata: exact where cases weigh the same, never too narrow where they do not."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from promptlint.evals.stats.stratified import Part, lower, upper

RISK = 0.05

SIZES = st.lists(
    st.tuples(st.integers(1, 1_000), st.integers(1, 60), st.floats(0, 1)), min_size=1, max_size=5
)


def parts(rows: list[tuple[int, int, float]]) -> list[Part]:
    total = sum(size for size, _, _ in rows)
    return [Part(size / total, cases, round(share * cases)) for size, cases, share in rows]


@given(st.integers(1, 200), st.data())
def test_one_stratum_has_the_bounds_of_clopper_and_pearson(cases: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, cases))
    high = beta.ppf(1 - RISK, hits + 1, cases - hits) if hits < cases else 1
    low = beta.ppf(RISK, hits, cases - hits + 1) if hits else 0
    assert upper([Part(1, cases, hits)], RISK) == pytest.approx(high, abs=1e-9)
    assert lower([Part(1, cases, hits)], RISK) == pytest.approx(low, abs=1e-9)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 5), st.integers(0, 50)), min_size=2, max_size=2))
def test_the_bound_holds_over_all_outcomes(rows: list[tuple[int, int, int]]) -> None:
    """The chance, summed over every outcome there is, that the bound lies below the true share."""
    sizes = parts([(size, cases, 0.0) for size, cases, _ in rows])
    shares = [percent / 50 for _, _, percent in rows]
    truth = sum(part.weight * share for part, share in zip(sizes, shares, strict=True))
    missed = 0.0
    for hits in product(*[range(part.cases + 1) for part in sizes]):
        seen = [replace(part, hits=count) for part, count in zip(sizes, hits, strict=True)]
        if upper(seen, RISK) < truth - 1e-9:
            missed += math.prod(chance(part, share) for part, share in zip(seen, shares, strict=True))
    assert missed <= RISK + 1e-9


def chance(part: Part, share: float) -> float:
    """Of so many hits, by the binomial distribution."""
    return math.comb(part.cases, part.hits) * share**part.hits * (1 - share) ** (part.cases - part.hits)


@given(SIZES, st.data())
def test_more_hits_never_lower_a_bound(rows: list[tuple[int, int, float]], data: st.DataObject) -> None:
    made = parts(rows)
    at = data.draw(st.integers(0, len(made) - 1))
    if made[at].hits < made[at].cases:
        more = [*made[:at], replace(made[at], hits=made[at].hits + 1), *made[at + 1 :]]
        assert upper(made, RISK) <= upper(more, RISK) + 1e-3  # the search for the tilt is not exact
        assert lower(made, RISK) <= lower(more, RISK) + 1e-3
    estimate = sum(part.weight * part.hits / part.cases for part in made)
    assert lower(made, RISK) - 1e-9 <= estimate <= upper(made, RISK) + 1e-9


def test_what_was_not_looked_at_may_be_all_hits() -> None:
    known = Part(0.75, 100, 0)
    assert upper([known, Part(0.25, 0, 0)], RISK) >= 0.25
    assert lower([known, Part(0.25, 0, 0)], RISK) == 0
    assert upper([Part(1, 0, 0)], RISK) == 1
    assert upper([], RISK) == lower([], RISK) == 0


def test_the_bound_is_not_much_wider_than_that_of_one_sample() -> None:
    """Weights that differ by a hair: the other method, within a fifth of the exact one."""
    whole = upper([Part(0.5, 100, 2), Part(0.5, 100, 2)], RISK)
    assert whole < upper([Part(0.5, 100, 2), Part(0.5, 101, 2)], RISK) < 1.2 * whole
