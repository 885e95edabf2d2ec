"""One module a format of logs, each a table from its keys to the columns of the normalized table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Any

from promptlint.records import dataclass
from promptlint.traffic.sources import buckets, chat, langfuse, litellm, normalized, otel
from promptlint.traffic.sources.whole import Fields, Row, Settle

if TYPE_CHECKING:
    from promptlint.traffic.mapping import Mapped


@dataclass(frozen=True, slots=True)
class Source:
    """A format: whether a record is of it, and the rows that it gives.

    `table` and `settle` are for `shapes.read`: the table of records with some keys, and what follows it.
    """

    name: str
    fits: Callable[[dict[str, Any]], bool]
    read: Callable[[dict[str, Any]], Iterator[Row]]
    table: Callable[[Collection[str]], Fields] | None = None
    settle: Settle | None = None


_MODULES = (otel, litellm, langfuse, normalized, buckets)

SOURCES = (
    *[Source(each.NAME, each.fits, each.read) for each in _MODULES],
    Source(chat.NAME, chat.fits, chat.read, chat.table, chat.settle),
)
"""All formats; the first that fits counts."""


def reader_of(record: dict[str, Any], mapping: Mapped | None) -> Source | None:
    """The format of a record; with a mapping it is that. None: none is known."""
    if mapping is not None:
        return Source("mapped", bool, mapping.read)
    if "data" in record:  # the one format that is told by more than its keys
        return _found(record)
    keys = tuple(record)
    if keys not in _KNOWN:
        if len(_KNOWN) >= _MOST:
            _KNOWN.clear()
        _KNOWN[keys] = _found(record)
    return _KNOWN[keys]


_KNOWN: dict[tuple[str, ...], Source | None] = {}
_MOST = 1_024


def _found(record: dict[str, Any]) -> Source | None:
    return next((source for source in SOURCES if source.fits(record)), None)
