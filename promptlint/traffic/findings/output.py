"""How long answers are, against the limit that requests set, and how many it cut off."""

from __future__ import annotations

from promptlint.model import Basis
from promptlint.traffic.findings.base import MOST_ROWS, Group, Logs, Record, finding
from promptlint.traffic.findings.facts import KEYS
from promptlint.traffic_document import Finding, Output

_ANSWERS = "n = 1 AND output_tokens IS NOT NULL AND error IS NULL"

_CUTS = f"""
SELECT {KEYS}, count(*) AS calls, sum(usd_nano) AS usd,
    sum(CASE WHEN cut THEN 1 ELSE 0 END) AS cut, sum(CASE WHEN cut THEN usd_nano END) AS lost
FROM facts WHERE {_ANSWERS} GROUP BY {KEYS}
"""

_LENGTHS = f"""
WITH lengths AS (
SELECT p, m, output_tokens, count(*) AS n, sum(CASE WHEN cut THEN 1 ELSE 0 END) AS cut,
    count(max_tokens) AS limited,
    sum(CASE WHEN 10 * output_tokens >= 9 * max_tokens THEN 1 ELSE 0 END) AS near
FROM facts WHERE {_ANSWERS} GROUP BY p, m, output_tokens),
placed AS (
SELECT p, m, output_tokens, n, cut, limited, near, sum(n) OVER (PARTITION BY p, m) AS calls,
    sum(n) OVER (PARTITION BY p, m ORDER BY output_tokens) AS place FROM lengths),
limits AS (
SELECT p, m, max_tokens, row_number() OVER (PARTITION BY p, m ORDER BY count(*) DESC, max_tokens) AS place
FROM facts WHERE {_ANSWERS} AND max_tokens IS NOT NULL GROUP BY p, m, max_tokens)
SELECT a.p, a.m, sum(a.n) AS calls, max(a.output_tokens) AS most,
    min(CASE WHEN 2 * a.place >= a.calls THEN output_tokens END) AS p50,
    min(CASE WHEN 10 * a.place >= 9 * a.calls THEN output_tokens END) AS p90,
    min(CASE WHEN 100 * a.place >= 99 * a.calls THEN output_tokens END) AS p99,
    sum(a.cut) AS cut, sum(a.limited) AS limited, sum(a.near) AS near, max(l.max_tokens) AS max_tokens
FROM placed AS a LEFT JOIN (SELECT p, m, max_tokens FROM limits WHERE place = 1) AS l
ON a.p = l.p AND a.m = l.m GROUP BY a.p, a.m
"""

_HOW = "price of the answers whose finish reason says that the limit cut them off: mostly paid for nothing"


def _order(row: Record) -> tuple[int, str, str]:
    return -row["calls"], row["prompt"], row["sent"]


def found(logs: Logs) -> tuple[Finding | None, tuple[Output, ...]]:
    """The finding, and the lengths by prompt and model: exact order statistics, no interpolation."""
    rows = logs.rows(_CUTS)
    groups = [
        Group(
            row["prompt"], row["model"], row["week"], row["cut"], row["calls"], row["usd"] or 0, row["lost"]
        )
        for row in rows
    ]
    outputs = tuple(
        [
            Output(
                prompt=row["prompt"],
                model=row["model"],
                calls=row["calls"],
                p50=row["p50"],
                p90=row["p90"],
                p99=row["p99"],
                most=row["most"],
                max_tokens=row["max_tokens"],
                limited=row["limited"],
                near=row["near"],
                truncated=row["cut"],
            )
            for row in sorted(logs.rows(_LENGTHS), key=_order)[:MOST_ROWS]
        ]
    )
    cut, calls = sum(group.calls for group in groups), sum(group.of for group in groups)
    says = f"max_tokens cut off {cut:,} of {calls:,} answers" + (f" ({cut / calls:.1%})" if calls else "")
    next_ = "ask for shorter answers in the prompt, or raise max_tokens above the 99th percentile"
    return finding(logs, "output", groups, Basis.MEASURED, (says, _HOW, next_)), outputs
