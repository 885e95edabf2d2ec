"""Requests that were made before: what caches of answers would have hit, by how long they keep one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from promptlint.model import Basis
from promptlint.traffic.findings.base import KEYS, Group, Logs, Record, base, finding, usd
from promptlint.traffic_document import Finding, Hits, Store

TTLS: tuple[int | None, ...] = (60, 3_600, 86_400, 604_800, None)
"""Seconds that an answer is kept; None: for ever."""

STORES: tuple[Store, ...] = ("exact", "normalized", "prompt-aware")
_NAMES = {"exact": "exact", "normalized": "normalized", "prompt-aware": "aware"}

TTL = 86_400
"""Of the cache that the finding speaks of."""


def _hit(store: Store, ttl: int | None) -> str:
    """Whether a cache holds the answer of a call: what a narrower one holds a wider one does, too."""
    names = [_NAMES[each] for each in STORES[: STORES.index(store) + 1]]
    tests = (
        f"{name}_at IS NOT NULL" if ttl is None else f"{name}_at >= time - INTERVAL {ttl} SECOND"
        for name in names
    )
    return f"({' OR '.join(tests)})"


def _column(store: Store, ttl: int | None) -> str:
    return f"{_NAMES[store]}_{ttl or 'ever'}"


_SUMS = ",\n    ".join(
    f"sum(CASE WHEN {_hit(store, ttl)} THEN 1 ELSE 0 END) AS n_{_column(store, ttl)}, "
    f"sum(CASE WHEN {_hit(store, ttl)} THEN usd_nano END) AS usd_{_column(store, ttl)}"
    for store, ttl in product(STORES, TTLS)
)


def _at(*keys: str) -> str:
    return f"lag(time) OVER (PARTITION BY model, {', '.join(keys)} ORDER BY time, delivery)"


_SQL = (
    base(
        *("delivery", "time", "text_hash", "normal_hash", "system_hash", "user_text_hash", "usd_nano"),
        where="c.text_hash IS NOT NULL AND c.time IS NOT NULL AND c.error IS NULL",
    )
    + f""", scoped AS (
SELECT *, CASE WHEN prompt = '' THEN coalesce(system_hash, '') ELSE prompt END AS scope FROM base),
seen AS (
SELECT prompt, model, sent, week, time, usd_nano, {_at("text_hash")} AS exact_at,
    {_at("normal_hash")} AS normalized_at,
    CASE WHEN user_text_hash IS NOT NULL THEN {_at("scope", "user_text_hash")} END AS aware_at
FROM scoped)
SELECT {KEYS}, count(*) AS calls, sum(usd_nano) AS usd,
    {_SUMS}
FROM seen GROUP BY {KEYS}
"""
)

_HOW = (
    "price of calls whose text (but for case, white space and numbers) the same model was sent within a day "
    "before, after no error; an answer's time begins anew when it is asked for; whether the same answer "
    "would have done, hashes do not say"
)


def found(logs: Logs) -> tuple[Finding | None, tuple[Hits, ...], list[Record]]:
    """The finding, what each cache would have hit, and the rows."""
    rows = logs.rows(_SQL)
    hits = tuple(_hits(rows))
    column = _column("normalized", TTL)
    groups = [
        Group(
            prompt=row["prompt"],
            model=row["model"],
            week=row["week"],
            calls=row[f"n_{column}"],
            of=row["calls"],
            usd=row["usd"] or 0,
            stake=row[f"usd_{column}"],
        )
        for row in rows
    ]
    day = {each.cache: each for each in hits if each.ttl == TTL}
    says = "within a day " + ", ".join(
        f"{share(day[store].share)} would hit {'an' if store == 'exact' else 'a'} {store} cache"
        for store in STORES
        if store in day
    )
    next_ = "promptlint route compile writes exact and semantic caches; tune the threshold first"
    return finding(logs, "repeats", groups, Basis.MEASURED, (says, _HOW, next_)), hits, rows


def share(value: float) -> str:
    """A share in per cent."""
    return f"{value:.1%}"


def _hits(rows: Sequence[Record]) -> Iterator[Hits]:
    calls = sum(row["calls"] for row in rows)
    for store, ttl in product(STORES, TTLS) if calls else ():
        column = _column(store, ttl)
        hits = sum(row[f"n_{column}"] for row in rows)
        dollars = usd(sum(row[f"usd_{column}"] or 0 for row in rows))
        yield Hits(store, ttl, hits, hits / calls, dollars, Basis.MEASURED)
