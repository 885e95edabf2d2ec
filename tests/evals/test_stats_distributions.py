"""The distributions, against closed forms and plain sums; and all of it against scipy and statsmodels."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.evals.stats import distributions, paired

inside = st.floats(0.001, 0.999)


@given(inside, st.floats(0.1, 500))
def test_beta_with_a_parameter_of_one_is_a_power(x: float, other: float) -> None:
    assert distributions.beta_cdf(x, other, 1) == pytest.approx(x**other, rel=1e-10, abs=1e-14)
    assert distributions.beta_cdf(x, 1, other) == pytest.approx(1 - (1 - x) ** other, rel=1e-10, abs=1e-14)


@given(st.integers(0, 200), st.integers(1, 200), inside)
def test_the_chances_of_counts_are_sums_of_the_binomial(seen: int, cases: int, share: float) -> None:
    def point(count: int) -> float:
        return math.comb(cases, count) * share**count * (1 - share) ** (cases - count)

    few = math.fsum(point(count) for count in range(min(seen, cases) + 1))
    assert distributions.chance_of_few(seen, cases, share) == pytest.approx(few, abs=1e-11)
    if seen <= cases:
        many = math.fsum(point(count) for count in range(seen, cases + 1))
        assert distributions.chance_of_many(seen, cases, share) == pytest.approx(many, abs=1e-11)


@given(st.floats(-50, 50))
def test_t_of_one_and_two_degrees_has_closed_forms(t: float) -> None:
    assert distributions.t_cdf(t, 1) == pytest.approx(0.5 + math.atan(t) / math.pi, abs=1e-12)
    assert distributions.t_cdf(t, 2) == pytest.approx(0.5 + t / (2 * math.sqrt(2 + t * t)), abs=1e-12)


@given(st.floats(0.5001, 0.9999), st.floats(1, 5000))
def test_the_quantile_is_the_inverse(probability: float, freedom: float) -> None:
    found = distributions.t_quantile(probability, freedom)
    assert distributions.t_cdf(found, freedom) == pytest.approx(probability, abs=1e-10)
    assert found >= distributions.z_quantile(probability) - 1e-9


def test_they_agree_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy comes with the extra `dev`")
    for a in (0.3, 1.0, 4.5, 60.0, 3000.0):
        for b in (0.5, 1.0, 7.2, 400.0):
            for x in (1e-6, 0.01, 0.2, a / (a + b), 0.5, 0.97):
                assert distributions.beta_cdf(x, a, b) == pytest.approx(
                    stats.beta.cdf(x, a, b), rel=1e-9, abs=1e-13
                )
    for freedom in (1, 2.5, 9, 49, 401, 10_000):
        for probability in (0.9, 0.95, 0.975, 0.999):
            expected = stats.t.ppf(probability, freedom)
            assert distributions.t_quantile(probability, freedom) == pytest.approx(expected, rel=1e-9)


def test_mcnemar_agrees_with_scipy_and_statsmodels() -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy comes with the extra `dev`")
    tables = pytest.importorskip("statsmodels.stats.contingency_tables", reason="so does statsmodels")
    for losses in (0, 1, 4, 12, 40):
        for gains in (0, 2, 5, 13, 55):
            ours = paired.mcnemar(losses, gains)
            assert ours == pytest.approx(tables.mcnemar([[30, losses], [gains, 8]], exact=True).pvalue)
            if losses + gains:
                assert ours == pytest.approx(stats.binomtest(losses, losses + gains).pvalue)


def test_newcombe_is_made_of_the_wilson_intervals_of_statsmodels() -> None:
    """statsmodels has no interval of paired shares; of its Wilson intervals and phi, method 10 follows."""
    proportion = pytest.importorskip("statsmodels.stats.proportion", reason="statsmodels comes with `dev`")
    for both, losses, gains, neither in (
        (36, 12, 2, 0),
        (80, 4, 3, 13),
        (10, 1, 9, 30),
        (200, 0, 0, 7),
        (0, 5, 6, 0),
    ):
        table = paired.Table(both, losses, gains, neither)
        cases = table.cases
        ends = [
            proportion.proportion_confint(passed, cases, alpha=0.1, method="wilson")
            for passed in (both + losses, both + gains)
        ]
        old, new = (both + losses) / cases, (both + gains) / cases
        product = both * neither - losses * gains
        corrected = max(0.0, product - cases / 2) if product > 0 else product
        whole = (both + losses) * (gains + neither) * (both + gains) * (losses + neither)
        phi = corrected / math.sqrt(whole) if whole else 0.0
        (old_low, old_high), (new_low, new_high) = ends

        def reach(first: float, second: float, phi: float = phi) -> float:
            return math.sqrt(max(0.0, first**2 - 2 * phi * first * second + second**2))

        expected = (
            new - old - reach(new - new_low, old_high - old),
            new - old + reach(new_high - new, old - old_low),
        )
        assert paired.newcombe(table, 0.05) == pytest.approx(expected, abs=1e-9)
