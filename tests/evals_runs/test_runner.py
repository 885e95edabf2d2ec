"""A run: what is known is not asked, money is never overspent, a provider that fails is not asked for ever."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptlint.errors import UsageError
from promptlint.evals import billing, progress, runner
from promptlint.evals.billing import Ledger
from promptlint.evals.crew import STOP_AFTER
from promptlint.evals.exchange import Attempt, Failure, Reply, Request, Usage
from promptlint.evals.model import ToolCall
from promptlint.evals.recording import Header, Recording, ReplayClient
from promptlint.evals.runner import Options, Run
from promptlint.evals.store import Store
from promptlint.prices import Price
from tests.evals_runs.fakes import PRICE, Again, Fake, failed, replied, request

FREE = Price("small", 0.0, 0.0)


def keys(requests: list[Request]) -> list[tuple[str, int]]:
    return [(each.key, each.repeat) for each in requests]


def kinds(run: Run) -> list[str | None]:
    return [found.attempt.failure and found.attempt.failure.kind for found in run.results.values()]


# --- what is asked, and what is known -------------------------------------------------------


def test_each_request_is_asked_once_and_repeats_are_calls_of_their_own() -> None:
    client = Fake()
    wanted = [request(1), request(2), request(1), request(1, repeat=1)]
    run = runner.run(wanted, client, Options(price=FREE))
    assert client.asked == dict.fromkeys(keys([request(1), request(2), request(1, 1)]), 1)
    assert list(run.results) == keys([request(1), request(2), request(1, 1)])
    assert (run.calls, run.cached_calls, run.retries, run.usd_spent) == (3, 0, 0, 0.0)
    assert [found.attempt.reply and found.attempt.reply.text for found in run.results.values()] == [
        "n 1",
        "n 2",
        "n 1",
    ]


@given(st.integers(1, 40), st.integers(1, 12), st.sets(st.integers(0, 39)))
@settings(max_examples=25)
def test_results_are_in_the_order_of_the_requests(count: int, concurrency: int, bad: set[int]) -> None:
    def answer(asked: Request, again: Again) -> Attempt:
        text = str(asked.messages[0]["content"])
        return failed() if int(text[2:]) in bad and int(text[2:]) % 3 else replied(text)

    requests = [request(number) for number in range(count)]
    run = runner.run(requests, Fake(answer), Options(concurrency=concurrency))
    assert list(run.results) == keys(requests)
    for number, found in enumerate(run.results.values()):
        if found.attempt.reply:
            assert found.attempt.reply.text == f"n {number}"


def test_what_is_stored_is_not_asked_again(tmp_path: Path) -> None:
    with Store(tmp_path / "d") as store:
        first = runner.run([request(1), request(2)], Fake(), Options(store, price=PRICE))
        client = Fake()
        run = runner.run([request(2), request(3), request(1)], client, Options(store, price=PRICE))
    assert first.cached_calls == 0
    assert client.asked == dict.fromkeys(keys([request(3)]), 1)
    assert (run.calls, run.cached_calls) == (1, 2)
    assert [(found.stored, found.attempt.tries) for found in run.results.values()] == [
        (True, 0),
        (False, 1),
        (True, 0),
    ]


def test_a_failure_is_not_stored(tmp_path: Path) -> None:
    with Store(tmp_path / "d") as store:
        run = runner.run([request(1)], Fake(lambda *_: failed("timeout")), Options(store))
        again = runner.run([request(1)], Fake(), Options(store))
    assert kinds(run) == ["timeout"]
    assert (again.calls, again.cached_calls, again.lost) == (1, 0, 0)


def test_another_provider_has_its_own_answers(tmp_path: Path) -> None:
    with Store(tmp_path / "d") as store:
        runner.run([request(1)], Fake(name="a"), Options(store))
        assert runner.run([request(1)], Fake(name="b"), Options(store)).calls == 1


def test_without_a_store_nothing_is_known_or_kept() -> None:
    for _ in range(2):
        assert runner.run([request(1)], Fake(), Options(None)).calls == 1


def test_of_two_runs_at_once_the_first_answer_stays(tmp_path: Path) -> None:
    both = threading.Barrier(2)

    def answer(name: str) -> Attempt:
        both.wait(20)
        return replied(name, output=1)

    def go(name: str) -> None:
        with Store(tmp_path / "d") as store:
            client = Fake(lambda *_: answer(name))
            runs.append(runner.run([request(1)], client, Options(store, price=PRICE)))

    runs: list[Run] = []
    with Store(tmp_path / "d"):
        threads = [threading.Thread(target=go, args=(name,)) for name in ("a", "b")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    texts = [
        found.attempt.reply.text for run in runs for found in run.results.values() if found.attempt.reply
    ]
    assert len(set(texts)) == 1
    assert [(run.calls, run.usd_spent) for run in runs] == [(1, 1.0), (1, 1.0)]  # both were paid
    assert sorted(run.lost for run in runs) == [0, 1]  # the second saw that the first was on its way


def test_what_another_run_has_stored_meanwhile_is_not_asked(tmp_path: Path) -> None:
    def answer(asked: Request, again: Again) -> Attempt:
        store.put("fake", request(1), Reply("of the other"), None)
        return replied()

    client = Fake(answer)
    with Store(tmp_path / "d") as store:
        run = runner.run([request(0), request(1)], client, Options(store, 1))
    assert client.asked == dict.fromkeys(keys([request(0)]), 1)
    assert (run.calls, run.cached_calls) == (1, 1)


def test_calls_in_flight_at_a_kill_are_counted_when_they_are_sent_again(tmp_path: Path) -> None:
    with Store(tmp_path / "d") as store:
        for number in range(3):
            store.begin("fake", (request(number).key, 0))
        run = runner.run([request(number) for number in range(5)], Fake(), Options(store))
        later = runner.run([request(number) for number in range(9)], Fake(), Options(store))
    assert (run.lost, later.lost) == (3, 0)


def test_a_recording_is_replayed_and_nothing_is_stored_or_paid(tmp_path: Path) -> None:
    requests = [request(number) for number in range(4)]
    header = Header(kind="openai", model="small", base_url=None, parameters={}, made_at="", note="")
    found = {key: Reply("yes", usage=Usage(0, 2)) for key in keys(requests[:3])}
    client = ReplayClient(Recording(header, found, "r.jsonl"))
    with Store(tmp_path / "d") as store:
        run = runner.run(requests, client, Options(store, price=PRICE, max_cost=0.0))
        assert store.purge(dry_run=True).answers == 0
    assert kinds(run) == [None, None, None, "unrecorded"]
    assert (run.calls, run.cached_calls, run.usd_spent, run.usd_most) == (0, 3, 0.0, 0.0)
    assert [found.bill and found.bill.total for found in run.results.values()] == [2.0, 2.0, 2.0, None]
    assert {found.attempt.tries for found in run.results.values()} == {0}


# --- money ----------------------------------------------------------------------------------


@given(
    st.integers(1, 8),
    st.floats(0, 12),
    st.lists(st.tuples(st.integers(1, 3), st.floats(0, 1), st.integers(0, 2)), min_size=1, max_size=25),
)
@settings(max_examples=40)
def test_never_more_can_be_spent_than_the_limit(
    concurrency: int, limit: float, calls: list[tuple[int, float, int]]
) -> None:
    """The client reckons for itself: what was paid, and the worst of all that is on its way."""
    lock, now, paid = threading.Lock(), [0.0], [0.0]

    def answer(asked: Request, again: Again) -> Attempt:
        bound, share, unsure = calls[int(str(asked.messages[0]["content"])[2:])]
        held, sent = bound, 0
        with lock:
            now[0] += held
            assert now[0] + paid[0] <= limit + 1e-9
        while sent < unsure and again():
            sent, held = sent + 1, held + bound
            with lock:
                now[0] += bound
                assert now[0] + paid[0] <= limit + 1e-9
        output = int(share * bound)
        with lock:
            now[0] -= held
            paid[0] += output + sent * bound
        return Attempt(Reply("x", usage=Usage(0, output)), tries=1 + sent, unsure=sent)

    requests = [request(number, limit=bound) for number, (bound, _, _) in enumerate(calls)]
    price = Price("small", 0.0, 1_000_000.0)
    run = runner.run(requests, Fake(answer), Options(None, concurrency, price, max_cost=limit))
    assert run.usd_most is not None
    assert run.usd_most == pytest.approx(paid[0])
    assert run.usd_most <= limit + 1e-9
    refused = [found for found in run.results.values() if found.attempt.failure]
    assert {found.attempt.failure and found.attempt.failure.kind for found in refused} <= {"budget"}
    assert {found.attempt.tries for found in refused} <= {0}


@pytest.mark.parametrize("concurrency", [1, 3, 8])
def test_calls_in_flight_settle_before_a_request_is_given_up(concurrency: int) -> None:
    def answer(asked: Request, again: Again) -> Attempt:
        return replied(output=1)

    client = Fake(answer)  # worst case 10 dollars, each costs 1
    run = runner.run(
        [request(number, limit=10) for number in range(9)],
        client,
        Options(None, concurrency, Price("small", 0.0, 1_000_000.0), max_cost=13.0),
    )
    assert kinds(run).count(None) == 4  # with 4 paid, 9 dollars are left
    assert kinds(run).count("budget") == 5
    assert run.usd_spent == 4.0
    (message,) = {found.attempt.failure.message for found in run.results.values() if found.attempt.failure}
    assert message == "not sent: it could cost $10.00, $9.00 is left"


def test_a_request_waits_for_room_while_a_call_is_in_flight(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = threading.Event()
    hold = Ledger.hold

    def watched(self: Ledger, usd: float) -> bool:
        fits = hold(self, usd)
        if not fits:
            refused.set()
        return fits

    def answer(asked: Request, again: Again) -> Attempt:
        assert refused.wait(20)  # the other thread has found no room
        return replied(output=1)

    monkeypatch.setattr(Ledger, "hold", watched)
    price = Price("small", 0.0, 1_000_000.0)
    two = [request(number, limit=10) for number in range(2)]
    run = runner.run(two, Fake(answer), Options(None, 2, price, max_cost=11.0))
    assert kinds(run) == [None, None]


def test_a_smaller_request_may_still_fit() -> None:
    requests = [request(1, limit=10), request(2, limit=1)]
    run = runner.run(requests, Fake(), Options(None, 1, Price("small", 0.0, 1_000_000.0), max_cost=5.0))
    assert kinds(run) == ["budget", None]


def test_an_answer_without_usage_counts_as_its_worst_case() -> None:
    client = Fake(lambda *_: Attempt(Reply("yes")))
    price = Price("small", 0.0, 1_000_000.0)
    run = runner.run(
        [request(number, limit=2) for number in range(5)], client, Options(None, 4, price, max_cost=5.0)
    )
    assert kinds(run).count("budget") == 3
    assert (run.usd_spent, run.usd_most) == (None, 4.0)


@pytest.mark.parametrize(("unsure", "most"), [(0, 0.0), (1, 2.0)])
def test_a_failed_call_counts_if_it_may_have_been_paid(unsure: int, most: float) -> None:
    failure = Failure("timeout", "late")
    client = Fake(lambda *_: Attempt(failure=failure, unsure=unsure))
    run = runner.run(
        [request(1, limit=2)], client, Options(None, 1, Price("small", 0.0, 1_000_000.0), max_cost=5.0)
    )
    assert (run.usd_spent, run.usd_most) == (0.0, most)


def test_a_try_that_could_not_be_paid_is_not_made() -> None:
    said = []

    def answer(asked: Request, again: Again) -> Attempt:
        said.extend(again() for _ in range(3))
        return replied()

    price = Price("small", 0.0, 1_000_000.0)
    runner.run([request(1, limit=2)], Fake(answer), Options(None, 1, price, max_cost=5.0))
    assert said == [True, False, False]


@pytest.mark.parametrize("limit", [0.0, 2.0])
def test_a_limit_without_a_price_is_refused_before_anything_is_sent(limit: float, tmp_path: Path) -> None:
    client = Fake()
    with Store(tmp_path / "d") as store:
        with pytest.raises(UsageError, match="price of the model small is not known"):
            runner.run([request(1)], client, Options(store, max_cost=limit))
        assert not client.asked
        runner.run([request(1)], client, Options(store))
        assert runner.run([request(1)], client, Options(store, max_cost=limit)).cached_calls == 1


def test_without_a_limit_and_a_price_the_cost_is_not_known() -> None:
    run = runner.run([request(1)], Fake(), Options())
    assert (run.usd_spent, run.usd_most) == (None, None)
    assert [found.bill for found in run.results.values()] == [None]


@pytest.mark.parametrize("limit", [float("nan"), float("inf"), -1.0])
def test_a_limit_that_is_none(limit: float) -> None:
    with pytest.raises(UsageError, match="limit"):
        runner.run([request(1)], Fake(), Options(price=FREE, max_cost=limit))


def test_nothing_free_is_refused() -> None:
    run = runner.run([request(1)], Fake(), Options(price=FREE, max_cost=0.0))
    assert kinds(run) == [None]


# --- what goes wrong ------------------------------------------------------------------------


@pytest.mark.parametrize("concurrency", [1, 4, 32])
@pytest.mark.parametrize("kind", ["refused", "connection", "timeout", "rate-limit"])
def test_a_provider_that_always_fails_is_given_up(concurrency: int, kind: str) -> None:
    client = Fake(lambda *_: failed(kind, "status 401", tries=2))
    requests = [request(number) for number in range(1000)]
    run = runner.run(requests, client, Options(None, concurrency))
    assert STOP_AFTER <= sum(client.asked.values()) < STOP_AFTER + concurrency
    assert kinds(run) == [kind] * 1000
    assert run.calls == 2 * sum(client.asked.values())
    assert run.retries == sum(client.asked.values())
    assert run.stopped == f"{STOP_AFTER} calls in a row brought no answer, the last: status 401"
    unsent = [found.attempt for found in run.results.values() if found.attempt.tries == 0]
    assert len(unsent) == 1000 - sum(client.asked.values())
    assert {attempt.failure and attempt.failure.message for attempt in unsent} == {f"not sent: {run.stopped}"}


def test_failures_with_answers_between_them_do_not_end_a_run() -> None:
    def answer(asked: Request, again: Again) -> Attempt:
        number = int(str(asked.messages[0]["content"])[2:])
        return replied() if number % STOP_AFTER == 0 else failed()

    run = runner.run([request(number) for number in range(100)], Fake(answer), Options(None, 1))
    assert run.stopped is None
    assert kinds(run).count(None) == 10


def test_a_client_with_a_bug_ends_the_run_with_its_error(tmp_path: Path) -> None:
    def answer(asked: Request, again: Again) -> Attempt:
        if asked.messages[0]["content"] == "n 5":
            raise ZeroDivisionError("a bug")
        return replied()

    with Store(tmp_path / "d") as store:
        with pytest.raises(ZeroDivisionError):
            runner.run([request(number) for number in range(99)], Fake(answer), Options(store, 2))
        assert store.purge(dry_run=True).answers >= 4  # what had come is kept


def test_a_store_that_is_full_ends_the_run(tmp_path: Path) -> None:
    client = Fake(lambda *_: replied("long " * 2000))
    with Store(tmp_path / "d") as store:
        with store._database.guarded() as run:
            run("PRAGMA max_page_count = 40").fetchall()
        with pytest.raises(UsageError, match="full"):
            runner.run([request(number) for number in range(500)], client, Options(store, 4))
        kept = store.purge(dry_run=True).answers
    assert 0 < kept < 40
    assert sum(client.asked.values()) <= kept + 2 * 4


def test_an_answer_that_cannot_be_stored_is_a_failure(tmp_path: Path) -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    client = Fake(lambda *_: Attempt(Reply("x", (ToolCall("f", deep),), Usage(0, 3)), tries=2))
    with Store(tmp_path / "d") as store:
        run = runner.run([request(1)], client, Options(store, price=PRICE))
    assert kinds(run) == ["malformed"]
    assert (run.usd_spent, run.calls) == (3.0, 2)


def test_a_watch_is_told_how_far_it_is(tmp_path: Path) -> None:
    class Seen:
        def __init__(self) -> None:
            self.begun, self.states = 0, list[progress.State]()

        def begin(self) -> None:
            self.begun += 1

        def show(self, state: progress.State) -> None:
            self.states.append(state)

    seen = Seen()
    with Store(tmp_path / "d") as store:
        runner.run([request(number) for number in range(10)], Fake(), Options(store, price=PRICE))
        runner.run([request(number) for number in range(60)], Fake(), Options(store, 2, PRICE), seen)
    assert seen.begun == 1
    assert all(state.total == 60 and state.known == 10 for state in seen.states)
    done = [state.done for state in seen.states]
    assert done == sorted(done)
    assert set(done) <= set(range(10, 61))


def test_worst_cases_use_the_assumption_only_without_a_limit() -> None:
    bare = Request("small", ({"role": "user", "content": "x"},))
    price = Price("small", 0.0, 1_000_000.0)
    run = runner.run([bare], Fake(), Options(None, 1, price, max_cost=6.0, worst_output=7))
    assert kinds(run) == ["budget"]
    assert billing.worst(bare, price, 5) == 5
