"""Spend by prompt, model, week and day, usage exports included."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from promptlint.traffic.findings.base import KEYS, MOST_ROWS, OTHERS, Logs, Record, usd
from promptlint.traffic_document import Day, Prompt, Week

MOST_DAYS = 400

_SQL = f"""
SELECT {KEYS}, sum(n) AS calls, sum(usd_nano) AS usd, sum(input_tokens) AS input_tokens,
    sum(cached_tokens) AS cached_tokens, sum(output_tokens) AS output_tokens,
    sum(CASE WHEN batch THEN n ELSE 0 END) AS batched,
    sum(CASE WHEN output_tokens IS NULL THEN 0 ELSE n END) AS answered,
    sum(CASE WHEN cached_tokens > 0 THEN n ELSE 0 END) AS hits,
    sum(CASE WHEN cached_tokens IS NULL THEN 0 ELSE n END) AS known
FROM (SELECT coalesce(p.name, CASE WHEN c.prompt_id IS NULL THEN '' ELSE '{OTHERS}' END) AS prompt,
    coalesce(m.name, CASE WHEN c.model_sent IS NULL THEN '' ELSE '{OTHERS}' END) AS model,
    coalesce(m.sent, '') AS sent,
    coalesce(CAST(CAST(date_trunc('week', c.time) AS DATE) AS STRING), '') AS week,
    coalesce(c.calls, 1) AS n, c.usd_nano, c.input_tokens, c.cached_tokens, c.output_tokens, c.batch
    FROM calls AS c LEFT JOIN kept_prompts AS p ON c.prompt_id = p.sent
    LEFT JOIN kept_models AS m ON c.model_sent = m.sent) AS each
GROUP BY {KEYS}
"""

_DAYS = f"""
SELECT CAST(CAST(time AS DATE) AS STRING) AS day, sum(coalesce(calls, 1)) AS calls, sum(usd_nano) AS usd
FROM calls WHERE time IS NOT NULL GROUP BY CAST(time AS DATE) ORDER BY day DESC LIMIT {MOST_DAYS}
"""


def rows(logs: Logs) -> list[Record]:
    """Sums by prompt, model and week."""
    return logs.rows(_SQL)


def prompts(found: Sequence[Record]) -> tuple[Prompt, ...]:
    """The spend of each prompt, the dearest first."""
    total = sum(row["usd"] or 0 for row in found)
    made = [
        Prompt(key, _sum(members, "calls"), usd(_sum(members, "usd")), _sum(members, "usd") / (total or 1))
        for key, members in by(found, lambda row: str(row["prompt"])).items()
    ]
    return tuple(sorted(made, key=lambda each: (-each.usd, -each.calls, each.prompt))[:MOST_ROWS])


def weeks(found: Sequence[Record]) -> tuple[Week, ...]:
    """The spend of each week, in order."""
    groups = by([row for row in found if row["week"]], lambda row: str(row["week"]))
    return tuple(
        [
            Week(
                week=week,
                calls=_sum(members, "calls"),
                usd=usd(_sum(members, "usd")),
                input_tokens=_sum(members, "input_tokens"),
                cached_tokens=_sum(members, "cached_tokens"),
                output_tokens=_sum(members, "output_tokens"),
            )
            for week, members in sorted(groups.items())
        ]
    )


def days(logs: Logs) -> tuple[Day, ...]:
    """The spend of each day that has calls, in order."""
    return tuple([Day(row["day"], row["calls"], usd(row["usd"])) for row in reversed(logs.rows(_DAYS))])


def by(found: Sequence[Record], key: Callable[[Record], str]) -> dict[str, list[Record]]:
    """The rows of each key."""
    groups: dict[str, list[Record]] = {}
    for row in found:
        groups.setdefault(key(row), []).append(row)
    return groups


def _sum(members: Sequence[Record], name: str) -> int:
    return sum(row[name] or 0 for row in members)
