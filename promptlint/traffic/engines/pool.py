"""Reads and scans the pieces of a plan in several processes, each into a Parquet file of its own."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from promptlint.errors import UsageError
from promptlint.traffic import table
from promptlint.traffic.reading.batches import batches
from promptlint.traffic.reading.tasks import Task
from promptlint.traffic.scan import scanner
from promptlint.traffic.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

GROUP = 32 * 2**20
"""Bytes of rows that are written at once."""

PARALLEL_FROM = 48 * 2**20
"""Bytes of logs from which a second process pays for its start."""


def scanned(plan: Sequence[Task], settings: Settings, folder: Path, jobs: int) -> None:
    """Write the rows of all tasks as Parquet files into a folder.

    Raises:
        UsageError: a file cannot be read, or a process died.
    """
    parts = [(task, _part(folder, number)) for number, task in enumerate(plan)]
    workers = min(jobs or os.cpu_count() or 1, len(plan))
    size = sum(task.stop - task.start if task.stop else Path(task.path).stat().st_size for task in plan)
    with _uncollected():
        if workers < 2 or (size < PARALLEL_FROM and not jobs):
            scan = scanner(settings)
            for task, path in parts:
                _write(task, scan, path)
        else:
            _shared(parts, settings, workers - 1)


def _shared(parts: Sequence[tuple[Task, str]], settings: Settings, others: int) -> None:
    """Other processes work from the first part on, this one from the last, until they meet."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(others, context, _start, (settings,)) as crew:
        waiting = [crew.submit(_work, task, path) for task, path in parts]
        scan = scanner(settings)
        try:
            for each, (task, path) in zip(reversed(waiting), reversed(parts), strict=True):
                if not each.cancel():
                    break
                _write(task, scan, path)
            for each in waiting:
                if not each.cancelled():
                    each.result()
        except BrokenProcessPool as error:
            raise UsageError("a process that read logs was ended, of lack of memory perhaps") from error
        finally:
            crew.shutdown(cancel_futures=True)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Rows hold no cycles; looking for some takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _part(folder: Path, number: int) -> str:
    return str(folder / f"part-{number:06}.parquet")


_SETTINGS: list[Settings] = []


def _start(settings: Settings) -> None:
    gc.disable()
    _SETTINGS[:] = [settings]


@lru_cache(maxsize=1)
def _scanner() -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    return scanner(_SETTINGS[0])


def _work(task: Task, path: str) -> None:
    _write(task, _scanner(), path)
    gc.collect()


def _write(task: Task, scan: Callable[[pa.RecordBatch], pa.RecordBatch], path: str) -> None:
    from pyarrow import parquet

    try:
        with parquet.ParquetWriter(path, table.schema(), compression="lz4") as writer:
            for some in _gathered(map(scan, batches(task))):
                writer.write_table(some)
    except OSError as error:
        raise UsageError(f"{task.path}: cannot be read: {error.strerror or error}") from error


def _gathered(scanned: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Batches together: few large groups of rows are far cheaper to query than many small ones."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    for batch in scanned:
        held.append(batch)
        if sum(each.nbytes for each in held) > GROUP:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)
