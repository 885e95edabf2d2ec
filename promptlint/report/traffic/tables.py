"""The tables of the document of `promptlint traffic`, once for Markdown and for the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from promptlint.model import Basis
from promptlint.report.traffic import measures
from promptlint.report.traffic.grid import Table, table
from promptlint.report.traffic.words import (
    TITLES,
    model,
    money,
    parts,
    percent,
    plain,
    prompt,
)
from promptlint.style import number
from promptlint.traffic_document import By, Traffic


def tables(found: Traffic) -> Iterator[Table]:
    """All tables that have rows, in the order in which they are shown."""
    yield from (each for make in _MADE if (each := make(found)).rows)


def findings(found: Traffic) -> Table:
    """The findings, the most at stake first."""
    rows = (
        (
            TITLES[each.kind],
            each.says,
            f"{number(each.calls)} of {number(each.of)}",
            money(each.at_stake, each.basis),
            money(each.at_stake_month, each.basis),
            each.next,
        )
        for each in found.findings
    )
    heads = ("Finding", "What the logs say", "Calls", "At stake", "In 30 days", "What to do")
    return table("findings", "Findings", heads, rows, names=(), right=(2, 3, 4))


def _by(by: By, title: str, head: str) -> Callable[[Traffic], Table]:
    """What is at stake of each prompt, model or week, a column a finding."""

    def made(found: Traffic) -> Table:
        kinds = [each for each in found.findings if each.at_stake is not None]
        keys: dict[str, float] = {}
        for each in kinds:
            for part in parts(each, by, len(each.parts)):
                keys[part.key] = keys.get(part.key, 0.0) + (part.at_stake or 0.0)
        stakes = {
            (each.kind, part.key): part.at_stake
            for each in kinds
            for part in parts(each, by, len(each.parts))
        }
        ordered = sorted(keys) if by == "week" else sorted(keys, key=lambda key: (-keys[key], key))
        names: dict[By, Callable[[str], str]] = {"prompt": prompt, "model": model}
        name = names.get(by, str)
        rows = ((name(key), *(plain(stakes.get((each.kind, key))) for each in kinds)) for key in ordered)
        heads = (head, *(TITLES[each.kind] for each in kinds))
        shown = () if by == "week" else (0,)
        return table(f"by-{by}", title, heads, rows if kinds else (), shown, range(1, len(heads)))

    return made


def _prompts(found: Traffic) -> Table:
    rows = (
        (prompt(each.prompt), number(each.calls), plain(each.usd), percent(each.share))
        for each in found.prompts
    )
    return table("prompts", "Spend by prompt", ("Prompt", "Calls", "Spend", "Share"), rows, right=(1, 2, 3))


def _models(found: Traffic) -> Table:
    rows = (
        (
            model(each.model),
            number(each.calls),
            number(each.input_tokens),
            percent(each.cached_tokens / each.input_tokens) if each.input_tokens else "-",
            number(each.output_tokens),
            "no price" if each.usd is None else plain(each.usd),
        )
        for each in found.overview.models
    )
    heads = ("Model", "Calls", "Input", "Cached", "Output", "Spend")
    return table("models", "Spend by model", heads, rows, right=(1, 2, 3, 4, 5))


def _weeks(found: Traffic) -> Table:
    rows = (
        (
            each.week,
            number(each.calls),
            number(each.input_tokens),
            number(each.cached_tokens),
            number(each.output_tokens),
            plain(each.usd),
        )
        for each in found.weeks
    )
    heads = ("Week of", "Calls", "Input", "Cached", "Output", "Spend")
    return table("weeks", "Spend by week", heads, rows, names=(), right=(1, 2, 3, 4, 5))


def _unmatched(found: Traffic) -> Table:
    rows = (
        (
            each.prompt or "-",
            each.first,
            ", ".join(map(model, each.models)) or "-",
            each.begins or "-",
            "-" if each.characters is None else number(each.characters),
            number(each.calls),
            money(each.usd, Basis.ESTIMATED),
        )
        for each in found.overview.unmatched
    )
    heads = ("As logged", "First call", "Models", "Begins (--with-texts)", "Characters", "Calls", "Spend")
    title = "Prompts that are not in this repository"
    return table("unmatched", title, heads, rows, (0, 1, 2, 3), (4, 5, 6))


def _faults(found: Traffic) -> Table:
    read = found.overview
    rows = [(each.kind, number(each.count), each.first, "no call") for each in read.faults]
    rows += [(each.kind, number(each.count), each.first, "value unknown") for each in read.flaws]
    if read.deliveries:
        rows.append(("delivered again", number(read.deliveries), "-", "not counted"))
    heads = ("What was wrong", "How often", "First", "Counts as")
    return table("faults", "What was wrong with the logs", heads, rows, (0, 2), (1,))


def _missing(found: Traffic) -> Table:
    rows = (
        (each.what, each.why, "all calls" if each.share == 1 else f"{percent(each.share)} of the calls")
        for each in (*found.overview.missing, *found.missing)
    )
    return table("missing", "Not told, or only in part", ("What", "Why", "For"), rows, names=())


_MADE: tuple[Callable[[Traffic], Table], ...] = (
    _by("prompt", "At stake by prompt", "Prompt"),
    _by("model", "At stake by model", "Model"),
    _by("week", "At stake by week", "Week of"),
    *(_prompts, _models, _weeks, measures.turns, measures.retries, measures.drift, measures.versions),
    *(measures.outputs, measures.prefixes, measures.hits, measures.similar, measures.waits, measures.tools),
    *(measures.tiers, measures.mix),
    *(_unmatched, _faults, _missing),
)
