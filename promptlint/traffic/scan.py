"""The one function of all engines: a batch of raw records in, a batch of rows of the normalized table out.

Records of one shape are read at once (`sources.shapes`), the others one by one (`Source.read`), to the same
rows; what follows from their values is worked out column by column for all of them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from promptlint.traffic import table
from promptlint.traffic.reading.rapid import loads
from promptlint.traffic.rows import Finisher
from promptlint.traffic.settings import Settings
from promptlint.traffic.sources import normalized, reader_of, shapes
from promptlint.traffic.sources.shapes import Columns
from promptlint.traffic.sources.whole import Row

if TYPE_CHECKING:
    import pyarrow as pa

Record = dict[str, Any]
"""An object of JSON; its values are of any type."""


def scanner(settings: Settings) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """`scan` under one run's settings, with what it remembers between batches: results are the same."""
    finisher = Finisher(settings)
    return lambda batch: _scan(batch, finisher)


def scan(batch: pa.RecordBatch, settings: Settings) -> pa.RecordBatch:
    """The rows of a batch of raw records (`table.raw_schema`), by `table.schema`, in no order.

    Pure: it depends on its arguments alone, and nothing is lost. A record gives at least one row; what is no
    call gives one with `fault`.
    """
    return _scan(batch, Finisher(settings))


class _Rows:
    """Rows as columns, and of each the number of its record and its line."""

    def __init__(self) -> None:
        self.columns: Columns = {}
        self.records: list[int] = []
        self.lines: list[bytes] = []

    def add(self, columns: Columns, records: Sequence[int], lines: Sequence[bytes]) -> None:
        """Take in rows; a column that either side lacks is None there."""
        before, more = len(self.records), len(records)
        for name in columns.keys() - self.columns.keys():
            self.columns[name] = [None] * before
        for name, values in self.columns.items():
            values.extend(columns.get(name) or [None] * more)
        self.records += records
        self.lines += lines

    def add_rows(self, rows: Sequence[tuple[Row, int, bytes]]) -> None:
        """Take in rows that were read one by one."""
        names = {name for row, _, _ in rows for name in row}
        columns = {name: [row.get(name) for row, _, _ in rows] for name in names}
        self.add(columns, [number for _, number, _ in rows], [line for _, _, line in rows])


def _scan(batch: pa.RecordBatch, finisher: Finisher) -> pa.RecordBatch:
    lines = [line or b"" for line in batch.column("line").to_pylist()]
    faults = batch.column("fault").to_pylist()
    records = [_record(line, fault) for line, fault in zip(lines, faults, strict=True)]
    calls, others = _Rows(), _Rows()
    rows = [
        (row, number, b"%d|%s" % (index, lines[number]) if index else lines[number])
        for number in _at_once(records, lines, calls, finisher.settings)
        for index, row in enumerate(_one_by_one(records[number], finisher.settings))
    ]
    calls.add_rows([each for each in rows if each[0].get("fault") is None])
    others.add_rows([each for each in rows if each[0].get("fault") is not None])
    finisher.finish(calls.columns, calls.lines)
    calls.add(others.columns, others.records, others.lines)
    return _batch(calls, batch)


def _record(line: bytes, fault: str | None) -> Record | str:
    """A record, or why it is none."""
    if not line:
        return fault or "empty"
    try:
        record = loads(line)
    except ValueError:
        return "broken JSON"
    return record if isinstance(record, dict) else "no object"


def _at_once(
    records: Sequence[Record | str], lines: Sequence[bytes], calls: _Rows, settings: Settings
) -> list[int]:
    """Take in the rows of all records that can be read at once; the numbers of the others."""
    left: list[int] = []
    for some, numbers in _alike(records):
        source = reader_of(some[0], settings.mapping) if some else None
        if source is None or source.table is None:
            left += numbers
            continue
        for picked, columns in shapes.read(some, source.table(some[0]), source.settle):
            places = [numbers[each] for each in picked]
            if columns is None:
                left += places
            else:
                columns |= {"origin": [source.name] * len(places), "calls": [1] * len(places)}
                calls.add(columns, places, [lines[place] for place in places])
    return sorted(left)


def _alike(records: Sequence[Record | str]) -> Iterator[tuple[list[Record], list[int]]]:
    """Records with the same keys, and their numbers; of what is none the numbers alone."""
    found: dict[tuple[str, ...], tuple[list[Record], list[int]]] = {}
    others: list[int] = []
    for number, record in enumerate(records):
        if isinstance(record, str):
            others.append(number)
        else:
            some, numbers = found.setdefault(tuple(record), ([], []))
            some.append(record)
            numbers.append(number)
    yield from found.values()
    yield [], others


def _one_by_one(record: Record | str, settings: Settings) -> Iterator[Row]:
    """The rows of one record."""
    source = None if isinstance(record, str) else reader_of(record, settings.mapping)
    if source is None or isinstance(record, str):
        yield {"fault": record if isinstance(record, str) else "unknown shape", "calls": 1}
        return
    for row in source.read(record):
        row["origin"] = source.name
        row.setdefault("calls", 1)
        if source.name == normalized.NAME and settings.texts != "keep":
            for name in table.TEXT_COLUMNS:
                row.pop(name, None)
        yield row


def _batch(rows: _Rows, raw: pa.RecordBatch) -> pa.RecordBatch:
    """The columns of the table; file and number are those of the raw records."""
    import pyarrow as pa

    count, columns = len(rows.records), rows.columns
    taken = pa.array(rows.records, pa.int32())
    given = {name: raw.column(name).take(taken) for name in ("file", "row")}
    arrays = [
        given[field.name]
        if field.name in given
        else pa.array(columns[field.name], field.type)
        if field.name in columns
        else pa.nulls(count, field.type)
        for field in table.schema()
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=table.schema())
