"""What a semantic cache would have hit, by threshold and time: a sample of questions against all before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

from promptlint.evals.stats.stratified import Part, lower, upper
from promptlint.model import Basis
from promptlint.records import dataclass
from promptlint.traffic.findings.base import Logs, Record, usd
from promptlint.traffic.findings.repeats import TTLS
from promptlint.traffic.threshold import vectors
from promptlint.traffic_document import Hits, Similar
from promptlint.traffic_overview import Missing

if TYPE_CHECKING:
    import numpy as np

THRESHOLDS = (0.80, 0.85, 0.90, 0.95, 0.97, 0.99)
"""Cosines from which an earlier answer is given again; that of `Asked.similar` is added."""

SAMPLE = 1_000
"""Questions of the sample: the end of an interval is at most 3.2 points away."""

SLICE = 20_000
"""Questions that are in memory at a time."""

LONGEST = 4_000
"""Characters of a question that is compared; longer ones are left out."""

_RISK = 0.025  # of each end of an interval
_WHAT = "what a semantic cache would have hit"

_FIRST = (
    '"user" IS NOT NULL AND time IS NOT NULL AND error IS NULL AND calls = 1 AND coalesce(turn, 1) <= 1 '
    f'AND length("user") <= {LONGEST}'
)
"""Later turns of a conversation mean something only with what was said before."""

_COUNT = f"SELECT count(*) AS n, sum(usd_nano) AS usd FROM calls WHERE {_FIRST}"

_SLICE = f"""
SELECT coalesce(prompt_id, system_hash, '') AS scope, coalesce(model, '') AS model, time, delivery,
    "user" AS said, coalesce(usd_nano, 0) AS usd FROM calls
WHERE {_FIRST} AND delivery >= {{low}} AND delivery < {{high}} ORDER BY delivery
"""
"""A part of the questions: numbers of deliveries are salted hashes, so that each part is a random sample."""

_LEAST, _MOST = -(2**63), 2**63 - 1


@dataclass(frozen=True, slots=True)
class _Group:
    """The sample's questions of one prompt and model: their vectors, how others become such, and their times.

    `at` are their numbers in the sample; Any is what libraries without types give.
    """

    matrix: Any
    made: Callable[[Sequence[str]], Any]
    seconds: np.ndarray[Any, Any]
    at: np.ndarray[Any, Any]


def found(logs: Logs) -> tuple[tuple[Hits, ...], tuple[Similar, ...], tuple[Missing, ...]]:
    """The hits at the threshold that was asked for, those at every one, estimated; or why there are none."""
    (whole,) = logs.rows(_spelt(logs, _COUNT))
    if not whole["n"]:
        return (), (), (Missing(_WHAT, "texts are compared only if asked (--semantic)", 1.0),)
    thresholds = sorted({*THRESHOLDS, logs.asked.similar})
    try:
        asked, gaps = _gaps(logs, whole["n"], thresholds)
    except ImportError:
        return (), (), (Missing(_WHAT, "scikit-learn is not installed: the extra `traffic` has it", 1.0),)
    similar = [
        _similar(whole, asked, near, threshold, ttl)
        for (threshold, near), ttl in product(zip(thresholds, gaps, strict=True), TTLS)
    ]
    hits = [
        Hits("semantic", each.ttl, round(each.share * each.questions), each.share, each.usd, Basis.ESTIMATED)
        for each in similar
        if each.threshold == logs.asked.similar
    ]
    return tuple(hits), tuple(similar), ()


def _spelt(logs: Logs, sql: str) -> str:
    return sql if logs.engine.name == "duckdb" else sql.replace('"user"', "`user`")


def _similar(
    whole: Record, asked: Sequence[Record], gaps: Sequence[float], threshold: float, ttl: int | None
) -> Similar:
    most = float("inf") if ttl is None else float(ttl)
    hits = [row for row, gap in zip(asked, gaps, strict=True) if gap <= most and gap != float("inf")]
    share, part = len(hits) / len(asked), Part(1.0, len(asked), len(hits))
    spent = sum(row["usd"] for row in asked)
    of = sum(row["usd"] for row in hits) / spent if spent else 0.0
    return Similar(
        threshold=threshold,
        ttl=ttl,
        share=share,
        low=lower([part], _RISK),
        high=upper([part], _RISK),
        usd=usd(whole["usd"]) * of,
        sampled=len(asked),
        questions=whole["n"],
    )


def _gaps(logs: Logs, count: int, thresholds: Sequence[float]) -> tuple[list[Record], list[list[float]]]:
    """The sample, and for each threshold the seconds since the last question that is as near as that.

    Infinite: there was none before. Questions at the same moment count as asked before by their numbers.
    """
    import numpy as np

    asked: list[Record] = []
    groups: dict[tuple[str, str], _Group] = {}
    nearest = np.full((len(thresholds), min(SAMPLE, count)), np.inf)
    for rows in _slices(logs, count):
        members: dict[tuple[str, str], list[Record]] = {}
        for row in rows:
            members.setdefault((row["scope"], row["model"]), []).append(row)
        if not asked:
            asked = rows[:SAMPLE]
            groups = dict(_groups(asked, members))
        for key, group in groups.items():
            if own := members.get(key):
                _compare(group, own, thresholds, nearest)
    return asked, nearest[:, : len(asked)].tolist()


def _slices(logs: Logs, count: int) -> Iterator[list[Record]]:
    """All questions, about `SLICE` at a time."""
    parts = -(-count // SLICE)
    edges = [_LEAST + (_MOST - _LEAST) * number // parts for number in range(parts + 1)]
    for low, high in pairwise(edges):
        rows = logs.rows(_spelt(logs, _SLICE.format(low=low, high=high)))
        if rows:
            yield rows


def _groups(
    asked: Sequence[Record], members: dict[tuple[str, str], list[Record]]
) -> Iterator[tuple[tuple[str, str], _Group]]:
    """The sample by prompt and model; words are weighted by the group's questions in the first slice."""
    import numpy as np

    numbers: dict[tuple[str, str], list[int]] = {}
    for at, row in enumerate(asked):
        numbers.setdefault((row["scope"], row["model"]), []).append(at)
    for key, own in numbers.items():
        made = vectors.fitted([row["said"] for row in members[key]])
        if made is not None:
            times = np.array([_seconds(asked[at]["time"]) for at in own])
            yield key, _Group(made([asked[at]["said"] for at in own]), made, times, np.array(own))


def _seconds(time: datetime) -> float:
    return (time - datetime(1970, 1, 1)).total_seconds()  # times of the table have no zone


def _compare(group: _Group, rows: Sequence[Record], thresholds: Sequence[float], nearest: Any) -> None:
    """Lower the gaps of a group's questions by those of `rows` that were asked before."""
    import numpy as np

    times = np.array([_seconds(row["time"]) for row in rows])
    near = (group.matrix @ group.made([row["said"] for row in rows]).T).tocoo()
    is_near = near.data >= thresholds[0] - _ROUNDING
    one, other, value = near.row[is_near], near.col[is_near], near.data[is_near]
    gaps = group.seconds[one] - times[other]
    for number, threshold in enumerate(thresholds):
        before = (value >= threshold - _ROUNDING) & (gaps > 0)
        np.minimum.at(nearest[number], group.at[one[before]], gaps[before])


_ROUNDING = 1e-9  # of the cosine of two texts that are equal
