"""The tables of the document of `promptlint traffic`, once for Markdown and for the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from promptlint.model import Basis
from promptlint.records import dataclass
from promptlint.report.traffic.words import (
    TITLES,
    model,
    money,
    parts,
    percent,
    plain,
    prompt,
    span,
    spent,
    tokens,
)
from promptlint.style import number
from promptlint.traffic_document import By, Traffic

_MOST_TURNS = 30
_ESTIMATED = Basis.ESTIMATED


@dataclass(frozen=True, slots=True)
class Table:
    """One table: cells are text; columns in `names` are hostile, those in `right` are numbers."""

    key: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    names: tuple[int, ...] = (0,)
    right: tuple[int, ...] = ()


def tables(found: Traffic) -> Iterator[Table]:
    """All tables that have rows, in the order in which they are shown."""
    yield from (table for make in _MADE if (table := make(found)).rows)


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
    return _table("findings", "Findings", heads, rows, names=(), right=(2, 3, 4))


def _table(
    key: str,
    title: str,
    heads: Sequence[str],
    rows: Iterable[tuple[str, ...]],
    names: Sequence[int] = (0,),
    right: Sequence[int] = (),
) -> Table:
    return Table(key, title, tuple(heads), tuple(rows), tuple(names), tuple(right))


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
        return _table(f"by-{by}", title, heads, rows if kinds else (), shown, range(1, len(heads)))

    return made


def _prompts(found: Traffic) -> Table:
    rows = (
        (prompt(each.prompt), number(each.calls), plain(each.usd), percent(each.share))
        for each in found.prompts
    )
    return _table("prompts", "Spend by prompt", ("Prompt", "Calls", "Spend", "Share"), rows, right=(1, 2, 3))


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
    return _table("models", "Spend by model", heads, rows, right=(1, 2, 3, 4, 5))


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
    return _table("weeks", "Spend by week", heads, rows, names=(), right=(1, 2, 3, 4, 5))


def _turns(found: Traffic) -> Table:
    last = found.turns[-1].turn if found.turns else 0
    rows = (
        (
            f"{each.turn}{' and later' if each.turn == last and last >= _MOST_TURNS else ''}",
            number(each.calls),
            tokens(each.input_tokens),
            tokens(each.grown_tokens),
            plain(each.usd),
            plain(each.growth_usd),
        )
        for each in found.turns
    )
    heads = ("Turn", "Calls", "Mean input", "Of it grown", "Spend", "On growth")
    return _table("turns", "Growth of the context by turn", heads, rows, names=(), right=(0, 1, 2, 3, 4, 5))


def _retries(found: Traffic) -> Table:
    rows = (
        (each.kind, number(each.calls), percent(each.share), spent(each), number(each.unpriced))
        for each in found.retries
    )
    heads = ("What went wrong", "Calls made again", "Of all", "Spend on them", "Without a price")
    return _table("retries", "Calls made again, by kind", heads, rows, right=(1, 2, 3, 4))


def _versions(found: Traffic) -> Table:
    rows = (
        (
            prompt(each.prompt),
            each.version if each.named else f"text {each.version[:8]}",
            each.first,
            each.last,
            number(each.calls),
            tokens(each.input_tokens),
            tokens(each.output_tokens),
        )
        for each in found.versions
    )
    heads = ("Prompt", "Version", "From", "To", "Calls", "Mean input", "Mean output")
    return _table("versions", "Versions of prompts", heads, rows, names=(0, 1), right=(4, 5, 6))


def _drift(found: Traffic) -> Table:
    rows = (
        (
            prompt(each.prompt),
            each.week,
            number(each.calls),
            tokens(each.input_tokens),
            f"{each.change:+,.0f}",
        )
        for each in found.drift
    )
    heads = ("Prompt", "Week of", "Calls", "Mean input", "Against its first week")
    return _table("drift", "Input of first turns by week", heads, rows, right=(2, 3, 4))


def _outputs(found: Traffic) -> Table:
    rows = (
        (
            prompt(each.prompt),
            model(each.model),
            number(each.calls),
            *(number(value) for value in (each.p50, each.p90, each.p99, each.most)),
            "none" if each.max_tokens is None else number(each.max_tokens),
            number(each.truncated),
        )
        for each in found.outputs
    )
    heads = ("Prompt", "Model", "Answers", "Half", "90 %", "99 %", "Longest", "max_tokens", "Cut off")
    return _table("outputs", "Length of answers, tokens", heads, rows, (0, 1), (2, 3, 4, 5, 6, 7, 8))


def _prefixes(found: Traffic) -> Table:
    rows = (
        (
            prompt(each.prompt),
            model(each.model),
            number(each.input_tokens),
            "-" if each.cached_tokens is None else percent(each.cached_tokens / max(each.input_tokens, 1)),
            f"~{percent(each.allowed_tokens / max(each.input_tokens, 1))}",
            f"{number(each.stable_bytes)} of {number(each.sent_bytes)}",
            each.slot or "-",
        )
        for each in found.prefixes
    )
    heads = ("Prompt", "Model", "Input", "Cached", "Prefix would allow", "Bytes alike", "Slot that ends it")
    return _table("prefixes", "The provider's cache", heads, rows, (0, 1, 6), (2, 3, 4, 5))


def _hits(found: Traffic) -> Table:
    rows = (
        (each.cache, span(each.ttl), number(each.hits), money(each.usd, each.basis), percent(each.share))
        for each in found.hits
    )
    heads = ("Cache", "Keeps an answer", "Hits", "Spend on them", "Of the calls")
    return _table("hits", "What a cache of answers would have hit", heads, rows, (), (2, 3, 4))


def _waits(found: Traffic) -> Table:
    rows = (
        (
            span(each.seconds),
            percent(each.low),
            percent(each.high),
            money(each.saving_low, _ESTIMATED),
            money(each.saving_high, _ESTIMATED),
        )
        for each in found.waits
    )
    heads = ("May wait", "No user, nothing follows", "Nothing follows", "Batch saves", "At most")
    return _table("waits", "What could wait for a batch", heads, rows, (), (1, 2, 3, 4))


def _tools(found: Traffic) -> Table:
    rows = (
        (
            prompt(each.prompt),
            each.tool,
            number(each.sent),
            number(each.called),
            "-" if each.usd is None else money(each.usd, _ESTIMATED) if each.usd else "",
        )
        for each in found.tools
    )
    heads = ("Prompt", "Tool", "Sent", "Called", "Spend on it in vain")
    return _table("tools", "Tools", heads, rows, (0, 1), (2, 3, 4))


def _mix(found: Traffic) -> Table:
    rows = (
        (
            prompt(each.prompt),
            f"{each.difficulty:.2f} ({each.tier})",
            model(each.model),
            number(each.calls),
            plain(each.usd),
            each.instead or "-",
            money(each.usd_instead, _ESTIMATED),
        )
        for each in found.mix
    )
    heads = ("Prompt", "Difficulty", "Sent to", "Calls", "Spend", "Model of its tier", "Would cost")
    return _table("mix", "Models against difficulty", heads, rows, (0, 2, 5), (3, 4, 6))


def _unmatched(found: Traffic) -> Table:
    rows = (
        (each.begins or f"(fewer than 5 calls; {each.hash})", number(each.calls), money(each.usd, _ESTIMATED))
        for each in found.overview.unmatched
    )
    heads = ("Begins", "Calls", "Spend")
    return _table("unmatched", "Prompts that are not in this repository", heads, rows, (0,), (1, 2))


def _faults(found: Traffic) -> Table:
    read = found.overview
    rows = [(each.kind, number(each.count), each.first, "no call") for each in read.faults]
    rows += [(each.kind, number(each.count), each.first, "value unknown") for each in read.flaws]
    if read.deliveries:
        rows.append(("delivered again", number(read.deliveries), "-", "not counted"))
    heads = ("What was wrong", "How often", "First", "Counts as")
    return _table("faults", "What was wrong with the logs", heads, rows, (0, 2), (1,))


def _missing(found: Traffic) -> Table:
    rows = (
        (each.what, each.why, "all calls" if each.share == 1 else f"{percent(each.share)} of the calls")
        for each in (*found.overview.missing, *found.missing)
    )
    return _table("missing", "Not told, or only in part", ("What", "Why", "For"), rows, names=())


_MADE: tuple[Callable[[Traffic], Table], ...] = (
    _by("prompt", "At stake by prompt", "Prompt"),
    _by("model", "At stake by model", "Model"),
    _by("week", "At stake by week", "Week of"),
    *(_prompts, _models, _weeks, _turns, _retries, _drift, _versions, _outputs, _prefixes, _hits, _waits),
    *(_tools, _mix, _unmatched, _faults, _missing),
)
