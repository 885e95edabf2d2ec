"""Versions of prompts, and how the input of their first turns changes from week to week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from promptlint.model import Basis
from promptlint.traffic.findings.base import KEYS, MOST_ROWS, Group, Logs, Record, base, finding
from promptlint.traffic_document import Drift, Finding, Version

MOST_VERSIONS = 12
"""Versions of one prompt that are told apart; a system text with a name in it has one for each call."""

FEW = 5
"""Calls of a prompt in a week below which its mean says nothing."""

_FIRST_TURNS = "c.input_tokens > 0 AND coalesce(c.turn, 1) <= 1 AND c.error IS NULL"

_DRIFT = (
    base("input_tokens", "usd_nano", where=_FIRST_TURNS)
    + f"""SELECT {KEYS}, count(*) AS calls, sum(input_tokens) AS input_tokens, sum(usd_nano) AS usd
FROM base WHERE week <> '' GROUP BY {KEYS}
"""
)

_VERSIONS = (
    base(
        *("prompt_version", "system_hash", "time", "input_tokens", "output_tokens"),
        where=f"{_FIRST_TURNS} AND c.prompt_id IS NOT NULL",
    )
    + f""", counted AS (
SELECT prompt, coalesce(prompt_version, system_hash) AS version,
    max(CASE WHEN prompt_version IS NULL THEN 0 ELSE 1 END) AS named, count(*) AS calls,
    CAST(CAST(min(time) AS DATE) AS STRING) AS first_day, CAST(CAST(max(time) AS DATE) AS STRING) AS last_day,
    sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
    sum(CASE WHEN output_tokens IS NULL THEN 0 ELSE 1 END) AS answered
FROM base GROUP BY prompt, coalesce(prompt_version, system_hash)),
ranked AS (SELECT *, count(*) OVER (PARTITION BY prompt) AS versions FROM counted)
SELECT * FROM ranked WHERE version IS NOT NULL AND versions <= {MOST_VERSIONS}
ORDER BY prompt, first_day, version
"""
)

_HOW = (
    f"mean input of first turns of a prompt with one model in each week, against its first week of {FEW} "
    "calls or more; what is beyond, at the full price of input"
)


def found(logs: Logs) -> tuple[Finding | None, tuple[Version, ...], tuple[Drift, ...]]:
    """The finding, the versions, and the weeks of each prompt that changed."""
    rows = logs.rows(_DRIFT)
    firsts = _firsts(rows)
    groups = [_group(logs, row, firsts) for row in rows if (row["prompt"], row["sent"]) in firsts]
    versions = tuple([_version(row) for row in logs.rows(_VERSIONS)[: 4 * MOST_ROWS]])
    weeks = tuple(_weeks(rows))
    most = max(weeks, key=lambda each: each.change * each.calls, default=None)
    if most is None or most.change <= 0:
        return None, versions, weeks
    start = most.input_tokens - most.change
    says = (
        f"the input of {'a prompt' if most.prompt else 'first turns'} rose from {start:,.0f} to "
        f"{most.input_tokens:,.0f} tokens ({most.change / start:+.0%}) by the week of {most.week}"
    )
    next_ = "promptlint diff BASE shows what was added; promptlint check what of it is not needed"
    return finding(logs, "drift", groups, Basis.MEASURED, (says, _HOW, next_)), versions, weeks


def _firsts(rows: Sequence[Record]) -> dict[tuple[str, str], tuple[str, float]]:
    """The first week of each prompt and model that has enough calls, and its mean input."""
    found: dict[tuple[str, str], tuple[str, float]] = {}
    for row in sorted(rows, key=lambda row: str(row["week"])):
        if row["calls"] >= FEW:
            found.setdefault((row["prompt"], row["sent"]), (row["week"], row["input_tokens"] / row["calls"]))
    return found


def _group(logs: Logs, row: Record, firsts: Mapping[tuple[str, str], tuple[str, float]]) -> Group:
    week, mean = firsts[row["prompt"], row["sent"]]
    more = round(row["input_tokens"] - mean * row["calls"])
    is_more = more > 0 and row["week"] > week and row["calls"] >= FEW
    return Group(
        prompt=row["prompt"],
        model=row["model"],
        week=row["week"],
        calls=row["calls"] if is_more else 0,
        of=row["calls"],
        usd=row["usd"] or 0,
        stake=logs.price(row, more, 0) if is_more else None,
    )


def _version(row: Record) -> Version:
    return Version(
        prompt=row["prompt"],
        version=row["version"],
        named=bool(row["named"]),
        first=row["first_day"] or "",
        last=row["last_day"] or "",
        calls=row["calls"],
        input_tokens=row["input_tokens"] / row["calls"],
        output_tokens=row["output_tokens"] / row["answered"] if row["answered"] else None,
    )


def _weeks(rows: Sequence[Record]) -> Iterator[Drift]:
    """The weeks of each prompt, all models together."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows:
        calls, tokens = sums.get((row["prompt"], row["week"]), (0, 0))
        sums[row["prompt"], row["week"]] = calls + row["calls"], tokens + row["input_tokens"]
    first: dict[str, float] = {}
    for (prompt, week), (calls, tokens) in sorted(sums.items()):
        if calls >= FEW:
            mean = tokens / calls
            first.setdefault(prompt, mean)
            yield Drift(prompt, week, calls, mean, mean - first[prompt])
