"""Finds sentences and list items that say word for word what an earlier one says."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.contract import Modality
from promptlint.contract.clauses import read
from promptlint.model import Hit, Safety
from promptlint.places import Places, places
from promptlint.records import dataclass
from promptlint.statements import LONGEST, Repeat, Statement, hits, is_near, statements, twin
from promptlint.view import View
from promptlint.wording import words


@dataclass(frozen=True, slots=True)
class Params:
    """How long a sentence must be.

    Attributes:
        min_words: next to its twin, or as an item of the same list.
        min_words_apart: anywhere else.
    """

    min_words: int
    min_words_apart: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each repeated passage; safe to delete only near its twin."""
    if len(view.text) > LONGEST:
        return
    ground = places(view.prompt)
    yield from hits(_repeats(view, params, ground), ground, "repeats word for word")


def _instructs(statement: Statement) -> bool:
    """True if it asks for something: a fact may be an entry of a list, told again in its turn."""
    return any(clause.modality is not Modality.FACT for clause in read(statement.text))


def _repeats(view: View, params: Params, ground: Places) -> Iterator[Repeat]:
    seen: dict[tuple[str, ...], list[Statement]] = {}
    for statement in statements(view):
        key = words(statement.text)
        earlier = seen.get(key)
        if earlier is None:
            seen[key] = [statement]
            continue
        first = twin(view, statement, reversed(earlier))
        earlier.append(statement)
        if first is not None:
            count = sum(any(map(str.isalpha, word)) for word in key)
            near = count >= params.min_words and is_near(first, statement, ground)
            safe = near and (statement.order - first.order == 1 or _instructs(statement))
            claim = Safety.SAFE if safe else Safety.UNSAFE
            yield Repeat(first, statement, claim, weak=not near and count < params.min_words_apart)
