"""Pages of HTML whose content is escaped unless it was made here: data cannot become markup."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable
from importlib import resources

from promptlint.style import visible_lines


class Html(str):
    """Markup that was made here."""

    __slots__ = ()


def el(name: str, *content: str, **attributes: str) -> Html:
    """An element.

    Args:
        name: of the element; ours.
        content: what is no `Html` is escaped, with what hides, reorders or controls spelt out.
        attributes: `class_` is `class`, `aria_label` is `aria-label`; values are escaped likewise.
    """
    named = "".join(
        [f' {key.rstrip("_").replace("_", "-")}="{shown(value)}"' for key, value in attributes.items()]
    )
    return Html(f"<{name}{named}>{join(content)}</{name}>")


def join(parts: Iterable[str]) -> Html:
    """Parts one after the other, escaped where they are no markup."""
    return Html("".join([part if isinstance(part, Html) else shown(part) for part in parts]))


def shown(text: str) -> str:
    """Text as it may stand in an element or an attribute in quotation marks."""
    return html.escape(visible_lines(text))


def scrolled(table: Html, label: str) -> Html:
    """A wide table that scrolls by itself, with the keyboard, too."""
    return el("div", table, class_="scroll", role="region", tabindex="0", aria_label=label)


def table(caption: str, heads: Iterable[str], rows: Iterable[Html], class_: str = "") -> Html:
    """A table with its caption and the heads of its columns."""
    head = el("thead", el("tr", *(el("th", name, scope="col") for name in heads)))
    return el("table", el("caption", caption), head, el("tbody", *rows), class_=class_)


def row(name: str, cells: Iterable[str], class_: str = "") -> Html:
    """A row with its head; a cell is text, or a `td` that was made already."""
    head = el("th", name, scope="row", class_=class_)
    return el("tr", head, *(each if isinstance(each, Html) else el("td", each) for each in cells))


def folded(summary: str, *content: str, **attributes: str) -> Html:
    """A part that opens at its summary."""
    return el("details", el("summary", summary), *content, **attributes)


def measured() -> str:
    """The style sheet of pages that show measurements."""
    return resources.files(__package__).joinpath("markup.css").read_text(encoding="utf-8")


def page(title: str, style: str, body: Html) -> Html:
    """A whole page that asks for nothing and runs nothing; ends with a newline.

    Its policy allows the style sheet, which is ours, by its hash, and no more.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = (
        f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="referrer" content="no-referrer">\n{el("title", title)}\n<style>{style}</style>'
    )
    return Html(
        f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n'
    )
