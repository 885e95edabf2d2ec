"""The laws of one comment a suite: any order of runs, and any interleaving of two."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptlint.bot.host import Host
from promptlint.bot.marker import Marker, parsed, stamped
from promptlint.bot.upsert import Asked, Outcome, Wanted, upsert

from .memory import MemoryHost, interleaved
from .test_upsert import NEW, OLD, OLDER, bodies, wanted

HEADS = (NEW, OLD, OLDER)
RUNS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(HEADS)).map(lambda pair: wanted(*pair)),
    min_size=1,
    max_size=10,
)


def rank(text: str, head: str) -> tuple[bool, str]:
    mark = parsed(text)
    assert mark is not None
    return mark.sha == head, mark.at


@given(RUNS, st.sampled_from(HEADS), st.sampled_from(["update", "hide-and-new", "delete-and-new"]))
def test_ten_runs_in_any_order_leave_the_newest(runs: list[Wanted], head: str, behavior: str) -> None:
    host = MemoryHost(sha=head)
    theirs = stamped(Marker("other", NEW, "2026-11-23T11:00:00Z"), "of another suite\n")
    host.create(theirs)
    best: tuple[bool, str] | None = None
    for each in runs:
        upsert(host, each, Asked(behavior))  # type: ignore[arg-type]
        (ours,) = [body for body in bodies(host) if body != theirs]
        now = rank(ours, head)
        assert best is None or now >= best
        best = now
    assert best == max(rank(each.text, head) for each in runs)
    assert theirs in bodies(host)


@given(RUNS, st.tuples(st.integers(0, 3), st.sampled_from(HEADS)), st.sampled_from(HEADS))
def test_after_any_run_there_is_one_comment_the_newest(
    there: list[Wanted], last: tuple[int, str], head: str
) -> None:
    """Whatever runs that ended half way have left."""
    host = MemoryHost(sha=head)
    for each in there:
        host.create(each.text)
    ours = wanted(*last)
    upsert(host, ours, Asked())
    (body,) = bodies(host)
    assert rank(body, head) == max(rank(each.text, head) for each in [*there, ours])


def schedule(data: st.DataObject) -> Callable[[list[int]], int]:
    return lambda left: data.draw(st.sampled_from(left)) if len(left) > 1 else left[0]


@settings(max_examples=100)
@given(
    st.data(),
    RUNS.filter(lambda runs: len(runs) >= 2),
    st.sampled_from(HEADS),
    st.sampled_from(["update", "hide-and-new", "delete-and-new"]),
)
def test_two_posters_at_once_leave_one_comment_the_newest(
    data: st.DataObject, runs: list[Wanted], head: str, behavior: str
) -> None:
    """Whatever the order of their calls, where no comment is there yet."""
    host = MemoryHost(sha=head)
    asked = Asked(behavior)  # type: ignore[arg-type]

    def poster(each: Wanted) -> object:
        return lambda stepwise: upsert(stepwise, each, asked)

    interleaved(host, [poster(each) for each in runs[:2]], schedule(data))
    (body,) = bodies(host)
    assert rank(body, head) == max(rank(each.text, head) for each in runs[:2])


@pytest.mark.slow
@settings(max_examples=100)
@given(st.data(), RUNS, st.lists(st.sampled_from(HEADS), min_size=2, max_size=2), st.sampled_from(HEADS))
def test_two_posters_at_once_update_a_comment_that_is_there(
    data: st.DataObject, there: list[Wanted], shas: list[str], head: str
) -> None:
    """One comment at the end, of the newest content, unless an older update was under way all the time in
    which the newer run looked last; then still one comment, of one of them."""
    host = MemoryHost(sha=head)
    host.create(there[0].text)
    runs = [wanted(data.draw(st.integers(0, 6)), sha) for sha in shas]
    log: list[tuple[int, str]] = []

    def poster(index: int) -> object:
        def run(stepwise: Host) -> Outcome:
            return upsert(_Logged(stepwise, index, log), runs[index], Asked())  # type: ignore[arg-type]

        return run

    interleaved(host, [poster(0), poster(1)], schedule(data))  # type: ignore[list-item]
    (body,) = bodies(host)
    texts = [there[0].text, *(each.text for each in runs)]
    assert body in texts
    best = max(rank(text, head) for text in texts)
    if rank(body, head) != best:
        newer = next(index for index, each in enumerate(runs) if rank(each.text, head) == best)
        assert _landed_late(log, 1 - newer, newer)


@pytest.mark.slow
@settings(max_examples=100)
@given(st.data(), RUNS.filter(lambda runs: len(runs) >= 2), RUNS, st.sampled_from(HEADS))
def test_two_posters_at_once_tidy_up_what_is_there(
    data: st.DataObject, there: list[Wanted], late: list[Wanted], head: str
) -> None:
    """Also where both are older: never none, and one."""
    host = MemoryHost(sha=head)
    for each in there[:3]:
        host.create(each.text)
    runs = [late[0], late[-1]]

    def poster(each: Wanted) -> object:
        return lambda stepwise: upsert(stepwise, each, Asked())

    interleaved(host, [poster(each) for each in runs], schedule(data))  # type: ignore[misc]
    (body,) = bodies(host)
    assert body in {each.text for each in [*there[:3], *runs]}


class _Logged:
    """Passes calls on, and notes when they end."""

    def __init__(self, host: Host, index: int, log: list[tuple[int, str]]) -> None:
        self._host, self._index, self._log = host, index, log

    def __getattr__(self, name: str) -> object:
        call = getattr(self._host, name)

        def noted(*arguments: object) -> object:
            result = call(*arguments)
            self._log.append((self._index, name))
            return result

        return noted


def _landed_late(log: list[tuple[int, str]], older: int, newer: int) -> bool:
    """True if the older run looked before the newer one's last change, and updated after its last look."""
    update = max(at for at, entry in enumerate(log) if entry == (older, "update"))
    look = max(at for at, entry in enumerate(log[:update]) if entry == (older, "comments"))
    change = max(at for at, (who, name) in enumerate(log) if who == newer and name in ("update", "create"))
    last = max(at for at, entry in enumerate(log) if entry == (newer, "comments"))
    return look < change and last < update
