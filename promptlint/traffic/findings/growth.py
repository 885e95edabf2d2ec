"""Context growth: what the turns of a conversation send again, beyond what its first call sent."""

from __future__ import annotations

from collections.abc import Sequence

from promptlint.model import Basis
from promptlint.traffic.findings.base import Group, Logs, Record, finding, usd
from promptlint.traffic.findings.facts import KEYS
from promptlint.traffic_document import Finding, Turn

MOST_TURNS = 30
"""Turns with rows of their own; the last row has all later ones, too."""

_SQL = f"""
WITH numbered AS (
SELECT *, coalesce(turn, row_number() OVER (
    PARTITION BY conversation, prompt_key ORDER BY time, delivery)) AS place
FROM facts WHERE n = 1 AND conversation IS NOT NULL AND input_tokens > 0 AND error IS NULL
    AND (turn IS NOT NULL OR time IS NOT NULL)),
grown AS (
SELECT *, greatest(input_tokens - first_value(input_tokens) OVER (
    PARTITION BY conversation, prompt_key ORDER BY place, time, delivery), 0) AS more FROM numbered)
SELECT {KEYS}, least(place, {MOST_TURNS}) AS turn, count(*) AS calls, sum(input_tokens) AS input_tokens,
    sum(usd_nano) AS usd, sum(more) AS more, sum(CASE WHEN more > 0 THEN 1 ELSE 0 END) AS grown,
    sum(least(more, input_tokens - coalesce(cached_tokens, 0))) AS fresh
FROM grown GROUP BY {KEYS}, least(place, {MOST_TURNS})
"""

_HOW = (
    "input of each call beyond that of the first logged call of its conversation and prompt (turns as "
    "logged, else by time); of it, what was read from the provider's cache (which holds the beginning) at "
    "the cached price, the rest at the full one"
)


def found(logs: Logs) -> tuple[Finding | None, tuple[Turn, ...]]:
    """The finding, and the curve over turns."""
    rows = logs.rows(_SQL)
    stakes = [logs.price(row, row["more"], 0, row["more"] - row["fresh"]) for row in rows]
    groups = [_group(row, stake) for row, stake in zip(rows, stakes, strict=True)]
    turns = tuple(_turns(rows, stakes))
    if len(turns) < 2:
        return None, turns
    share = _share(groups)
    last = turns[-1]
    says = (
        f"by turn {last.turn} a call sends {last.grown_tokens:,.0f} tokens more than the first one of its "
        f"conversation; what was said before is {share:.0%} of the spend of conversations"
    )
    next_ = "prune or summarize the history: promptlint plan (context pruning)"
    return finding(logs, "growth", groups, Basis.MEASURED, (says, _HOW, next_)), turns


def _group(row: Record, stake: int | None) -> Group:
    return Group(row["prompt"], row["model"], row["week"], row["grown"], row["calls"], row["usd"] or 0, stake)


def _share(groups: Sequence[Group]) -> float:
    priced = [group for group in groups if group.stake is not None]
    total = sum(group.usd for group in priced)
    return sum(group.stake or 0 for group in priced) / total if total else 0.0


def _turns(rows: Sequence[Record], stakes: Sequence[int | None]) -> list[Turn]:
    found: list[Turn] = []
    for turn in sorted({row["turn"] for row in rows}):
        members = [(row, stake) for row, stake in zip(rows, stakes, strict=True) if row["turn"] == turn]
        calls = sum(row["calls"] for row, _ in members)
        known = [stake for _, stake in members if stake is not None]
        found.append(
            Turn(
                turn=turn,
                calls=calls,
                input_tokens=sum(row["input_tokens"] for row, _ in members) / calls,
                grown_tokens=sum(row["more"] for row, _ in members) / calls,
                usd=usd(sum(row["usd"] or 0 for row, _ in members)),
                growth_usd=usd(sum(known)) if known else None,
            )
        )
    return found
