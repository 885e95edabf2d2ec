"""Answers requests: from the store, from a recording, or by calls that are paid for, each at most once."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence

from promptlint.errors import UsageError
from promptlint.evals import billing
from promptlint.evals.crew import Crew, Options, Result, known
from promptlint.evals.exchange import Attempt, Client, Request, distinct
from promptlint.evals.progress import SILENT, State, Watch
from promptlint.evals.store import Key
from promptlint.records import dataclass

__all__ = ["Key", "Options", "Result", "Run", "run"]

_STEP = 1000


@dataclass(frozen=True, slots=True)
class Run:
    """What became of the requests of a run.

    Args:
        results: by key and repeat, each once, in the order of the requests; after an interrupt some lack.
        calls: requests that were sent, counting each try.
        cached_calls: those that were answered from the store or a recording.
        retries: calls that were tries after the first.
        lost: calls of earlier runs of which no end is known, of the requests that were sent again: they may
            have been paid for, too.
        usd_spent: US dollars for the answers that came; None: not known of one of them.
        usd_most: what the run can have cost at most: calls that brought no answer may be counted, too. None:
            the price is not known.
        seconds: wall time.
        interrupted: whether the user ended it.
        stopped: why it was given up; None: it was not.
    """

    results: Mapping[Key, Result]
    calls: int = 0
    cached_calls: int = 0
    retries: int = 0
    lost: int = 0
    usd_spent: float | None = 0.0
    usd_most: float | None = 0.0
    seconds: float = 0.0
    interrupted: bool = False
    stopped: str | None = None


def run(requests: Sequence[Request], client: Client, options: Options, watch: Watch = SILENT) -> Run:
    """Answer requests, those that are alike once; repeats of one request are calls of their own.

    Answers that are stored, or recorded, are taken from there. The others are asked for, several at once.
    Each call holds back its worst case first and is settled when it ends; one that no longer fits when no
    other is in flight is a failure of kind `budget`. After STOP_AFTER calls in a row without an answer the
    rest is not sent, and has the failure of the last. What is stored is committed: whenever the process is
    killed, no request with a stored answer is sent again.

    Args:
        requests: any number.
        client: answers; of a recorded one nothing is stored or paid.
        options: how.
        watch: is told how far the run is.

    Raises:
        UsageError: there is a limit, but no price to keep it by, and nothing was sent; or the store cannot be
            used, and what had come before is stored.
    """
    started = time.monotonic()
    wanted = distinct(requests)
    watch.begin()
    if client.recorded:
        return _replayed(wanted, client, options, watch)
    found = options.store.get(client.name, wanted) if options.store else {}
    results = {key: known(kept, options) for key, kept in found.items()}
    missing = {key: request for key, request in wanted.items() if key not in results}
    _check(missing, options)
    crew = Crew(client, options, missing)
    interrupted = crew.make(watch, len(results))
    results |= crew.results
    totals = crew.totals
    return Run(
        results={key: results[key] for key in wanted if key in results},
        calls=totals.sent,
        cached_calls=sum(result.stored for result in results.values()),
        retries=totals.retries,
        lost=totals.lost,
        usd_spent=totals.usd,
        usd_most=crew.ledger.most if options.price or not totals.sent else None,
        seconds=time.monotonic() - started,
        interrupted=interrupted,
        stopped=crew.stopped.message if crew.stopped else None,
    )


def _replayed(wanted: Mapping[Key, Request], client: Client, options: Options, watch: Watch) -> Run:
    """All from a recording, in this thread: there is nothing to wait for."""
    started = time.monotonic()
    results: dict[Key, Result] = {}
    interrupted = False
    try:
        for key, request in wanted.items():
            attempt = client.ask(request)
            reply = attempt.reply
            bill = billing.bill(reply.usage, options.price) if reply else None
            results[key] = Result(Attempt(reply, attempt.failure, tries=0), reply is not None, bill)
            if len(results) % _STEP == 0:
                watch.show(State(len(wanted), len(results), len(results)))
    except KeyboardInterrupt:
        interrupted = True
    return Run(
        results=results,
        cached_calls=sum(result.stored for result in results.values()),
        seconds=time.monotonic() - started,
        interrupted=interrupted,
    )


def _check(missing: Mapping[Key, Request], options: Options) -> None:
    """Refuse a limit that cannot be kept, before anything is sent."""
    limit = options.max_cost
    if limit is not None and not 0 <= limit < math.inf:
        raise UsageError(f"a limit of {limit} US dollars: expected a number from 0")
    if limit is not None and options.price is None and missing:
        model = next(iter(missing.values())).model
        raise UsageError(
            f"the cost cannot be limited, for the price of the model {model} is not known: say it in the "
            "suite's provider, `price: {input: ..., output: ...}`, in US dollars per million tokens"
        )
