"""Pairs of logged questions to judge: sampled by similarity, written for people to fill in, read back."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from promptlint import documents, jsondoc
from promptlint.documents import said
from promptlint.errors import UsageError
from promptlint.records import dataclass
from promptlint.traffic.engines import Engine
from promptlint.traffic.hashing import normal
from promptlint.traffic.threshold.curves import EDGES, Curve, Stratum, curve

QUESTIONS = 3_000
"""Questions of one prompt that are compared, the first ones in time."""

PROMPTS = 20
"""Prompts, those of most questions first."""

SAME_ANSWER = 0.8
"""Cosine from which two logged answers count as the same: assumed."""

_MOST_BYTES = 200_000_000
_ROWS = 20_000
_WORD = r"(?u)\b\w+\b"

_SCOPES = """
SELECT coalesce(prompt_id, system_hash, '') AS scope, count(*) AS n FROM calls
WHERE "user" IS NOT NULL AND error IS NULL GROUP BY coalesce(prompt_id, system_hash, '')
ORDER BY n DESC, scope LIMIT {most}
"""

_ASKED = """
SELECT coalesce(prompt_id, system_hash, '') AS scope, model, "user" AS question, answer FROM calls
WHERE "user" IS NOT NULL AND error IS NULL AND coalesce(prompt_id, system_hash, '') IN
(SELECT scope FROM threshold_scopes) ORDER BY scope, model, time, delivery
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with the nearest earlier one, to be judged."""

    prompt: str = said("The prompt's id, or the hash of its system text.")
    questions: int = said("Questions of this prompt that were compared.")
    stratum: float = said("The least similarity of the stratum.")
    population: int = said("Questions of the stratum.")
    similarity: float = said("Cosine of the two.")
    question: str = said("The question, masked.")
    earlier: str = said("The earlier one, masked.")
    answer: str = said("The answer to the question, masked; empty: not logged.")
    earlier_answer: str = said("What a cache would have answered.")
    same: bool | None = said("To be filled in: whether the earlier answer would have done.")


def sampled(engine: Engine, each: int, seed: int = 0) -> tuple[Pair, ...]:
    """Up to `each` pairs of every stratum of every prompt; texts must have been kept.

    Raises:
        UsageError: no texts were kept, or scikit-learn is not installed.
    """
    engine.put("threshold_scopes", engine.query(_SCOPES.format(most=PROMPTS)).select(["scope"]))
    rows = engine.query(_ASKED).to_pylist()
    if not rows:
        raise UsageError("no texts of questions: the logs have none, or --no-text was given")
    chosen = random.Random(seed)  # noqa: S311  # a sample, not a secret
    found: list[Pair] = []
    for scope, group in groupby(rows, key=lambda row: row["scope"]):
        found += _of_prompt(scope, list(group)[:QUESTIONS], each, chosen)
    return tuple(found)


def _of_prompt(
    scope: str, rows: Sequence[dict[str, Any]], each: int, chosen: random.Random
) -> Iterator[Pair]:
    strata: dict[float, list[tuple[float, int, int]]] = {}
    start = 0
    for _, group in groupby(rows, key=lambda row: row["model"]):
        size = len(list(group))
        for value, one, other in _nearest([row["question"] for row in rows[start : start + size]]):
            at = bisect_right(EDGES, value) - 1
            if at >= 0:
                strata.setdefault(EDGES[at], []).append((value, start + one, start + other))
        start += size
    for low, members in sorted(strata.items()):
        for value, one, other in sorted(chosen.sample(members, min(each, len(members)))):
            yield Pair(
                prompt=scope,
                questions=len(rows),
                stratum=low,
                population=len(members),
                similarity=round(value, 6),
                question=rows[one]["question"],
                earlier=rows[other]["question"],
                answer=rows[one]["answer"] or "",
                earlier_answer=rows[other]["answer"] or "",
                same=None,
            )


def _nearest(texts: Sequence[str]) -> Iterator[tuple[float, int, int]]:
    """For each text that is no repeat: the similarity of the nearest earlier one, and both numbers."""
    vectors = _vectors([normal(text).decode("utf-8", "replace") for text in texts])
    if vectors is None:
        return
    near = (vectors @ vectors.T).tocsr()
    seen: dict[bytes, int] = {}
    for one, text in enumerate(texts):
        folded = normal(text)
        if folded in seen:
            continue
        seen[folded] = one
        row = near.getrow(one)
        earlier = [
            (float(value), other) for other, value in zip(row.indices, row.data, strict=True) if other < one
        ]
        if earlier:
            value, other = max(earlier, key=lambda item: (item[0], -item[1]))
            yield min(value, 1.0), one, int(other)


def _vectors(texts: Sequence[str]) -> Any:  # a sparse matrix of scipy, or None
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError as error:
        raise UsageError("similarity needs the extra: pip install 'promptlint-toolchain[traffic]'") from error
    try:
        return TfidfVectorizer(sublinear_tf=True, token_pattern=_WORD).fit_transform(texts)
    except ValueError:  # no words in any of them
        return None


def judged(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """The pairs with both answers, judged by whether these are alike: estimated, not a person's word."""
    from dataclasses import replace

    both = [pair for pair in pairs if pair.answer and pair.earlier_answer]
    vectors = (
        _vectors([text for pair in both for text in (pair.answer, pair.earlier_answer)]) if both else None
    )
    if vectors is None:
        return ()
    alike = [float((vectors[2 * at] @ vectors[2 * at + 1].T).toarray()[0][0]) for at in range(len(both))]
    return tuple([replace(pair, same=value >= SAME_ANSWER) for pair, value in zip(both, alike, strict=True)])


def text(pairs: Sequence[Pair]) -> str:
    """The pairs as JSON lines."""
    return "".join(jsondoc.dumps(documents.to_json(pair), None) + "\n" for pair in pairs)


def read(path: Path) -> tuple[Pair, ...]:
    """The pairs of a file, filled in or not.

    Raises:
        UsageError: it cannot be read, or a line is no pair; the message names it.
    """
    lines = documents.data_of(path, _MOST_BYTES).splitlines()
    if len(lines) > _ROWS:
        raise UsageError(f"{path}: more than {_ROWS:,} lines")
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            where = f"{path}:{number}"
            pair = documents.from_json(Pair, documents.strict_json(line, where), where)
            if pair.stratum not in EDGES or not 0 < pair.population <= pair.questions:
                raise UsageError(f"{where}: no pair that promptlint wrote")
            found.append(pair)
    return tuple(found)


def curves(pairs: Sequence[Pair], limit: float) -> tuple[Curve, ...]:
    """The curve of every prompt of the pairs, by what was filled in."""
    made = []
    ordered = sorted(pairs, key=lambda pair: (pair.prompt, pair.stratum))
    for prompt, group in groupby(ordered, key=lambda pair: pair.prompt):
        members = list(group)
        strata = []
        for low, items in groupby(members, key=lambda pair: pair.stratum):
            known = list(items)
            marks = [pair.same for pair in known if pair.same is not None]
            strata.append(Stratum(low, known[0].population, len(marks), marks.count(False)))
        made.append(curve(prompt, members[0].questions, strata, limit))
    return tuple(made)
