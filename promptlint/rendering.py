"""Renders a template that is code with many sets of values, in one process with limits."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from promptlint.model import Include, Segment
from promptlint.records import dataclass
from promptlint.render import MEMORY, SECONDS, memory_now
from promptlint.templates import JinjaSettings
from promptlint.templates.filled import MAX_TEXT, Filling, TooLong, Values

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from types import ModuleType

MOST_SECONDS = 300
"""Of computing, for all cases of a prompt."""

TOO_LONG = f"its text is longer than {MAX_TEXT:,} characters"
TOO_DEEP = "it is nested too deeply"
_ENDED = f"it was ended after {SECONDS} seconds of computing for one case, or for lack of memory"
_SPENT = f"all cases together need more than {MOST_SECONDS} seconds of computing"
_NO_LIMITS = "this system cannot limit what a template does"
_PATIENCE = 30 * SECONDS  # of waiting: a busy machine gives a process little
_LARGEST = 8 * MAX_TEXT  # bytes of JSON


@dataclass(frozen=True, slots=True)
class Job:
    """A template of Jinja: its segments, the path of its file, what it may include, the settings."""

    segments: tuple[Segment, ...]
    path: str
    includes: tuple[Include, ...]
    settings: JinjaSettings


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text, the names in it that had no value, and why there is no text if there is none."""

    text: str = ""
    missing: tuple[str, ...] = ()
    problem: str = ""


def rendered(job: Job, cases: Sequence[Values]) -> Iterator[Rendered]:
    """What each set of values makes of a template; ends after the first that ended the process.

    Nothing that a template does raises here: it is a `problem`.
    """
    try:
        import resource
    except ImportError:
        yield Rendered(problem=_NO_LIMITS)
        return
    import multiprocessing

    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(sender, job, cases, resource), daemon=True)
    process.start()
    sender.close()
    try:
        for _ in cases:
            found = _received(receiver)
            yield found or Rendered(problem=_ENDED)
            if found is None:
                return
    finally:
        _end(process)
        receiver.close()


def _end(process: BaseProcess) -> None:
    process.kill()
    process.join()
    process.close()


def _received(receiver: Connection) -> Rendered | None:
    """What the child sent, of which nothing is believed but its shape; None if it is gone or hangs."""
    try:
        data = receiver.recv_bytes(_LARGEST) if receiver.poll(_PATIENCE) else b""
        text, missing, problem = json.loads(data)
    except (EOFError, OSError, ValueError):
        return None
    return Rendered(str(text), tuple([str(name) for name in missing]), str(problem))


def _child(sender: Connection, job: Job, cases: Sequence[Values], limits: ModuleType) -> None:
    for name, most in (("RLIMIT_AS", memory_now() + MEMORY), ("RLIMIT_FSIZE", 0), ("RLIMIT_CORE", 0)):
        with suppress(AttributeError, ValueError, OSError):
            limits.setrlimit(getattr(limits, name), (most, most))
    filling = Filling({})
    job_of = _Renderer(job, filling)
    with suppress(OSError, MemoryError):
        for values in cases:
            filling.values = values
            found = _one(job_of, filling) if _more_time(limits) else Rendered(problem=_SPENT)
            sender.send_bytes(json.dumps([found.text, found.missing, found.problem]).encode())
    sender.close()


def _more_time(limits: ModuleType) -> bool:
    """Let the process compute for some seconds more than it has; false if it has had all that it may."""
    used = limits.getrusage(limits.RUSAGE_SELF)
    seconds = math.ceil(used.ru_utime + used.ru_stime) + SECONDS
    if seconds > MOST_SECONDS:
        return False
    with suppress(ValueError):
        limits.setrlimit(limits.RLIMIT_CPU, (seconds, MOST_SECONDS + SECONDS))
    return True


def _one(render: Callable[[], str], filling: Filling) -> Rendered:
    filling.missing.clear()
    filling.printed.clear()
    filling.size = 0
    try:
        text = render()
    except TooLong:
        return Rendered(problem=TOO_LONG)
    except MemoryError:
        return Rendered(problem=f"it needs more than {MEMORY // 1_000_000} MB")
    except RecursionError:
        return Rendered(problem=TOO_DEEP)
    except Exception as error:  # code of the template may raise anything
        return Rendered(problem=str(error)[:200] or type(error).__name__)
    return Rendered(text, tuple(filling.printed))


class _Renderer:
    """Compiles the template once, if its slots are all Jinja's; else for each case."""

    def __init__(self, job: Job, filling: Filling) -> None:
        from promptlint.templates import sandbox

        self._job, self._filling = job, filling
        self._make = sandbox.renderer
        slots = [item for item in job.segments if item.name and item.text]
        self._once = all(sandbox.is_own(item, job.settings) for item in slots)
        self._ready: Callable[[], str] | None = None

    def __call__(self) -> str:
        if self._ready is None or not self._once:
            job = self._job
            self._ready = self._make(job.segments, job.path, job.includes, job.settings, self._filling)
        return self._ready()
