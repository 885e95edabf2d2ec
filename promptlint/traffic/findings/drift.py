"""Versions of prompts, and how the input of their first turns changes from week to week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from promptlint.model import Basis
from promptlint.traffic.findings.base import MOST_ROWS, Group, Logs, Record, finding, usd
from promptlint.traffic.findings.facts import KEYS, NONE
from promptlint.traffic.findings.spend import by
from promptlint.traffic_document import Drift, Finding, Version

MOST_VERSIONS = 12
"""Versions of one prompt that are told apart; a system text with a name in it has one for each call."""

FEW = 5
"""Calls of a prompt in a week below which its mean says nothing."""

_FIRST_TURNS = "n = 1 AND input_tokens > 0 AND coalesce(turn, 1) <= 1 AND error IS NULL"

_DRIFT = f"""
SELECT {KEYS}, count(*) AS calls, sum(input_tokens) AS input_tokens, sum(usd_nano) AS usd
FROM facts WHERE {_FIRST_TURNS} AND week IS NOT NULL GROUP BY {KEYS}
"""

_VERSIONS = f"""
WITH counted AS (
SELECT p, m, coalesce(version_key, system) AS version_key,
    max(CASE WHEN version_key IS NULL THEN 0 ELSE 1 END) AS named, count(*) AS calls,
    CAST(CAST(min(time) AS DATE) AS STRING) AS first_day, CAST(CAST(max(time) AS DATE) AS STRING) AS last_day,
    sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
    count(output_tokens) AS answered, min(delivery) AS one
FROM facts WHERE {_FIRST_TURNS} AND p <> {NONE} GROUP BY p, m, coalesce(version_key, system)),
few AS (SELECT p FROM counted GROUP BY p HAVING count(DISTINCT version_key) <= {MOST_VERSIONS})
SELECT r.p, r.m, r.named, r.calls, r.first_day, r.last_day, r.input_tokens, r.output_tokens, r.answered,
    coalesce(c.prompt_version, c.system_hash) AS version
FROM counted AS r JOIN few AS f ON r.p = f.p JOIN calls AS c ON r.one = c.delivery
WHERE r.version_key IS NOT NULL
"""

_HOW = (
    f"mean input of first turns of a prompt with one model in each week, against its first week of {FEW} "
    "calls or more; what is beyond, at the full price of input"
)


def found(logs: Logs) -> tuple[Finding | None, tuple[Version, ...], tuple[Drift, ...]]:
    """The finding, the versions, and the weeks of each prompt that changed."""
    rows = logs.rows(_DRIFT)
    firsts = _firsts(rows)
    groups = [_group(logs, row, firsts) for row in rows if (row["prompt"], row["sent"]) in firsts]
    versions = tuple(_versions(logs, logs.rows(_VERSIONS)))[: 4 * MOST_ROWS]
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


def _versions(logs: Logs, rows: Sequence[Record]) -> Iterator[Version]:
    """The versions of each prompt in the order in which they came, each against the one before."""
    for prompt, own in sorted(by(rows, lambda row: str(row["prompt"])).items()):
        groups = by(own, lambda row: str(row["version"]))
        ordered = sorted(
            groups.items(), key=lambda item: (min(row["first_day"] or "" for row in item[1]), item[0])
        )
        before: float | None = None
        for version, members in ordered:
            yield _version(logs, (prompt, version), members, before)
            before = _mean(members)


def _mean(members: Sequence[Record]) -> float:
    return float(sum(row["input_tokens"] for row in members) / sum(row["calls"] for row in members))


def _version(logs: Logs, key: tuple[str, str], members: Sequence[Record], before: float | None) -> Version:
    mean, answered = _mean(members), sum(row["answered"] for row in members)
    change = None if before is None else mean - before
    dollars = [_changed(logs, row, change) for row in members] if change is not None else [None]
    known = [each for each in dollars if each is not None]
    return Version(
        prompt=key[0],
        version=key[1],
        named=any(row["named"] for row in members),
        first=min(row["first_day"] or "" for row in members),
        last=max(row["last_day"] or "" for row in members),
        calls=sum(row["calls"] for row in members),
        input_tokens=mean,
        output_tokens=sum(row["output_tokens"] or 0 for row in members) / answered if answered else None,
        change=change,
        change_usd=usd(sum(known)) if known else None,
    )


def _changed(logs: Logs, row: Record, change: float) -> int | None:
    """Nano-dollars of tokens more (or less) of each call."""
    price = logs.price(row, round(abs(change) * row["calls"]), 0)
    return price if price is None or change >= 0 else -price


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
