"""The measures are those of the literature: compared with other libraries and by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from promptlint.difficulty import fitting, measures

LEVELS = st.sampled_from((0.0, 0.25, 0.5, 0.75, 1.0))


@given(st.lists(st.tuples(LEVELS, LEVELS), min_size=2, max_size=40))
def test_agreement_and_ranks_are_those_of_other_libraries(pairs: list[tuple[float, float]]) -> None:
    one, other = [a for a, _ in pairs], [b for _, b in pairs]
    names = [[f"{value:g}" for value in values] for values in (one, other)]
    grades = [[round(4 * value) for value in values] for values in (one, other)]
    if len({*names[0], *names[1]}) > 1:
        assert measures.kappa(*names) == pytest.approx(metrics.cohen_kappa_score(*names))
        expected = metrics.cohen_kappa_score(*grades, labels=[0, 1, 2, 3, 4], weights="quadratic")
        assert measures.weighted_kappa(one, other) == pytest.approx(expected)
    if len(set(one)) > 1 and len(set(other)) > 1:
        assert measures.spearman(one, other) == pytest.approx(stats.spearmanr(one, other).statistic)


def test_what_is_the_same_agrees_wholly() -> None:
    assert measures.weighted_kappa([0.5, 0.5], [0.5, 0.5]) == 1.0
    assert measures.spearman([1, 1], [1, 2]) == 0.0


def test_calibration_by_hand() -> None:
    table = measures.reliability([1, 0, 1, 1], [0.15, 0.05, 0.95, 1.0])
    assert [(row.count, row.seen) for row in table] == [(1, 0), (1, 1), (2, 1)]
    assert measures.calibration_error(table) == pytest.approx((0.05 + 0.85 + 2 * 0.025) / 4)
    assert measures.brier([1, 0], [0.5, 0.5]) == 0.25


def test_the_quantile_is_that_of_split_conformal_prediction() -> None:
    values = [float(value) for value in range(1, 10)]
    assert measures.quantile(values, 0.8) == 8.0
    assert measures.quantile([1.0, 2.0], 0.99) == 2.0


@given(st.lists(st.sampled_from("abcdefgh"), min_size=8, max_size=60), st.integers(2, 5))
def test_folds_split_no_group_and_leave_nobody_out(groups: list[str], count: int) -> None:
    parts = list(fitting.folds(groups, count, 1))
    assert sorted(at for _, test in parts for at in test) == list(range(len(groups)))
    for train, test in parts:
        assert not {groups[at] for at in train} & {groups[at] for at in test}


def test_a_line_and_a_share_are_found_again() -> None:
    rows = [[float(at), 1.0] for at in range(40)]
    line = fitting.ridge(rows, [3 + 2 * row[0] for row in rows], 1e6)
    assert fitting.value(line, [10.0, 1.0]) == pytest.approx(23, abs=1e-3)
    alike = fitting.logistic(rows, [1.0] * 40, 1.0)
    assert fitting.value(alike, [3.0, 1.0]) > 3
    half = fitting.logistic(rows, [0.5] * 40, 1.0)
    assert fitting.value(half, [3.0, 1.0]) == pytest.approx(0, abs=1e-6)
