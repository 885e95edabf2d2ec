"""The charts of the page: waterfall, weeks, break-even curves, and what moves the total."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from promptlint.markup import Html
from promptlint.planned import Curve, Plan, Point
from promptlint.report.plan.words import headline, swing
from promptlint.style import fit, fit_path, usd
from promptlint.svg import (
    WIDTH,
    Frame,
    area,
    bar,
    chart,
    dot,
    line,
    short,
    short_usd,
    text,
    ticks,
)

ROW, BAR = 38, 20
LABELS, VALUES = 330.0, 150.0
TOP, BOTTOM = 26.0, 34.0
FIGURES = 10


def waterfall(plan: Plan) -> Html:
    """A row a step: what is left, strong; what it saves, light; how far that may reach, as a line."""
    rows = len(plan.steps) + 1
    frame = Frame(LABELS, TOP, WIDTH - VALUES, TOP + rows * ROW, max(plan.start.mid, 1e-9), 1)
    parts = [*_grid_x(frame), *_row(frame, 0, "Now", plan.start.mid, 0.0, usd(plan.start.mid))]
    for index, step in enumerate(plan.steps, 1):
        label = f"{index}. {fit(step.title, 44)}"
        parts += _row(frame, index, label, step.after.mid, step.saving.mid, f"-{usd(step.saving.mid)}")
        before, y = step.after.mid + step.saving.mid, TOP + index * ROW + BAR / 2
        ends = [min(max(before - end, 0.0), before) for end in (step.saving.low, step.saving.high)]
        parts.append(line([(frame.x(end), y) for end in ends], "range"))
    says = f"{headline(plan)}. Each bar is what is left a month; its light end is what the step saves."
    return chart("waterfall", "What each step saves", says, frame.bottom + BOTTOM, parts)


def _row(frame: Frame, index: int, label: str, left: float, saved: float, value: str) -> Iterator[str]:
    y = TOP + index * ROW
    yield text(0, y + BAR - 5, label)
    yield bar(frame.left, y, frame.x(left) - frame.left, BAR, "left")
    if saved > 0:
        yield bar(frame.x(left), y, frame.x(left + saved) - frame.x(left), BAR, "saved")
    yield text(WIDTH, y + BAR - 5, f"{value} -> {usd(left)}" if saved > 0 else value, "end")


def _grid_x(frame: Frame) -> Iterator[str]:
    """Lines at round amounts, with these below."""
    for value in ticks(frame.most_x):
        x = frame.x(value)
        yield line([(x, frame.top - 6), (x, frame.bottom)], "grid")
        yield text(x, frame.bottom + 18, short_usd(value), "dim mid")


def _grid_y(frame: Frame) -> Iterator[str]:
    for value in ticks(frame.most_y):
        y = frame.y(value)
        yield line([(frame.left, y), (frame.right, y)], "grid")
        yield text(frame.left - 8, y + 4, short_usd(value), "dim end")


# --- weeks ----------------------------------------------------------------------------------


def trajectory(plan: Plan) -> Html:
    """Two lines with the range of each: what a week costs as it is, and with the plan."""
    weeks = plan.weeks
    most = max(week.without.high for week in weeks) * 1.05 or 1.0
    frame = Frame(70, 20, WIDTH - 170, 320, max(1, len(weeks) - 1), most)
    parts = [*_grid_y(frame)]
    parts += [
        text(frame.x(week.number - 1), frame.bottom + 20, str(week.number), "dim mid") for week in weeks
    ]
    parts.append(text(frame.right + 30, frame.bottom + 20, "week", "dim"))
    ends = []
    for kind, band, values in (
        ("now", "nowband", [week.without for week in weeks]),
        ("plan", "band", [week.planned for week in weeks]),
    ):
        across = [frame.x(index) for index in range(len(weeks))]
        highs = [(x, frame.y(value.high)) for x, value in zip(across, values, strict=True)]
        lows = [(x, frame.y(value.low)) for x, value in zip(across, values, strict=True)]
        mids = [(x, frame.y(value.mid)) for x, value in zip(across, values, strict=True)]
        parts += [area(highs, lows, band), line(mids, kind)]
        ends.append(mids[-1][1])
    last = weeks[-1]
    upper, lower = _apart(ends[0], ends[1])
    parts.append(text(frame.right + 12, upper, f"as it is, {usd(last.without.mid)}"))
    parts.append(text(frame.right + 12, lower, f"planned, {usd(last.planned.mid)}"))
    says = (
        f"Week 1 costs {usd(weeks[0].without.mid)}; week {last.number} {usd(last.without.mid)} as it is, "
        f"and {usd(last.planned.mid)} with the plan. The bands are the ranges."
    )
    return chart("weeks", "Spend by week", says, frame.bottom + BOTTOM, parts)


def _apart(first: float, second: float) -> tuple[float, float]:
    """Where two labels stand beside the ends of their lines, without touching each other."""
    upper, lower = sorted((first + 4, second + 4))
    if lower - upper < 17:
        upper, lower = upper - 9, upper + 9
    return (upper, lower) if first <= second else (lower, upper)


# --- break-even -----------------------------------------------------------------------------


def curve(number: int, found: Curve) -> Html:
    """Two lines over the volume, the place where they cross, and today's volume."""
    points = found.points
    most = max(max(point.now, point.instead) for point in points) * 1.05 or 1.0
    frame = Frame(70, 24, WIDTH - 190, 300, points[-1].calls or 1.0, most)
    parts = [*_grid_y(frame)]
    parts += [
        text(frame.x(value), frame.bottom + 20, short(value), "dim mid") for value in ticks(frame.most_x)
    ]
    parts.append(text(frame.right + 30, frame.bottom + 20, "calls a month", "dim"))
    parts.append(line([(frame.x(point.calls), frame.y(point.now)) for point in points], "now"))
    parts.append(line([(frame.x(point.calls), frame.y(point.instead)) for point in points], "plan"))
    today = frame.x(found.calls)
    parts += [
        line([(today, frame.top), (today, frame.bottom)], "mark"),
        text(today + 5, frame.top + 2, "today", "dim"),
    ]
    if found.break_even is not None and found.break_even <= points[-1].calls:
        usd_there = _at(points, found.break_even)
        parts.append(dot(frame.x(found.break_even), frame.y(usd_there)))
    upper, lower = _apart(frame.y(points[-1].now), frame.y(points[-1].instead))
    parts += [text(frame.right + 12, upper, found.now), text(frame.right + 12, lower, _first(found.instead))]
    return chart(f"curve{number}", fit(found.title, 200), crossing(found), frame.bottom + BOTTOM, parts)


def crossing(found: Curve) -> str:
    """From which volume on it pays, in words."""
    if found.break_even is None:
        return f"At no volume that is drawn does it pay; today there are {short(found.calls)} calls a month."
    return (
        f"Both cost the same at {short(found.break_even)} calls a month; there are {short(found.calls)}: "
        f"{'the volume is enough' if found.calls > found.break_even else 'the volume is not enough'}."
    )


def _first(words: str) -> str:
    return words.partition(",")[0]


def _at(points: Sequence[Point], calls: float) -> float:
    """US dollars of the first line at a volume between two points."""
    for low, high in pairwise(points):
        if low.calls <= calls <= high.calls and high.calls > low.calls:
            return low.now + (high.now - low.now) * (calls - low.calls) / (high.calls - low.calls)
    return points[-1].now


# --- what moves the total -------------------------------------------------------------------


def tornado(plan: Plan) -> Html:
    """A bar a figure, from the total at its one end to that at its other."""
    shown = plan.sensitivity[:FIGURES]
    most = max(max(each.low, each.high) for each in shown) * 1.05 or 1.0
    frame = Frame(LABELS + 40, TOP, WIDTH - VALUES - 30, TOP + len(shown) * ROW, most, 1)
    parts = [*_grid_x(frame)]
    for index, each in enumerate(shown):
        y = TOP + index * ROW
        low, high = sorted((each.low, each.high))
        scope = f" of {fit_path(each.scope, 30)}" if each.scope else ""
        parts += [
            text(0, y + BAR - 5, f"{each.key}{scope}"),
            bar(frame.x(low), y, frame.x(high) - frame.x(low), BAR, "left"),
            text(WIDTH, y + BAR - 5, f"{usd(low)} to {usd(high)}", "end"),
        ]
    steps = [step for step in plan.steps if step.prompts]
    end = frame.x(steps[-1].after.mid if steps else plan.start.mid)
    parts.append(line([(end, frame.top - 6), (end, frame.bottom)], "mark"))
    says = "; ".join(f"{each.key}: {swing(each)}" for each in shown)
    return chart("tornado", "What moves the total most", says, frame.bottom + BOTTOM, parts)
