"""The forecast of a month: by hand, and the interval holds as often as it says."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

import pytest

from promptlint.evals.stats.distributions import t_cdf
from promptlint.traffic.findings.forecast import forecast
from promptlint.traffic_document import Day


def days(first: date, spent: list[float]) -> list[Day]:
    return [Day((first + timedelta(index)).isoformat(), 1, usd) for index, usd in enumerate(spent)]


def test_of_few_days_the_mean_goes_on() -> None:
    """The 1st and the 10th are not whole: 8 days of 8 and 12 dollars; 21 days are forecast."""
    found = forecast(days(date(2026, 9, 1), [5.0, *[8.0, 12.0] * 4, 1.0]), 300.0)
    assert found is not None
    sigma = math.sqrt(8 * 4 / 7)
    deviation = sigma * math.sqrt(21 * (1 + 21 / 8))
    assert (found.month, found.days_left, found.spent) == ("2026-09", 21, 85.0)
    assert found.mean == pytest.approx(85 + 210)
    assert found.high - found.mean == pytest.approx(2.364624 * deviation, rel=1e-5)  # of t with 7 degrees
    assert found.over == pytest.approx(1 - t_cdf((300 - 295) / deviation, 7))
    assert "mean of 8 days" in found.method


def test_a_level_that_changed_is_followed() -> None:
    """After 20 days of 10 dollars came 15 of 30: the days to come cost 30, and the interval is wide."""
    dice = random.Random(1)
    spent = [(10.0 if index < 20 else 30.0) + dice.gauss(0, 1) for index in range(36)]
    found = forecast(days(date(2026, 8, 10), [*spent, 0.0]), None)
    assert found is not None
    assert (found.mean - found.spent) / found.days_left == pytest.approx(30, abs=3)
    assert "smoothing" in found.method
    assert found.high - found.low > 30


def test_weekdays_are_seen_from_three_weeks_on() -> None:
    """Weekends are free: with nothing else to it the forecast is exact."""
    first = date(2026, 8, 3)
    spent = [0.0 if (first + timedelta(index)).weekday() > 4 else 10.0 for index in range(50)]
    found = forecast(days(first, [*spent[:-1], 10.0]), None)
    assert found is not None
    whole = sum(1 for day in range(1, 31) if date(2026, 9, day).weekday() < 5)
    assert found.mean == pytest.approx(10.0 * whole)
    assert found.low == found.high == found.mean
    assert found.over is None


@pytest.mark.parametrize("count", [0, 1, 3, 6])
def test_too_few_days_forecast_nothing(count: int) -> None:
    assert forecast(days(date(2026, 9, 1), [1.0] * count), 1.0) is None


def test_days_without_calls_cost_nothing() -> None:
    both = days(date(2026, 9, 1), [1.0] * 10)
    found = forecast([both[0], both[5], both[9]], None)
    assert found is not None
    assert found.mean == pytest.approx(1 + 1 + 1 / 8 * 21 + (1 - 1 / 8))


@pytest.mark.parametrize(("length", "level"), [(12, 0.0), (30, 0.0), (45, 0.0), (45, 1.5)])
def test_the_interval_holds(length: int, level: float) -> None:
    """300 months of days with weekends, independent or with a level that wanders; nominally 95 %."""
    dice = random.Random(3)
    held = 0
    for _ in range(300):
        first, now = date(2026, 9, 13) - timedelta(length - 1), 100.0
        spent = []
        for index in range(length + 17):
            now += dice.gauss(0, level)
            is_weekend = length >= 21 and (first + timedelta(index)).weekday() > 4
            spent.append(now - 6 * is_weekend + dice.gauss(0, 2.0))
        real = sum(usd for index, usd in enumerate(spent) if (first + timedelta(index)).month == 9)
        found = forecast(days(first, [*spent[: length - 1], 0.0]), None)
        assert found is not None
        held += found.low <= real <= found.high
    assert 0.92 <= held / 300 <= 0.98
