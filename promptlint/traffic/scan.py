"""The one function of all engines: a batch of raw records in, a batch of rows of the normalized table out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from promptlint.traffic import masking, table
from promptlint.traffic.reading.rapid import loads
from promptlint.traffic.rows import Finisher
from promptlint.traffic.settings import Settings
from promptlint.traffic.sources import reader_of
from promptlint.traffic.sources.fields import Row

if TYPE_CHECKING:
    import pyarrow as pa

SYSTEMS = 200
"""Unmatched texts of one batch that are kept, each once."""


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

    rows: list[Row] = []
    shown: set[str] = set()
    columns = (batch.column(name).to_pylist() for name in ("file", "row", "line", "fault"))
    for file, number, line, fault in zip(*columns, strict=True):
        for row in _rows(line, fault, finisher):
            row["file"], row["row"] = file, number
            _show(row, shown)
            rows.append(row)
    arrays = [pa.array([row.get(field.name) for row in rows], field.type) for field in table.schema()]
    return pa.RecordBatch.from_arrays(arrays, schema=table.schema())


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
    if not isinstance(record, dict):
        yield _fault("no object")
        return
    source = reader_of(record, finisher.settings.mapping)
    if source is None:
        yield _fault("unknown shape")
        return
    for number, row in enumerate(source.read(record)):
        row["origin"] = source.name
        if row.get("fault") is None:
            finisher.finish(row, line if not number else b"%d|%s" % (number, line))
        else:
            row.setdefault("calls", 1)
        yield row


def _fault(kind: str) -> Row:
    return {"fault": kind, "calls": 1}


def _show(row: Row, shown: set[str]) -> None:
    """Keep the text of the first call of the batch that an unmatched prompt made."""
    text = row.pop("unmatched", None)
    if text:
        key = row.get("system_hash") or row.get("normal_hash")
        if isinstance(key, str) and key not in shown and len(shown) < SYSTEMS:
            shown.add(key)
            row["system"] = masking.text(text)
