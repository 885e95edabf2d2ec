"""The document of `promptlint traffic` on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint.report.traffic.words import Look, percent
from promptlint.style import BOLD, DIM, YELLOW, fit, number, paint, plural, table, usd, visible, wrap
from promptlint.traffic_document import Traffic
from promptlint.traffic_overview import Fault, Overview

MODELS, KINDS = 12, 12


def render(found: Traffic, look: Look) -> str:
    """What was read, by model, what was wrong, what is missing."""
    sections = [
        [paint(line, BOLD, look.color) for line in _headline(found.overview, look)],
        list(_models(found.overview, look)),
        list(_faults("No calls:", found.overview.faults, look)),
        list(_faults("Wrong values, counted as unknown:", found.overview.flaws, look)),
        list(_missing(found.overview, look)),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _headline(read: Overview, look: Look) -> list[str]:
    said = [
        f"{plural(read.calls, 'call')}, {usd(read.usd)} (measured tokens, prices of {read.price_date})",
        f"{visible(read.begin or '?')} to {visible(read.end or '?')}",
        f"{plural(read.files, 'file')}: {', '.join(visible(each) for each in read.formats)}",
        f"prompt known of {percent(read.matched)}",
    ]
    if read.usd_logged is not None:
        said.append(f"{usd(read.usd_logged)} by the logs")
    if read.unpriced:
        said.append(f"{plural(read.unpriced, 'call')} without a price")
    if read.deliveries:
        said.append(f"{plural(read.deliveries, 'record')} delivered again, not counted")
    return wrap(said, look.width, " · ")


def _models(read: Overview, look: Look) -> Iterator[str]:
    if not read.models:
        return
    rows = [["model", "calls", "input", "cached", "output", "$"]]
    for each in read.models[:MODELS]:
        cached = percent(each.cached_tokens / each.input_tokens) if each.input_tokens else "-"
        price = "no price" if each.usd is None else usd(each.usd)
        counts = (number(each.calls), number(each.input_tokens), cached, number(each.output_tokens), price)
        rows.append([fit(visible(each.model or "(none named)"), 40), *counts])
    yield from table(rows)
    if len(read.models) > MODELS:
        yield paint(f"and {len(read.models) - MODELS} more", DIM, look.color)


def _faults(title: str, faults: Sequence[Fault], look: Look) -> Iterator[str]:
    if not faults:
        return
    yield paint(title, YELLOW, look.color)
    yield from table(
        [[visible(each.kind), number(each.count), visible(each.first)] for each in faults[:KINDS]]
    )
    if len(faults) > KINDS:
        yield paint(f"and {plural(len(faults) - KINDS, 'kind')} more", DIM, look.color)


def _missing(read: Overview, look: Look) -> Iterator[str]:
    if not read.missing:
        return
    yield paint("Not told, or only in part:", BOLD, look.color)
    for each in read.missing:
        of = "all calls" if each.share == 1 else f"{percent(each.share)} of the calls"
        yield from wrap([f"- {each.what}: {each.why}, in {of}"], look.width)
