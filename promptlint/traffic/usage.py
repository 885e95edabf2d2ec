"""What `promptlint plan` assumes of a prompt's traffic, measured: its usage file's figures, from logs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from promptlint.records import dataclass
from promptlint.traffic.engines import Engine
from promptlint.traffic.findings.base import Logs, Record
from promptlint.traffic.findings.facts import NONE, OTHERS
from promptlint.traffic.findings.spend import by
from promptlint.traffic.findings.whole import Counted

MONTH = 30.44
"""Days of a month, as a twelfth of a year."""

MEASURED, ESTIMATED = "measured", "estimated"
KINDS = ("timeout", "parse", "validation")
_Z = 1.96
_DAY = 86_400
_MOST_RATE = 0.95  # what a usage file takes at most for a kind of retries
_GROWTH = (-0.9, 10.0)

Figure = tuple[float, float, float, str]
"""Low, mid, high, basis."""

_MEANS = f"""
WITH lengths AS (
SELECT p, max(turn) AS turns FROM facts WHERE n = 1 AND conversation IS NOT NULL AND turn IS NOT NULL
GROUP BY p, conversation),
turned AS (
SELECT p, count(*) AS conversations, sum(turns) AS turns, sum(turns * turns) AS turns2
FROM lengths GROUP BY p),
answered AS (
SELECT p, count(output_tokens) AS answers, sum(output_tokens) AS output,
    count(DISTINCT person) AS users, sum(CAST(output_tokens AS DOUBLE) * output_tokens) AS output2
FROM facts WHERE n = 1 AND error IS NULL GROUP BY p)
SELECT a.p, a.answers, a.output, a.output2, a.users, t.conversations, t.turns, t.turns2
FROM answered AS a LEFT JOIN turned AS t ON a.p = t.p WHERE a.p <> {NONE}
"""  # noqa: S608  # a number of ours


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one prompt, by the keys of a usage file, and the model of most of its spend."""

    model: str
    figures: Mapping[str, Figure]


def measured(counted: Counted) -> dict[str, Measured]:
    """The figures of each prompt that is known, by id.

    Shares and means are of all calls in the logs; the ends of a mean are its 95 % interval (normal), those of
    the volume its least and greatest whole week. What the logs do not say is left out.
    """
    logs = counted.logs
    means = {row["prompt"]: row for row in logs.rows(_MEANS)}
    retried, repeated, waited = (
        by(rows, _prompt) for rows in (counted.retries, counted.repeats, counted.waits)
    )
    found = {}
    for prompt, rows in sorted(by(counted.spend, _prompt).items()):
        if prompt in ("", OTHERS):
            continue
        figures = dict(_volume(rows, logs))
        figures |= _of_means(means.get(prompt), logs)
        figures |= dict(
            _shares(rows, retried.get(prompt, ()), repeated.get(prompt, ()), waited.get(prompt, ()))
        )
        dearest = max(rows, key=lambda row: (row["usd"] or 0, row["calls"], row["sent"]))
        found[prompt] = Measured(dearest["sent"] if dearest["usd"] else "", figures)
    return found


def _prompt(row: Record) -> str:
    return str(row["prompt"])


def _volume(rows: Sequence[Record], logs: Logs) -> Iterator[tuple[str, Figure]]:
    """Calls a month, and their growth: of whole weeks where there are two or three."""
    if logs.days < 1:
        return
    mid = sum(row["calls"] for row in rows) / logs.days * MONTH
    weeks = _whole_weeks(rows, logs.engine)
    scaled = [calls / 7 * MONTH for calls in weeks]
    low, high = (min([*scaled, mid]), max([*scaled, mid])) if len(weeks) > 1 else (mid, mid)
    yield "calls_per_month", (low, mid, high, MEASURED)
    if len(weeks) > 2 and weeks[0] and weeks[-1]:
        growth = (weeks[-1] / weeks[0]) ** (1 / (len(weeks) - 1)) - 1
        growth = min(max(growth, _GROWTH[0]), _GROWTH[1])
        yield "growth_per_week", (growth, growth, growth, ESTIMATED)


def _whole_weeks(rows: Sequence[Record], engine: Engine) -> list[int]:
    """Calls in each week that lies in the logs wholly, those without any included."""
    span = engine.query("SELECT min(time) AS first, max(time) AS last FROM facts").to_pylist()[0]
    if span["first"] is None:
        return []
    calls = {
        week: sum(row["calls"] for row in own) for week, own in by(rows, lambda row: row["week"]).items()
    }
    first, last = span["first"].date(), span["last"].date()
    monday = first + timedelta(-first.weekday() % 7)
    found = []
    while monday + timedelta(7) <= last + timedelta(1):
        found.append(calls.get(date.isoformat(monday), 0))
        monday += timedelta(7)
    return found


def _of_means(row: Record | None, logs: Logs) -> dict[str, Figure]:
    if row is None:
        return {}
    found = {}
    if row["answers"]:
        found["output_tokens"] = _mean(row["answers"], row["output"], row["output2"])
    if row["conversations"]:
        low, mid, high, basis = _mean(row["conversations"], row["turns"], row["turns2"])
        found["turns"] = (max(low, 1.0), max(mid, 1.0), max(high, 1.0), basis)
    if row["users"] and logs.days >= 1:
        users = row["users"] if logs.days <= MONTH else row["users"] * MONTH / logs.days
        found["users"] = (float(users), float(row["users"]), float(row["users"]), ESTIMATED)
    return found


def _mean(count: int, total: float, squares: float) -> Figure:
    """A mean with its interval."""
    mean = total / count
    variance = max(squares / count - mean * mean, 0.0) * count / (count - 1) if count > 1 else 0.0
    reach = _Z * math.sqrt(variance / count)
    return max(mean - reach, 0.0), mean, mean + reach, MEASURED


def _shares(
    spend: Sequence[Record], retried: Sequence[Record], repeated: Sequence[Record], waited: Sequence[Record]
) -> Iterator[tuple[str, Figure]]:
    tries = _sum(retried, "calls")
    for kind in KINDS if tries else ():
        again = sum(row["calls"] for row in retried if row["kind"] == kind)
        yield f"retries.{kind}", _share(min(again / tries, _MOST_RATE))
    if calls := _sum(repeated, "calls"):
        yield "repeats.exact", _share(_sum(repeated, f"n_exact_{_DAY}") / calls)
        yield "repeats.normalized", _share(_sum(repeated, f"n_normalized_{_DAY}") / calls)
    if known := _sum(spend, "known"):
        yield "prefix_hits", _share(_sum(spend, "hits") / known)
    if calls := _sum(waited, "calls"):
        low, high = (_sum(waited, f"{end}_{_DAY}_calls") / calls for end in ("low", "high"))
        yield "batch_share", (0.0, low, high, ESTIMATED)


def _share(value: float) -> Figure:
    return value, value, value, MEASURED


def _sum(rows: Sequence[Record], name: str) -> int:
    return sum(row[name] or 0 for row in rows)
