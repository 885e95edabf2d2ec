"""The pieces that the page is made of: hostile text made harmless, tables, figures with captions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from promptlint.markdown import shown
from promptlint.markup import Html, el, join, scrolled
from promptlint.planned import Range
from promptlint.report.plan.words import ends, money


def code(words: str, kind: str = "", limit: int = 400) -> Html:
    """Hostile text: escaped, on one line, with what hides or reorders spelt out."""
    return el("code", shown(words, limit), **({"class_": kind} if kind else {}))


def soft(words: str) -> Html:
    """Words of less weight."""
    return el("span", words, class_="soft")


def table(
    caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()
) -> Html:
    """A table that scrolls by itself; the columns in `right` are numbers, what is no HTML is escaped."""
    rights = frozenset(right)
    kinds = [{"class_": "n"} if index in rights else {} for index in range(len(heads))]
    head = el("tr", *(el("th", name, scope="col", **kind) for name, kind in zip(heads, kinds, strict=True)))
    body = [
        el("tr", *(el("td", cell, **kind) for cell, kind in zip(row, kinds, strict=True))) for row in rows
    ]
    return scrolled(el("table", el("caption", caption), el("thead", head), el("tbody", *body)), caption)


def range_words(value: Range) -> Html:
    """The likely amount with its mark, and its range."""
    between = ends(value)
    return join([money(value), *([" ", soft(between)] if between else [])])


def figure(title: str, chart: Html, *words: str) -> Html:
    """A chart that scrolls by itself where it is narrow, with its caption."""
    return el("figure", scrolled(chart, title), el("figcaption", " ".join(words)))


def scope_words(scope: str) -> str:
    """Of which prompt a figure is said."""
    return code(scope) if scope else "all prompts"
