"""What a semantic cache would have hit: near questions by TF-IDF, of a sample, where texts were kept."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from promptlint.model import Basis
from promptlint.traffic.findings.base import Logs, Record, base, usd
from promptlint.traffic.findings.repeats import TTLS
from promptlint.traffic.threshold.vectors import tfidf
from promptlint.traffic_document import Hits
from promptlint.traffic_overview import Missing

if TYPE_CHECKING:
    from datetime import datetime

SAMPLE = 3_000
"""Questions that are compared, all with all of the same prompt: the first ones in time."""

_WHAT = "what a semantic cache would have hit"

_SQL = (
    base(
        *("delivery", "time", "system_hash", '"user"', "usd_nano"),
        where='c."user" IS NOT NULL AND c.time IS NOT NULL AND c.error IS NULL',
    )
    + f"""SELECT CASE WHEN prompt = '' THEN coalesce(system_hash, '') ELSE prompt END AS scope, model, time,
    "user" AS said, coalesce(usd_nano, 0) AS usd FROM base ORDER BY time, delivery LIMIT {SAMPLE}
"""
)


def hits(logs: Logs) -> tuple[tuple[Hits, ...], tuple[Missing, ...]]:
    """The hits by time, estimated; or why there are none."""
    sql = _SQL if logs.engine.name == "duckdb" else _SQL.replace('"user"', "`user`")
    rows = logs.rows(sql)
    if not rows:
        return (), (Missing(_WHAT, "texts are compared only if they are kept (--with-texts)", 1.0),)
    try:
        found = _nearest(rows, logs.asked.similar)
    except ImportError:
        return (), (Missing(_WHAT, "scikit-learn is not installed: the extra `traffic` has it", 1.0),)
    made = []
    for ttl in TTLS:
        held = [
            row
            for row, times in zip(rows, found, strict=True)
            if any(ttl is None or (row["time"] - time).total_seconds() <= ttl for time in times)
        ]
        dollars = usd(sum(row["usd"] for row in held))
        made.append(Hits("semantic", ttl, len(held), len(held) / len(rows), dollars, Basis.ESTIMATED))
    return tuple(made), ()


def _nearest(rows: Sequence[Record], least: float) -> list[list[datetime]]:
    """For each question the times of earlier ones of its prompt and model that are as near as `least`."""
    found: list[list[datetime]] = [[] for _ in rows]
    order = sorted(range(len(rows)), key=lambda index: (rows[index]["scope"], rows[index]["model"], index))
    for _, group in groupby(order, key=lambda index: (rows[index]["scope"], rows[index]["model"])):
        members = list(group)
        vectors = tfidf([rows[index]["said"] for index in members])
        if vectors is None:
            continue
        near = (vectors @ vectors.T).tocoo()
        for one, other, value in zip(near.row, near.col, near.data, strict=True):
            if other < one and value >= least:
                found[members[one]].append(rows[members[other]]["time"])
    return found
