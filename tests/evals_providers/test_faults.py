"""A server that fails in every way: no answer is lost, none is made up, and tries are counted as they were."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from promptlint.errors import UsageError
from promptlint.evals import providers
from promptlint.evals.exchange import Attempt
from promptlint.evals.folder import Folder
from promptlint.evals.model import Provider
from promptlint.evals.providers.keys import Keys
from promptlint.evals.providers.tries import MOST_TRIES

from .faults import HERE, Instant, asked, live
from .server import Options, Server

KEY = "sk-very-secret-0123456789"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def attempted(server: Server, text: str, kind: str = "openai", timeout: float = 20.0) -> tuple[Attempt, int]:
    """What became of a request, and how often the server got it."""
    before = len(server.log)
    with live(server.base_url, kind, timeout=timeout) as client:
        attempt = client.ask(asked(text))
    return attempt, len(server.log) - before


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
@pytest.mark.parametrize(
    "plan",
    [
        "429/1",
        "429/date3",
        "429/ms50",
        "429",
        "408",
        "500",
        "502",
        "503",
        "504",
        "529",
        "drop",
        "half",
        "chunk",
    ],
)
def test_what_may_pass_is_tried_again(server: Server, kind: str, plan: str) -> None:
    attempt, requests = attempted(server, f"{kind} plan:{plan},{plan},ok say:yes", kind)
    assert attempt.reply is not None
    assert attempt.reply.text == "yes"
    assert attempt.failure is None
    assert (attempt.tries, requests) == (3, 3)


@pytest.mark.parametrize(
    ("plan", "failure"),
    [
        ("429", "rate-limit"),
        ("500", "server"),
        ("529", "server"),
        ("drop", "connection"),
        ("half", "connection"),
        ("chunk", "connection"),
    ],
)
def test_tries_end(server: Server, plan: str, failure: str) -> None:
    attempt, requests = attempted(server, f"end plan:{plan}")
    assert attempt.reply is None
    assert attempt.failure is not None
    assert attempt.failure.kind == failure
    assert attempt.tries == requests == MOST_TRIES
    assert attempt.unsure == (MOST_TRIES if failure == "connection" else 0)


def test_what_may_be_paid_for_twice_is_asked_before(server: Server) -> None:
    with live(server.base_url) as client:
        attempts = [
            client.ask(asked(f"paid plan:{plan},ok"), again=lambda: False)
            for plan in ("half", "500", "garbage")
        ]
    assert [attempt.reply is not None for attempt in attempts] == [False, True, False]
    assert [(attempt.tries, attempt.unsure) for attempt in attempts] == [(1, 1), (2, 0), (1, 1)]


@pytest.mark.parametrize("plan", ["400", "401", "403", "404", "413", "422", "301", "302", "307", "308"])
def test_what_is_refused_is_not_tried_again(server: Server, plan: str) -> None:
    attempt, requests = attempted(server, f"refused plan:{plan},ok")
    assert attempt.failure is not None
    assert attempt.failure.kind == "refused"
    assert f"status {plan}" in attempt.failure.message
    assert attempt.tries == requests == 1


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
@pytest.mark.parametrize(
    "plan",
    [
        "truncated",
        "garbage",
        "latin",
        "deep",
        "list",
        "null",
        "odd",
        "error",
        "html",
        "bomb",
        "huge",
        "204",
        "201",
    ],
)
def test_what_is_no_answer_is_no_reply(server: Server, kind: str, plan: str) -> None:
    attempt, requests = attempted(server, f"{kind} no plan:{plan},ok", kind)
    assert attempt.reply is None
    assert attempt.failure is not None
    assert attempt.failure.kind == "malformed"
    assert attempt.tries == requests == 1


def test_an_account_without_money_is_not_asked_again(server: Server) -> None:
    attempt, requests = attempted(server, "plan:quota,ok")
    assert attempt.failure is not None
    assert attempt.failure.kind == "rate-limit"
    assert "out of money" in attempt.failure.message
    assert attempt.tries == requests == 1


def test_a_packed_answer_is_not_unpacked(server: Server) -> None:
    attempt, _ = attempted(server, "packed plan:bomb")
    assert attempt.failure is not None
    assert "a packed answer" in attempt.failure.message


def test_a_connection_that_the_server_has_closed_meanwhile_loses_nothing() -> None:
    with Server() as running, live(running.base_url) as client:
        attempts = [client.ask(asked(f"n{index} plan:bye say:{index}")) for index in range(5)]
    assert [attempt.reply and attempt.reply.text for attempt in attempts] == ["0", "1", "2", "3", "4"]
    assert len(running.log) == 5


def test_an_answer_without_choices_is_no_reply(server: Server) -> None:
    attempt, _ = attempted(server, "plan:hollow")
    assert attempt.failure is not None
    assert attempt.failure.kind == "malformed"


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
def test_a_usage_of_nan_is_not_taken_and_the_answer_is(server: Server, kind: str) -> None:
    attempt, _ = attempted(server, f"{kind} plan:nan say:yes", kind)
    assert attempt.reply is not None
    assert attempt.reply.text == "yes"
    assert attempt.reply.usage is None


@pytest.mark.parametrize("plan", ["hang", "drip", "headers"])
def test_the_timeout_is_of_the_whole_call(server: Server, plan: str) -> None:
    attempt, requests = attempted(server, f"slow plan:{plan},{plan},ok say:yes", timeout=0.3)
    assert attempt.reply is not None
    assert attempt.reply.text == "yes"
    assert attempt.tries == requests == 3
    first, *_, last = (entry["at"] for entry in server.log[-3:])
    assert last - first < 5  # ten times what it should take


def test_nobody_there_is_no_try() -> None:
    with Server() as gone:
        address = gone.base_url
    clock = Instant()
    with live(address, clock=clock) as client:
        first, second = client.ask(asked("a")), client.ask(asked("b"))
    for attempt in (first, second):
        assert attempt.failure is not None
        assert attempt.failure.kind == "connection"
        assert attempt.tries == 0
    assert len(clock.waits) == MOST_TRIES - 1  # of the first; the second is asked once only


def test_closing_ends_calls_and_waits() -> None:
    with Server() as running, live(running.base_url, timeout=3600) as client, ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(client.ask, asked("plan:hang"))
        running.wait(1)
        client.close()
        ended, after = hanging.result(10), client.ask(asked("after"))
    assert ended.failure is not None
    assert (ended.failure.kind, ended.tries) == ("connection", 1)
    assert after.failure is not None
    assert after.tries == 0
    assert len(running.log) == 1


def test_many_at_once_each_gets_its_own_answer() -> None:
    plans = ("ok", "500,ok", "429/1,ok", "drop,ok", "half,ok", "garbage", "401", "truncated")
    requests = [asked(f"n{index} plan:{plans[index % len(plans)]} say:{index}") for index in range(200)]
    with Server() as running, live(running.base_url) as client, ThreadPoolExecutor(16) as pool:
        attempts = list(pool.map(client.ask, requests))
    for index, attempt in enumerate(attempts):
        right = plans[index % len(plans)].endswith("ok")
        assert (attempt.reply is not None) == right
        assert (attempt.failure is None) == right
        if attempt.reply:
            assert attempt.reply.text == str(index)
    assert sum(attempt.tries for attempt in attempts) == len(running.log)


def test_a_pause_is_kept_by_everybody() -> None:
    clock = Instant()
    with Server() as running, live(running.base_url, clock=clock) as client:
        client.ask(asked("plan:429/60,ok"))
        assert sum(clock.waits) >= 60
        # A server that asks for more than is waited is not asked again, by nobody.
        hopeless = client.ask(asked("plan:429/3600,ok"))
        other = client.ask(asked("another"))
    assert hopeless.failure is not None
    assert (hopeless.failure.kind, hopeless.tries) == ("rate-limit", 1)
    assert other.failure is not None
    assert (other.failure.kind, other.tries) == ("rate-limit", 0)
    assert len(running.log) == 3


def test_a_server_that_repeats_the_key_does_not_spread_it() -> None:
    with Server() as running, live(running.base_url, key=KEY) as client:
        refused = client.ask(asked("plan:401"))
        failing = client.ask(asked("plan:error"))
        said = client.ask(asked(f"say:the key is {KEY}"))
    assert running.log[0]["keys"].keys() == {"authorization"}
    for attempt in (refused, failing):
        assert attempt.failure is not None
        assert "[key]" in attempt.failure.message
    assert said.reply is not None
    assert said.reply.text == "the key is [key]"
    for shown in (repr((refused, failing, said)), repr(client), str(vars(client).get("name"))):
        assert KEY not in shown


@pytest.mark.parametrize("spelt", ['sk-a/b"c-0123', r"sk-a\/b\"c-0123", r"sk-a/b\"c-0123"])
def test_a_key_is_found_however_json_spells_it(spelt: str) -> None:
    with Server() as running, live(running.base_url, key='sk-a/b"c-0123') as client:
        found = client._without_key(f"it is {spelt}!".encode())
    assert found == b"it is [key]!"


def test_a_redirect_takes_the_key_nowhere() -> None:
    with (
        Server() as other,
        Server(Options(plan="307", redirect=other.base_url + "/chat/completions")) as running,
    ):
        with live(running.base_url, key=KEY) as client:
            attempt = client.ask(asked("a"))
        assert attempt.failure is not None
        assert attempt.failure.kind == "refused"
        assert len(running.log) == 1
        assert other.log == []


def test_the_environment_leads_no_request_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server() as proxy, Server() as running:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        with live(running.base_url) as client:
            assert client.ask(asked("a")).reply is not None
        assert proxy.log == []


def test_connections_are_kept() -> None:
    with Server() as running, live(running.base_url) as client:
        for index in range(5):
            assert client.ask(asked(f"n{index}")).reply is not None
        assert running.connections == 1


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "urllib3", None)
    with pytest.raises(UsageError, match=r"pip install .*\[eval\]"):
        providers.client(Provider("openai", "m", "http://127.0.0.1:1"), Folder(HERE, HERE), Keys())
