"""Makes the calls of a run: several at once, each within the budget, each answer stored before it counts."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import replace

from promptlint import style
from promptlint.evals import billing
from promptlint.evals.billing import Ledger
from promptlint.evals.exchange import Attempt, Client, Failure, Reply, Request
from promptlint.evals.progress import State, Watch
from promptlint.evals.spending import Bill
from promptlint.evals.store import Kept, Key, Store
from promptlint.prices import Price
from promptlint.records import dataclass

STOP_AFTER = 10
"""Calls in a row without an answer, each with all its tries; no more are made then."""

GRACE = 3.0
"""Seconds for which calls in flight are waited for when the user interrupts: they are being paid for."""

_TICK = 0.2


@dataclass(frozen=True, slots=True)
class Options:
    """How calls are made.

    Args:
        store: what is known, and where answers go; None: nothing is known, and nothing is kept.
        concurrency: calls at once.
        price: of the model; None: not known.
        max_cost: US dollars that are left for this run; None: no limit.
        worst_output: tokens that an answer has at most if the request sets no limit.
    """

    store: Store | None = None
    concurrency: int = 8
    price: Price | None = None
    max_cost: float | None = None
    worst_output: int = billing.ASSUMED_OUTPUT


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a request.

    Args:
        attempt: its `tries` are those of this run, 0 if nothing was sent.
        stored: the answer was known, from the store or a recording, and not paid for in this run.
        bill: what such an answer costs at today's price; None: not known, or there is no answer.
    """

    attempt: Attempt
    stored: bool
    bill: Bill | None = None


@dataclass(slots=True)
class Totals:
    """What the calls came to.

    Args:
        sent: tries of the calls that ended.
        retries: those after the first of each call.
        failed: calls that brought no answer.
        lost: calls of earlier runs without a known end, of the requests that were sent again.
        usd: paid for the answers that came; None: not known of one of them.
    """

    sent: int = 0
    retries: int = 0
    failed: int = 0
    lost: int = 0
    usd: float | None = 0.0


class Crew:
    """The calls that a run still has to make.

    Threads take one request after another. `results`, `totals` and `ledger` belong to whoever holds
    `_changed`, until `make` has returned.

    Args:
        client: answers.
        options: of the run.
        requests: the ones to send, by key.
    """

    def __init__(self, client: Client, options: Options, requests: Mapping[Key, Request]) -> None:
        self.results: dict[Key, Result] = {}
        self.totals = Totals()
        self.ledger = Ledger.of(options.max_cost)
        self.stopped: Failure | None = None
        self._client, self._options = client, options
        self._waiting = deque(requests.items())
        self._changed = threading.Condition()
        self._threads = self._in_flight = self._in_a_row = 0
        self._halted = self._closed = False
        self._error: BaseException | None = None

    def make(self, watch: Watch, known: int = 0) -> bool:
        """Make the calls; True if the user interrupted that.

        No more are started after an interrupt. Those in flight are waited for up to GRACE seconds, or to the
        next interrupt; what comes later is dropped.

        Args:
            watch: is told how far the run is.
            known: answers of the run that need no call.

        Raises:
            UsageError: an answer cannot be stored.
        """
        total, interrupted = known + len(self._waiting), False
        try:
            for _ in range(min(self._options.concurrency, len(self._waiting))):
                self._threads += 1
                threading.Thread(target=self._work, daemon=True).start()
            while self._goes_on():
                watch.show(self._state(total, known))
        except KeyboardInterrupt:
            interrupted = True
            self._wind_up()
            self.totals.sent += self._in_flight  # each of them at least once
        finally:
            with self._changed:
                self._halted = self._closed = True
                self._changed.notify_all()
        if self._error:
            raise self._error
        if self.stopped and not interrupted:
            unsent = Failure(self.stopped.kind, f"not sent: {self.stopped.message}")
            for key, _ in self._waiting:
                self.results[key] = Result(Attempt(failure=unsent, tries=0), stored=False)
        return interrupted

    # --- in the thread of the run -----------------------------------------------------------

    def _goes_on(self) -> bool:
        """Wait for news; False if all threads have ended, or there is an error."""
        with self._changed:
            if self._threads and not self._error:
                self._changed.wait(_TICK)
            return self._threads > 0 and not self._error

    def _wind_up(self) -> None:
        end = time.monotonic() + GRACE
        try:
            with self._changed:
                self._halted = True
                self._changed.notify_all()
                while self._threads and (left := end - time.monotonic()) > 0:
                    self._changed.wait(min(left, _TICK))
        except KeyboardInterrupt:
            return

    def _state(self, total: int, known: int) -> State:
        with self._changed:
            return State(total, known, known + len(self.results), self.totals.failed, self.totals.usd)

    # --- in the threads of the calls --------------------------------------------------------

    def _work(self) -> None:
        try:
            while (job := self._next()) is not None:
                self._call(*job)
        except BaseException as error:  # of any kind: `make` raises it again in its own thread
            with self._changed:
                self._halted, self._error = True, self._error or error
        finally:
            with self._changed:
                self._threads -= 1
                self._changed.notify_all()

    def _next(self) -> tuple[Key, Request] | None:
        with self._changed:
            return self._waiting.popleft() if self._waiting and not self._halted else None

    def _call(self, key: Key, request: Request) -> None:
        store, name = self._options.store, self._client.name
        if store and (found := store.get(name, [key])):  # another run was faster
            with self._changed:
                self.results[key] = known(found[key], self._options)
            return
        price, worst, times = self._options.price, 0.0, 1
        if self.ledger.limit is not None and price:
            worst = billing.worst(request, price, self._options.worst_output)
        if not self._fits(key, request, worst):
            return

        def again() -> bool:
            nonlocal times
            with self._changed:
                fits = not self._halted and self.ledger.hold(worst)
                times += fits
                return fits

        lost = store.begin(name, key) if store else 0
        attempt = self._client.ask(request, again)
        with self._changed:
            if not self._closed:
                self.totals.lost += lost
                self.results[key] = self._ended(key, request, attempt)
                self.ledger.settle(worst, times, self._paid(attempt, worst))
                self._in_flight -= 1
                self._changed.notify_all()

    def _fits(self, key: Key, request: Request, worst: float) -> bool:
        """Hold back what a call may cost; False: it does not fit into what is left, or no more are made."""
        with self._changed:
            while not self._halted:
                if self.ledger.hold(worst):
                    self._in_flight += 1
                    return True
                if not self._in_flight:
                    self.results[key] = self._too_dear(worst)
                    return False
                self._changed.wait()  # for a call to cost less than was held for it
            self._waiting.appendleft((key, request))
        return False

    def _too_dear(self, worst: float) -> Result:
        self.totals.failed += 1
        message = f"not sent: it could cost {style.usd(worst)}, {style.usd(self.ledger.left)} is left"
        return Result(Attempt(failure=Failure("budget", message), tries=0), stored=False)

    def _ended(self, key: Key, request: Request, attempt: Attempt) -> Result:
        """Store what came, count it, and see whether to go on."""
        self.totals.sent += attempt.tries
        self.totals.retries += max(0, attempt.tries - 1)
        if attempt.reply is None:
            return self._failed(key, attempt)
        bill = billing.bill(attempt.reply.usage, self._options.price)
        before = self.totals.usd
        self.totals.usd = None if bill is None or before is None else before + bill.total
        self._in_a_row = 0
        return self._kept(request, attempt, attempt.reply, bill)

    def _paid(self, attempt: Attempt, worst: float) -> float:
        """What a call cost; what is not known counts as its worst case."""
        bill = billing.bill(attempt.reply.usage, self._options.price) if attempt.reply else None
        unknown = attempt.unsure + (attempt.reply is not None and bill is None)
        return unknown * worst + (bill.total if bill else 0.0)

    def _kept(self, request: Request, attempt: Attempt, reply: Reply, bill: Bill | None) -> Result:
        store = self._options.store
        if not store:
            return Result(attempt, stored=False, bill=bill)
        try:
            kept = store.put(self._client.name, request, reply, bill.total if bill else None)
        except ValueError as error:
            failure = Failure("malformed", f"the answer cannot be stored: {error}")
            return self._failed((request.key, request.repeat), replace(attempt, reply=None, failure=failure))
        if kept.reply is reply:
            return Result(attempt, stored=False, bill=bill)
        bill = billing.bill(kept.reply.usage, self._options.price)
        return Result(replace(attempt, reply=kept.reply), stored=False, bill=bill)

    def _failed(self, key: Key, attempt: Attempt) -> Result:
        if self._options.store:
            self._options.store.fail(self._client.name, key)
        self.totals.failed += 1
        self._in_a_row += 1
        if self._in_a_row >= STOP_AFTER and attempt.failure and not self._halted:
            last = attempt.failure
            why = f"{STOP_AFTER} calls in a row brought no answer, the last: {last.message}"
            self.stopped, self._halted = Failure(last.kind, why), True
        return Result(attempt, stored=False)


def known(kept: Kept, options: Options) -> Result:
    """The result of a request whose answer is stored."""
    bill = billing.bill(kept.reply.usage, options.price)
    return Result(Attempt(kept.reply, tries=0), stored=True, bill=bill)
