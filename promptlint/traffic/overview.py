"""Counts what was read, what was no call, what was wrong and what the logs lack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from promptlint import prices
from promptlint.traffic.engines import Engine
from promptlint.traffic.reading import packed
from promptlint.traffic.reading.tasks import Task
from promptlint.traffic.unmatched import templates
from promptlint.traffic_overview import Fault, Missing, ModelUse, Overview

NANO = 1e-9
SHOWN = 10

_TOTALS = """
SELECT sum(calls) AS calls, min(time) AS begin_, max(time) AS end_,
    sum(usd_nano) AS usd, sum(usd_logged_nano) AS logged,
    sum(CASE WHEN usd_nano IS NULL THEN calls ELSE 0 END) AS unpriced,
    sum(CASE WHEN match IS NOT NULL THEN calls ELSE 0 END) AS matched
FROM calls
"""

_MODELS = """
SELECT model, sum(calls) AS calls, sum(input_tokens) AS input_tokens,
    sum(cached_tokens) AS cached_tokens, sum(output_tokens) AS output_tokens, sum(usd_nano) AS usd,
    sum(CASE WHEN usd_nano IS NULL THEN calls ELSE 0 END) AS unpriced
FROM calls GROUP BY model ORDER BY usd DESC, model
"""

_FAULTS = """
SELECT fault AS kind, sum(calls) AS n, min(file) AS file FROM rows
WHERE fault IS NOT NULL GROUP BY fault ORDER BY n DESC, kind
"""

_FIRST_FAULT = """
SELECT r.fault AS kind, min(r."row") AS place FROM rows r
JOIN (SELECT fault, min(file) AS file FROM rows WHERE fault IS NOT NULL GROUP BY fault) f
ON r.fault = f.fault AND r.file = f.file GROUP BY r.fault
"""

_FLAWED = 'SELECT flaws, file, "row" FROM calls WHERE flaws IS NOT NULL ORDER BY file, "row"'

_LACKS: Mapping[str, tuple[str, str]] = {
    "time": ("weeks, growth over time, forecast, and what caches would have hit", "times"),
    "usd_nano": ("spend", "known model with a price, or no counts of tokens"),
    "trace_id": (
        "amplification by trace (near-equal requests within a window are counted)",
        "trace ids",
    ),
    "conversation_id": ("growth of the context by turn", "ids of conversations"),
    "cached_tokens": ("the share of input that caches served", "counts of cached tokens"),
    "max_tokens": ("how answers compare with their limit", "limit of the output (max_tokens)"),
    "latency_ms": ("the share that could wait for a batch", "latencies"),
    "tools_sent": ("tools that are sent and never called", "tools in requests"),
    "text_hash": ("exact repeats, and which slot breaks a prefix", "texts of requests"),
    "normal_hash": ("normalized repeats", "texts of requests"),
    "answer_hash": ("whether repeats had equal answers", "texts of answers"),
    "match": (
        "which prompt of the repository made a call",
        "id in metadata, and no text of a prompt",
    ),
}
"""What each column is needed for, and what a log without it lacks."""


def overview(engine: Engine, words: bool = False) -> Overview:
    """What was read: exact counts, in the words of `traffic_overview`.

    Args:
        engine: with the rows.
        words: whether the beginnings of prompts that the repository lacks are shown.
    """
    plan = engine.plan
    totals = engine.query(_TOTALS).to_pylist()[0]
    records = engine.query("SELECT count(*) AS n FROM rows WHERE fault IS NULL").to_pylist()[0]["n"]
    kept = engine.query("SELECT count(*) AS n FROM calls").to_pylist()[0]["n"]
    origins = engine.query("SELECT DISTINCT origin FROM rows WHERE origin IS NOT NULL ORDER BY origin")
    calls = totals["calls"] or 0
    unknown, compared = templates(engine, partial(place, plan), words)
    return Overview(
        files=len({task.file for task in plan}),
        formats=tuple(origins.column("origin").to_pylist()),
        calls=calls,
        deliveries=records - kept,
        begin=_moment(totals["begin_"]),
        end=_moment(totals["end_"]),
        usd=(totals["usd"] or 0) * NANO,
        usd_logged=None if totals["logged"] is None else totals["logged"] * NANO,
        unpriced=totals["unpriced"] or 0,
        price_date=prices.snapshot_date(),
        models=tuple([_model(row) for row in engine.query(_MODELS).to_pylist()]),
        matched=(totals["matched"] or 0) / calls if calls else 0.0,
        unmatched=unknown[:SHOWN],
        compared=compared,
        faults=_faults(engine, plan),
        flaws=_flaws(engine, plan),
        missing=_missing(engine, kept),
    )


def _moment(value: Any) -> str | None:  # a datetime of Arrow
    return None if value is None else f"{value:%Y-%m-%dT%H:%M:%SZ}"


def _model(row: dict[str, Any]) -> ModelUse:
    return ModelUse(
        model=row["model"] or "",
        calls=row["calls"] or 0,
        input_tokens=row["input_tokens"] or 0,
        cached_tokens=row["cached_tokens"] or 0,
        output_tokens=row["output_tokens"] or 0,
        usd=None if row["usd"] is None else row["usd"] * NANO,
        unpriced=row["unpriced"] or 0,
    )


def _faults(engine: Engine, plan: Sequence[Task]) -> tuple[Fault, ...]:
    first = {row["kind"]: row["place"] for row in engine.query(_FIRST_FAULT).to_pylist()}
    rows = engine.query(_FAULTS).to_pylist()
    return tuple([Fault(row["kind"], row["n"], place(plan, row["file"], first[row["kind"]])) for row in rows])


def _flaws(engine: Engine, plan: Sequence[Task]) -> tuple[Fault, ...]:
    """Flaws are few: they are counted here, as engines take lists apart in different words."""
    found: dict[str, tuple[int, int, int]] = {}
    for row in engine.query(_FLAWED).to_pylist():
        for kind in row["flaws"]:
            count, *at = found.get(kind, (0, row["file"], row["row"]))
            found[kind] = (count + 1, at[0], at[1])
    ordered = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))
    return tuple([Fault(kind, count, place(plan, file, at)) for kind, (count, file, at) in ordered])


def _missing(engine: Engine, kept: int) -> tuple[Missing, ...]:
    if not kept:
        return ()
    counts = ", ".join(f"count({name}) AS {name}" for name in _LACKS)
    found = engine.query(f"SELECT {counts} FROM calls").to_pylist()[0]  # noqa: S608  # names of columns
    return tuple(
        [
            Missing(what, f"no {lack}", (kept - found[name]) / kept)
            for name, (what, lack) in _LACKS.items()
            if found[name] < kept
        ]
    )


def place(plan: Sequence[Task], file: int, row: int) -> str:
    """Where a row is, as people count: the line of a file of lines, else the number of the record."""
    task = next(task for task in plan if task.file == file)
    name = Path(task.path).name
    if task.shape.container != "lines":
        return f"{name}:{max(row, 1)}"
    line = _line(task, row)
    return f"{name}:{line}" if line else f"{name}, byte {row}"


_COUNTED = 256 * 2**20
_BLOCK = 2**20


def _line(task: Task, byte: int) -> int | None:
    """The number of the line that begins at a byte; None beyond what it is worth to count."""
    if byte > _COUNTED:
        return None
    lines, left = 1, byte
    try:
        with packed.opened(Path(task.path), task.shape.packed) as file:
            while left and (block := file.read(min(_BLOCK, left))):
                lines += block.count(b"\n")
                left -= len(block)
    except (packed.BrokenError, OSError):
        return None
    return lines
