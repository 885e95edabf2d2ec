"""What the month will cost: a forecast of daily spend with its interval, against a budget.

A day costs the level plus the effect of its weekday (from three whole weeks on). The level is the mean of all
days, or simple exponential smoothing, whichever has the smaller squared errors of one day ahead. The error of
the sum of H days has the variance sigma^2 times: of the mean, H plus k^2 / n over weekdays (k days to come, n
seen); of smoothing by a, the sum of (1 + a (H - j))^2 for j from 1 to H (an error of day j moves the level of
all later ones), plus what the weekdays add (R. J. Hyndman, G. Athanasopoulos, "Forecasting: Principles and
Practice", 3rd edition, 5.5, 8.1 and 8.7: for one day; the sum follows from independent errors). Sigma is
estimated, so that the interval is Student's t's.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Sequence
from datetime import date, timedelta

from promptlint.evals.stats.distributions import t_cdf, t_quantile
from promptlint.records import dataclass
from promptlint.traffic_document import Day, Forecast

CONFIDENCE = 0.95
FEWEST = 5
"""Whole days below which nothing is forecast."""

SEASON = 7
FEWEST_SEASONAL = 3 * SEASON
LONGEST = 8 * SEASON
"""Days that are looked back: what was before says little of next month."""

_STEPS = tuple([step / 20 for step in range(1, 20)])
"""Shares of an error that smoothing adds to the level: those that are tried."""

_BOOK = "Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 5.5, 8.1 and 8.7"


@dataclass(frozen=True, slots=True)
class _Outlook:
    """What each of the next days will cost; the standard error of their sum, and the freedom of its t."""

    ahead: tuple[float, ...]
    deviation: float
    freedom: int
    method: str


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
    found = _outlook(whole, left)
    mean = max(found.ahead[0], spent[last]) + sum(found.ahead[1:])  # the last day is not over
    reach = t_quantile(0.5 + CONFIDENCE / 2, found.freedom) * found.deviation
    low = done + max(mean - reach, spent[last])
    return Forecast(
        month=f"{year:04}-{month:02}",
        spent=done,
        days_left=left,
        mean=done + mean,
        low=low,
        high=done + mean + reach,
        confidence=CONFIDENCE,
        method=f"{found.method} ({_BOOK})",
        budget=budget,
        over=None if budget is None else _over(done + mean - budget, found),
    )


def _whole(spent: dict[date, float]) -> list[float]:
    """The spend of the whole days, those without calls included, the latest ones."""
    first, last = min(spent), max(spent)
    count = (last - first).days - 1
    found = [spent.get(first + timedelta(index + 1), 0.0) for index in range(count)]
    return found[-LONGEST:]


def _outlook(whole: Sequence[float], left: int) -> _Outlook:
    """The level, the weekdays and the errors of the days to come."""
    count = len(whole)
    season = SEASON if count >= FEWEST_SEASONAL else 1
    mean = sum(whole) / count
    seen = [len(whole[day::season]) for day in range(season)]
    effects = [sum(whole[day::season]) / seen[day] - mean for day in range(season)]
    flat = [value - effects[index % season] for index, value in enumerate(whole)]
    coming = [len(range((day - count) % season, left, season)) for day in range(season)]
    squares, level, step = min([_squares(flat, mean, 0.0), *(_squares(flat, None, each) for each in _STEPS)])
    freedom = count - season - (step > 0)
    lasting = sum((1 + step * ahead) ** 2 for ahead in range(left))
    known = 1 / count if step else 0.0  # the errors of a smoothed level are among those of each day
    spread = lasting + sum(days * days * (1 / seen[day] - known) for day, days in enumerate(coming))
    name = f"exponential smoothing by {step:.2f}" if step else "mean"
    return _Outlook(
        ahead=tuple([level + effects[(count + day) % season] for day in range(left)]),
        deviation=math.sqrt(squares / freedom * spread),
        freedom=freedom,
        method=f"{name} of {count} days{' and their weekdays' if season > 1 else ''}",
    )


def _squares(flat: Sequence[float], level: float | None, step: float) -> tuple[float, float, float]:
    """The sum of squared errors of one day ahead, the level at the end, and the step.

    A level that is not given begins as the mean of the first days.
    """
    first = flat[:SEASON]
    now = sum(first) / len(first) if level is None else level
    total = 0.0
    for value in flat:
        error = value - now
        total += error * error
        now += step * error
    return total, now, step


def _over(beyond: float, found: _Outlook) -> float:
    """The probability that the month costs more than the budget, its mean being so much beyond it."""
    if found.deviation <= 0:
        return float(beyond > 0)
    return t_cdf(beyond / found.deviation, found.freedom)
