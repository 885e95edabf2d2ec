"""Finds passages that other prompts of the run may have, too; `sharing.told` says which of them do."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.model import Hit
from promptlint.passages import passages
from promptlint.records import dataclass
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Params:
    """When to speak.

    Attributes:
        min_words: words that the passages that two prompts share must have in all.
    """

    min_words: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each passage; whether they are long enough is seen when it is known which are shared."""
    for span in passages(view):
        yield Hit(span, "others may have it, too")
