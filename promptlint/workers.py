"""Does work on many files in as many processes as pay for their start."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from promptlint import serial
from promptlint.errors import PromptlintError
from promptlint.model import Fault, FileResult, Source
from promptlint.records import dataclass

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from promptlint.workspace import Workspace

PARALLEL_FROM = 300_000
"""Characters of text to work on from which a second process pays for its start."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Task(Generic[T, R]):
    """What is done with each item: `size` is its characters; `pack` and `unpack` bring results home.

    Items of one `group` are done in a row by one process, which remembers what they have in common.
    """

    do: Callable[[T], R]
    size: Callable[[T], int]
    pack: Callable[[R], object]
    unpack: Callable[[object], R]
    group: Callable[[T], str] = lambda _: ""


def done(task: Task[T, R], items: Sequence[T], jobs: int = 0) -> list[R]:
    """What the task gives for each item, in their order; `jobs` 0: as many processes as pay."""
    workers = min(jobs or os.cpu_count() or 1, len(items))
    size = sum(map(task.size, items))
    if workers < 2 or (size < PARALLEL_FROM and not jobs) or not hasattr(os, "fork"):
        return [task.do(item) for item in items]
    import multiprocessing

    own, *others = _shares(items, task, workers)
    context = multiprocessing.get_context("fork")
    running = []
    for share in others:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_worker, args=(sender, task, items, share), daemon=True)
        process.start()
        sender.close()
        running.append((process, receiver, share))
    results = {index: task.do(items[index]) for index in own}
    for process, receiver, share in running:
        try:
            results.update(zip(share, map(task.unpack, receiver.recv()), strict=True))
        except EOFError:  # the worker died, of lack of memory say: its share is done here
            results.update((index, task.do(items[index])) for index in share)
        process.join()
    return [results[index] for index in range(len(items))]


def _worker(sender: Connection, task: Task[T, R], items: Sequence[T], share: Sequence[int]) -> None:
    sender.send([task.pack(task.do(items[index])) for index in share])
    sender.close()


def _shares(items: Sequence[T], task: Task[T, R], workers: int) -> list[list[int]]:
    """The indices of items in `workers` lists of about the same size, groups not split."""
    groups: dict[str, list[int]] = {}
    for index, item in enumerate(items):
        groups.setdefault(task.group(item) or str(index), []).append(index)
    sizes = {name: sum(task.size(items[index]) for index in group) for name, group in groups.items()}
    shares: list[list[int]] = [[] for _ in range(workers)]
    loads = [0] * workers
    for name in sorted(groups, key=lambda name: -sizes[name]):
        least = loads.index(min(loads))
        shares[least] += groups[name]
        loads[least] += sizes[name] + 1
    return [share for share in shares if share]


# --- checking -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Work:
    """A file that was read: its place on disk, its text, its key in the result cache, its run's workspace."""

    path: Path
    source: Source
    key: str
    space: Workspace


def checked(works: Sequence[Work], jobs: int) -> dict[str, FileResult | Fault]:
    """Check files; the results by key. A bug on one file is that file's fault."""
    # One file of each kind comes before any fork, so that vocabulary, settings, modules and compiled patterns
    # are inherited instead of being made in every process.
    first = list({work.source.kind: work for work in reversed(works)}.values())
    begun = {work.key for work in first}
    rest = [work for work in works if work.key not in begun]
    task: Task[Work, FileResult | Fault] = Task(
        do=_one,
        size=lambda work: len(work.source.text),
        pack=_packed,
        unpack=_unpacked,
        group=lambda work: work.source.path,
    )
    given = [_one(work) for work in first] + done(task, rest, jobs)
    return {work.key: result for work, result in zip([*first, *rest], given, strict=True)}


def _one(work: Work) -> FileResult | Fault:
    from promptlint import lint

    shown = work.source.path
    settings = work.space.settings(work.path, shown)
    try:
        return lint.check_source(work.source, settings)
    except (RecursionError, MemoryError):
        return lint.unreadable(shown, lint.TOO_DEEP, settings)
    except PromptlintError:
        raise
    except Exception as error:  # the per-file guard: a bug on one file must not end the others
        return Fault(shown, f"{type(error).__name__}: {error}")


def _packed(result: FileResult | Fault) -> object:
    """The text of the result cache: made and read in half the time of a pickle."""
    return result if isinstance(result, Fault) else serial.dump(result)


def _unpacked(sent: object) -> FileResult | Fault:
    return sent if isinstance(sent, Fault) else serial.load(str(sent))
