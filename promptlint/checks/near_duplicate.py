"""Finds sentences that say what an earlier one says in almost the same words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial

from promptlint.model import Hit, Safety
from promptlint.patterns import lazy
from promptlint.places import Places, places
from promptlint.records import dataclass
from promptlint.statements import LONGEST, Repeat, Statement, hits, statements, twin
from promptlint.view import View
from promptlint.wording import gist, words

_STRONG = lazy(r"\b(?:must|shall|always|never|not|required|mandatory|critical|important)\b", re.IGNORECASE)
_SOFT = lazy(r"\b(?:should|try|please|prefer|ideally|may|can)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Params:
    """When two sentences are one.

    Attributes:
        min_words: least number of words that carry the meaning.
        same: words that may stand for each other here.
    """

    min_words: int
    same: Mapping[str, str]


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each restated passage; equal sentences are left to the rule for repeated ones."""
    if len(view.text) > LONGEST:
        return
    ground = places(view.prompt)
    yield from hits(_repeats(view, params, ground), ground, "says again in almost the same words")


def _repeats(view: View, params: Params, ground: Places) -> Iterator[Repeat]:
    seen: dict[tuple[tuple[str, ...], ...], list[Statement]] = {}
    wordings: set[tuple[str, ...]] = set()
    gists = _gists(tuple(params.same.items()))
    for statement in statements(view):
        said = gists(statement.text)
        if sum(map(len, said)) < params.min_words:
            continue
        wording = words(statement.text)
        earlier = seen.get(said)
        if earlier is None:
            seen[said] = [statement]
            wordings.add(wording)
            continue
        first = twin(view, statement, earlier) if wording not in wordings else None
        earlier.append(statement)
        wordings.add(wording)
        if first is not None:
            kept, gone = (first, statement) if _force(first) >= _force(statement) else (statement, first)
            yield Repeat(kept, gone, Safety.UNSAFE)


@lru_cache(maxsize=4)
def _gists(same: tuple[tuple[str, str], ...]) -> Callable[[str], tuple[tuple[str, ...], ...]]:
    """`gist` with these synonyms, remembered: prompts of a repository share sentences."""
    return lru_cache(maxsize=1 << 12)(partial(gist, same=dict(same)))


def _force(statement: Statement) -> int:
    """How strongly it is said: the stronger of two wordings must survive."""
    if _STRONG.search(statement.text):
        return 2
    return 0 if _SOFT.search(statement.text) else 1
