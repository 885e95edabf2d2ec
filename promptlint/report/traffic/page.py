"""The document of `promptlint traffic` as one page of HTML that loads nothing: charts, and all tables."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint import markup
from promptlint.looks import CSS
from promptlint.markdown import shown
from promptlint.markup import Html, el, folded, join, scrolled
from promptlint.report.traffic import charts
from promptlint.report.traffic.grid import Table
from promptlint.report.traffic.tables import findings, tables
from promptlint.report.traffic.text import headline
from promptlint.report.traffic.words import TITLES, Look, money, origin, outlook
from promptlint.style import plural, usd
from promptlint.traffic_document import Traffic

MAX_ROWS = 500
"""Rows of a table; the JSON has all."""

OPEN = ("by-prompt", "by-model", "by-week", "prompts", "models", "missing", "faults")
"""Tables that are not folded."""

_STYLE = f"""{CSS}p,li{{overflow-wrap:anywhere}}
svg .s0{{stroke:var(--left);stroke-width:2.5;fill:none}}
svg .s1{{stroke:var(--plan);stroke-width:2.5;fill:none;stroke-dasharray:8 4}}
svg .s2{{stroke:var(--warn);stroke-width:2.5;fill:none;stroke-dasharray:2 4}}
svg .s3{{stroke:var(--ink);stroke-width:2.5;fill:none;stroke-dasharray:10 3 2 3}}
@media screen{{td:first-child{{min-width:min(18rem,45vw)}}}}
"""


def render(found: Traffic, look: Look) -> str:
    """The whole page; hostile text in it is escaped and made visible, and no script is allowed."""
    return markup.page("What the logged calls say", _STYLE, el("main", Html("\n".join(_parts(found)))))


def _parts(found: Traffic) -> Iterator[Html]:
    yield from _head(found)
    yield el("h2", "Findings")
    made = findings(found)
    yield _table(made) if made.rows else el("p", "None.")
    yield from _charts(found)
    for each in tables(found):
        if each.key in OPEN:
            yield el("h2", each.title)
            yield _table(each)
        else:
            yield folded(each.title, _table(each))
    yield from _how(found)
    yield el("p", shown(origin(found), 400), class_="soft")


def _head(found: Traffic) -> Iterator[Html]:
    read = found.overview
    yield el("h1", "What the logged calls say")
    tiles = [("Calls", f"{read.calls:,}"), ("Spend", f"{usd(read.usd)}*")]
    if found.findings:
        first = found.findings[0]
        tiles.append((f"{TITLES[first.kind]}, at stake", money(first.at_stake, first.basis)))
    if found.forecast is not None:
        tiles.append((f"{found.forecast.month}, forecast", f"~{usd(found.forecast.mean)}"))
    yield el("ul", *(el("li", name, el("b", value)) for name, value in tiles), class_="tiles")
    yield el("p", join([shown(line, 300) + (". ") for line in headline(read)]), class_="soft")
    for note in found.notes:
        yield el("p", shown(note, 400), class_="note", role="note")


def _charts(found: Traffic) -> Iterator[Html]:
    if len(found.daily) > 1:
        yield el("h2", "Spend over time")
        yield _figure("Spend by day", charts.days(found), "US dollars a day, UTC.")
    if found.forecast is not None:
        yield el("p", shown(f"{outlook(found.forecast)}. Method: {found.forecast.method}.", 600))
    if len(found.turns) > 1:
        yield el("h2", "Growth by turn")
        words = "Mean input of a call. Strong: what the first call sent, too; light: what has grown since."
        yield _figure("Growth of the context by turn", charts.turns(found), words)
    if found.retries:
        yield el("h2", "Calls made again")
        yield _figure(
            "Calls made again, by kind", charts.retries(found), "Calls that another took the place of."
        )
    if found.hits:
        yield el("h2", "Caches of answers")
        words = "Share of the calls that a cache would have answered, by how long it keeps an answer."
        yield _figure("Hits by time", charts.hits(found), words)


def _figure(title: str, chart: Html, words: str) -> Html:
    return el("figure", scrolled(chart, title), el("figcaption", words))


def _table(each: Table) -> Html:
    """A table that scrolls by itself; the columns of names are code."""
    kinds = [{"class_": "n"} if index in each.right else {} for index in range(len(each.heads))]
    head = el(
        "tr", *(el("th", name, scope="col", **kind) for name, kind in zip(each.heads, kinds, strict=True))
    )
    rows = [
        el("tr", *(el("td", _cell(each, index, cell), **kinds[index]) for index, cell in enumerate(cells)))
        for cells in each.rows[:MAX_ROWS]
    ]
    body = el("table", el("caption", each.title), el("thead", head), el("tbody", *rows))
    left = len(each.rows) - MAX_ROWS
    return join(
        [
            scrolled(body, each.title),
            *([el("p", f"{plural(left, 'more row')} in the JSON.", class_="soft")] if left > 0 else []),
        ]
    )


def _cell(each: Table, index: int, cell: str) -> Html:
    return el("code", shown(cell, 400)) if index in each.names else Html(markup.shown(shown(cell, 600)))


def _how(found: Traffic) -> Iterator[Html]:
    if found.findings:
        items = [el("li", el("strong", TITLES[each.kind]), ": ", each.how, ".") for each in found.findings]
        yield folded("How each figure was computed", el("ul", *items, class_="plain"))
