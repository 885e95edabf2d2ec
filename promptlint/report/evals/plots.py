"""Intervals drawn as SVG that keeps its letters' size on any width: places are percentages, not units."""

from __future__ import annotations

from collections.abc import Callable

from promptlint.markup import Html, el
from promptlint.report.evals.scale import Plot
from promptlint.style import usd

_BAR, _AXIS, _HEIGHT = 68, 92, 132
_EDGE = 3.0
"""Percent of the width that is left free at both sides."""

_NEAR = 0.25
"""Share of the width from its edge, in which words begin or end at their place."""


def points(plot: Plot, title: str, says: str) -> Html:
    """A difference of scores in points."""
    return _drawn(plot, title, says, lambda value: f"{value:+.3g}" if value else "0", "points of mean score")


def dollars(plot: Plot, title: str, says: str) -> Html:
    """A change of cost in US dollars."""
    return _drawn(plot, title, says, _usd, "US dollars for 1,000 cases")


def _usd(value: float) -> str:
    return ("+" if value > 0 else "") + usd(value)


def _drawn(plot: Plot, title: str, says: str, spelt: Callable[[float], str], unit: str) -> Html:
    axis = plot.scale
    name = "plot-" + ("quality" if "score" in unit else "cost")

    def at(value: float) -> float:
        return _EDGE + (100 - 2 * _EDGE) * min(1.0, max(0.0, axis.share(value)))

    ticks = axis.ticks(5 if "score" in unit else 3)
    low, high = (at(end) for end in plot.interval)
    label = f"{_rounded(plot.value, spelt)} [{', '.join(_rounded(end, spelt) for end in plot.interval)}]"
    parts = [
        el("title", title, id=f"{name}-title"),
        el("desc", says, id=f"{name}-desc"),
        *_margin(plot, at),
        *(part for value in ticks for part in _tick(at(value), spelt(value))),
        _line(_EDGE, 100 - _EDGE, _AXIS, "axis"),
        _upright(at(0.0), 38, _AXIS, "zero"),
        _word(at(0.0), 34, "no change"),
        _line(low, high, _BAR, "interval"),
        *(_upright(end, _BAR - 8, _BAR + 8, "interval") for end in (low, high)),
        el("circle", cx=f"{at(plot.value):.2f}%", cy=str(_BAR), r="6", class_="point"),
        _word(at(plot.value), _BAR - 14, label, "value"),
        _word(50, _HEIGHT - 6, unit),
    ]
    return el(
        "svg",
        *parts,
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        width="100%",
        height=str(_HEIGHT),
        class_="plot",
    )


def _rounded(value: float, spelt: Callable[[float], str]) -> str:
    return _usd(value) if spelt is _usd else f"{value:+.1f}"


def _margin(plot: Plot, at: Callable[[float], float]) -> tuple[Html, ...]:
    """The margin, and what lies below it."""
    if plot.margin is None:
        return ()
    place = at(plot.margin)
    return (
        el(
            "rect",
            x=f"{_EDGE}%",
            y="20",
            width=f"{place - _EDGE:.2f}%",
            height=str(_AXIS - 20),
            class_="below",
        ),
        _upright(place, 20, _AXIS, "margin"),
        _word(place, 15, f"margin {plot.margin:.3g}"),
    )


def _tick(place: float, words: str) -> tuple[Html, ...]:
    return _upright(place, _AXIS, _AXIS + 5, "axis"), _word(place, _AXIS + 19, words)


def _line(start: float, end: float, height: float, kind: str) -> Html:
    y = str(height)
    return el("line", x1=f"{start:.2f}%", x2=f"{end:.2f}%", y1=y, y2=y, class_=kind)


def _upright(place: float, top: float, bottom: float, kind: str) -> Html:
    x = f"{place:.2f}%"
    return el("line", x1=x, x2=x, y1=str(top), y2=str(bottom), class_=kind)


def _word(place: float, height: float, words: str, kind: str = "word") -> Html:
    share = place / 100
    anchor = "start" if share < _NEAR else "end" if share > 1 - _NEAR else "middle"
    if len(words) < 9:
        anchor = "middle"
    return el("text", words, x=f"{place:.2f}%", y=str(height), text_anchor=anchor, class_=kind)
