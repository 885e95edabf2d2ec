"""Charts as inline SVG: axes, bars and lines, each with a title and a description for those who hear it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from promptlint.markup import Html, shown
from promptlint.records import dataclass

WIDTH = 960
"""Units of the view box; the page scales it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The field of a chart, in units of the view box, and the values at its far ends (zero at the near)."""

    left: float
    top: float
    right: float
    bottom: float
    most_x: float
    most_y: float

    def x(self, value: float) -> float:
        """Where a value lies across."""
        return self.left + (self.right - self.left) * (value / self.most_x if self.most_x else 0.0)

    def y(self, value: float) -> float:
        """Where a value lies up."""
        return self.bottom - (self.bottom - self.top) * (value / self.most_y if self.most_y else 0.0)


def chart(name: str, title: str, says: str, height: float, parts: Iterable[str]) -> Html:
    """An image with its title and description; `name` is unique on the page, ours."""
    return Html(
        f'<svg role="img" viewBox="0 0 {WIDTH} {height:g}" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{shown(title)}</title><desc id="{name}-d">{shown(says)}</desc>'
        f"{''.join(parts)}</svg>"
    )


def text(x: float, y: float, words: str, kind: str = "") -> str:
    """Words at a place; the kind is a class of the style sheet."""
    return f'<text x="{x:.1f}" y="{y:.1f}"{_class(kind)}>{shown(words)}</text>'


def bar(x: float, y: float, width: float, height: float, kind: str) -> str:
    """A rectangle, of at least half a unit, so that it can be seen."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{height:.1f}"{_class(kind)}/>'
    )


def line(points: Sequence[tuple[float, float]], kind: str) -> str:
    """A line through some places."""
    return f'<polyline points="{_points(points)}"{_class(kind)}/>'


def area(upper: Sequence[tuple[float, float]], lower: Sequence[tuple[float, float]], kind: str) -> str:
    """What lies between two lines."""
    return f'<polygon points="{_points([*upper, *reversed(lower)])}"{_class(kind)}/>'


def dot(x: float, y: float) -> str:
    """A small ring."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" class="dot"/>'


def ticks(most: float, count: int = 5) -> list[float]:
    """Round values from zero to about `most`: 1, 2 or 5 times a power of ten apart."""
    if most <= 0:
        return [0.0]
    rough = most / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    return [index * step for index in range(int(most / step * (1 + 1e-9)) + 1)]


def short_usd(value: float) -> str:
    """US dollars on an axis: `$2.5k`, `$1.2M`."""
    return f"${short(value)}"


def short(value: float) -> str:
    """A number on an axis: `2.5k`, `1.2M`."""
    for size, sign in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{sign}"
    return f"{value:.3g}"


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
