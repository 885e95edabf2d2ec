"""Call amplification: calls that another one took the place of, by what had gone wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from promptlint.model import Basis
from promptlint.traffic.findings.base import Group, Logs, Record, finding, usd
from promptlint.traffic.findings.facts import KEYS
from promptlint.traffic_document import Finding, Retry

UNKNOWN = "unknown"
KINDS = ("timeout", "rate_limit", "parse", "validation", "server", "client")
_KIND = (
    f"CASE WHEN again = 0 THEN NULL WHEN error IS NULL THEN '{UNKNOWN}' "
    f"WHEN error IN ({', '.join(repr(kind) for kind in KINDS)}) THEN error ELSE 'other' END"
)
"""What had gone wrong; nothing but our own words, whatever a log says."""


_FIRST = "SELECT CASE WHEN count(attempt) = count(*) THEN min(attempt) ELSE 0 END AS first FROM facts"
"""The number of a first try: some logs count from 1, and then say so of every call."""


def _sql(seconds: int, first: int) -> str:
    """Calls by kind, superseded or not.

    A call is superseded if the next one of the same request began within the window, and it had failed, or
    the next one counts more tries, or both are of one trace. The same request: the same text but for case,
    space and numbers, by the same trace, user or conversation. In one trace a failed call is also superseded
    by the next one of the same prompt, whose text says perhaps what was wrong.
    """
    window = f"time + INTERVAL {seconds} SECOND"
    return f"""
WITH keyed AS (
SELECT {KEYS}, prompt_key, trace, attempt, error, time, delivery, usd_nano,
    coalesce(trace, person, conversation) AS who, normal, coalesce(normal, delivery) AS what,
    normal IS NULL AS bare, CASE WHEN trace IS NULL THEN delivery END AS lone FROM facts WHERE n = 1),
ordered AS (
SELECT *, lead(time) OVER same AS same_time, lead(attempt) OVER same AS same_attempt,
    lag(time) OVER same AS earlier, lead(time) OVER led AS trace_time, lag(time) OVER led AS trace_earlier
FROM keyed WINDOW same AS (PARTITION BY who, what, bare ORDER BY time, attempt, delivery),
    led AS (PARTITION BY trace, lone, prompt_key ORDER BY time, attempt, delivery)),
told AS (
SELECT *, CASE
    WHEN same_time <= {window} AND (error IS NOT NULL OR trace IS NOT NULL
        OR coalesce(same_attempt, 0) > coalesce(attempt, 0)) THEN 1
    WHEN error IS NOT NULL AND trace_time <= {window} THEN 1 ELSE 0 END AS again,
    CASE WHEN attempt > {first} AND earlier IS NULL AND trace_earlier IS NULL
        THEN attempt - {first} ELSE 0 END AS hidden
FROM ordered)
SELECT {KEYS}, {_KIND} AS kind, count(*) AS calls,
    sum(usd_nano) AS usd, sum(CASE WHEN usd_nano IS NULL THEN 1 ELSE 0 END) AS unpriced, sum(hidden) AS hidden
FROM told GROUP BY {KEYS}, {_KIND}
"""


def found(logs: Logs) -> tuple[Finding | None, tuple[Retry, ...], int, list[Record]]:
    """The finding, what was superseded by kind, tries without a record, and the rows."""
    first = logs.rows(_FIRST)[0]["first"] or 0
    rows = logs.rows(_sql(logs.asked.retry_seconds, first))
    kinds = tuple(by_kind(rows))
    hidden = sum(row["hidden"] or 0 for row in rows)
    if not kinds:
        return None, (), hidden, rows
    calls = sum(row["calls"] for row in rows)
    again = sum(each.calls for each in kinds)
    says = (
        f"{again:,} of {calls:,} calls were made again ({calls / (calls - again):.2f} calls a request); "
        f"most after: {', '.join(f'{each.kind} {each.calls:,}' for each in kinds[:3])}"
    )
    unpriced = sum(each.unpriced for each in kinds)
    how = (
        "price of the calls that another took the place of: within "
        f"{logs.asked.retry_seconds:,} seconds, after an error, with a higher attempt, or in one trace with "
        f"the same text; {unpriced:,} of them have no tokens in the log and count as nothing"
    )
    next_ = "structured outputs and validation before a retry; a limit of tries and a backoff"
    finding_ = finding(logs, "retries", _groups(rows), Basis.MEASURED, (says, how, next_))
    return finding_, kinds, hidden, rows


def by_kind(rows: Iterable[Record]) -> list[Retry]:
    """What was superseded, by kind, the most calls first."""
    rows = list(rows)
    calls = sum(row["calls"] for row in rows)
    kinds = sorted({row["kind"] for row in rows if row["kind"]})
    found = []
    for kind in kinds:
        members = [row for row in rows if row["kind"] == kind]
        count = sum(row["calls"] for row in members)
        found.append(
            Retry(
                kind=kind,
                calls=count,
                share=count / calls,
                usd=usd(sum(row["usd"] or 0 for row in members)),
                unpriced=sum(row["unpriced"] for row in members),
            )
        )
    return sorted(found, key=lambda each: (-each.calls, each.kind))


def _groups(rows: Sequence[Record]) -> list[Group]:
    return [
        Group(
            prompt=row["prompt"],
            model=row["model"],
            week=row["week"],
            calls=row["calls"] if row["kind"] else 0,
            of=row["calls"],
            usd=row["usd"] or 0,
            stake=row["usd"] if row["kind"] else None,
        )
        for row in rows
    ]
