"""The models that a run asks: a client for each, one limit for all, and what the calls took together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from types import TracebackType
from typing import Self

from promptlint.errors import SuiteError
from promptlint.evals import billing, providers, runner
from promptlint.evals.exchange import Attempt, Client, Request
from promptlint.evals.folder import Folder
from promptlint.evals.model import Provider
from promptlint.evals.progress import Watch
from promptlint.evals.providers.keys import Keys
from promptlint.evals.recording import Header, ReplayClient
from promptlint.evals.runner import Options, Result
from promptlint.evals.store import Key, Store
from promptlint.prices import Price
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """How a run is made, whatever the suite.

    Args:
        folder: where the suite lies, and the root below which it may read.
        keys: which host may get which key.
        watch: is told how far the run is.
        store: keeps answers; None: none are known, and none are kept.
        max_cost: US dollars; the suite's own limit holds as well. None: none.
        python: whether assertions may run code of the suite.
        prices: of the configuration, as `prices.price` takes them.
    """

    folder: Folder
    keys: Keys
    watch: Watch
    store: Store | None = None
    max_cost: float | None = None
    python: bool = False
    prices: Mapping[str, Mapping[str, float]] | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """What calls took, and what went wrong on the way.

    Args:
        calls: sent, counting each try.
        cached: answered from the store or a recording.
        retries: calls that were tries after the first.
        lost: calls of earlier runs whose end is not known, of requests that were sent again.
        usd: US dollars for the answers that came; None: not known.
        most: what the calls can have cost at most; None: not known.
        seconds: wall time.
        interrupted: whether the user ended the run.
        stopped: why it was given up; empty: it was not.
    """

    calls: int = 0
    cached: int = 0
    retries: int = 0
    lost: int = 0
    usd: float | None = 0.0
    most: float | None = 0.0
    seconds: float = 0.0
    interrupted: bool = False
    stopped: str = ""


class Session:
    """Asks models, one after the other, under one limit; a context manager that closes the connections."""

    def __init__(self, setting: Setting, shown: str, limit: float | None) -> None:
        """Ask with a setting, and spend no more than `limit` US dollars in all; None: there is none.

        `shown` is what the suite is called in messages.
        """
        self.setting, self.shown, self._limit = setting, shown, limit
        self._clients: dict[tuple[object, ...], Client] = {}
        self._open = ExitStack()
        self.spent = Spent()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def client(self, provider: Provider) -> Client:
        """The client of a provider's server, opened once.

        Raises:
            SuiteError: the provider cannot be what the suite says.
            UsageError: its key is not there.
        """
        server = (
            provider.kind,
            provider.base_url,
            provider.recording,
            provider.timeout,
            provider.concurrency,
        )
        known = self._clients.get(server)
        if known is None:
            try:
                known = providers.client(provider, self.setting.folder, self.setting.keys)
            except SuiteError as error:
                raise SuiteError(f"{self.shown}: {error}") from error
            self._clients[server] = self._open.enter_context(closing(known))
        return known

    def header(self, provider: Provider) -> Header | None:
        """What a recording says of itself; None: the provider is none."""
        found = self.client(provider)
        return found.recording.header if isinstance(found, ReplayClient) else None

    def settled(self, provider: Provider) -> Provider:
        """The provider with the model and parameters of its recording, where the suite says no others."""
        header = self.header(provider)
        if header is None:
            return provider
        given = {**header.parameters, **provider.parameters}
        return replace(provider, model=provider.model or header.model, parameters=given)

    def price(self, provider: Provider) -> Price | None:
        """What a provider charges."""
        return billing.price_of(provider, self.setting.prices)

    def results(self, provider: Provider, requests: Sequence[Request]) -> Mapping[Key, Result]:
        """What became of requests, each once; all that they took is in `spent`."""
        left = None if self._limit is None else max(0.0, self._limit - (self.spent.most or 0.0))
        options = Options(
            store=self.setting.store,
            concurrency=provider.concurrency,
            price=self.price(provider),
            max_cost=left,
            worst_output=billing.assumed_output(provider),
        )
        done = runner.run(requests, self.client(provider), options, self.setting.watch)
        before = self.spent
        self.spent = Spent(
            calls=before.calls + done.calls,
            cached=before.cached + done.cached_calls,
            retries=before.retries + done.retries,
            lost=before.lost + done.lost,
            usd=_sum(before.usd, done.usd_spent),
            most=_sum(before.most, done.usd_most),
            seconds=before.seconds + done.seconds,
            interrupted=before.interrupted or done.interrupted,
            stopped=before.stopped or done.stopped or "",
        )
        return done.results

    def attempts(self, provider: Provider, requests: Sequence[Request]) -> Mapping[Key, Attempt]:
        """What became of requests, as those take it who ask for opinions."""
        return {key: result.attempt for key, result in self.results(provider, requests).items()}


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first + second
