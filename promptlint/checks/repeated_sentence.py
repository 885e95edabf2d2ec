"""Finds sentences and list items that say word for word what an earlier one says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from promptlint.model import Hit, Safety
from promptlint.places import places
from promptlint.statements import Statement, is_near, restated, statements, twin, without
from promptlint.view import View
from promptlint.wording import words


@dataclass(frozen=True, slots=True)
class Params:
    """How long a sentence must be.

    Attributes:
        min_words: next to its twin, or in one list or paragraph with it.
        min_words_apart: anywhere else.
    """

    min_words: int
    min_words_apart: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each later sentence; safe to delete only near its twin."""
    ground = places(view.prompt)
    seen: dict[tuple[str, ...], list[Statement]] = {}
    for statement in statements(view.blocks, ground):
        key = words(statement.text)
        if sum(any(map(str.isalpha, word)) for word in key) < params.min_words:
            continue
        earlier = seen.setdefault(key, [])
        first = twin(statement, reversed(earlier)) if earlier else None
        earlier.append(statement)
        if first is None:
            continue
        near = is_near(first, statement, ground)
        if near or len(key) >= params.min_words_apart:
            claim = Safety.SAFE if near else Safety.UNSAFE
            fix = without(statement, first, ground, claim)
            yield restated(statement, first, "repeats word for word", fix)
