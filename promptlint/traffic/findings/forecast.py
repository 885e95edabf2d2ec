"""What the month will cost: a forecast of daily spend with its interval, against a budget.

From three whole weeks on seasonal naive: a day costs what the same weekday cost last. The errors of a weekday
add up from week to week, so that the variance of the days' sum is sigma^2 times the sum over weekdays of
1^2 + 2^2 + ... + k^2 for k forecast weeks of it; of fewer days the mean, whose sum over H days has the
variance sigma^2 H (1 + H / T) of T days (R. J. Hyndman, G. Athanasopoulos, "Forecasting: Principles and
Practice", 3rd edition, sections 5.2 and 5.5: methods and their standard deviations for one day; the sum
follows from independent errors). Errors are taken as normal.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import NormalDist

from promptlint.traffic_document import Day, Forecast

CONFIDENCE = 0.95
FEWEST = 5
"""Whole days below which nothing is forecast."""

SEASON = 7
FEWEST_SEASONAL = 3 * SEASON
LONGEST = 8 * SEASON
"""Days that are looked back: what was before says little of next month."""

_BOOK = "Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 5.2 and 5.5"


def forecast(days: Sequence[Day], budget: float | None) -> Forecast | None:
    """The forecast for the month of the last day; None if there are too few days.

    The first and the last day of the logs are not whole, and count as spent only.
    """
    if len(days) < 2:
        return None
    spent = {date.fromisoformat(each.day): each.usd for each in days}
    last = max(spent)
    whole = _whole(spent)
    if len(whole) < FEWEST:
        return None
    year, month = last.year, last.month
    end = date(year, month, calendar.monthrange(year, month)[1])
    begin = date(year, month, 1)
    done = sum(usd for day, usd in spent.items() if begin <= day < last)
    left = (end - last).days + 1
    ahead, deviation, method = _ahead(whole, left)
    mean = max(ahead[0], spent[last]) + sum(ahead[1:])  # the last day is not over: it may cost more
    normal = NormalDist()
    reach = normal.inv_cdf(0.5 + CONFIDENCE / 2) * deviation
    low = done + max(mean - reach, spent[last])
    return Forecast(
        month=f"{year:04}-{month:02}",
        spent=done,
        days_left=left,
        mean=done + mean,
        low=low,
        high=done + mean + reach,
        confidence=CONFIDENCE,
        method=f"{method} ({_BOOK})",
        budget=budget,
        over=None if budget is None else _over(done + mean, deviation, budget),
    )


def _whole(spent: dict[date, float]) -> list[float]:
    """The spend of the whole days, those without calls included, the latest ones."""
    first, last = min(spent), max(spent)
    count = (last - first).days - 1
    found = [spent.get(first + timedelta(index + 1), 0.0) for index in range(count)]
    return found[-LONGEST:]


def _ahead(whole: Sequence[float], left: int) -> tuple[list[float], float, str]:
    """What each of the next days will cost, the standard deviation of their sum, and the method."""
    if len(whole) >= FEWEST_SEASONAL:
        errors = [now - before for before, now in zip(whole, whole[SEASON:], strict=False)]
        sigma = math.sqrt(sum(error * error for error in errors) / len(errors))
        ahead = [whole[-SEASON:][index % SEASON] for index in range(left)]
        cycles = [len(range(index, left, SEASON)) for index in range(min(SEASON, left))]
        spread = sum(each * each for count in cycles for each in range(1, count + 1))
        return ahead, sigma * math.sqrt(spread), f"seasonal naive, {len(whole)} days"
    mean = sum(whole) / len(whole)
    sigma = math.sqrt(sum((value - mean) ** 2 for value in whole) / (len(whole) - 1))
    return [mean] * left, sigma * math.sqrt(left * (1 + left / len(whole))), f"mean of {len(whole)} days"


def _over(mean: float, deviation: float, budget: float) -> float:
    if deviation <= 0:
        return float(mean > budget)
    return 1 - NormalDist(mean, deviation).cdf(budget)
