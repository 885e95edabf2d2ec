"""Which templates made the calls that no prompt of the repository explains, told by likeness."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from promptlint.traffic.engines import Engine
from promptlint.traffic.texts import WORDS
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

MODELS = 3
"""Models of a template that are named."""

_SHOWN = 160
_FILE = 2**44  # bytes: more than a file has

_TEXTS = f"""
SELECT t.key AS key, t.text AS text, t.characters AS characters, n.calls AS calls, n.usd AS usd,
 n.least AS least, n.most AS most, n.place AS place, n.prompt AS prompt FROM
(SELECT coalesce(system_hash, text_hash) AS key, min(coalesce("system", "user")) AS text,
 max(CASE WHEN system_hash IS NOT NULL THEN system_chars END) AS characters FROM calls
 WHERE match IS NULL AND coalesce("system", "user") IS NOT NULL
 GROUP BY coalesce(system_hash, text_hash)) AS t
JOIN (SELECT coalesce(system_hash, text_hash) AS key, sum(calls) AS calls, sum(usd_nano) AS usd,
 max(prompt_id) AS prompt, min(model) AS least, max(model) AS most,
 min(CAST(file AS BIGINT) * {_FILE} + "row") AS place FROM calls
 WHERE match IS NULL GROUP BY coalesce(system_hash, text_hash)) AS n ON t.key = n.key
ORDER BY calls DESC, key LIMIT {SAMPLE}
"""  # noqa: S608  # numbers of ours

_ALL = "SELECT sum(calls) AS calls FROM calls WHERE match IS NULL AND text_hash IS NOT NULL"

Place = Callable[[int, int], str]
"""Says where a row is: from a file's number and the row."""


class _Template:
    """Texts that are alike: their common words in order (or hashes of them), and their calls."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.words = row["text"].split()[:WORDS]
        self.key, self.characters, self.prompt = row["key"], row["characters"], row["prompt"] or ""
        self.calls, self.usd, self.place = row["calls"], row["usd"], row["place"]
        self.models = _models(row)

    def add(self, row: dict[str, Any]) -> bool:
        """Take a text in if it is like the others."""
        words = row["text"].split()[:WORDS]
        fixed = [word for word in self.words if word != "…"]
        common = _common(fixed, words)
        if len(common) < LIKE * max(1, min(len(words), len(fixed))):
            return False
        self.words = list(_with_gaps(words, common))
        self.calls += row["calls"]
        self.usd = None if self.usd is None and row["usd"] is None else (self.usd or 0) + (row["usd"] or 0)
        self.place = min(self.place, row["place"])
        self.models |= _models(row)
        return True


def _models(row: dict[str, Any]) -> set[str]:
    return {row[name] for name in ("least", "most") if row[name]}


def templates(engine: Engine, place: Place, words: bool) -> tuple[tuple[Unmatched, ...], float]:
    """The largest templates of unmatched calls, and the share of those calls that they were sorted from.

    Args:
        engine: with the calls; where texts are not kept they have hashes of words in their place.
        place: says where the first call of a template is.
        words: whether to show the words that calls have in common; only where texts are kept.
    """
    every = engine.query(_ALL).to_pylist()[0]["calls"] or 0
    rows = engine.query(_TEXTS).to_pylist()
    found: list[_Template] = []
    seen = 0
    for row in rows:
        seen += row["calls"]
        if not any(template.add(row) for template in found) and len(found) < TEMPLATES:
            found.append(_Template(row))
    found.sort(key=lambda each: (-each.calls, each.key))
    return tuple([_said(each, place, words) for each in found]), seen / every if every else 1.0


def _said(template: _Template, place: Place, words: bool) -> Unmatched:
    text = " ".join(template.words)
    is_shown = words and template.calls >= FEWEST
    return Unmatched(
        begins=text[:_SHOWN] + ("…" if len(text) > _SHOWN else "") if is_shown else "",
        prompt=template.prompt,
        hash=template.key,
        characters=template.characters,
        models=tuple(sorted(template.models)[:MODELS]),
        first=place(*divmod(template.place, _FILE)),
        calls=template.calls,
        usd=None if template.usd is None else template.usd * NANO,
    )


def _common(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """The longest common words in order; both are at most `WORDS` long."""
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
