"""The provider's cache of prefixes: what it served, what it could have served, and which slot breaks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from promptlint.model import Basis
from promptlint.records import dataclass
from promptlint.traffic.findings.base import MOST_ROWS, Group, Logs, Record, Slot, finding, usd
from promptlint.traffic.findings.facts import KEYS, spelt
from promptlint.traffic.findings.spend import by
from promptlint.traffic.table import PREFIX_BLOCK
from promptlint.traffic_document import Finding, Prefix


def _calls(logs: Logs) -> str:
    """Each call with the bytes that it has in common with an earlier one, and the tokens a cache could hold.

    Hashes of a prefix are chained: those that an earlier call of the model has, too, are the leading ones. Of
    hashes that the same calls share only the deepest is looked at, and none that one call alone has. A call
    without time cannot be compared. Input that could be cached is in proportion to bytes, and nothing below
    the least that the provider caches.
    """
    fresh = f"INTERVAL {logs.asked.cache_seconds} SECOND"
    key = spelt(logs.engine, "key", "hash")
    return f"""
WITH base AS (
SELECT {KEYS}, delivery, time, text_chars, tools_chars, input_tokens, cached_tokens, usd_nano FROM facts
WHERE n = 1 AND time IS NOT NULL AND input_tokens > 0 AND text_chars > 0 AND error IS NULL),
unrolled AS (
SELECT b.m, b.p, b.delivery, b.time, {spelt(logs.engine, "unrolled", "c.prefix_hashes")}
FROM base AS b JOIN calls AS c ON b.delivery = c.delivery),
chains AS (SELECT m, p, delivery, time, i, {key} AS hash FROM unrolled),
nodes AS (
SELECT m, hash, max(i) AS i, count(*) AS n, min(delivery) AS one FROM chains
GROUP BY m, hash HAVING count(*) > 1),
deepest AS (SELECT m, one, n, max(i) AS i FROM nodes GROUP BY m, one, n),
kept AS (
SELECT n.m, n.hash, b.ends FROM nodes AS n
JOIN deepest AS d ON n.m = d.m AND n.one = d.one AND n.n = d.n AND n.i = d.i JOIN blocks AS b ON n.i = b.i),
compared AS (
SELECT c.delivery, c.time, k.ends, lag(c.time) OVER (
    PARTITION BY c.m, c.hash ORDER BY c.time, c.delivery) AS earlier,
    lag(c.time) OVER (PARTITION BY c.m, c.p, c.hash ORDER BY c.time, c.delivery) AS own
FROM chains AS c JOIN kept AS k ON c.m = k.m AND c.hash = k.hash),
shared AS (
SELECT delivery, max(CASE WHEN earlier >= time - {fresh} THEN ends ELSE 0 END) AS held,
    max(CASE WHEN own IS NULL THEN 0 ELSE ends END) AS alike FROM compared GROUP BY delivery),
told AS (
SELECT b.*, coalesce(s.alike, 0) AS alike, m.least AS least_,
    CAST(floor(b.input_tokens * (coalesce(s.held, 0) / b.text_chars)) AS BIGINT) AS held
FROM base AS b LEFT JOIN shared AS s ON b.delivery = s.delivery LEFT JOIN kept_models AS m ON b.m = m.m)
SELECT *, CASE WHEN held >= least_ THEN held ELSE 0 END AS could FROM told
"""


_SUMS = f"""
SELECT {KEYS}, alike, count(*) AS calls, sum(input_tokens) AS input_tokens, sum(cached_tokens) AS cached,
    sum(could) AS could, sum(text_chars) AS sent_bytes, sum(tools_chars) AS tools_bytes, sum(usd_nano) AS usd,
    sum(CASE WHEN cached_tokens IS NULL THEN 0 ELSE 1 END) AS known,
    sum(CASE WHEN could > cached_tokens THEN 1 ELSE 0 END) AS missed_calls,
    sum(CASE WHEN could > cached_tokens THEN could - cached_tokens ELSE 0 END) AS missed
FROM prefixes GROUP BY {KEYS}, alike
"""


_GAINS = """
WITH near AS (
SELECT p, m, time, input_tokens, text_chars, greatest(could, coalesce(cached_tokens, 0)) AS held, least_,
    lag(time) OVER (PARTITION BY p, m ORDER BY time, delivery) AS earlier FROM prefixes),
moved AS (
SELECT n.p, n.m, n.held, n.least_,
    CASE WHEN n.earlier >= n.time - INTERVAL {seconds} SECOND THEN
    CAST(floor(n.input_tokens * (least(v.ends, n.text_chars) / n.text_chars)) AS BIGINT) ELSE 0 END AS moved
FROM near AS n JOIN moves AS v ON n.p = v.p AND n.m = v.m)
SELECT p, m, sum(CASE WHEN moved >= least_ AND moved > held THEN moved - held ELSE 0 END) AS gain
FROM moved GROUP BY p, m
"""
"""A call could read the moved beginning if any call of its prompt was made within the time of the cache."""


def found(logs: Logs) -> tuple[Finding | None, tuple[Prefix, ...]]:
    """The finding, and the caches by prompt and model."""
    logs.engine.keep("prefixes", _calls(logs))
    rows = logs.rows(_SUMS)
    groups = [_group(logs, row) for row in rows]
    prefixes = _prefixes(logs, rows)
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


@dataclass(frozen=True, slots=True)
class _Cache:
    """What is known of a prompt with one model: sums, what most calls begin with, and what ends that.

    `moved` are the bytes that calls would begin with, were that slot at the end.
    """

    calls: int
    input_tokens: int
    cached: int | None
    could: int
    stable: int
    sent_bytes: int
    slot: Slot | None
    moved: int


def _prefixes(logs: Logs, rows: Sequence[Record]) -> tuple[Prefix, ...]:
    found = by(rows, lambda row: f"{row['p']} {row['m']}")
    caches = {(own[0]["p"], own[0]["m"]): _cache(own, logs.asked.slots) for own in found.values()}
    gains = _gains(logs, caches)
    prefixes = [_prefix(logs, key, cache, gains.get(key)) for key, cache in caches.items()]
    prefixes.sort(key=lambda each: (-each.input_tokens, each.prompt, each.model))
    return tuple(prefixes[:MOST_ROWS])


def _cache(members: Sequence[Record], slots: Mapping[str, Sequence[Slot]]) -> _Cache:
    calls, stable = sum(row["calls"] for row in members), _median(members)
    tools = sum(row["tools_bytes"] or 0 for row in members) // calls  # they are sent before the system text
    slot = _slot(slots.get(members[0]["prompt"], ()), max(stable - tools, 0))
    moved = 0 if slot is None else (slot.moved + tools) // PREFIX_BLOCK * PREFIX_BLOCK
    return _Cache(
        calls=calls,
        input_tokens=sum(row["input_tokens"] for row in members),
        cached=sum(row["cached"] or 0 for row in members) if any(row["known"] for row in members) else None,
        could=sum(row["could"] for row in members),
        stable=stable,
        sent_bytes=sum(row["sent_bytes"] for row in members) // calls,
        slot=slot,
        moved=moved if moved > stable else 0,
    )


def _prefix(logs: Logs, key: tuple[int, int], cache: _Cache, gain: int | None) -> Prefix:
    sent, model = logs.names.model(key[1])
    rates = {"sent": sent}
    full = None if gain is None else logs.price(rates, gain, 0)
    cached = None if gain is None else logs.price(rates, gain, 0, gain)
    return Prefix(
        prompt=logs.names.prompt(key[0]),
        model=model,
        calls=cache.calls,
        input_tokens=cache.input_tokens,
        cached_tokens=cache.cached,
        allowed_tokens=cache.could,
        stable_bytes=cache.stable,
        sent_bytes=cache.sent_bytes,
        slot="" if cache.slot is None else cache.slot.name,
        moved_tokens=gain,
        moved_usd=None if full is None or cached is None else usd(full - cached),
        moved_basis=Basis.MEASURED if cache.slot and cache.slot.is_last else Basis.ESTIMATED,
    )


def _gains(logs: Logs, caches: Mapping[tuple[int, int], _Cache]) -> dict[tuple[int, int], int]:
    """By prompt and model, the tokens that a cache would serve besides if the slot stood at the end."""
    import pyarrow as pa

    moves = [(p, m, cache.moved) for (p, m), cache in caches.items() if cache.moved and p >= 0 and m >= 0]
    if not moves:
        return {}
    columns = zip(
        ("p", "m", "ends"), (pa.int32(), pa.int32(), pa.int64()), zip(*moves, strict=True), strict=True
    )
    logs.engine.put("moves", pa.table({name: pa.array(values, kind) for name, kind, values in columns}))
    rows = logs.engine.query(_GAINS.format(seconds=logs.asked.cache_seconds)).to_pylist()
    return {(row["p"], row["m"]): row["gain"] for row in rows}


def _median(rows: Sequence[Record]) -> int:
    """The bytes that half of the calls or more have in common with an earlier one."""
    half, passed = sum(row["calls"] for row in rows) / 2, 0
    for row in sorted(rows, key=lambda row: -int(row["alike"])):
        passed += row["calls"]
        if passed >= half:
            return int(row["alike"])
    return 0


def _slot(slots: Sequence[Slot], stable: int) -> Slot | None:
    """The first slot that no fewer fixed bytes stand before than are alike, else the last one.

    Exact for the first slot of a prompt; of later ones, values before them move the place.
    """
    return next((slot for slot in slots if slot.before >= stable), slots[-1] if slots else None)
