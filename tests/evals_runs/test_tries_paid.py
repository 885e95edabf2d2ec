"""Tries that may be paid for are told apart by what a real server did, and are asked about before another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from promptlint.evals import runner
from promptlint.evals.exchange import Request
from promptlint.evals.providers.tries import MOST_TRIES
from promptlint.evals.runner import Options
from promptlint.prices import Price
from tests.evals_providers.faults import live
from tests.evals_providers.server import Server

DOLLAR = Price("small", 0.0, 1_000_000.0)  # an output token costs one


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def asked(plan: str, name: str) -> Request:
    message = {"role": "user", "content": f"plan:{plan} {name} say:yes"}
    return Request("small", (message,), {"max_tokens": 4})


@pytest.mark.parametrize(
    ("plan", "tries", "unsure"),
    [
        ("ok", 1, 0),
        ("500,429,503,ok", 4, 0),  # the server says that it failed
        ("drop,ok", 2, 1),
        ("half,500,drop,ok", 4, 2),
        ("401", 1, 0),
        ("garbage", 1, 1),  # an answer that nobody can read may be on the bill
        ("drop", MOST_TRIES, MOST_TRIES),
    ],
)
def test_which_tries_may_be_paid_for(server: Server, plan: str, tries: int, unsure: int) -> None:
    with live(server.base_url) as client:
        attempt = client.ask(asked(plan, "which"))
    assert (attempt.tries, attempt.unsure) == (tries, unsure)


@pytest.mark.parametrize(("limit", "sent"), [(4.0, 1), (8.0, 2), (11.9, 2), (12.0, 3)])
def test_a_budget_bounds_the_tries_that_may_be_paid_for(server: Server, limit: float, sent: int) -> None:
    """Each try may cost 4 dollars."""
    before = len(server.log)
    with live(server.base_url) as client:
        wanted = [asked("drop", f"{limit}")]
        run = runner.run(wanted, client, Options(None, 1, DOLLAR, max_cost=limit))
    assert len(server.log) - before == run.calls == sent
    assert run.usd_most == 4.0 * sent
    assert [found.attempt.failure and found.attempt.failure.kind for found in run.results.values()] == [
        "connection"
    ]


def test_failures_that_are_not_paid_take_nothing_from_a_budget(server: Server) -> None:
    with live(server.base_url) as client:
        wanted = [asked("500,429,ok", f"free {number}") for number in range(3)]
        run = runner.run(wanted, client, Options(None, 1, DOLLAR, max_cost=10.0))
    assert (run.calls, run.retries) == (9, 6)
    assert run.usd_spent == run.usd_most == 6.0  # the server counts two tokens an answer
