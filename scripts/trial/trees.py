"""The files of a checkout as promptlint reads them, each with what the others say of it, in time limits."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.pool import Pool
from pathlib import Path

from promptlint import config, discover, files, project
from promptlint.extract import Options, extract, kind_of
from promptlint.model import Context, FileResult, Source

EXTRACT_SECONDS = 5.0
"""Of processor time: more for one file is a hang. What else the machine does is not held against it."""


class TooSlowError(Exception):
    """A file took longer than its limit."""


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise TooSlowError in the block after `seconds` of processor time."""

    def stop(number: int, frame: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@dataclass(frozen=True, slots=True)
class Job:
    """A file of a tree, and what its other files say of it."""

    root: Path
    shown: str
    context: Context = field(default_factory=Context)


def read(job: Job) -> Source:
    """The file as promptlint reads it.

    Raises:
        SourceError: it cannot be read.
    """
    kind = kind_of(job.shown)
    assert kind is not None
    return replace(files.read(job.root / job.shown, job.shown, kind), context=job.context)


def jobs(path: Path, pool: Pool) -> list[Job]:
    """The files below `path` that promptlint reads; a single file is a tree of its own."""
    path = path.resolve()
    root = path if path.is_dir() else path.parent
    configs = config.Configs(root, config.Config(root))
    scope = discover.Scope(root, lambda shown: kind_of(shown) is not None, configs)
    alone = [Job(root, item.display) for item in discover.discover([path], scope).files]
    said = {job.shown: result for job, result in zip(alone, pool.map(_said, alone, 8), strict=True)}
    placed = _contexts(root, alone, {shown: result for shown, result in said.items() if result is not None})
    return [replace(job, context=placed.get(job.shown, job.context)) for job in alone]


def _said(job: Job) -> FileResult | None:
    """What a file says of others; None if it cannot be read or extracted, which the second look will tell."""
    try:
        with limit(EXTRACT_SECONDS):
            return FileResult(job.shown, references=extract(read(job)).references)
    except Exception:  # the second look, which counts faults, will meet it again
        return None


def _contexts(root: Path, alone: Sequence[Job], results: dict[str, FileResult]) -> dict[str, Context]:
    if not any(result.references for result in results.values()):
        return {}
    sources = {job.shown: read(job) for job in alone if job.shown in results}
    return project.contexts(project.Tree(root, sources, results, lambda _: Options()), whole=True)
