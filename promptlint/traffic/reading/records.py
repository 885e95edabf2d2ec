"""The records of a task, one after the other, as bytes of JSON or as what kept them from being such."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from promptlint.traffic.reading import packed
from promptlint.traffic.reading.elements import documents, elements
from promptlint.traffic.reading.rapid import dumps
from promptlint.traffic.reading.tasks import Task
from promptlint.traffic.settings import MAX_ROW

Record = tuple[int, bytes | None, str | None]
"""Its number or byte, its JSON, or what is wrong with it."""

TOO_LARGE = f"larger than {MAX_ROW // 2**20} MB"
_BLOCK = 1 << 20
_BOM = b"\xef\xbb\xbf"


def records(task: Task) -> Iterator[Record]:
    """All records of a task. A file that breaks off gives what it had, and one record that says so.

    Raises:
        OSError: the file cannot be opened.
    """
    last = task.start
    try:
        for last, data, fault in _READERS[task.shape.container](task):
            yield last, data, fault
    except packed.BrokenError as error:
        yield last + 1, None, str(error)


def _lines(task: Task) -> Iterator[Record]:
    with packed.opened(Path(task.path), task.shape.packed) as file:
        yield from lines(file, task.start, task.stop)


def lines(file: BinaryIO, start: int, stop: int | None) -> Iterator[Record]:
    """The lines that begin in [start, stop), with the byte at which each begins; blank ones are none."""
    rest, at = b"", start
    if start:
        file.seek(start - 1)
        at, rest = _after_newline(file, start - 1)
    while stop is None or at < stop:
        block = file.read(_BLOCK)
        if not rest and block.isspace():
            at, rest = _behind_blank(at, block)
            continue
        parts = (rest + block).split(b"\n")
        rest = parts.pop() if block else b""
        for line in parts:
            if stop is not None and at >= stop:
                return
            size = len(line) + 1
            if size > MAX_ROW:
                yield at, None, TOO_LARGE
            elif line and not line.isspace():
                yield at, line if at else line.removeprefix(_BOM), None
            at += size
        if not block:
            return
        if len(rest) > MAX_ROW and (stop is None or at < stop):
            yield at, None, TOO_LARGE
            at, rest = _after_newline(file, at + len(rest))


def _behind_blank(at: int, block: bytes) -> tuple[int, bytes]:
    """Where the last line of a blank block begins, and that line: packed blanks are cheap to send."""
    begin = block.rfind(b"\n") + 1
    return at + begin, block[begin:]


def _after_newline(file: BinaryIO, at: int) -> tuple[int, bytes]:
    """Skip to behind the next newline: the byte there, and what was read behind it."""
    while block := file.read(_BLOCK):
        found = block.find(b"\n")
        if found >= 0:
            return at + found + 1, block[found + 1 :]
        at += len(block)
    return at, b""


def _array(task: Task) -> Iterator[Record]:
    with packed.opened(Path(task.path), task.shape.packed) as file:
        yield from elements(file)


def _document(task: Task) -> Iterator[Record]:
    """A file that is one JSON object, or several over any lines."""
    with packed.opened(Path(task.path), task.shape.packed) as file:
        yield from documents(file)


def _csv(task: Task) -> Iterator[Record]:
    csv.field_size_limit(MAX_ROW)
    with packed.opened(Path(task.path), task.shape.packed) as file:
        text = io.TextIOWrapper(io.BufferedReader(file), "utf-8-sig", "replace", newline="")  # type: ignore[type-var]
        reader = csv.reader(_without_nul(text), delimiter=task.shape.delimiter)
        names = next(reader, [])
        number = 0
        while True:
            number += 1
            try:
                values = next(reader, None)
            except csv.Error:
                yield number, None, "broken CSV"
                continue
            if values is None:
                return
            if len(values) != len(names):
                if values:
                    yield number, None, "a row of CSV with more or fewer cells than the header"
                continue
            cells = {name: value or None for name, value in zip(names, values, strict=True)}
            yield number, dumps(cells), None


def _without_nul(text: io.TextIOBase) -> Iterator[str]:
    while line := text.readline(MAX_ROW):
        yield line.replace("\0", "")


def _parquet(task: Task) -> Iterator[Record]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(task.path)
        number = 0
        for batch in file.iter_batches(batch_size=2_048):
            for record in batch.to_pylist():
                number += 1
                data = dumps(_plain(record))
                large = len(data) > MAX_ROW
                yield number, None if large else data, TOO_LARGE if large else None
    except (pa.ArrowException, OSError, ValueError) as error:
        raise packed.BrokenError("a Parquet file that is damaged or holds unknown types") from error


def _plain(record: Mapping[str, object]) -> dict[str, object]:
    """What JSON can spell of a record: bytes as text, the rest by its own words."""
    return {
        key: value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        for key, value in record.items()
        if value is not None
    }


def _none(task: Task) -> Iterator[Record]:
    return iter(())


def _unknown(task: Task) -> Iterator[Record]:
    yield 0, None, "compressed data end early or are damaged"


_READERS: Mapping[str, Callable[[Task], Iterator[Record]]] = {
    "lines": _lines,
    "array": _array,
    "document": _document,
    "csv": _csv,
    "parquet": _parquet,
    "empty": _none,
    "unknown": _unknown,
}
