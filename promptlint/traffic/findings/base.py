"""What findings share: rows of queries with their names, exact prices of token sums, and rolling up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from promptlint.model import Basis
from promptlint.records import dataclass
from promptlint.traffic.engines import Engine
from promptlint.traffic.findings.facts import Names
from promptlint.traffic.money import Rates, nano
from promptlint.traffic_document import By, Finding, Kind, Part

NANO = 1_000_000_000
"""Nano-dollars a US dollar."""

MOST_ROWS = 200
"""Rows of one list of the document."""

Record = dict[str, Any]
"""A row of a query's result, by column; values are what the column holds."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of a prompt.

    Args:
        name: of the slot.
        before: bytes of fixed text before it.
        moved: bytes of fixed text before the next slot, or of all: with it moved, calls begin so.
        is_last: all text behind it is fixed: no other slot follows, and the prompt has no alternatives.
    """

    name: str
    before: int
    moved: int = 0
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user wants to know, and what is known beside the logs.

    Args:
        budget: US dollars a month; None: none.
        difficulty: of prompts, from 0 to 1, by id.
        slots: of prompts, by id, in order.
        tiers: models of the tiers `simple` and `medium`; what is missing is not compared.
        cache_seconds: how long a provider keeps a prefix after its last use: OpenAI 5 to 10 minutes
            ("Prompt caching"), Anthropic 5 minutes ("Prompt caching").
        retry_seconds: how soon a call that takes another's place begins.
        similar: cosine from which a semantic cache gives an answer again; where it was not tuned (see
            `threshold`), what is said of such a cache rests on it.
    """

    budget: float | None = None
    difficulty: Mapping[str, float] = field(default_factory=dict)
    slots: Mapping[str, Sequence[Slot]] = field(default_factory=dict)
    tiers: Mapping[str, str] = field(default_factory=dict)
    cache_seconds: int = 300
    retry_seconds: int = 120
    similar: float = 0.95


@dataclass(frozen=True, slots=True)
class Logs:
    """The engine with the logs, the prices, and what was asked; `days` from the first call to the last."""

    engine: Engine
    rates: Callable[[str], Rates | None]
    asked: Asked
    names: Names
    days: float

    def rows(self, sql: str) -> list[Record]:
        """The rows of a query; `prompt`, `model`, `sent` and `week` as texts where it has their numbers."""
        found: list[Record] = self.engine.query(sql).to_pylist()
        for row in found:
            if "p" in row:
                row["prompt"] = self.names.prompt(row["p"])
            if "m" in row:
                row["sent"], row["model"] = self.names.model(row["m"])
            if "week" in row:
                row["week"] = str(row["week"] or "")
        return found

    def price(
        self, row: Record, input_: int, output: int, cached: int = 0, *, batch: bool = False
    ) -> int | None:
        """Nano-dollars of sums of tokens of one model; None: no price is known for it."""
        rates = self.rates(row["sent"]) if row["sent"] else None
        return nano(rates, input_, output, cached, batch=batch)


@dataclass(frozen=True, slots=True)
class Group:
    """What a finding says of the calls of one prompt and model in one week; money in nano-dollars."""

    prompt: str
    model: str
    week: str
    calls: int
    of: int
    usd: int
    stake: int | None


def usd(nanos: int | None) -> float:
    """Nano-dollars as dollars; what is not known counts as nothing."""
    return (nanos or 0) / NANO


def finding(
    logs: Logs, kind: Kind, groups: Iterable[Group], basis: Basis, texts: tuple[str, str, str]
) -> Finding | None:
    """The finding over all groups, with its parts; None if no call is concerned.

    Args:
        logs: whose days it is.
        kind: of the finding.
        groups: what was found.
        basis: of the money.
        texts: what it says, how it was computed, and what to do.
    """
    found = list(groups)
    calls = sum(each.calls for each in found)
    if not calls:
        return None
    stake = _total([each.stake for each in found])
    says, how, next_ = texts
    return Finding(
        kind=kind,
        says=says,
        calls=calls,
        of=sum(each.of for each in found),
        usd=usd(sum(each.usd for each in found)),
        at_stake=stake,
        at_stake_month=None if stake is None or logs.days < 1 else stake * 30 / logs.days,
        basis=basis,
        how=how,
        next=next_,
        parts=tuple(_parts(found)),
    )


def _total(stakes: Sequence[int | None]) -> float | None:
    known = [each for each in stakes if each is not None]
    return sum(known) / NANO if known else None


def _parts(groups: Sequence[Group]) -> Iterator[Part]:
    by: tuple[tuple[By, Callable[[Group], str]], ...] = (
        ("prompt", lambda group: group.prompt),
        ("model", lambda group: group.model),
        ("week", lambda group: group.week),
    )
    for name, key in by:
        found: dict[str, list[Group]] = {}
        for group in groups:
            found.setdefault(key(group), []).append(group)
        parts = [
            Part(
                by=name,
                key=value,
                calls=sum(each.calls for each in members),
                of=sum(each.of for each in members),
                usd=usd(sum(each.usd for each in members)),
                at_stake=_total([each.stake for each in members]),
            )
            for value, members in found.items()
        ]
        if name == "week":
            parts = sorted((part for part in parts if part.key), key=lambda part: part.key)
        else:
            parts.sort(key=lambda part: (-(part.at_stake or 0.0), -part.calls, part.key))
        yield from parts[-MOST_ROWS:] if name == "week" else parts[:MOST_ROWS]
