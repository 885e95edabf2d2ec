"""What could wait for a batch: calls that nothing followed within some time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint.model import Basis
from promptlint.traffic.findings.base import Group, Logs, Record, finding, usd
from promptlint.traffic.findings.facts import KEYS
from promptlint.traffic_document import Finding, Wait

TIMES = (60, 600, 3_600, 86_400)
"""Seconds of latency tolerance; batches are answered within a day."""


def _sums() -> Iterator[str]:
    for seconds in TIMES:
        free = f"(follows IS NULL OR follows > time + INTERVAL {seconds} SECOND)"
        for name, test in (("high", free), ("low", f"{free} AND alone")):
            for column, value in (
                ("calls", "1"),
                ("input", "input_tokens"),
                ("output", "output_tokens"),
                ("usd", "usd_nano"),
            ):
                yield f"sum(CASE WHEN {test} THEN {value} ELSE 0 END) AS {name}_{seconds}_{column}"


_SQL = f"""
WITH followed AS (
SELECT {KEYS}, time, input_tokens, output_tokens, usd_nano,
    person IS NULL AND conversation IS NULL AS alone, lead(time) OVER (
    PARTITION BY coalesce(conversation, trace, person) ORDER BY time, delivery) AS follows
FROM facts WHERE n = 1 AND coalesce(batch, FALSE) = FALSE AND time IS NOT NULL AND error IS NULL
    AND usd_nano IS NOT NULL AND coalesce(conversation, trace, person) IS NOT NULL)
SELECT {KEYS}, count(*) AS calls, sum(usd_nano) AS usd,
    {", ".join(_sums())}
FROM followed GROUP BY {KEYS}
"""

_HOW = (
    "calls of no batch, user or conversation that no call of the same trace followed within a day, at batch "
    "prices; a log does not say who waits for an answer: declare it per prompt (latency: day)"
)


def found(logs: Logs) -> tuple[Finding | None, tuple[Wait, ...], list[Record]]:
    """The finding, the shares by time, and the rows."""
    rows = logs.rows(_SQL)
    day = TIMES[-1]
    groups = [
        Group(
            prompt=row["prompt"],
            model=row["model"],
            week=row["week"],
            calls=row[f"low_{day}_calls"],
            of=row["calls"],
            usd=row["usd"],
            stake=_saving(logs, row, f"low_{day}"),
        )
        for row in rows
    ]
    waits = tuple([_wait(logs, rows, seconds) for seconds in TIMES] if rows else [])
    says = (
        f"{waits[-1].low:.0%} of the calls have no user and no conversation, and nothing follows them within "
        f"a day; {waits[-1].high:.0%} are not followed at all"
        if waits
        else ""
    )
    next_ = "declare latency: day for prompts that may wait, then promptlint plan and route compile"
    return finding(logs, "batch", groups, Basis.ESTIMATED, (says, _HOW, next_)), waits, rows


def _wait(logs: Logs, rows: Sequence[Record], seconds: int) -> Wait:
    calls = sum(row["calls"] for row in rows)
    shares, savings = [], []
    for name in ("low", "high"):
        key = f"{name}_{seconds}"
        shares.append(sum(row[f"{key}_calls"] for row in rows) / calls)
        known = [saved for row in rows if (saved := _saving(logs, row, key)) is not None]
        savings.append(usd(sum(known)) if known else None)
    return Wait(seconds, shares[0], shares[1], savings[0], savings[1])


def _saving(logs: Logs, row: Record, key: str) -> int | None:
    """Nano-dollars; nothing where cached input is already cheaper than a batch, None without a price."""
    price = logs.price(row, row[f"{key}_input"], row[f"{key}_output"], batch=True)
    return None if price is None else max(row[f"{key}_usd"] - price, 0)
