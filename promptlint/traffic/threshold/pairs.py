"""Pairs of logged questions to judge: sampled by similarity, and written for people to fill in."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from promptlint import documents, jsondoc
from promptlint.documents import said
from promptlint.errors import UsageError
from promptlint.records import dataclass
from promptlint.traffic.engines import Engine
from promptlint.traffic.findings.base import Record
from promptlint.traffic.threshold import vectors
from promptlint.traffic.threshold.curves import EDGES
from promptlint.traffic.threshold.vectors import Vectors, folded

QUESTIONS = 3_000
"""Questions of one prompt that are compared, the first ones in time."""

PROMPTS = 20
"""Prompts, those of most questions first."""

LONGEST = 8_000
"""Characters of a question that is compared; longer ones are left out."""

SHOWN = 4_000
"""Characters of a text that a pair shows."""

_FIRST = '"user" IS NOT NULL AND error IS NULL AND time IS NOT NULL AND coalesce(turn, 1) <= 1'
"""Later turns of a conversation mean something only with what was said before."""

_SCOPE = "coalesce(prompt_id, system_hash, '')"

_SCOPES = f"""
SELECT {_SCOPE} AS scope, count(match) AS matched, count(*) AS n FROM calls WHERE {_FIRST}
GROUP BY {_SCOPE} ORDER BY n DESC, scope LIMIT {PROMPTS}
"""  # noqa: S608  # ours

_ASKED = f"""
SELECT coalesce(c.model, '') AS model, c."user" AS question, substr(c.answer, 1, {LONGEST}) AS answer
FROM calls AS c JOIN threshold_scope AS s ON {_SCOPE} = s.scope
WHERE {_FIRST} AND length(c."user") <= {LONGEST} ORDER BY c.time, c.delivery LIMIT {QUESTIONS}
"""  # noqa: S608  # ours


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with the nearest earlier one; all but `same` is promptlint's."""

    same: bool | None = said("To be filled in: whether the earlier answer would have done. null: open.")
    question: str = said("The question, masked.")
    earlier: str = said("The earlier one, masked.")
    answer: str = said("The answer to the question, masked; empty: not logged.")
    earlier_answer: str = said("What a cache would have answered.")
    similarity: float = said("Cosine of the two questions.")
    prompt: str = said("The prompt's id, or the hash of its system text.")
    in_repository: bool = said("Whether the repository has the prompt.")
    model: str = said("The model that answered both; empty: not logged.")
    questions: int = said("Questions of this prompt that were compared.")
    equal: int = said("Of them, those that are equal to an earlier one.")
    stratum: float = said("The least similarity of the stratum.")
    population: int = said("Questions of the stratum.")
    sampled: int = said("Of them, how many are in this file.")
    vectors: str = said("What cosines are of.")


def sampled(engine: Engine, each: int, name: str, seed: int = 0) -> Iterator[Pair]:
    """Up to `each` pairs of every stratum of every prompt, in random order, answers in full.

    Args:
        engine: of logs whose texts are kept.
        each: pairs of a stratum, each with the same chance.
        name: of the vectors.
        seed: of the sample.

    Raises:
        UsageError: no texts were kept, or what the vectors need is not there.
    """
    made = vectors.chosen(name)
    chosen = random.Random(seed)  # noqa: S311  # a sample, not a secret
    scopes = engine.query(_spelt(engine, _SCOPES))
    if not scopes.num_rows:
        raise UsageError("no first questions with their texts: the logs have none")
    for at in range(scopes.num_rows):
        row = scopes.slice(at, 1)
        engine.put("threshold_scope", row.select(["scope"]))
        rows: list[Record] = engine.query(_spelt(engine, _ASKED)).to_pylist()
        found = row.to_pylist()[0]
        given = replace(_EMPTY, prompt=found["scope"], in_repository=found["matched"] > 0, vectors=name)
        yield from _of_prompt(given, rows, each, made, chosen)


_EMPTY = Pair(None, "", "", "", "", 0.0, "", False, "", 0, 0, 0.0, 0, 0, "")


def _spelt(engine: Engine, sql: str) -> str:
    return sql if engine.name == "duckdb" else sql.replace('"user"', "`user`")


def _of_prompt(
    given: Pair, rows: Sequence[Record], each: int, made: Vectors, chosen: random.Random
) -> Iterator[Pair]:
    strata: dict[float, list[tuple[float, Record, Record]]] = {}
    distinct = 0
    ordered = sorted(rows, key=lambda row: row["model"])  # stable: by time
    for _, group in groupby(ordered, key=lambda row: row["model"]):
        first: dict[str, Record] = {}
        for row in group:
            first.setdefault(folded(row["question"]), row)
        members = list(first.values())
        distinct += len(members)
        for value, one, other in vectors.nearest(list(first), made):
            near = round(value, 6)
            if (at := bisect_right(EDGES, near)) > 0:
                strata.setdefault(EDGES[at - 1], []).append((near, members[one], members[other]))
    given = replace(given, questions=len(rows), equal=len(rows) - distinct)
    for low, found in sorted(strata.items()):
        count = min(each, len(found))
        whole = replace(given, stratum=low, population=len(found), sampled=count)
        for near, row, earlier in chosen.sample(found, count):
            yield replace(
                whole,
                model=row["model"],
                similarity=near,
                question=row["question"],
                earlier=earlier["question"],
                answer=row["answer"] or "",
                earlier_answer=earlier["answer"] or "",
            )


def judged(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """The pairs, judged by their logged answers: the same are those that are equal once folded.

    Answers that say the same in other words count as different, which errs to the safe side; a pair with an
    answer that was not logged stays open.
    """
    return tuple(
        [
            replace(pair, same=folded(pair.answer) == folded(pair.earlier_answer))
            if pair.answer and pair.earlier_answer
            else pair
            for pair in pairs
        ]
    )


def text(pairs: Iterable[Pair]) -> str:
    """The pairs as JSON lines, their texts cut to `SHOWN` characters."""
    return "".join(jsondoc.dumps(documents.to_json(_cut(pair)), None) + "\n" for pair in pairs)


def _cut(pair: Pair) -> Pair:
    texts = (pair.question, pair.earlier, pair.answer, pair.earlier_answer)
    question, earlier, answer, before = [_shown(each) for each in texts]
    return replace(pair, question=question, earlier=earlier, answer=answer, earlier_answer=before)


def _shown(value: str) -> str:
    return value if len(value) <= SHOWN else value[:SHOWN] + "…"
