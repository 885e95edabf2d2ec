"""The document of `promptlint traffic` on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint.report.traffic.words import (
    LEGEND,
    TITLES,
    Look,
    model,
    money,
    outlook,
    parts,
    percent,
    prompt,
)
from promptlint.style import (
    BOLD,
    DIM,
    GREEN,
    YELLOW,
    fit,
    fit_path,
    number,
    paint,
    plural,
    table,
    usd,
    visible,
    width,
    wrap,
)
from promptlint.traffic_document import Finding, Traffic, Week
from promptlint.traffic_overview import Fault, Missing, Overview

MODELS, KINDS, PROMPTS, WEEKS, PARTS, NAMES = 8, 12, 8, 13, 3, 5
INDENT = "  "
BAR = 24


def render(found: Traffic, look: Look) -> str:
    """What was read, what it says in dollars, by prompt, model and week, what was wrong, what is missing."""
    read = found.overview
    sections = [
        [paint(line, BOLD, look.color) for line in wrap(headline(read), look.width, " · ")],
        [line for note in found.notes for line in wrap(f"! {visible(note)}".split(), look.width)],
        list(_findings(found, look)),
        list(_forecast(found, look)),
        list(_prompts(found, look)),
        list(_models(read, look)),
        list(_weeks(found.weeks, look)),
        list(_unmatched(read, look)),
        list(_faults("No calls:", read.faults, look)),
        list(_faults("Wrong values, counted as unknown:", read.flaws, look)),
        list(_missing((*read.missing, *found.missing), look)),
        [paint(line, DIM, look.color) for line in wrap(_foot().split(), look.width)],
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def headline(read: Overview) -> list[str]:
    """What was read, in a few words each (made visible)."""
    said = [
        f"{plural(read.calls, 'call')}, {usd(read.usd)} (logged tokens, prices of {read.price_date})",
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
    return said


def _foot() -> str:
    return f"{LEGEND} Curves: --format html. All numbers: --format json."


# --- findings -------------------------------------------------------------------------------


def _findings(found: Traffic, look: Look) -> Iterator[str]:
    if not found.findings:
        return
    yield paint("At stake, in the time of the logs", BOLD, look.color)
    amounts = [money(each.at_stake, each.basis) for each in found.findings]
    room = max(map(width, amounts))
    for each, amount in zip(found.findings, amounts, strict=True):
        title = f"{INDENT}{amount:>{room}}  {TITLES[each.kind]}"
        month = money(each.at_stake_month, each.basis)
        lead = " " * (len(INDENT) + room + 2)
        more = "" if month == "-" else f" ({month} in 30 days)"
        gap = f"\n{lead[1:]}" if width(title + more) > look.width else ""
        yield paint(title, BOLD, look.color) + gap + more
        yield from (lead + line for line in wrap(visible(each.says).split(), look.width - len(lead)))
        room_left = look.width - len(lead)
        where = [*_where(each, room_left), *_names(found, each, room_left)]
        yield from (paint(lead + line, DIM, look.color) for line in where)
        yield from (lead + line for line in wrap(f"-> {each.next}".split(), look.width - len(lead)))


def _where(found: Finding, room: int) -> Iterator[str]:
    """The prompts that are concerned most."""
    named = [part for part in parts(found, "prompt", PARTS) if part.key]
    words = [
        f"{fit_path(part.key, room // 2)} {money(part.at_stake, found.basis)}"
        for part in named
        if part.at_stake
    ]
    if words:
        yield from wrap(words, room, " · ")


def _names(found: Traffic, each: Finding, room: int) -> Iterator[str]:
    """The tools that nobody calls; the slots at which common beginnings end."""
    if each.kind == "tools":
        idle = sorted({visible(tool.tool) for tool in found.tools if not tool.called})
        if idle:
            yield from wrap(
                [f"never called: {', '.join(idle[:NAMES])}{', ...' if idle[NAMES:] else ''}"], room
            )
    if each.kind == "cache":
        ends = [item for item in found.prefixes if item.slot][:PARTS]
        words = (
            f"{fit_path(item.prompt, room // 2)} is alike up to {visible(item.slot)}"
            + (f"; at the end it saves {money(item.moved_usd, item.moved_basis)}" if item.moved_usd else "")
            for item in ends
        )
        yield from (fit(line, room) for line in words)


def _forecast(found: Traffic, look: Look) -> Iterator[str]:
    if found.forecast is None:
        return
    is_over = (found.forecast.over or 0) > 0.5
    for line in wrap(outlook(found.forecast).split(), look.width):
        yield paint(line, YELLOW, look.color and is_over)
    yield from (paint(line, DIM, look.color) for line in wrap(found.forecast.method.split(), look.width))


# --- tables ---------------------------------------------------------------------------------


def _prompts(found: Traffic, look: Look) -> Iterator[str]:
    if not found.prompts:
        return
    rows = [["prompt", "calls", "$", "share"]]
    for each in found.prompts[:PROMPTS]:
        name = fit_path(prompt(each.prompt), max(look.width - 40, 20))
        rows.append([name, number(each.calls), usd(each.usd), percent(each.share)])
    yield from table(rows)
    yield from _more(len(found.prompts) - PROMPTS, look)


def _models(read: Overview, look: Look) -> Iterator[str]:
    if not read.models:
        return
    rows = [["model", "calls", "input", "cached", "output", "$"]]
    for each in read.models[:MODELS]:
        cached = percent(each.cached_tokens / each.input_tokens) if each.input_tokens else "-"
        price = "no price" if each.usd is None else usd(each.usd)
        counts = (number(each.calls), number(each.input_tokens), cached, number(each.output_tokens), price)
        rows.append([fit(model(each.model), 40), *counts])
    yield from table(rows)
    yield from _more(len(read.models) - MODELS, look)


def _weeks(weeks: Sequence[Week], look: Look) -> Iterator[str]:
    if len(weeks) < 2:
        return
    most = max(each.usd for each in weeks) or 1.0
    shown = weeks[-WEEKS:]
    rows = [["week of", "calls", "$"], *([each.week, number(each.calls), usd(each.usd)] for each in shown)]
    bars = ["", *("█" * round(each.usd / most * BAR) for each in shown)]
    for line, bar in zip(table(rows), bars, strict=True):
        yield f"{line}  {paint(bar, GREEN, look.color)}".rstrip()


def _more(count: int, look: Look) -> Iterator[str]:
    if count > 0:
        yield paint(f"and {count:,} more", DIM, look.color)


def _unmatched(read: Overview, look: Look) -> Iterator[str]:
    if not read.unmatched:
        return
    yield paint("Prompts that are not in this repository:", BOLD, look.color)
    shown = read.unmatched[:PROMPTS]
    rows = [["as logged", "first call", "model", "chars", "calls", "$"]]
    room = look.width // 5
    for each in shown:
        names = (fit_path(each.prompt or "-", room), fit(each.first, look.width // 6))
        models = fit(", ".join(map(model, each.models)) or "-", look.width // 8)
        size = "-" if each.characters is None else number(each.characters)
        spent = "-" if each.usd is None else usd(each.usd)
        rows.append([*names, models, size, number(each.calls), spent])
    first, *lines = table(rows, 3)
    yield first
    for line, each in zip(lines, shown, strict=True):
        yield line
        if each.begins:
            yield paint(fit(INDENT + each.begins, look.width), DIM, look.color)
    if not any(each.begins for each in shown):
        yield paint(fit("how they begin: --with-texts", look.width), DIM, look.color)


def _faults(title: str, faults: Sequence[Fault], look: Look) -> Iterator[str]:
    if not faults:
        return
    yield paint(title, YELLOW, look.color)
    yield from table(
        [[visible(each.kind), number(each.count), visible(each.first)] for each in faults[:KINDS]]
    )
    yield from _more(len(faults) - KINDS, look)


def _missing(missing: Sequence[Missing], look: Look) -> Iterator[str]:
    if not missing:
        return
    yield paint("Not told, or only in part:", BOLD, look.color)
    for each in missing:
        of = "all calls" if each.share == 1 else f"{percent(each.share)} of the calls"
        yield from wrap([f"- {each.what}: {each.why}, in {of}"], look.width)
