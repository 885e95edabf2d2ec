"""The findings by prompt, model and week as CSV, in which no cell is a formula of a spreadsheet."""

from __future__ import annotations

import csv
import io

from promptlint.report.traffic.words import Look
from promptlint.style import visible
from promptlint.traffic_document import Traffic

HEADS = ("finding", "by", "key", "calls", "of", "usd", "at_stake_usd", "basis")

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that spreadsheets run (OWASP, "CSV Injection"), full-width forms besides."""

_WIDE = ("\uff1d", "\uff0b", "\uff0d", "\uff20")


def render(found: Traffic, look: Look) -> str:
    """A row for all calls of each finding, and one for each part of it; dollars have nine places."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(HEADS)
    for each in found.findings:
        whole = (each.calls, each.of, _usd(each.usd), _usd(each.at_stake), each.basis.value)
        writer.writerow((each.kind, "all", "", *whole))
        for part in each.parts:
            amounts = (part.calls, part.of, _usd(part.usd), _usd(part.at_stake), each.basis.value)
            writer.writerow((each.kind, part.by, safe(part.key), *amounts))
    return file.getvalue()


def safe(text: str) -> str:
    """A text as a cell: what a spreadsheet would run stands behind an apostrophe; one line, made visible."""
    shown = visible(text)
    return f"'{shown}" if shown.lstrip(" ").startswith((*_FORMULA, *_WIDE)) else shown


def _usd(amount: float | None) -> str:
    return "" if amount is None else f"{amount:.9f}"
