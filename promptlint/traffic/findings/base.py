"""What findings share: calls by prompt, model and week, exact prices of token sums, and rolling up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from promptlint import costs
from promptlint.model import Basis
from promptlint.records import dataclass
from promptlint.traffic.engines import Engine
from promptlint.traffic.money import Rates, nano
from promptlint.traffic.table import PREFIX_MOST, prefix_end
from promptlint.traffic_document import By, Finding, Kind, Part

NANO = 1_000_000_000
"""Nano-dollars a US dollar."""

MOST_PROMPTS = 100
"""Prompts that have rows of their own, by spend; the others are one."""

MOST_MODELS = 40
"""The same of models, by the names as logged."""

MOST_ROWS = 200
"""Rows of one list of the document."""

OTHERS = "(others)"

Record = dict[str, Any]
"""A row of a query's result, by column; values are what the column holds."""

_DIALECTS: Mapping[str, Mapping[str, str]] = {
    "duckdb": {"at": "list_extract({0}, {1})", "size": "len({0})"},
    "spark": {"at": "get({0}, {1} - 1)", "size": "array_size({0})"},
}
"""The functions on lists, counted from 1, that engines spell differently."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user wants to know, and what is known beside the logs.

    Args:
        budget: US dollars a month; None: none.
        difficulty: of prompts, from 0 to 1, by id.
        slots: of prompts, by id: the name of each slot with the bytes of fixed text before it, in order.
        tiers: models of the tiers `simple` and `medium`; what is missing is not compared.
        cache_seconds: how long a provider keeps a prefix after its last use: OpenAI 5 to 10 minutes
            ("Prompt caching"), Anthropic 5 minutes ("Prompt caching").
        retry_seconds: how soon a call that takes another's place begins.
        similar: cosine from which a semantic cache gives an answer again; where it was not tuned (see
            `threshold`), what is said of such a cache rests on it.
    """

    budget: float | None = None
    difficulty: Mapping[str, float] = field(default_factory=dict)
    slots: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
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
    days: float

    def rows(self, sql: str) -> list[Record]:
        """The rows of a query."""
        found: list[Record] = self.engine.query(sql).to_pylist()
        return found

    def spelt(self, name: str, *arguments: object) -> str:
        """A function in the engine's words."""
        return _DIALECTS[self.engine.name][name].format(*arguments)

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


def prepare(engine: Engine) -> None:
    """Tell the engine which prompts and models have rows of their own, and what it is to know of them.

    Tables: `kept_prompts`, `kept_models` (sent, name), `minimums` (sent, tokens: the least that the provider
    caches, null if it caches nothing), `blocks` (i from 1, ends: the bytes of a prefix of so many hashes).
    """
    import pyarrow as pa

    by = "sum(coalesce(usd_nano, 0)) AS usd, count(*) AS n"
    for table, column, most, extra in (
        ("kept_prompts", "prompt_id", MOST_PROMPTS, "max(prompt_id)"),
        ("kept_models", "model_sent", MOST_MODELS, "max(model)"),
    ):
        found = engine.query(
            f"SELECT {column} AS sent, {extra} AS name, {by} FROM calls WHERE {column} IS NOT NULL "
            f"GROUP BY {column} ORDER BY usd DESC, n DESC, sent LIMIT {most}"
        )
        text = pa.schema([("sent", pa.string()), ("name", pa.string())])
        engine.put(table, found.select(["sent", "name"]).cast(text))
    sent = engine.query("SELECT sent FROM kept_models ORDER BY sent").column("sent").to_pylist()
    least = pa.array([costs.cache_minimum(name) for name in sent], pa.int64())
    engine.put("minimums", pa.table({"sent": pa.array(sent, pa.string()), "tokens": least}))
    ends = pa.array([prefix_end(index) for index in range(PREFIX_MOST)], pa.int64())
    engine.put("blocks", pa.table({"i": pa.array(range(1, PREFIX_MOST + 1), pa.int32()), "ends": ends}))


def base(*columns: str, where: str = "") -> str:
    """A `WITH base AS (...)`: prompt, model, sent and week of every call that is one, and these columns.

    Rows of usage exports stand for many calls at once: only `spend` looks at those.
    """
    named = ", ".join(f"c.{name}" for name in columns)
    clause = f" AND {where}" if where else ""
    return (
        "WITH base AS (SELECT "
        f"coalesce(p.name, CASE WHEN c.prompt_id IS NULL THEN '' ELSE '{OTHERS}' END) AS prompt, "
        f"coalesce(m.name, CASE WHEN c.model_sent IS NULL THEN '' ELSE '{OTHERS}' END) AS model, "
        "coalesce(m.sent, '') AS sent, "
        "coalesce(CAST(CAST(date_trunc('week', c.time) AS DATE) AS STRING), '') AS week, "
        f"{named} FROM calls AS c LEFT JOIN kept_prompts AS p ON c.prompt_id = p.sent "
        f"LEFT JOIN kept_models AS m ON c.model_sent = m.sent WHERE c.calls = 1{clause})\n"
    )


KEYS = "prompt, model, sent, week"
"""What most queries group by."""


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
