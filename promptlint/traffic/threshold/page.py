"""The thresholds of a semantic cache as a page of HTML that loads nothing: curves with bounds, and tables."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint import markup
from promptlint.looks import CSS
from promptlint.markdown import shown
from promptlint.markup import Html, el, folded, join, scrolled
from promptlint.style import plural
from promptlint.svg import WIDTH, Frame, area, chart, line, text, ticks
from promptlint.traffic.threshold.curves import EDGES
from promptlint.traffic.threshold.document import Curve, Tuned
from promptlint.traffic.threshold.shown import HEADS, name, notes, row, share, verdict

OPEN = 10
"""Prompts whose curves are drawn; the others have their tables."""

_TOP, _BOTTOM, _LEFT, _RIGHT, _HEIGHT = 20.0, 44.0, 76.0, 200.0, 300.0
_APART = 17.0
_NARROW = 28.0  # between two thresholds that both have their words

_STYLE = f"""{CSS}p,li,h2{{overflow-wrap:anywhere}}
svg .s0{{stroke:var(--left);stroke-width:2.5;fill:none}}
svg .s1{{stroke:var(--warn);stroke-width:2.5;fill:none;stroke-dasharray:8 4}}
svg .s2{{stroke:var(--ink);stroke-width:1.5;fill:none;stroke-dasharray:2 4}}
svg .bounds{{fill:var(--warn);opacity:.18;stroke:none}}
"""


def render(found: Tuned) -> str:
    """The whole page; hostile text in it is escaped and made visible, and no script is allowed."""
    return markup.page("A semantic cache by its threshold", _STYLE, el("main", join(list(_parts(found)))))


def _parts(found: Tuned) -> Iterator[Html]:
    yield el("h1", "A semantic cache by its threshold")
    chosen = "none" if found.threshold is None else f"{found.threshold:g}"
    tiles = (("Take", chosen), ("False hits at most", share(found.limit)), ("Judged by", found.judged_by))
    yield el("ul", *(el("li", title, el("b", value)) for title, value in tiles), class_="tiles")
    for index, curve in enumerate(found.curves):
        yield el("h2", el("code", shown(name(curve), 300)))
        yield el("p", f"{verdict(curve)}.")
        if len(curve.points) > 1 and index < OPEN:
            drawn = _chart(curve, found.limit, index)
            words = (
                "Share of the questions that the cache answers; share of these answers that are wrong, with "
                "its one-sided 95 % bounds. A higher threshold answers less."
            )
            yield el("figure", scrolled(drawn, "Hits and false hits"), el("figcaption", words))
            yield folded("The numbers", _table(curve))
        else:
            yield _table(curve)
    for each in notes(found):
        yield el("p", shown(each, 600), class_="soft")


def _chart(curve: Curve, limit: float, index: int) -> Html:
    first = curve.points[0].threshold
    frame = Frame(_LEFT, _TOP, WIDTH - _RIGHT, _TOP + _HEIGHT, EDGES[-1] - first or 1.0, 1.0)
    parts = list(_grid(frame, curve))
    places = [frame.x(point.threshold - first) for point in curve.points]
    upper = [(x, frame.y(point.high)) for x, point in zip(places, curve.points, strict=True)]
    lower = [(x, frame.y(point.low)) for x, point in zip(places, curve.points, strict=True)]
    hits = [(x, frame.y(point.hits)) for x, point in zip(places, curve.points, strict=True)]
    wrong = [
        (x, frame.y(point.false_hits))
        for x, point in zip(places, curve.points, strict=True)
        if point.false_hits is not None
    ]
    parts += [area(upper, lower, "bounds"), line(hits, "s0"), line(wrong, "s1")]
    parts.append(line([(frame.left, frame.y(limit)), (frame.right, frame.y(limit))], "s2"))
    if curve.recommended is not None:
        x = frame.x(curve.recommended - first)
        parts.append(line([(x, frame.top), (x, frame.bottom)], "s2"))
    ends = [(hits[-1][1], "hits"), (frame.y(limit), f"limit, {share(limit)}")]
    ends += [(wrong[-1][1], "false hits")] if wrong else []
    parts += _labels(frame.right + 14, ends)
    return chart(
        f"curve{index}", "Hits and false hits by threshold", verdict(curve), frame.bottom + _BOTTOM, parts
    )


def _grid(frame: Frame, curve: Curve) -> Iterator[str]:
    """Lines at round shares, and the thresholds below, those that have room."""
    for value in ticks(1.0):
        y = frame.y(value)
        yield line([(frame.left, y), (frame.right, y)], "grid")
        yield text(frame.left - 8, y + 4, f"{value * 100:.0f} %", "dim end")
    last = -_NARROW
    for point in curve.points:
        x = frame.x(point.threshold - curve.points[0].threshold)
        if x - last >= _NARROW:
            yield text(x, frame.bottom + 20, f"{point.threshold:g}", "dim mid")
            last = x


def _labels(x: float, ends: list[tuple[float, str]]) -> Iterator[str]:
    """Words beside the ends of lines, none upon another."""
    last = -_APART
    for y, words in sorted(ends):
        last = max(y + 4, last + _APART)
        yield text(x, last, words)


def _table(curve: Curve) -> Html:
    title = f"Thresholds of {plural(curve.questions, 'question')}"
    heads = ("threshold", *HEADS[1:-1], "take")
    head = el("tr", *(el("th", each, scope="col", class_="n") for each in heads))
    rows = [
        el("tr", *(el("td", cell, class_="n") for cell in (*row(point, False)[:-1], taken)))
        for point in curve.points
        for taken in ["yes" if point.threshold == curve.recommended else ""]
    ]
    body = el("table", el("caption", title), el("thead", head), el("tbody", *rows))
    return scrolled(body, title)
