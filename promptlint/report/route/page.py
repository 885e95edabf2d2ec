"""The simulation as one page of HTML that loads nothing: a plot, the table behind it, the arithmetic."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint import markup
from promptlint.looks import CSS
from promptlint.markdown import shown
from promptlint.markup import Html, el, folded, scrolled
from promptlint.planned import Range
from promptlint.report.route.words import (
    HEADS,
    Look,
    arithmetic,
    cells,
    headline,
    money,
    origin,
    share,
    total,
)
from promptlint.simulated import Simulation
from promptlint.style import fit, usd
from promptlint.svg import WIDTH, Frame, bar, chart, line, short_usd, text, ticks

MAX_ROWS = 500
"""Rows of arithmetic; the JSON has all."""

_LABELS, _VALUES, _ROW, _BAR, _TOP, _BOTTOM = 300.0, 260.0, 42, 22, 26.0, 34.0


def render(found: Simulation, look: Look) -> str:
    """The whole page; hostile text in it is escaped and made visible, and no script is allowed."""
    return markup.page(
        "Routing, simulated", f"{CSS}\np{{overflow-wrap:anywhere}}", el("main", *_parts(found))
    )


def _parts(found: Simulation) -> Iterator[Html]:
    yield el("h1", "Routing, simulated")
    tiles = (
        ("All on the models in use", money(found.now)),
        ("As routed", money(found.after)),
        ("Saved", share(found.saved)),
        ("Answers that pass, now", share(found.quality_now)),
        ("Answers that pass, routed", share(found.quality)),
    )
    yield el("ul", *(el("li", name, el("b", value)) for name, value in tiles), class_="tiles")
    for note in found.notes:
        yield el("p", shown(note, 400), class_="note")
    if found.tiers:
        yield el("h2", "Where the money goes")
        yield el("figure", scrolled(_plot(found), "Dollars by tier"), el("figcaption", _CAPTION))
        yield el("h2", "Tiers")
        rows = [*(cells(row) for row in found.tiers), total(found)]
        yield _table("Requests by the tier that they start at", HEADS, rows)
        yield el("h2", "Arithmetic")
        yield from _arithmetic(found)
    yield el("p", shown(origin(found), 400), class_="soft")


_CAPTION = (
    "The strong bar is what a tier costs as routed, its light end what it saves against the models in use; "
    "the line is the range."
)


def _table(caption: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> Html:
    body = [markup.row(shown(row[0], 80), [shown(cell, 200) for cell in row[1:]]) for row in rows]
    return scrolled(markup.table(caption, heads, body), caption)


def _arithmetic(found: Simulation) -> Iterator[Html]:
    rows = list(arithmetic(found))
    parts = [
        el("p", el("code", shown(name, 400)), " ", shown(words, 1000)) for name, words in rows[:MAX_ROWS]
    ]
    if len(rows) > MAX_ROWS:
        parts.append(el("p", f"... and {len(rows) - MAX_ROWS:,} more: the JSON has all."))
    yield folded("How the likely dollars come about", *parts, open="")


# --- the plot ----------------------------------------------------------------------------------


def _plot(found: Simulation) -> Html:
    """A row for all as it is, one a tier, one for all as routed."""
    rows = [("all on the models in use", found.now, found.now)]
    rows += [(_label(tier.tier, tier.models[0]), tier.now, tier.after) for tier in found.tiers]
    rows.append(("all as routed", found.now, found.after))
    most = max(max(now.mid, after.high) for _, now, after in rows)
    frame = Frame(_LABELS, _TOP, WIDTH - _VALUES, _TOP + len(rows) * _ROW, max(most, 1e-9), 1)
    parts = [*_grid(frame)]
    for place, (label, now, after) in enumerate(rows):
        parts += _bars(frame, _TOP + place * _ROW, label, now, after)
    return chart("tiers", "Dollars by tier", headline(found), frame.bottom + _BOTTOM, parts)


def _label(tier: str, model: str) -> str:
    return fit(f"{tier or 'no tier'}: {model}", 38)


def _bars(frame: Frame, y: float, label: str, now: Range, after: Range) -> Iterator[str]:
    yield text(0, y + _BAR - 6, label)
    yield bar(frame.left, y, frame.x(after.mid) - frame.left, _BAR, "left")
    if now.mid > after.mid:
        yield bar(frame.x(after.mid), y, frame.x(now.mid) - frame.x(after.mid), _BAR, "saved")
    if after.high > after.low:
        yield line([(frame.x(end), y + _BAR / 2) for end in (after.low, after.high)], "range")
    change = f"{usd(now.mid)} -> {usd(after.mid)}" if now.mid != after.mid else usd(now.mid)
    yield text(WIDTH, y + _BAR - 6, change, "end")


def _grid(frame: Frame) -> Iterator[str]:
    for value in ticks(frame.most_x):
        x = frame.x(value)
        yield line([(x, frame.top - 6), (x, frame.bottom)], "grid")
        yield text(x, frame.bottom + 18, short_usd(value), "dim mid")
