"""Runs pieces of code on many answers, in one process with limits and nothing of our environment."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from promptlint.evals.opinions import child
from promptlint.records import dataclass

SECONDS = 10.0
"""Of one answer; code that takes longer has failed."""

MEMORY = 2_000_000_000
"""Bytes of a process, where the system has such a limit."""

_BATCH = 500
"""Answers that a process is given at once, for all of them are in memory twice; and their characters."""

_BATCH_SIZE = 20_000_000

_MOST_DEATHS = 20
"""Processes that may end on the way before the rest is given up: each may have taken all of its time."""

_KEPT = ("SYSTEMROOT", "SYSTEMDRIVE")
"""All that is kept of the environment: Windows starts no Python without."""


@dataclass(frozen=True, slots=True)
class Job:
    """A function of a module, and what it is given; `context` is JSON."""

    source: str
    function: str
    output: str
    context: str


@dataclass(frozen=True, slots=True)
class Ran:
    """What a function returned, as JSON has it; or why it returned nothing of use."""

    value: object = None
    failure: str = ""


def run(jobs: Sequence[Job], seconds: float = SECONDS) -> list[Ran]:
    """What each job came to, in order.

    A job that ends its process costs itself only: the rest goes on in another process.
    """
    done: list[Ran] = []
    deaths = 0
    with tempfile.TemporaryDirectory(prefix="promptlint-", ignore_cleanup_errors=True) as folder:
        while len(done) < len(jobs) and deaths < _MOST_DEATHS:
            batch = _batch(jobs[len(done) : len(done) + _BATCH])
            found, why = _process(batch, Path(folder), seconds)
            done += found
            if len(found) < len(batch):
                done.append(Ran(failure=why))
                deaths += 1
    given_up = Ran(failure=f"it was given up after {_MOST_DEATHS} processes that ended")
    return [*done, *[given_up] * (len(jobs) - len(done))]


def _batch(jobs: Sequence[Job]) -> Sequence[Job]:
    """The first of some jobs that are not too much for a process; at least one."""
    sizes = itertools.accumulate(len(job.output) + len(job.context) for job in jobs)
    return jobs[: max(1, sum(size <= _BATCH_SIZE for size in sizes))]


def _process(jobs: Sequence[Job], folder: Path, seconds: float) -> tuple[list[Ran], str]:
    """What the first of some jobs came to, up to one that ended the process; and how it ended."""
    sources = {source: number for number, source in enumerate(dict.fromkeys(job.source for job in jobs))}
    order = {
        "seconds": seconds,
        "memory": MEMORY,
        "sources": list(sources),
        "jobs": [[sources[job.source], job.function, job.output, job.context] for job in jobs],
    }
    try:
        done = subprocess.run(  # noqa: S603  # of our own program; what it runs was allowed by the user
            [sys.executable, "-I", "-B", "-X", "utf8", str(Path(child.__file__))],
            input=json.dumps(order).encode(),
            capture_output=True,
            cwd=folder,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            timeout=60 + seconds * len(jobs),  # the child keeps its own time; this is for one that does not
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        return _read(error.stdout or b"", len(jobs)), "it did not end"
    return _read(done.stdout, len(jobs)), _ended(done, seconds)


def _ended(done: subprocess.CompletedProcess[bytes], seconds: float) -> str:
    if b"Timeout (" in done.stderr[:1000]:
        return f"it took more than {seconds:g} s"
    return f"it ended its process with {done.returncode}"


def _read(data: bytes, most: int) -> list[Ran]:
    """The complete lines of a process, as far as they are what its program writes."""
    found: list[Ran] = []
    for line in data.split(b"\n")[:-1][:most]:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            break
        if not isinstance(value, dict):
            break
        failure = value.get("failure", "")
        found.append(Ran(value.get("value"), str(failure)))
    return found
