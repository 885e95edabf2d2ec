"""What the items of a contract are called in the comment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from promptlint.changes import Item, Move
from promptlint.style import number

NOUNS = {
    "requirement": ("requirement", "requirements"),
    "heading": ("heading", "headings"),
    "slot": ("slot", "slots"),
    "label": ("label", "labels"),
    "field": ("field", "fields"),
    "url": ("address", "addresses"),
    "code": ("piece of code", "pieces of code"),
    "example": ("example", "examples"),
}
"""What an item of a contract is called, once and often; others are items."""

_ITEM = ("item", "items")


def noun(item: Item | Move, count: int = 1) -> str:
    """What an item of a contract is called."""
    return NOUNS.get(item.what, _ITEM)[count != 1]


def items_words(items: Sequence[Item | Move]) -> str:
    """How many items of each kind: `2 requirements, 1 slot`."""
    counts = Counter(NOUNS.get(item.what, _ITEM) for item in items)
    return ", ".join(f"{number(count)} {names[count != 1]}" for names, count in counts.items())
