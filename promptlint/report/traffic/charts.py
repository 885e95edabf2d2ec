"""The charts of the page: spend by day, growth by turn, calls made again, and hits of caches by time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from promptlint.markup import Html
from promptlint.report.traffic.words import percent, span, spent
from promptlint.style import fit, number, usd
from promptlint.svg import WIDTH, Frame, bar, chart, line, short, short_usd, text, ticks
from promptlint.traffic_document import Hits, Traffic

TOP, BOTTOM, LEFT, RIGHT = 20.0, 40.0, 76.0, 24.0
HEIGHT = 300.0
ROW, BAR = 34, 18
MOST_DAYS = 180
_LABELS = 10
_APART = 17.0


def days(found: Traffic) -> Html:
    """A bar a day."""
    shown = found.daily[-MOST_DAYS:]
    frame = _frame(max(day.usd for day in shown), len(shown))
    step = (frame.right - frame.left) / len(shown)
    parts = list(_grid(frame, short_usd))
    each = max(1, -(-len(shown) // _LABELS))
    for index, day in enumerate(shown):
        y = frame.y(day.usd)
        parts.append(bar(frame.left + index * step, y, step * 0.8, frame.bottom - y, "left"))
        if index % each == 0:
            parts.append(text(frame.left + (index + 0.4) * step, frame.bottom + 20, day.day[5:], "dim mid"))
    total = sum(day.usd for day in shown)
    most = max(day.usd for day in shown)
    says = f"{usd(total)} from {shown[0].day} to {shown[-1].day}; the dearest day cost {usd(most)}."
    return chart("days", "Spend by day", says, frame.bottom + BOTTOM, parts)


def turns(found: Traffic) -> Html:
    """A bar a turn: what the first call sent, and what has grown."""
    shown = found.turns
    frame = _frame(max(turn.input_tokens for turn in shown), len(shown))
    step = (frame.right - frame.left) / len(shown)
    parts = list(_grid(frame, short))
    for index, turn in enumerate(shown):
        x, y = frame.left + index * step, frame.y(turn.input_tokens)
        first = frame.y(turn.input_tokens - turn.grown_tokens)
        parts += [
            bar(x, first, step * 0.8, frame.bottom - first, "left"),
            bar(x, y, step * 0.8, first - y, "saved"),
            text(x + step * 0.4, frame.bottom + 20, str(turn.turn), "dim mid"),
        ]
    says = (
        f"Turn {shown[0].turn} sends {number(round(shown[0].input_tokens))} tokens, turn {shown[-1].turn} "
        f"{number(round(shown[-1].input_tokens))}."
    )
    return chart("turns", "Growth of the context by turn", says, frame.bottom + BOTTOM, parts)


def retries(found: Traffic) -> Html:
    """A bar a kind."""
    shown = found.retries
    frame = Frame(150.0, TOP, WIDTH - 250.0, TOP + len(shown) * ROW, max(each.calls for each in shown), 1)
    parts = []
    for index, each in enumerate(shown):
        y = TOP + index * ROW
        words = f"{number(each.calls)} ({percent(each.share)}), {spent(each)}"
        parts += [
            text(0, y + BAR - 4, fit(each.kind, 18)),
            bar(frame.left, y, frame.x(each.calls) - frame.left, BAR, "left"),
            text(WIDTH, y + BAR - 4, words, "end"),
        ]
    says = "; ".join(f"{each.kind}: {number(each.calls)} calls" for each in shown)
    return chart("retries", "Calls made again, by kind", says, frame.bottom + 10, parts)


def hits(found: Traffic) -> Html:
    """A line a cache, over the times for which it keeps an answer."""
    stores = list(dict.fromkeys(each.cache for each in found.hits))
    times = list(dict.fromkeys(each.ttl for each in found.hits))
    most = max(max(each.share for each in found.hits) * 1.05, 0.01)
    frame = Frame(LEFT, TOP, WIDTH - 200.0, TOP + HEIGHT, max(1, len(times) - 1), most)
    parts = list(_grid(frame, lambda value: f"{value * 100:.3g} %"))
    for index, ttl in enumerate(times):
        parts.append(text(frame.x(index), frame.bottom + 20, span(ttl), "dim mid"))
    ends = []
    for index, store in enumerate(stores):
        own: list[Hits] = [each for each in found.hits if each.cache == store]
        points = [(frame.x(times.index(each.ttl)), frame.y(each.share)) for each in own]
        parts.append(line(points, f"s{index}"))
        ends.append((points[-1][1], f"{store}, {percent(own[-1].share)}"))
    parts += _labels(frame.right + 14, ends)
    says = "; ".join(f"{words} if answers are kept for ever" for _, words in ends)
    return chart("hits", "What caches would have hit", says, frame.bottom + BOTTOM, parts)


def _labels(x: float, ends: Sequence[tuple[float, str]]) -> Iterator[str]:
    """Words beside the ends of lines, downwards from the highest, none upon another."""
    last = -_APART
    for y, words in sorted(ends):
        last = max(y + 4, last + _APART)
        yield text(x, last, words)


def _frame(most: float, count: int) -> Frame:
    return Frame(LEFT, TOP, WIDTH - RIGHT, TOP + HEIGHT, count, most * 1.05 or 1.0)


def _grid(frame: Frame, spelt: Callable[[float], str]) -> Iterator[str]:
    """Lines at round values, with these at the left."""

    for value in ticks(frame.most_y):
        y = frame.y(value)
        yield line([(frame.left, y), (frame.right, y)], "grid")
        yield text(frame.left - 8, y + 4, spelt(value), "dim end")
