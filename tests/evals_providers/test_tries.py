"""When a call is made again, and how long is waited before."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.evals.exchange import Failure, Reply
from promptlint.evals.providers.tries import (
    FIRST_WAIT,
    MOST_PAUSE,
    MOST_TRIES,
    MOST_WAIT,
    Clock,
    Tries,
    TryError,
    asked_wait,
)

WALL = 1_800_000_000.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": formatdate(WALL + 90, usegmt=True)}, 90.0),
        ({"retry-after": formatdate(WALL - 90, usegmt=True)}, 0.0),
        ({"retry-after": "Friday, 15-Jan-27 08:01:30 GMT"}, 90.0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "7"}, 7.0),
        ({"retry-after": "-7"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e9"}, None),
        ({"retry-after": "9" * 50}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Fri, 99 Jan 99999 99:99:99 GMT"}, None),
    ],
)
def test_what_a_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_wait(headers, WALL) == seconds


@given(st.text(max_size=60))
def test_whatever_a_server_says_is_a_wait_or_nothing(text: str) -> None:
    for name in ("retry-after", "retry-after-ms"):
        found = asked_wait({name: text}, WALL)
        assert found is None or found >= 0


class Time:
    """A clock that waits in no time, and draws what it is told."""

    def __init__(self, chance: float, stops_after: int = 1_000_000) -> None:
        self.now, self.waits, self.chance, self.stops_after = 0.0, list[float](), chance, stops_after

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.now += seconds
        return len(self.waits) >= self.stops_after

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.now, lambda: WALL, lambda: self.chance, self.wait)


def failing(*tries: TryError | Reply) -> Callable[[], Reply]:
    """A call that fails so, in order; the last one again and again."""
    left = list(tries)

    def call() -> Reply:
        each = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(each, TryError):
            raise each
        return each

    return call


def error(sent: bool = True, again: bool = True, pause: float | None = None) -> TryError:
    return TryError(Failure("server", "broken"), sent, again, pause)


@given(st.floats(0, 1))
def test_waits_are_up_to_twice_as_long_each_time_with_full_jitter(chance: float) -> None:
    time = Time(chance)
    attempt = Tries(time.clock).attempt(failing(error()))
    assert attempt.tries == MOST_TRIES
    assert time.waits == [chance * min(MOST_WAIT, FIRST_WAIT * 2**n) for n in range(MOST_TRIES - 1)]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=10), st.booleans())
def test_tries_are_those_that_were_sent(ways: list[tuple[bool, bool]], ends_well: bool) -> None:
    reply = Reply("yes")
    errors: list[TryError | Reply] = [error(sent, again) for sent, again in ways]
    attempt = Tries(Time(0.5).clock).attempt(failing(*errors, reply if ends_well else error()))
    made = [*ways, *[(True, not ends_well)] * MOST_TRIES][:MOST_TRIES]
    last = next((i for i, (_, again) in enumerate(made) if not again), MOST_TRIES - 1)
    assert attempt.tries == sum(sent for sent, _ in made[: last + 1])
    assert (attempt.reply is None) != (attempt.failure is None)
    assert (attempt.reply == reply) == (ends_well and last >= len(ways))


def test_a_pause_is_waited_for_whoever_comes() -> None:
    time = Time(0.0)
    tries = Tries(time.clock)
    assert tries.attempt(failing(error(pause=20), Reply("a"))).tries == 2
    assert time.now == 20
    tries.attempt(failing(error(again=False, pause=30)))  # what is refused asks nobody to wait
    assert tries.attempt(failing(Reply("b"))).reply == Reply("b")
    assert time.now == 20


def test_after_a_pause_not_all_start_at_once() -> None:
    time = Time(1.0)
    Tries(time.clock).attempt(failing(error(pause=20), Reply("a")))
    assert 20 < time.now <= 26


def test_a_pause_of_too_long_is_not_waited_for() -> None:
    time = Time(0.0)
    tries = Tries(time.clock)
    first = tries.attempt(failing(error(pause=MOST_PAUSE + 10), Reply("a")))
    assert first.failure == Failure("server", "broken")
    second = tries.attempt(failing(Reply("a")))
    assert second.failure is not None
    assert (second.failure.kind, second.tries) == ("rate-limit", 0)
    time.now = MOST_PAUSE
    assert tries.attempt(failing(Reply("a"))).reply == Reply("a")


@pytest.mark.parametrize("stops_after", [1, 2, 3])
def test_stopping_ends_the_waits(stops_after: int) -> None:
    time = Time(0.5, stops_after)
    attempt = Tries(time.clock).attempt(failing(error(pause=1)))
    assert attempt.failure == Failure("server", "broken")
    assert len(time.waits) == stops_after
    assert attempt.tries <= stops_after
