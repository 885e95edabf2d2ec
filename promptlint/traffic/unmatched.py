"""Which templates made the calls that no prompt of the repository explains, told by likeness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from promptlint.traffic.engines import Engine
from promptlint.traffic_overview import Unmatched

NANO = 1e-9

SAMPLE = 1_000
"""Texts that are compared, those of most calls first."""

TEMPLATES = 50
"""Templates that are told apart; what is like none of them is not sorted."""

LIKE = 0.5
"""Share of the words at the beginning, in order, that texts of one template have in common, at least."""

FEWEST = 5
"""Calls that must share words before they are shown: what fewer share may be somebody's own."""

_WORDS = 60
_SHOWN = 160

_TEXTS = f"""
SELECT t.key AS key, t.text AS text, n.calls AS calls, n.usd AS usd FROM
(SELECT coalesce(system_hash, text_hash) AS key, min(system) AS text FROM calls
 WHERE match IS NULL AND system IS NOT NULL GROUP BY coalesce(system_hash, text_hash)) AS t
JOIN (SELECT coalesce(system_hash, text_hash) AS key, sum(calls) AS calls, sum(usd_nano) AS usd FROM calls
 WHERE match IS NULL GROUP BY coalesce(system_hash, text_hash)) AS n ON t.key = n.key
ORDER BY calls DESC, key LIMIT {SAMPLE}
"""  # noqa: S608  # a number of ours

_ALL = "SELECT sum(calls) AS calls FROM calls WHERE match IS NULL AND text_hash IS NOT NULL"


class _Template:
    """Texts that are alike: their common words in order, and their calls."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.words = row["text"].split()[:_WORDS]
        self.calls, self.usd, self.key = row["calls"], row["usd"], row["key"]

    def add(self, row: dict[str, Any]) -> bool:
        """Take a text in if it is like the others."""
        words = row["text"].split()[:_WORDS]
        fixed = [word for word in self.words if word != "…"]
        common = _common(fixed, words)
        if len(common) < LIKE * max(1, min(len(words), len(fixed))):
            return False
        self.words = list(_with_gaps(words, common))
        self.calls += row["calls"]
        self.usd = None if self.usd is None and row["usd"] is None else (self.usd or 0) + (row["usd"] or 0)
        return True


def templates(engine: Engine) -> tuple[tuple[Unmatched, ...], float]:
    """The largest templates of unmatched calls, and the share of those calls that they were sorted from."""
    every = engine.query(_ALL).to_pylist()[0]["calls"] or 0
    rows = engine.query(_TEXTS).to_pylist()
    found: list[_Template] = []
    seen = 0
    for row in rows:
        seen += row["calls"]
        if not any(template.add(row) for template in found) and len(found) < TEMPLATES:
            found.append(_Template(row))
    found.sort(key=lambda each: (-each.calls, each.key))
    return tuple([_said(each) for each in found]), seen / every if every else 1.0


def _said(template: _Template) -> Unmatched:
    text = " ".join(template.words)
    return Unmatched(
        begins=(text[:_SHOWN] + ("…" if len(text) > _SHOWN else "")) if template.calls >= FEWEST else "",
        hash=template.key,
        calls=template.calls,
        usd=None if template.usd is None else template.usd * NANO,
    )


def _common(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """The longest common words in order; both are at most `_WORDS` long."""
    rows = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i in range(len(first) - 1, -1, -1):
        for j in range(len(second) - 1, -1, -1):
            same = first[i] == second[j]
            rows[i][j] = rows[i + 1][j + 1] + 1 if same else max(rows[i + 1][j], rows[i][j + 1])
    found, i, j = [], 0, 0
    while i < len(first) and j < len(second):
        if first[i] == second[j]:
            found.append(first[i])
            i, j = i + 1, j + 1
        elif rows[i + 1][j] >= rows[i][j + 1]:
            i += 1
        else:
            j += 1
    return found


def _with_gaps(words: Sequence[str], common: Sequence[str]) -> Iterator[str]:
    """The common words, with one `…` for each run of others between them."""
    at, gap = 0, False
    for word in words:
        if at < len(common) and word == common[at]:
            yield word
            at, gap = at + 1, False
        elif not gap:
            yield "…"
            gap = True
