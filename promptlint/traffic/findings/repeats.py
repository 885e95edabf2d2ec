"""Requests that were made before: what caches of answers would have hit, by how long they keep one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from promptlint.model import Basis
from promptlint.traffic.findings.base import Group, Logs, Record, finding, usd
from promptlint.traffic.findings.facts import KEYS
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


def _at(name: str, *keys: str) -> str:
    """When the last call of the same keys was; only keys that come twice are put in order."""
    columns = ", ".join(keys)
    parted = ", ".join(f"a.{key}" for key in keys)
    same = " AND ".join(f"a.{key} = k.{key}" for key in keys)
    return f"""{name}_keys AS (
SELECT {columns} FROM asked WHERE {keys[-1]} IS NOT NULL GROUP BY {columns} HAVING count(*) > 1),
{name} AS (
SELECT a.delivery, lag(a.time) OVER (PARTITION BY {parted} ORDER BY a.time, a.delivery) AS {name}_at
FROM asked AS a JOIN {name}_keys AS k ON {same})"""


_SQL = f"""
WITH asked AS (
SELECT {KEYS}, coalesce(model_key, 0) AS model, delivery, time, text, normal, question,
    coalesce(prompt_key, system, 0) AS scope, usd_nano
FROM facts WHERE n = 1 AND text IS NOT NULL AND time IS NOT NULL AND error IS NULL),
{_at("exact", "model", "text")},
{_at("normalized", "model", "normal")},
{_at("aware", "model", "scope", "question")}
SELECT {KEYS}, count(*) AS calls, sum(usd_nano) AS usd,
    {_SUMS}
FROM asked LEFT JOIN exact ON asked.delivery = exact.delivery
LEFT JOIN normalized ON asked.delivery = normalized.delivery
LEFT JOIN aware ON asked.delivery = aware.delivery GROUP BY {KEYS}
"""

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
