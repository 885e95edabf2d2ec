"""No message of a failure at GitHub holds the token, or acts on what shows it."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable

import pytest

from promptlint.bot.host import Posted, Remark
from promptlint.errors import HostError

from .github_fixtures import HEAD, TOKEN, Connect, connect, server, waits
from .github_server import PRIMARY, Fault, GitHubServer

__all__ = ["connect", "server", "waits"]  # fixtures

ECHO = json.dumps({"message": f"no: {TOKEN} \x1b[31m\n::error::x " + "y" * 5000, "errors": [TOKEN]})
FAULTS = [
    *(Fault(times=99, status=s, body=ECHO) for s in (400, 401, 403, 404, 409, 410, 418, 422, 429, 500, 503)),
    Fault(times=99, status=403, body=json.dumps({"message": PRIMARY + TOKEN})),
    Fault(times=99, status=200, body=json.dumps({"errors": [{"type": "X", "message": TOKEN}]})),
    Fault(times=99, status=200, body=TOKEN),
    Fault(times=99, status=301, headers={"Location": f"http://elsewhere.test/{TOKEN}"}),
    Fault(times=99, status=307, headers={"Location": f"http://elsewhere.test/{TOKEN}"}, body=ECHO),
    Fault(times=99, status=0),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{n}-{fault.status}" for n, fault in enumerate(FAULTS)])
def test_no_message_holds_the_token_or_acts(server: GitHubServer, connect: Connect, fault: Fault) -> None:
    host = connect()
    asks: list[Callable[[], object]] = [
        host.head,
        lambda: list(host.comments()),
        lambda: list(host.remarks()),
        lambda: host.create("x"),
        lambda: host.update(Posted("1", ""), "x"),
        lambda: host.delete(Posted("1", "")),
        lambda: host.hide(Posted("1", "")),
        lambda: host.remark(HEAD, (Remark("a.md", 1, 1, "x"),)),
    ]
    host.head()
    for ask in asks:
        server.faults = [Fault(**vars(fault))]
        try:
            refused = ask()
        except HostError as error:
            told = "".join(traceback.format_exception(error)) + repr(error) + repr(error.__context__)
            said = str(error)
        else:
            told = said = "".join(reason for _, reason in refused) if isinstance(refused, tuple) else ""
        assert TOKEN not in told
        assert said.isprintable()
        assert len(said) < 400
