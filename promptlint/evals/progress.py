"""Says how far a run is: one line on a terminal that is written over, and nothing elsewhere."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol, TextIO

from promptlint import style
from promptlint.records import dataclass

_PAUSE = 0.1  # seconds between two lines: faster than anybody reads
_CLEAR = "\r\x1b[K"


@dataclass(frozen=True, slots=True)
class State:
    """How far a run is.

    Args:
        total: answers that are wanted.
        known: those that were known beforehand, and so take no time.
        done: those that came, known ones and failures included.
        failed: those that did not come.
        usd: US dollars paid so far; None: not known.
    """

    total: int
    known: int = 0
    done: int = 0
    failed: int = 0
    usd: float | None = 0.0


class Watch(Protocol):
    """Whoever is told how far the runs are that follow one another, from the thread that runs them."""

    def begin(self) -> None:
        """A run begins."""

    def show(self, state: State) -> None:
        """Called often, with whatever holds now."""


class Silent:
    """Says nothing."""

    def begin(self) -> None:
        """Nothing."""

    def show(self, state: State) -> None:
        """Nothing."""


SILENT = Silent()


class Line:
    """Keeps one line of a terminal up to date; what earlier runs cost is in it."""

    def __init__(self, stream: TextIO, width: int = 80, clock: Callable[[], float] = time.monotonic) -> None:
        """Write to a terminal of that width."""
        self._stream, self._width, self._clock = stream, width, clock
        self._started, self._written = clock(), -_PAUSE
        self._earlier: float | None = 0.0
        self._now: float | None = 0.0

    def begin(self) -> None:
        """Count time anew."""
        self._started, self._earlier = self._clock(), self._now

    def show(self, state: State) -> None:
        """Write the line anew, unless that was done a moment ago."""
        now = self._clock()
        self._now = None if self._earlier is None or state.usd is None else self._earlier + state.usd
        if now - self._written >= _PAUSE:
            self._written = now
            text = line(replace(state, usd=self._now), now - self._started)
            self._write(style.fit(text, self._width - 1))

    def clear(self) -> None:
        """Take the line away."""
        self._write("")

    def _write(self, text: str) -> None:
        self._stream.write(_CLEAR + text)
        self._stream.flush()


@contextmanager
def watch(stream: TextIO, environ: Mapping[str, str] = os.environ) -> Iterator[Watch]:
    """A line on a stream if that is a terminal which can clear one, taken away at the end; else silence."""
    if not stream.isatty() or environ.get("TERM") == "dumb":
        yield SILENT
        return
    shown = Line(stream, style.terminal_width(stream, environ))
    try:
        yield shown
    finally:
        shown.clear()


def line(state: State, seconds: float) -> str:
    """What is said after so many seconds: `answers 120/800 (15%) · $0.12 so far · about 2 min left`."""
    share = 100 * state.done // state.total if state.total else 100
    parts = [f"answers {style.number(state.done)}/{style.number(state.total)} ({share}%)"]
    if state.failed:
        parts.append(f"{style.number(state.failed)} failed")
    parts.append("cost not known" if state.usd is None else f"{style.usd(state.usd)} so far")
    fresh = state.done - state.known
    if fresh > 0 and state.done < state.total:
        parts.append(f"about {duration(seconds / fresh * (state.total - state.done))} left")
    return " · ".join(parts)


def duration(seconds: float) -> str:
    """A time in its largest unit: `40 s`, `3 min`, `1.5 h`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
