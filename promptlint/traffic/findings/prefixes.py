"""The provider's cache of prefixes: what it served, what it could have served, and which slot breaks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from promptlint.model import Basis
from promptlint.traffic.findings.base import KEYS, MOST_ROWS, Group, Logs, Record, base, finding
from promptlint.traffic_document import Finding, Prefix

_COLUMNS = (
    *("delivery", "time", "prefix_hashes", "text_chars", "input_tokens", "cached_tokens", "usd_nano"),
    "system_chars",
)


def _sql(logs: Logs) -> str:
    """Sums by prompt, model and week, and by how many bytes a call has in common with an earlier one.

    Hashes of a prefix are chained: those that an earlier call of the model has, too, are the leading ones. A
    call without time cannot be compared. Input that could be cached is in proportion to bytes, and nothing
    below the least that the provider caches.
    """
    at, size = logs.spelt("at", "c.prefix_hashes", "b.i"), logs.spelt("size", "c.prefix_hashes")
    fresh = f"INTERVAL {logs.asked.cache_seconds} SECOND"
    where = (
        "c.prefix_hashes IS NOT NULL AND c.time IS NOT NULL AND c.input_tokens > 0 AND c.text_chars > 0 "
        "AND c.error IS NULL"
    )
    return (
        base(*_COLUMNS, where=where)
        + f""", opened AS (
SELECT c.sent, c.prompt, c.delivery, c.time, b.ends, {at} AS hash
FROM base AS c JOIN blocks AS b ON b.i <= {size}),
compared AS (
SELECT delivery, ends, time, lag(time) OVER (PARTITION BY sent, hash ORDER BY time, delivery) AS earlier,
    lag(time) OVER (PARTITION BY sent, prompt, hash ORDER BY time, delivery) AS own FROM opened),
shared AS (
SELECT delivery, max(CASE WHEN earlier >= time - {fresh} THEN ends ELSE 0 END) AS held,
    max(CASE WHEN own IS NULL THEN 0 ELSE ends END) AS alike FROM compared GROUP BY delivery),
told AS (
SELECT c.*, coalesce(s.alike, 0) AS alike,
    CAST(floor(c.input_tokens * (coalesce(s.held, 0) / c.text_chars)) AS BIGINT) AS held, m.tokens AS least_
FROM base AS c LEFT JOIN shared AS s ON c.delivery = s.delivery LEFT JOIN minimums AS m ON c.sent = m.sent),
allowed AS (SELECT *, CASE WHEN held >= least_ THEN held ELSE 0 END AS could FROM told)
SELECT {KEYS}, alike, count(*) AS calls, sum(input_tokens) AS input_tokens, sum(cached_tokens) AS cached,
    sum(could) AS could, sum(text_chars) AS sent_bytes, sum(usd_nano) AS usd,
    sum(CASE WHEN cached_tokens IS NULL THEN 0 ELSE 1 END) AS known,
    sum(CASE WHEN could > cached_tokens THEN 1 ELSE 0 END) AS missed_calls,
    sum(CASE WHEN could > cached_tokens THEN could - cached_tokens ELSE 0 END) AS missed
FROM allowed GROUP BY {KEYS}, alike
"""
    )


def found(logs: Logs) -> tuple[Finding | None, tuple[Prefix, ...]]:
    """The finding, and the caches by prompt and model."""
    rows = logs.rows(_sql(logs))
    groups = [_group(logs, row) for row in rows]
    prefixes = _prefixes(rows, logs.asked.slots)
    sums = [
        sum(row[name] or 0 for row in rows if row["known"]) for name in ("input_tokens", "cached", "could")
    ]
    input_, cached, could = sums
    says = (
        f"the provider's cache served {cached / input_:.0%} of the input; what calls within "
        f"{logs.asked.cache_seconds:,} seconds begin with alike would have allowed {could / input_:.0%}"
        if input_
        else ""
    )
    how = (
        "blocks of 512 bytes with which an earlier call of the same model began, too, as a share of the "
        "input, none below the least that the provider caches; less what was cached, at full minus "
        "cached price; prices of writing to the cache are left out"
    )
    next_ = (
        "put what changes from call to call at the end of the prompt, and mark the beginning where the "
        "provider asks for it (cache_control); promptlint check --select CAC"
    )
    return finding(logs, "cache", groups, Basis.ESTIMATED, (says, how, next_)), prefixes


def _group(logs: Logs, row: Record) -> Group:
    full, cached = logs.price(row, row["missed"], 0), logs.price(row, row["missed"], 0, row["missed"])
    stake = None if full is None or cached is None or not row["known"] else full - cached
    return Group(
        prompt=row["prompt"],
        model=row["model"],
        week=row["week"],
        calls=row["missed_calls"],
        of=row["known"],
        usd=row["usd"] or 0,
        stake=stake,
    )


def _prefixes(rows: Sequence[Record], slots: Mapping[str, Sequence[tuple[str, int]]]) -> tuple[Prefix, ...]:
    found: dict[tuple[str, str], list[Record]] = {}
    for row in rows:
        found.setdefault((row["prompt"], row["model"]), []).append(row)
    prefixes = []
    for (prompt, model), members in found.items():
        calls, stable = sum(row["calls"] for row in members), _median(members)
        is_known = any(row["known"] for row in members)
        prefixes.append(
            Prefix(
                prompt=prompt,
                model=model,
                calls=calls,
                input_tokens=sum(row["input_tokens"] for row in members),
                cached_tokens=sum(row["cached"] or 0 for row in members) if is_known else None,
                allowed_tokens=sum(row["could"] for row in members),
                stable_bytes=stable,
                sent_bytes=sum(row["sent_bytes"] for row in members) // calls,
                slot=_slot(slots.get(prompt, ()), stable),
            )
        )
    prefixes.sort(key=lambda each: (-each.input_tokens, each.prompt, each.model))
    return tuple(prefixes[:MOST_ROWS])


def _median(rows: Sequence[Record]) -> int:
    """The bytes that half of the calls or more have in common with an earlier one."""
    half, passed = sum(row["calls"] for row in rows) / 2, 0
    for row in sorted(rows, key=lambda row: -int(row["alike"])):
        passed += row["calls"]
        if passed >= half:
            return int(row["alike"])
    return 0


def _slot(slots: Sequence[tuple[str, int]], stable: int) -> str:
    """The first slot that no fewer fixed bytes stand before than are alike, else the last one.

    Exact for the first slot of a prompt; of later ones, values before them move the place.
    """
    if not slots:
        return ""
    return next((name for name, before in slots if before >= stable), slots[-1][0])
