"""Tools that requests offer and answers never call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint.model import Basis
from promptlint.records import dataclass
from promptlint.traffic.findings.base import MOST_ROWS, NANO, Group, Logs, Record, finding
from promptlint.traffic.findings.facts import KEYS
from promptlint.traffic_document import Finding, Tool

MOST_SETS = 20_000
"""Different sets of tools, sent and called, that are looked at: the most frequent ones."""

_SQL = f"""
SELECT {KEYS}, tools_sent, tools_called, count(*) AS calls, sum(f.usd_nano) AS usd,
    sum(CAST(floor(f.input_tokens * (f.tools_chars / f.text_chars)) AS BIGINT)) AS tokens
FROM facts AS f JOIN (SELECT delivery, tools_sent, tools_called FROM calls WHERE tools_sent IS NOT NULL) AS c
ON f.delivery = c.delivery WHERE n = 1 AND error IS NULL
GROUP BY {KEYS}, tools_sent, tools_called ORDER BY calls DESC, {KEYS}, tools_sent, tools_called
LIMIT {MOST_SETS + 1}
"""

_HOW = (
    "tokens of all tools in proportion to bytes, each tool an equal part of those sent with it, at the full "
    "price of input; a tool counts as never called if no answer to the prompt called it in these logs"
)


@dataclass(frozen=True, slots=True)
class _Counts:
    """A tool of a prompt: calls that offered and called it, nano-dollars of offering it."""

    sent: int = 0
    called: int = 0
    stake: int | None = None


def found(logs: Logs) -> tuple[Finding | None, tuple[Tool, ...]]:
    """The finding, and the tools."""
    rows = logs.rows(_SQL)
    cut = f"; only the {MOST_SETS:,} most frequent sets of tools were looked at" if rows[MOST_SETS:] else ""
    rows = rows[:MOST_SETS]
    counts = _counted(logs, rows)
    idle = {key for key, each in counts.items() if not each.called}
    groups = list(_groups(logs, rows, idle))
    tools = [
        Tool(prompt, name, each.sent, each.called, None if each.stake is None else each.stake / NANO)
        if not each.called
        else Tool(prompt, name, each.sent, each.called, 0.0)
        for (prompt, name), each in counts.items()
    ]
    tools.sort(key=lambda each: (each.called > 0, -(each.usd or 0.0), -each.sent, each.prompt, each.tool))
    says = f"{len(idle):,} of {len(counts):,} tools were sent and never called"
    next_ = "take the tools out of the requests that never need them"
    return finding(logs, "tools", groups, Basis.ESTIMATED, (says, _HOW + cut, next_)), tuple(
        tools[:MOST_ROWS]
    )


def _counted(logs: Logs, rows: Sequence[Record]) -> dict[tuple[str, str], _Counts]:
    found: dict[tuple[str, str], _Counts] = {}
    for row in rows:
        called, each = frozenset(row["tools_called"] or ()), _each(logs, row)
        for name in row["tools_sent"]:
            old = found.get((row["prompt"], name), _Counts())
            stake = old.stake if each is None else (old.stake or 0) + each
            hits = row["calls"] if name in called else 0
            found[row["prompt"], name] = _Counts(old.sent + row["calls"], old.called + hits, stake)
    return found


def _each(logs: Logs, row: Record) -> int | None:
    """Nano-dollars of one of the tools that some calls sent; None: sizes or prices are not known."""
    if row["tokens"] is None or not row["tools_sent"]:
        return None
    price = logs.price(row, row["tokens"], 0)
    return None if price is None else price // len(row["tools_sent"])


def _groups(logs: Logs, rows: Sequence[Record], idle: set[tuple[str, str]]) -> Iterator[Group]:
    for row in rows:
        count = sum((row["prompt"], name) in idle for name in row["tools_sent"])
        each = _each(logs, row)
        yield Group(
            prompt=row["prompt"],
            model=row["model"],
            week=row["week"],
            calls=row["calls"] if count else 0,
            of=row["calls"],
            usd=row["usd"] or 0,
            stake=None if each is None else each * count,
        )
