"""What runs `scan` over files and SQL over its rows: one machine's, or a cluster's, with the same results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from promptlint.traffic.engines.options import Engine, Name, Options
from promptlint.traffic.settings import Settings

__all__ = ["Engine", "Name", "Options", "opened"]


@contextmanager
def opened(paths: Sequence[Path], settings: Settings, options: Options) -> Iterator[Engine]:
    """The engine with the calls of these files or folders; what it stored goes when the block ends.

    Raises:
        UsageError: a path cannot be read, or what the engine needs is not installed.
    """
    from promptlint.traffic.reading import tasks

    plan = tasks.tasks(tasks.files(paths))
    if options.engine == "spark":
        from promptlint.traffic.engines import spark

        with spark.opened(plan, settings, options) as engine:
            yield engine
    else:
        from promptlint.traffic.engines import duck

        with duck.opened(plan, settings, options) as other:
            yield other
