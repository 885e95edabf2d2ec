"""The forecast of a month: by hand, and the interval holds as often as it says."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

import pytest

from promptlint.traffic.findings.forecast import forecast
from promptlint.traffic_document import Day


def days(first: date, spent: list[float]) -> list[Day]:
    return [Day((first + timedelta(index)).isoformat(), 1, usd) for index, usd in enumerate(spent)]


def test_of_few_days_the_mean_goes_on() -> None:
    """The 1st and the 10th are not whole: 8 days of 8 and 12 dollars; 21 days are forecast."""
    found = forecast(days(date(2026, 9, 1), [5.0, *[8.0, 12.0] * 4, 1.0]), 300.0)
    assert found is not None
    sigma = math.sqrt(8 * 4 / 7)
    reach = 1.959964 * sigma * math.sqrt(21 * (1 + 21 / 8))
    assert (found.month, found.days_left, found.spent) == ("2026-09", 21, 85.0)
    assert found.mean == pytest.approx(85 + 210)
    assert found.high - found.mean == pytest.approx(reach, rel=1e-5)
    assert found.over == pytest.approx(
        0.5 * math.erfc((300 - 295) / (reach / 1.959964) / math.sqrt(2)), rel=1e-4
    )


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


@pytest.mark.parametrize(("length", "least"), [(12, 0.9), (45, 0.9)])
def test_the_interval_holds(length: int, least: float) -> None:
    """1,000 months of independent days with weekends: nominally 95 %; estimated sigmas cost a little."""
    dice = random.Random(3)
    held = 0
    for _ in range(1_000):
        first = date(2026, 9, 13) - timedelta(length - 1)
        level = [10.0] * 5 + ([10.0] * 2 if length < 21 else [4.0] * 2)
        spent = [
            max(dice.gauss(level[(first + timedelta(index)).weekday()], 2.0), 0.0)
            for index in range(length + 17)
        ]
        real = sum(usd for index, usd in enumerate(spent) if (first + timedelta(index)).month == 9)
        seen = [*spent[: length - 1], 0.0]
        found = forecast(days(first, seen), None)
        assert found is not None
        held += found.low <= real <= found.high
    assert held / 1_000 >= least
