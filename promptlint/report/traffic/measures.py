"""The tables of what findings measured: turns, retries, versions, answers, caches, batches, tools, models."""

from __future__ import annotations

from promptlint.model import Basis
from promptlint.report.traffic.grid import Table, table
from promptlint.report.traffic.words import model, money, percent, plain, prompt, span, spent, tokens
from promptlint.style import number
from promptlint.traffic_document import Similar, Traffic

_MOST_TURNS = 30
_ESTIMATED = Basis.ESTIMATED


def turns(found: Traffic) -> Table:
    """Growth of the context."""
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
    return table("turns", "Growth of the context by turn", heads, rows, names=(), right=(0, 1, 2, 3, 4, 5))


def retries(found: Traffic) -> Table:
    """Calls made again."""
    rows = (
        (each.kind, number(each.calls), percent(each.share), spent(each), number(each.unpriced))
        for each in found.retries
    )
    heads = ("What went wrong", "Calls made again", "Of all", "Spend on them", "Without a price")
    return table("retries", "Calls made again, by kind", heads, rows, right=(1, 2, 3, 4))


def versions(found: Traffic) -> Table:
    """Versions of prompts."""
    rows = (
        (
            prompt(each.prompt),
            each.version if each.named else f"text {each.version[:8]}",
            each.first,
            each.last,
            number(each.calls),
            tokens(each.input_tokens),
            tokens(each.output_tokens),
            "-" if each.change is None else f"{each.change:+,.0f}",
            plain(each.change_usd),
        )
        for each in found.versions
    )
    heads = (
        "Prompt",
        "Version",
        "From",
        "To",
        "Calls",
        "Mean input",
        "Mean output",
        "Against the last",
        "Of it, $",
    )
    return table("versions", "Versions of prompts", heads, rows, names=(0, 1), right=(4, 5, 6, 7, 8))


def drift(found: Traffic) -> Table:
    """Input by week."""
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
    return table("drift", "Input of first turns by week", heads, rows, right=(2, 3, 4))


def outputs(found: Traffic) -> Table:
    """Length of answers."""
    rows = (
        (
            prompt(each.prompt),
            model(each.model),
            number(each.calls),
            *(number(value) for value in (each.p50, each.p90, each.p99, each.most)),
            "none" if each.max_tokens is None else number(each.max_tokens),
            f"{number(each.near)} of {number(each.limited)}" if each.limited else "-",
            number(each.truncated),
        )
        for each in found.outputs
    )
    lengths = ("Half", "90 %", "99 %", "Longest")
    heads = ("Prompt", "Model", "Answers", *lengths, "max_tokens", "Near their limit", "Cut off")
    return table("outputs", "Length of answers, tokens", heads, rows, (0, 1), range(2, len(heads)))


def prefixes(found: Traffic) -> Table:
    """The provider's cache."""
    rows = (
        (
            prompt(each.prompt),
            model(each.model),
            number(each.input_tokens),
            "-" if each.cached_tokens is None else percent(each.cached_tokens / max(each.input_tokens, 1)),
            f"~{percent(each.allowed_tokens / max(each.input_tokens, 1))}",
            f"{number(each.stable_bytes)} of {number(each.sent_bytes)}",
            each.slot or "-",
            money(each.moved_usd, each.moved_basis),
        )
        for each in found.prefixes
    )
    sums = ("Input", "Cached", "Prefix would allow", "Bytes alike")
    heads = ("Prompt", "Model", *sums, "Slot that ends it", "At the end, saves")
    return table("prefixes", "The provider's cache", heads, rows, (0, 1, 6), (2, 3, 4, 5, 7))


def hits(found: Traffic) -> Table:
    """Caches of answers."""
    rows = (
        (each.cache, span(each.ttl), number(each.hits), money(each.usd, each.basis), percent(each.share))
        for each in found.hits
    )
    heads = ("Cache", "Keeps an answer", "Hits", "Spend on them", "Of the calls")
    return table("hits", "What a cache of answers would have hit", heads, rows, (), (2, 3, 4))


def similar(found: Traffic) -> Table:
    """A semantic cache by threshold and time."""
    times = list(dict.fromkeys(each.ttl for each in found.similar))
    known = {(each.threshold, each.ttl): each for each in found.similar}
    rows = (
        (f"{threshold:.2f}", *(_range(known[threshold, ttl]) for ttl in times))
        for threshold in dict.fromkeys(each.threshold for each in found.similar)
    )
    heads = ("Threshold", *(span(ttl) for ttl in times))
    title = "What a semantic cache would have hit, by threshold and time, 95 % intervals"
    return table("similar", title, heads, rows, (), range(len(heads)))


def _range(each: Similar) -> str:
    """A share with its interval."""
    return f"~{each.share * 100:.1f} % ({each.low * 100:.1f} to {each.high * 100:.1f})"


def waits(found: Traffic) -> Table:
    """What could wait."""
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
    return table("waits", "What could wait for a batch", heads, rows, (), (1, 2, 3, 4))


def tools(found: Traffic) -> Table:
    """Tools."""
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
    return table("tools", "Tools", heads, rows, (0, 1), (2, 3, 4))


def mix(found: Traffic) -> Table:
    """Models against difficulty."""
    rows = (
        (
            prompt(each.prompt),
            f"{each.difficulty:.2f} ({each.tier})",
            model(each.model),
            number(each.calls),
            percent(each.share),
            plain(each.usd),
            percent(each.usd_share),
            each.instead or "-",
            money(each.usd_instead, _ESTIMATED),
        )
        for each in found.mix
    )
    counts = ("Calls", "Of the prompt's", "Spend", "Of all")
    heads = ("Prompt", "Difficulty", "Sent to", *counts, "Model of its tier", "Would cost")
    return table("mix", "Models of prompts against their difficulty", heads, rows, (0, 2, 7), (3, 4, 5, 6, 8))


def tiers(found: Traffic) -> Table:
    """Models against difficulty, all prompts together."""
    rows = (
        (
            each.tier,
            model(each.model),
            number(each.prompts),
            number(each.calls),
            percent(each.share),
            plain(each.usd),
            percent(each.usd_share),
            money(each.usd_instead, _ESTIMATED),
        )
        for each in found.tiers
    )
    counts = ("Prompts", "Calls", "Of the tier's", "Spend", "Of all", "On its tier's model")
    return table(
        "tiers", "Models against difficulty", ("Difficulty", "Sent to", *counts), rows, (1,), range(2, 8)
    )
