"""A run of N requests in a process of its own, which may be killed: `child.py URL FOLDER N CONCURRENCY`.

It says `sent N` (answers so far) whenever that changes, and at the end what became of the run, as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from promptlint.evals import runner
from promptlint.evals.exchange import Request
from promptlint.evals.progress import State
from promptlint.evals.providers.addresses import address
from promptlint.evals.providers.live import LiveClient
from promptlint.evals.store import Store
from promptlint.prices import Price


def requests(count: int) -> list[Request]:
    """Each tenth fails once; each has an answer of its own."""
    return [_request(number) for number in range(count)]


def _request(number: int) -> Request:
    text = f"case {number} {'plan:500,ok ' if number % 10 == 0 else ''}say:answer {number}"
    return Request("small", ({"role": "user", "content": text},))


class Watch:
    """Says how far it is."""

    def begin(self) -> None:
        self._done = -1

    def show(self, state: State) -> None:
        if state.done != self._done:
            self._done = state.done
            _say(f"done {state.done}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(url: str, folder: str, count: str, concurrency: str) -> None:
    client = LiveClient("openai", address(url), None, int(concurrency), 20.0)
    with Store(Path(folder)) as store:
        options = runner.Options(store, int(concurrency), Price("small", 1.0, 1.0))
        run = runner.run(requests(int(count)), client, options, Watch())
    client.close()
    texts = [found.attempt.reply.text for found in run.results.values() if found.attempt.reply]
    told = {name: getattr(run, name) for name in ("calls", "cached_calls", "retries", "lost", "interrupted")}
    _say(json.dumps({**told, "texts": texts}))


if __name__ == "__main__":
    main(*sys.argv[1:])
