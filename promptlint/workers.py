"""Checks files in as many processes as pay for their start."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from promptlint import serial
from promptlint.errors import PromptlintError
from promptlint.model import Fault, FileResult, Source
from promptlint.records import dataclass

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from promptlint.workspace import Workspace

PARALLEL_FROM = 300_000
"""Characters of unchecked text from which a second process pays for its start."""


@dataclass(frozen=True, slots=True)
class Work:
    """A file that was read: its place on disk, its text, and its key in the result cache."""

    path: Path
    source: Source
    key: str


def checked(
    works: Sequence[Work], space: Workspace, jobs: int
) -> tuple[dict[str, FileResult], tuple[Fault, ...]]:
    """Check files in as many processes as pay for themselves; a bug on one file is that file's fault."""
    workers = min(jobs or os.cpu_count() or 1, len(works))
    size = sum(len(work.source.text) for work in works)
    if workers < 2 or (size < PARALLEL_FROM and not jobs) or not hasattr(os, "fork"):
        pairs = [_one(work, space) for work in works]
    else:
        pairs = _in_processes(works, space, workers)
    results = {key: result for key, result in pairs if isinstance(result, FileResult)}
    faults = [result for _, result in pairs if isinstance(result, Fault)]
    return results, tuple(sorted(faults, key=lambda fault: fault.path))


def _one(work: Work, space: Workspace) -> tuple[str, FileResult | Fault]:
    from promptlint import lint

    shown = work.source.path
    settings = space.settings(work.path, shown)
    try:
        return work.key, lint.check_source(work.source, settings)
    except (RecursionError, MemoryError):
        return work.key, lint.unreadable(shown, lint.TOO_DEEP, settings)
    except PromptlintError:
        raise
    except Exception as error:  # the per-file guard: a bug on one file must not end the others
        return work.key, Fault(shown, f"{type(error).__name__}: {error}")


def _in_processes(
    works: Sequence[Work], space: Workspace, workers: int
) -> list[tuple[str, FileResult | Fault]]:
    """Share files out to this process and forked ones.

    One file of each kind is checked before forking, so that vocabulary, settings, modules and compiled
    patterns are inherited instead of being made in every process.
    """
    import multiprocessing

    first = {work.source.kind: work for work in reversed(works)}
    pairs = [_one(work, space) for work in first.values()]
    done = {key for key, _ in pairs}
    own, *others = _shares([work for work in works if work.key not in done], workers) or [[]]
    context = multiprocessing.get_context("fork")
    running = []
    for share in others:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_worker, args=(sender, share, space), daemon=True)
        process.start()
        sender.close()
        running.append((process, receiver, share))
    pairs += [_one(work, space) for work in own]
    for process, receiver, share in running:
        try:
            sent = receiver.recv()
            pairs += [(key, item if isinstance(item, Fault) else serial.load(item)) for key, item in sent]
        except EOFError:  # the worker died, of lack of memory say: its share is done here
            pairs += [_one(work, space) for work in share]
        process.join()
    return pairs


def _worker(sender: Connection, share: Sequence[Work], space: Workspace) -> None:
    """Sends results as the texts of the result cache: made and read in half the time of pickles."""
    done = [_one(work, space) for work in share]
    sender.send([(key, item if isinstance(item, Fault) else serial.dump(item)) for key, item in done])
    sender.close()


def _shares(works: Sequence[Work], workers: int) -> list[list[Work]]:
    """The works in `workers` lists of about the same amount of text."""
    shares: list[list[Work]] = [[] for _ in range(workers)]
    loads = [0] * workers
    for work in sorted(works, key=lambda work: -len(work.source.text)):
        least = loads.index(min(loads))
        shares[least].append(work)
        loads[least] += len(work.source.text) + 1
    return [share for share in shares if share]
