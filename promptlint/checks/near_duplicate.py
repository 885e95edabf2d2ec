"""Finds sentences that say what an earlier one says in almost the same words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from promptlint.model import Hit, Safety
from promptlint.places import places
from promptlint.statements import Statement, restated, statements, twin, without
from promptlint.view import View
from promptlint.wording import gist, words


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
    """One hit for each later sentence; equal ones are left to the rule for repeated sentences."""
    ground = places(view.prompt)
    seen: dict[tuple[tuple[str, ...], ...], list[Statement]] = {}
    for statement in statements(view.blocks, ground):
        said = gist(statement.text, params.same)
        if sum(map(len, said)) < params.min_words:
            continue
        earlier = seen.setdefault(said, [])
        first = twin(statement, earlier) if earlier else None
        earlier.append(statement)
        if first is None or any(words(each.text) == words(statement.text) for each in earlier[:-1]):
            continue
        fix = without(statement, first, ground, Safety.UNSAFE)
        yield restated(statement, first, "says again in other words", fix)
