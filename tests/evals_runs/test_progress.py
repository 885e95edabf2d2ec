"""The line on a terminal: what it says, how often it is written, and that it is nowhere else."""

from __future__ import annotations

import io

import pytest

from promptlint.evals import progress
from promptlint.evals.progress import Line, State, line


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("state", "seconds", "says"),
    [
        (State(800, 0, 0), 0.0, "answers 0/800 (0%) · $0 so far"),
        (
            State(800, 0, 200, 0, 0.1234),
            40.0,
            "answers 200/800 (25%) · $0.123 so far · about 2 min left",
        ),
        (State(10, 0, 4, 1), 40.0, "answers 4/10 (40%) · 1 failed · $0 so far · about 60 s left"),
        # known answers take no time: 5 came in 10 s, 5 are left
        (State(100, 90, 95), 10.0, "answers 95/100 (95%) · $0 so far · about 10 s left"),
        (State(100, 90, 90), 10.0, "answers 90/100 (90%) · $0 so far"),
        (State(10, 0, 10, 0, None), 10.0, "answers 10/10 (100%) · cost not known"),
        (State(0), 1.0, "answers 0/0 (100%) · $0 so far"),
        (State(12_000, 0, 1), 1.0, "answers 1/12,000 (0%) · $0 so far · about 3.3 h left"),
    ],
)
def test_what_the_line_says(state: State, seconds: float, says: str) -> None:
    assert line(state, seconds) == says


def test_it_is_written_over_and_not_too_often() -> None:
    now = [0.0]
    stream = Terminal()
    shown = Line(stream, 80, clock=lambda: now[0])
    shown.begin()
    for done in range(100):
        now[0] += 0.01
        shown.show(State(100, 0, done + 1))
    written = stream.getvalue().split("\r\x1b[K")
    assert written[0] == ""
    assert 9 <= len(written) <= 12
    assert "\n" not in stream.getvalue()
    shown.clear()
    assert stream.getvalue().endswith("\r\x1b[K")


def test_it_fits_the_terminal() -> None:
    stream = Terminal()
    Line(stream, 20, clock=lambda: 0.0).show(State(1000, 0, 500, 30))
    assert stream.getvalue() == "\r\x1b[K" + "answers 500/1,000 …"


def test_later_runs_add_to_the_cost_and_count_time_anew() -> None:
    now = [0.0]
    stream = Terminal()
    shown = Line(stream, 80, clock=lambda: now[0])
    for _ in range(2):
        shown.begin()
        now[0] += 10
        shown.show(State(10, 0, 5, 0, 0.25))
    assert stream.getvalue().endswith("answers 5/10 (50%) · $0.50 so far · about 10 s left")


@pytest.mark.parametrize(
    ("stream", "environ"), [(io.StringIO(), {"TERM": "xterm"}), (Terminal(), {"TERM": "dumb"})]
)
def test_nothing_is_said_elsewhere(stream: io.StringIO, environ: dict[str, str]) -> None:
    with progress.watch(stream, environ) as watch:
        watch.begin()
        watch.show(State(10, 0, 5))
    assert stream.getvalue() == ""


def test_a_terminal_has_the_line_taken_away_even_after_an_error() -> None:
    stream = Terminal()

    def run() -> None:
        with progress.watch(stream, {"TERM": "xterm", "COLUMNS": "100"}) as watch:
            watch.show(State(10, 0, 5))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    assert "answers 5/10" in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[K")
