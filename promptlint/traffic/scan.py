"""The one function of all engines: a batch of raw records in, a batch of rows of the normalized table out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import TYPE_CHECKING

from promptlint.traffic import masking, table
from promptlint.traffic.reading.rapid import loads
from promptlint.traffic.rows import Finisher
from promptlint.traffic.settings import Settings
from promptlint.traffic.sources import normalized, reader_of
from promptlint.traffic.sources.fields import Row

if TYPE_CHECKING:
    import pyarrow as pa

SYSTEMS = 200
"""Unmatched texts of one batch of which hashes of words are kept, each once."""

WORDS = 60
"""Words of each: as many as templates are told by."""

_NOTHING: Row = dict.fromkeys(table.NAMES)
_in_order = itemgetter(*table.NAMES)


def scanner(settings: Settings) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """`scan` under one run's settings, with what it remembers between batches: results are the same."""
    finisher = Finisher(settings)
    return lambda batch: _scan(batch, finisher)


def scan(batch: pa.RecordBatch, settings: Settings) -> pa.RecordBatch:
    """The rows of a batch of raw records (`table.raw_schema`), by `table.schema`.

    Pure: it depends on its arguments alone, and nothing is lost. A record gives at least one row; what is no
    call gives one with `fault`.
    """
    return _scan(batch, Finisher(settings))


def _scan(batch: pa.RecordBatch, finisher: Finisher) -> pa.RecordBatch:
    import pyarrow as pa

    shown: set[str] = set()
    values = []
    columns = (batch.column(name).to_pylist() for name in ("file", "row", "line", "fault"))
    for file, number, line, fault in zip(*columns, strict=True):
        for row in _rows(line, fault, finisher):
            row["file"], row["row"] = file, number
            if "unmatched" in row:
                _show(row, shown, finisher)
            values.append(_in_order(_NOTHING | row))
    schema = table.schema()
    found = zip(*values, strict=True) if values else [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(found, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _rows(line: bytes | None, fault: str | None, finisher: Finisher) -> Iterator[Row]:
    """The rows of one record."""
    if line is None:
        yield _fault(fault or "empty")
        return
    try:
        record = loads(line)
    except ValueError:
        yield _fault("broken JSON")
        return
    if record.__class__ is not dict:
        yield _fault("no object")
        return
    source = reader_of(record, finisher.settings.mapping)
    if source is None:
        yield _fault("unknown shape")
        return
    for number, row in enumerate(source.read(record)):
        row["origin"] = source.name
        if source.name == normalized.NAME and finisher.settings.texts != "keep":
            for name in table.TEXT_COLUMNS:
                row.pop(name, None)
        if row.get("fault") is None:
            finisher.finish(row, line if not number else b"%d|%s" % (number, line))
        else:
            row.setdefault("calls", 1)
        yield row


def _fault(kind: str) -> Row:
    return {"fault": kind, "calls": 1}


def _show(row: Row, shown: set[str], finisher: Finisher) -> None:
    """Keep hashes of the first words of the first call of the batch that an unmatched prompt made."""
    text = row.pop("unmatched", None)
    if text:
        key = row.get("system_hash") or row.get("normal_hash")
        if isinstance(key, str) and key not in shown and len(shown) < SYSTEMS:
            shown.add(key)
            words = masking.text(text).split()[:WORDS]
            row["system"] = " ".join(map(finisher.texts.hasher.text, words))
