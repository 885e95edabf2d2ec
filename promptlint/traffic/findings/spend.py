"""Spend by prompt, model, week and day, usage exports included."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from promptlint.traffic.findings.base import MOST_ROWS, Logs, Record, usd
from promptlint.traffic.findings.facts import KEYS
from promptlint.traffic_document import Day, Prompt, Week

MOST_DAYS = 400

_SQL = f"""
SELECT {KEYS}, sum(coalesce(n, 1)) AS calls, sum(usd_nano) AS usd, sum(input_tokens) AS input_tokens,
    sum(cached_tokens) AS cached_tokens, sum(output_tokens) AS output_tokens,
    sum(CASE WHEN batch THEN coalesce(n, 1) ELSE 0 END) AS batched,
    sum(CASE WHEN output_tokens IS NULL THEN 0 ELSE coalesce(n, 1) END) AS answered,
    sum(CASE WHEN cached_tokens > 0 THEN coalesce(n, 1) ELSE 0 END) AS hits,
    sum(CASE WHEN cached_tokens IS NULL THEN 0 ELSE coalesce(n, 1) END) AS known
FROM facts GROUP BY {KEYS}
"""

_DAYS = f"""
SELECT CAST(CAST(time AS DATE) AS STRING) AS day, sum(coalesce(n, 1)) AS calls, sum(usd_nano) AS usd
FROM facts WHERE time IS NOT NULL GROUP BY CAST(time AS DATE) ORDER BY day DESC LIMIT {MOST_DAYS}
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
