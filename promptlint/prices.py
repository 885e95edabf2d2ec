"""Looks up what a model's tokens cost, in a dated snapshot that comes with the package.

The snapshot is made by `scripts/build_prices.py`. A name without a version (`mistral-large-latest`) has no
price if it is not known what it stands for today. Of prices that rise with the length of the prompt the first
tier counts; of those that depend on the hour of day, that of noon UTC.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from promptlint import models
from promptlint.errors import ConfigError
from promptlint.model import Basis
from promptlint.records import dataclass

DEFAULT_MODEL = "gpt-4o"
"""Assumed where a prompt names no model."""

KINDS = ("input", "output", "cached_input", "cache_write", "batch_input", "batch_output")
"""The kinds of price, in the order of the snapshot's columns; also the keys of an override."""

MAKERS = ("openai", "anthropic", "google", "mistral", "deepseek", "cohere", "x-ai")
"""Who sells models of their own. A name without a host is looked up there, in this order."""

_RESELLERS = frozenset(("azure", "vertex", "openrouter", "aws", "aws-global", "github"))
"""Hosts that mostly charge what the maker charges: without a price of their own the maker's is assumed."""

_SNAPSHOT = Path(__file__).parent / "_data" / "prices.json"


@dataclass(frozen=True, slots=True)
class Price:
    """What a model's tokens cost, in US dollars per million tokens; None where there is no such price.

    Args:
        model: the model, as the snapshot or the override spells it.
        input: uncached input.
        output: output, reasoning included.
        cached_input: input read from the provider's prefix cache.
        cache_write: input written to that cache (five minutes), where writing costs extra.
        batch_input: input of a batch job.
        batch_output: output of a batch job.
        basis: EXACT from the snapshot under this very name, or from the config; ASSUMED if the release date
            is unknown there, if the name moves (`-latest`), or if the price is the maker's instead of the
            reseller's.
        source: "snapshot 2026-11-23" or "config".
    """

    model: str
    input: float
    output: float
    cached_input: float | None = None
    cache_write: float | None = None
    batch_input: float | None = None
    batch_output: float | None = None
    basis: Basis = Basis.EXACT
    source: str = ""


@dataclass(frozen=True, slots=True)
class _Snapshot:
    date: str
    prices: Mapping[
        str, Mapping[str, list[float]]
    ]  # None too, where a kind has no price; never input or output
    aliases: Mapping[str, Mapping[str, str]]


def price(model: str, overrides: Mapping[str, Mapping[str, float]] | None = None) -> Price | None:
    """The price of a model, None if it is unknown.

    Args:
        model: a name in any common spelling; a host in it (`groq/...`, `bedrock/...`) asks for their price.
        overrides: config: model -> kind -> US dollars per million tokens. An override takes the place of all
            prices of its model, so that no price of ours stands beside one of yours.

    Raises:
        ConfigError: an override has an unknown kind, a negative price, or lacks input or output.
    """
    given = _override(model, overrides or {})
    if given is not None:
        return given
    parsed = models.parse(model)
    if parsed.host and parsed.host not in _RESELLERS:
        return next(_lookup((parsed.host,), parsed), None)
    own = next(_lookup((parsed.host,), parsed), None)
    makers = next(_lookup(MAKERS, parsed), None)
    if own is None and makers is not None and parsed.host:
        return replace(makers, basis=Basis.ASSUMED)
    return own or makers


def snapshot_date() -> str:
    """The day of the shipped prices, as YYYY-MM-DD."""
    return _snapshot().date


def known_models() -> tuple[str, ...]:
    """All models with a price, sorted: bare names of the makers' own, `<host>/<name>` of the others'."""
    names = []
    for host, rows in _snapshot().prices.items():
        prefix = "" if host in MAKERS else "ft:" if host == "ft" else f"{host}/"
        names += [prefix + name for name in rows]
    return tuple(sorted(names))


@lru_cache(maxsize=1)
def _snapshot() -> _Snapshot:
    data = json.loads(_SNAPSHOT.read_bytes())
    return _Snapshot(data["date"], data["prices"], data["aliases"])


def _lookup(hosts: tuple[str, ...], name: models.ModelName) -> Iterator[Price]:
    """What the hosts charge for a model, the best match first."""
    snapshot = _snapshot()
    stable = name.base.removesuffix("-preview").removesuffix("-exp")
    for host in hosts:
        rows, aliases = snapshot.prices.get(host, {}), snapshot.aliases.get(host, {})
        for spelling in dict.fromkeys((name.dated, name.base, stable)):
            key = aliases.get(spelling, spelling)
            if key in rows:
                base, output, cached, write, batch_in, batch_out, any_date = rows[key]
                certain = spelling == name.dated or (spelling == name.base and bool(any_date))
                basis = Basis.EXACT if certain and not key.endswith("-latest") else Basis.ASSUMED
                source = f"snapshot {snapshot.date}"
                yield Price(key, base, output, cached, write, batch_in, batch_out, basis, source)


def _override(model: str, overrides: Mapping[str, Mapping[str, float]]) -> Price | None:
    for name, kinds in overrides.items():
        _check(name, kinds)
    wanted = model.strip().lower()
    parsed = models.parse(model)
    for spelling in (wanted, parsed.dated, parsed.base):
        for name, kinds in overrides.items():
            if name.strip().lower() == spelling:
                return _configured(name, kinds)
    return None


def _configured(model: str, kinds: Mapping[str, float]) -> Price:
    cached, write, batch_in, batch_out = (kinds.get(kind) for kind in KINDS[2:])
    base, output = kinds["input"], kinds["output"]
    return Price(model, base, output, cached, write, batch_in, batch_out, Basis.EXACT, "config")


def _check(model: str, kinds: Mapping[str, float]) -> None:
    for kind, amount in kinds.items():
        if kind not in KINDS:
            close = get_close_matches(kind, KINDS, n=1)
            hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(KINDS)}"
            raise ConfigError(f"prices.{model}: unknown key {kind!r}; {hint}")
        if amount < 0:
            raise ConfigError(f"prices.{model}.{kind}: {amount} is negative")
    missing = [kind for kind in KINDS[:2] if kind not in kinds]
    if missing:
        raise ConfigError(f"prices.{model}: {' and '.join(missing)} missing (US dollars per million tokens)")
