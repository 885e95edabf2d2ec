"""Finds examples that are sorted by their label, so that the order tells the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from promptlint.breaches.fields import Field, fields
from promptlint.model import Hit, Span
from promptlint.records import dataclass
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Params:
    """When examples count as sorted.

    Attributes:
        min_block: examples of one label in a row that make a block.
        min_blocks: least number of blocks.
        min_share: least share of the examples that are in blocks, 0 to 1.
    """

    min_block: int
    min_blocks: int
    min_share: float


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for a group of examples, over all of them."""
    done: set[Span] = set()
    for field in fields(view):
        group = field.said[0].shot.group
        if group in done or field.nested or not _is_label(field):
            continue
        blocks = _blocks(_labels(field))
        long = [size for _, size in blocks if size >= params.min_block]
        labels = len({label for label, _ in blocks})
        sorted_enough = len(blocks) <= labels + 1 and sum(long) >= params.min_share * len(field.said)
        if len(long) >= params.min_blocks and sorted_enough:
            done.add(group)
            shots = [said.shot.span for said in field.said]
            yield Hit(Span(shots[0].start, shots[-1].end), _message(blocks))


def _is_label(field: Field) -> bool:
    """True for the answer itself, a column or line of it, and a key whose values are declared."""
    return not field.name or field.name[0] == "#" or bool(field.choices) or field.said[0].shot.literal is None


def _labels(field: Field) -> list[str]:
    """The values; one that says more than a label that others give counts as that label."""
    values = [said.value for said in field.said]
    counts = Counter(values)
    common = [value for value, count in counts.items() if count > 1]
    return [value if counts[value] > 1 else _like(value, common) for value in values]


def _like(value: str, common: Sequence[str]) -> str:
    words = value.split()
    return next((one for one in common if one in (words[0], words[-1])), value) if words else value


def _blocks(values: Sequence[str]) -> list[tuple[str, int]]:
    return [(label, len(list(group))) for label, group in groupby(values)]


def _message(blocks: Sequence[tuple[str, int]]) -> str:
    said = ", ".join(f"{size} × {label[:20]}" for label, size in blocks[:4])
    return f"these examples are sorted by label ({said}{', …' if len(blocks) > 4 else ''}); mix them"
