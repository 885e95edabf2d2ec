"""Records as Arrow batches of bounded size: what engines hand to `scan`."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from promptlint.traffic import table
from promptlint.traffic.reading.records import records
from promptlint.traffic.reading.tasks import Task

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 4_096
BYTES = 8 * 2**20


def batches(task: Task) -> Iterator[pa.RecordBatch]:
    """The records of a task by `table.raw_schema`, at most `ROWS`, and about `BYTES`, at once."""
    numbers: list[int] = []
    lines: list[bytes | None] = []
    faults: list[str | None] = []
    size = 0
    for number, line, fault in records(task):
        numbers.append(number)
        lines.append(line)
        faults.append(fault)
        size += len(line) if line else 0
        if size > BYTES or len(numbers) >= ROWS:
            yield _batch(task.file, numbers, lines, faults)
            numbers, lines, faults, size = [], [], [], 0
    if numbers:
        yield _batch(task.file, numbers, lines, faults)


def _batch(
    file: int, numbers: list[int], lines: list[bytes | None], faults: list[str | None]
) -> pa.RecordBatch:
    import pyarrow as pa

    schema = table.raw_schema()
    columns = {"file": [file] * len(numbers), "row": numbers, "line": lines, "fault": faults}
    arrays = [
        _joined(lines) if name == "line" and None not in lines else pa.array(column, schema.field(name).type)
        for name, column in columns.items()
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _joined(lines: Sequence[bytes | None]) -> pa.Array:
    """Lines as an array, copied once."""
    import pyarrow as pa

    known = [line or b"" for line in lines]
    ends = array("i", accumulate(map(len, known), initial=0))
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(known))]
    return pa.Array.from_buffers(pa.binary(), len(known), buffers)
