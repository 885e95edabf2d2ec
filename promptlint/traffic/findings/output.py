"""How long answers are, against the limit that requests set, and how many it cut off."""

from __future__ import annotations

from promptlint.model import Basis
from promptlint.traffic.findings.base import KEYS, MOST_ROWS, Group, Logs, base, finding
from promptlint.traffic_document import Finding, Output

CUT = ("length", "max_tokens", "max_output_tokens", "MAX_TOKENS", "incomplete")
"""How makers say that the limit ended an answer."""

_IS_CUT = f"finish_reason IN ({', '.join(repr(word) for word in CUT)})"
_COLUMNS = ("output_tokens", "max_tokens", "finish_reason", "usd_nano")
_ANSWERS = "c.output_tokens IS NOT NULL AND c.error IS NULL"

_CUTS = (
    base(*_COLUMNS, where=_ANSWERS)
    + f"""SELECT {KEYS}, count(*) AS calls, sum(usd_nano) AS usd,
    sum(CASE WHEN {_IS_CUT} THEN 1 ELSE 0 END) AS cut, sum(CASE WHEN {_IS_CUT} THEN usd_nano END) AS lost
FROM base GROUP BY {KEYS}
"""
)

_LENGTHS = (
    base(*_COLUMNS, where=_ANSWERS)
    + f""", placed AS (
SELECT prompt, model, output_tokens, max_tokens, {_IS_CUT} AS cut,
    count(*) OVER (PARTITION BY prompt, model) AS n,
    row_number() OVER (PARTITION BY prompt, model ORDER BY output_tokens) AS place FROM base),
limits AS (
SELECT prompt, model, max_tokens, row_number() OVER (
    PARTITION BY prompt, model ORDER BY count(*) DESC, max_tokens) AS place
FROM base WHERE max_tokens IS NOT NULL GROUP BY prompt, model, max_tokens)
SELECT p.prompt, p.model, count(*) AS calls, max(p.output_tokens) AS most,
    min(CASE WHEN 2 * place >= n THEN output_tokens END) AS p50,
    min(CASE WHEN 10 * place >= 9 * n THEN output_tokens END) AS p90,
    min(CASE WHEN 100 * place >= 99 * n THEN output_tokens END) AS p99,
    sum(CASE WHEN cut THEN 1 ELSE 0 END) AS cut, max(l.max_tokens) AS max_tokens
FROM placed AS p LEFT JOIN (SELECT prompt, model, max_tokens FROM limits WHERE place = 1) AS l
ON p.prompt = l.prompt AND p.model = l.model
GROUP BY p.prompt, p.model ORDER BY calls DESC, p.prompt, p.model LIMIT {MOST_ROWS}
"""
)

_HOW = "price of the answers whose finish reason says that the limit cut them off: mostly paid for nothing"


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
                truncated=row["cut"],
            )
            for row in logs.rows(_LENGTHS)
        ]
    )
    cut, calls = sum(group.calls for group in groups), sum(group.of for group in groups)
    says = f"max_tokens cut off {cut:,} of {calls:,} answers" + (f" ({cut / calls:.1%})" if calls else "")
    next_ = "ask for shorter answers in the prompt, or raise max_tokens above the 99th percentile"
    return finding(logs, "output", groups, Basis.MEASURED, (says, _HOW, next_)), outputs
