"""Graded scores, clusters and dollars: the tests against plain sums over the same numbers, and their laws."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from promptlint.evals.stats import clustered, graded, inversion, means, sample, tango
from promptlint.evals.stats.distributions import t_quantile

ALPHA = 0.05
scores = st.sampled_from((-1.0, -2 / 3, -0.5, -1 / 3, -0.1, 0.0, 0.0, 0.0, 0.1, 1 / 3, 0.5, 2 / 3, 1.0))
many = st.lists(scores, min_size=50, max_size=150)
grouped = st.lists(st.lists(scores, min_size=1, max_size=9), min_size=2, max_size=40)
signs = st.lists(
    st.lists(st.sampled_from((-1.0, 0.0, 0.0, 1.0)), min_size=1, max_size=9), min_size=2, max_size=40
)


@given(many)
def test_it_is_students_t_with_two_pairs_more(found: list[float]) -> None:
    assume(min(found) < 0 < max(found))
    pairs = [*found, -1.0, 1.0]
    half = t_quantile(1 - ALPHA, len(pairs) - 1) * statistics.stdev(pairs) / math.sqrt(len(pairs))
    mean = statistics.fmean(pairs)
    ours = graded.interval(graded.moments(found), ALPHA)
    assert ours == pytest.approx((max(-1, mean - half), min(1, mean + half)), abs=1e-9)


@given(many)
def test_the_interval_is_mirrored(found: list[float]) -> None:
    low, high = graded.interval(graded.moments(found), ALPHA)
    assert -1 <= low <= high <= 1
    assert graded.interval(graded.moments([-value for value in found]), ALPHA) == pytest.approx((-high, -low))


def test_losses_never_seen_are_not_excluded() -> None:
    """Fifty cases without a change: a loss of a full point in 5 % of the cases shows nothing in 7.7 % of runs."""
    assert not graded.excludes(graded.moments([0.0] * 50), -0.05, ALPHA)
    assert graded.excludes(graded.moments([0.0] * 60), -0.05, ALPHA)


@given(many, st.sampled_from((0.03, 0.05, 0.1)))
def test_a_deeper_loss_is_never_accepted_sooner(found: list[float], margin: float) -> None:
    """Where nothing was gained, the exact bound counts the sum of the losses."""
    losses = [min(0.0, value) for value in found]
    deeper = [value if value > -0.5 else -1.0 for value in losses]
    mild = graded.excludes(graded.moments(losses), -margin, ALPHA)
    assert mild >= graded.excludes(graded.moments(deeper), -margin, ALPHA)


@pytest.mark.parametrize("found", [[], [1.1], [0.0, math.nan], [-2.0], [math.inf]])
def test_what_is_no_difference_is_refused(found: list[float]) -> None:
    with pytest.raises(ValueError, match="between -1 and 1"):
        graded.moments(found)


@given(grouped, st.floats(-0.5, 0.5))
def test_the_design_effect_lies_between_one_and_the_largest_cluster(
    found: list[list[float]], difference: float
) -> None:
    effect = clustered.design_effect(clustered.spread(found), difference)
    assert 1 <= effect <= max(len(cluster) for cluster in found) + 1e-6


@given(many, st.floats(-0.5, 0.5))
def test_lone_cases_have_no_design_effect(found: list[float], difference: float) -> None:
    spread = clustered.spread([[value] for value in found])
    assert clustered.design_effect(spread, difference) == pytest.approx(1)


@given(st.lists(st.sampled_from((-1.0, 0.0, 0.0, 1.0)), min_size=2, max_size=60), st.integers(2, 9))
def test_copies_of_a_case_add_nothing(found: list[float], copies: int) -> None:
    """Clusters of equal cases say what one case of each says; only the quantile is Student's."""
    spread = clustered.spread([[value] * copies for value in found])
    single = tango.Flips(len(found), found.count(-1), found.count(1))
    joint = tango.Flips(copies * single.cases, copies * single.losses, copies * single.gains)
    limit = t_quantile(1 - ALPHA, len(found) - 1)
    for margin in (0.03, 0.1, 0.3):
        assert clustered.design_effect(spread, -margin) == pytest.approx(copies)
        if abs(tango.score(single, -margin) - limit) > 1e-6:
            expected = tango.excludes(single, -margin, ALPHA, limit)
            assert clustered.excludes_flips(joint, spread, -margin, ALPHA) == expected


def test_clusters_without_a_change_count_as_one_case_each() -> None:
    spread = clustered.spread([[0.0] * 8] * 50)
    assert clustered.design_effect(spread, -0.03) == pytest.approx(8)
    assert clustered.design_effect(spread, 0) == 8


def test_few_flips_do_not_show_that_cases_are_independent() -> None:
    """Four losses in four of fifty clusters: their plain design effect is 1.2; many flips speak for themselves."""
    few = clustered.spread([[-1.0] + [0.0] * 7] * 4 + [[0.0] * 8] * 46)
    many = clustered.spread([[-1.0] + [0.0] * 7] * 25 + [[1.0] + [0.0] * 7] * 25)
    assert 1.6 < clustered.design_effect(few, -0.03) < 2
    assert clustered.design_effect(many, -0.03) < 1.15


@given(signs, st.integers(1, 60), st.sampled_from((0.0, 0.03, 0.2)))
def test_lone_cases_say_nothing_of_what_clusters_share(
    found: list[list[float]], lone: int, margin: float
) -> None:
    """The correlation is that of pairs inside clusters: lone cases are in none."""

    def correlation(clusters: list[list[float]]) -> float:
        spread = clustered.spread(clusters)
        size = spread.sizes / spread.cases
        return (clustered.design_effect(spread, -margin) - 1) / (size - 1)

    assume(any(len(cluster) > 1 for cluster in found))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clustered, "PRIOR", 0.0)
        alone = [[float(number % 3 - 1)] for number in range(lone)]
        assert correlation([*found, *alone]) == pytest.approx(correlation(found), abs=1e-9)


def test_the_correlation_is_that_of_all_pairs() -> None:
    """By its definition: products of pairs over squares, each case as often as it is in a pair."""
    found = [[-1.0, -1.0, 0.0], [1.0, 0.0], [0.0, 1.0, 1.0, 0.0], [-1.0]]
    shifted = [[value + 0.1 for value in cluster] for cluster in found]
    pairs = [(a, b) for one in shifted for i, a in enumerate(one) for j, b in enumerate(one) if i != j]
    expected = sum(a * b for a, b in pairs) / sum(a * a for a, b in pairs)
    size = (9 + 4 + 16 + 1) / 10
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clustered, "PRIOR", 0.0)
        effect = clustered.design_effect(clustered.spread(found), -0.1)
    assert effect == pytest.approx(1 + (size - 1) * expected)


@given(signs)
def test_large_clusters_count_for_more(found: list[list[float]]) -> None:
    spread = clustered.spread(found)
    assert 0 <= spread.freedom + 1e-9 <= len(found) - 1 + 2e-9
    sizes = {len(cluster) for cluster in found}
    if len(sizes) == 1:
        assert spread.freedom == pytest.approx(len(found) - 1)


def test_a_single_cluster_shows_nothing() -> None:
    found = sample.sample([[1.0, 0.0, 1.0] * 100], binary=True)
    assert sample.interval(found, ALPHA) == (-1, 1)


@given(signs, st.booleans(), st.sampled_from((0.03, 0.1, 0.2)))
def test_a_sample_tests_as_its_interval_says(found: list[list[float]], binary: bool, margin: float) -> None:
    tried = sample.sample(found, binary)
    low, high = sample.interval(tried, ALPHA)
    assert -1 <= low <= tried.moments.difference + 1e-9
    assert tried.moments.difference - 1e-9 <= high <= 1
    if low > -margin + 1e-9:
        assert sample.excludes(tried, -margin, ALPHA)
    if high < -margin - 1e-9:
        assert sample.excludes(tried.swapped(), margin, ALPHA)


@given(signs, st.booleans())
def test_the_interval_of_a_sample_is_mirrored(found: list[list[float]], binary: bool) -> None:
    low, high = sample.interval(sample.sample(found, binary), ALPHA)
    turned = [[-value for value in cluster] for cluster in found]
    assert sample.interval(sample.sample(turned, binary), ALPHA) == pytest.approx((-high, -low), abs=1e-9)


@given(grouped)
def test_the_order_of_cases_and_clusters_says_nothing(found: list[list[float]]) -> None:
    back = [cluster[::-1] for cluster in found[::-1]]
    one, other = (sample.interval(sample.sample(each, binary=False), ALPHA) for each in (found, back))
    assert one == pytest.approx(other, abs=1e-9)


@pytest.mark.parametrize(
    ("sizes", "binary", "method"),
    [
        ([1] * 60, True, "tango"),
        ([1] * 10, True, "tango"),
        ([6] * 10, True, "tango, clustered"),
        ([1] * 50, False, "corrected t"),
        ([1] * 49, False, "bets"),
        ([2] * 25, False, "corrected t, clustered"),
        ([2] * 24, False, "bets"),
    ],
)
def test_the_test_is_chosen_by_the_kind_of_data(sizes: list[int], binary: bool, method: str) -> None:
    assert sample.sample([[0.0] * size for size in sizes], binary).method == method


def test_bets_hold_where_a_gain_is_tested() -> None:
    """A case may lie below the tested gain by more than a point: the bet is scaled, no wealth is lost twice."""
    found = sample.sample([[1.0]] * 40 + [[-1.0]], binary=False)
    low, high = sample.interval(found, ALPHA)
    assert found.method == "bets"
    assert 0 < low < found.moments.difference <= high <= 1


def test_the_wider_interval_is_taken_where_a_test_is_not_monotone() -> None:
    def excludes(tried: float) -> bool:
        return tried < -0.6 or -0.4 < tried < -0.2

    assert inversion.lower_bound(excludes, 0.0) == pytest.approx(-0.6)
    assert inversion.lower_bound(lambda tried: False, 0.3) == -1
    assert inversion.lower_bound(lambda tried: tried < 0.3, 0.3) == pytest.approx(0.3)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=60))
def test_the_mean_of_lone_numbers_has_students_interval(found: list[float]) -> None:
    half = t_quantile(0.95, len(found) - 1) * statistics.stdev(found) / math.sqrt(len(found))
    expected = (statistics.fmean(found) - half, statistics.fmean(found) + half)
    assert means.interval([[value] for value in found], ALPHA) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=40), st.integers(2, 6))
def test_copies_do_not_narrow_the_interval_of_a_mean(found: list[float], copies: int) -> None:
    alone = means.interval([[value] for value in found], ALPHA)
    assert means.interval([[value] * copies for value in found], ALPHA) == pytest.approx(
        alone, rel=1e-6, abs=1e-6
    )


def test_one_cluster_has_no_interval() -> None:
    assert means.interval([[1.0, 2.0]], ALPHA) is None
