"""Reads and scans the pieces of a plan in several processes, each into a Parquet file of its own."""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence
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

PARALLEL_FROM = 48 * 2**20
"""Bytes of logs from which a second process pays for its start."""


def scanned(plan: Sequence[Task], settings: Settings, folder: Path, jobs: int) -> None:
    """Write the rows of all tasks as Parquet files into a folder.

    Raises:
        UsageError: a file cannot be read, or a process died.
    """
    workers = min(jobs or os.cpu_count() or 1, len(plan))
    size = sum(task.stop - task.start if task.stop else Path(task.path).stat().st_size for task in plan)
    if workers < 2 or (size < PARALLEL_FROM and not jobs):
        scan = scanner(settings)
        for number, task in enumerate(plan):
            _write(task, scan, _part(folder, number))
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _start, (settings,)) as crew:
        waiting = [crew.submit(_work, task, _part(folder, number)) for number, task in enumerate(plan)]
        try:
            for each in waiting:
                each.result()
        except BrokenProcessPool as error:
            raise UsageError("a process that read logs was ended, of lack of memory perhaps") from error
        finally:
            crew.shutdown(cancel_futures=True)


def _part(folder: Path, number: int) -> str:
    return str(folder / f"part-{number:06}.parquet")


_SETTINGS: list[Settings] = []


def _start(settings: Settings) -> None:
    gc.disable()  # rows hold no cycles; looking for some takes a third of the time
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
            for batch in batches(task):
                writer.write_batch(scan(batch))
    except OSError as error:
        raise UsageError(f"{task.path}: cannot be read: {error.strerror or error}") from error
