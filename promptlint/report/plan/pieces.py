"""The pieces that the page is made of: hostile text made harmless, tables, figures with captions."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from promptlint.markdown import shown
from promptlint.planned import Range
from promptlint.report.plan.words import ends, money


def own(words: str) -> str:
    """Our own words and numbers, escaped."""
    return html.escape(words)


def code(words: str, kind: str = "", limit: int = 400) -> str:
    """Hostile text: escaped, on one line, with what hides or reorders spelt out."""
    opening = f'<code class="{kind}">' if kind else "<code>"
    return f"{opening}{html.escape(shown(words, limit))}</code>"


def table(
    caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()
) -> str:
    """A table of cells that are HTML already; the columns in `right` are numbers."""
    rights = frozenset(right)
    kinds = [' class="n"' if index in rights else "" for index in range(len(heads))]
    head = "".join(f'<th scope="col"{kind}>{name}</th>' for name, kind in zip(heads, kinds, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{kind}>{cell}</td>" for cell, kind in zip(row, kinds, strict=True)) + "</tr>\n"
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{own(caption)}"><table>'
        f"<caption>{own(caption)}</caption><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>\n"
    )


def range_words(value: Range) -> str:
    """The likely amount with its mark, and its range."""
    between = ends(value)
    return own(money(value)) + (f' <span class="soft">{own(between)}</span>' if between else "")


def figure(chart: str, *words: str) -> str:
    """A chart with its caption, in words of ours."""
    return f"<figure>{chart}<figcaption>{own(' '.join(words))}</figcaption></figure>\n"


def scope_words(scope: str) -> str:
    """Of which prompt a figure is said."""
    return code(scope) if scope else "all prompts"
