"""A table of the document of `promptlint traffic`, before it is Markdown or HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """One table: cells are text; columns in `names` are hostile, those in `right` are numbers."""

    key: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    names: tuple[int, ...] = (0,)
    right: tuple[int, ...] = ()


def table(
    key: str,
    title: str,
    heads: Sequence[str],
    rows: Iterable[tuple[str, ...]],
    names: Sequence[int] = (0,),
    right: Sequence[int] = (),
) -> Table:
    """A table; the first column holds names of a log unless it is said otherwise."""
    return Table(key, title, tuple(heads), tuple(rows), tuple(names), tuple(right))
