"""Reads a file of judged pairs strictly: what was left out, doubled or changed would bend the bounds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path

from promptlint import documents
from promptlint.errors import UsageError
from promptlint.records import dataclass
from promptlint.traffic.threshold.curves import EDGES
from promptlint.traffic.threshold.pairs import PROMPTS, QUESTIONS, SHOWN, Pair

_MOST_BYTES = 500_000_000
_MOST_LINES = PROMPTS * QUESTIONS


@dataclass(frozen=True, slots=True)
class _Placed:
    """A pair and where it stands, as messages say it."""

    pair: Pair
    where: str


def read(path: Path) -> tuple[Pair, ...]:
    """The pairs of a file, judged or open.

    Raises:
        UsageError: it cannot be read, or is not what was written but for `same`; the line is named.
    """
    found = list(_pairs(path))
    if not found:
        raise UsageError(f"{path}: no pairs")
    seen: dict[tuple[str, ...], str] = {}
    for each in found:
        key = (each.pair.prompt, each.pair.model, each.pair.question)  # it has one nearest
        if key in seen and len(each.pair.question) <= SHOWN:  # longer ones are cut
            raise UsageError(f"{each.where}: the same pair as {seen[key]}")
        seen[key] = each.where
    _same(found, path)
    return tuple([each.pair for each in found])


def _pairs(path: Path) -> Iterator[_Placed]:
    lines = documents.data_of(path, _MOST_BYTES).removeprefix(b"\xef\xbb\xbf").splitlines()
    if len(lines) > _MOST_LINES:
        raise UsageError(f"{path}: more than {_MOST_LINES:,} lines")
    for number, line in enumerate(lines, 1):
        if line.strip():
            where = f"{path}:{number}"
            pair = documents.from_json(Pair, documents.strict_json(line, where), where)
            _check(pair, where)
            yield _Placed(pair, where)


def _check(pair: Pair, where: str) -> None:
    sizes = 0 < pair.sampled <= pair.population <= pair.questions - pair.equal <= QUESTIONS
    if not (sizes and pair.equal >= 0):
        raise UsageError(f"{where}: {pair.sampled} pairs of {pair.population} of {pair.questions} questions")
    at = bisect_right(EDGES, pair.similarity)
    if not (at and pair.similarity <= 1 and EDGES[at - 1] == pair.stratum):
        raise UsageError(f"{where}: a similarity of {pair.similarity:g} is not in stratum {pair.stratum:g}")


def _same(found: Sequence[_Placed], path: Path) -> None:
    """Whether lines that must agree do, and none is missing."""
    known: dict[tuple[object, ...], object] = {}
    counts: dict[tuple[str, float], int] = {}
    sizes: dict[str, int] = {}
    for each in found:
        pair = each.pair
        stratum = (pair.prompt, pair.stratum)
        facts = {
            ("vectors",): pair.vectors,
            ("prompt", pair.prompt): (pair.questions, pair.equal, pair.in_repository),
            ("stratum", *stratum): (pair.population, pair.sampled),
        }
        for key, value in facts.items():
            if known.setdefault(key, value) != value:
                raise UsageError(f"{each.where}: what it says of its {key[0]} is not as on a line before")
        if stratum not in counts:
            sizes[pair.prompt] = sizes.get(pair.prompt, 0) + pair.population
        counts[stratum] = counts.get(stratum, 0) + 1
        if sizes[pair.prompt] > pair.questions - pair.equal:
            raise UsageError(f"{each.where}: its strata have more questions than the prompt")
    for each in found:
        there = counts[each.pair.prompt, each.pair.stratum]
        if there != each.pair.sampled:
            raise UsageError(
                f"{path}: {each.pair.sampled} pairs of stratum {each.pair.stratum:g} were written, {there} "
                "are here: leave a pair open (null) rather than take it out"
            )
