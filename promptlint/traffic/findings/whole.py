"""Puts all findings together into the document of `promptlint traffic`."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint import __version__
from promptlint.records import dataclass
from promptlint.traffic import money
from promptlint.traffic.engines import Engine
from promptlint.traffic.findings import (
    drift,
    forecast,
    growth,
    mix,
    output,
    prefixes,
    repeats,
    retries,
    semantic,
    spend,
    tools,
    waits,
)
from promptlint.traffic.findings.base import Asked, Logs, Record
from promptlint.traffic.findings.facts import MOST_MODELS, MOST_PROMPTS, OTHERS, prepare
from promptlint.traffic.settings import Settings
from promptlint.traffic_document import SCHEMA_VERSION, Finding, Traffic
from promptlint.traffic_overview import Missing, Overview

_SPAN = "SELECT min(time) AS begin_, max(time) AS end_ FROM facts"


@dataclass(frozen=True, slots=True)
class Counted:
    """The logs, and rows of their queries, for what is written beside the document: see `usage`."""

    logs: Logs
    spend: tuple[Record, ...]
    retries: tuple[Record, ...]
    repeats: tuple[Record, ...]
    waits: tuple[Record, ...]


def document(engine: Engine, settings: Settings, asked: Asked, read: Overview) -> tuple[Traffic, Counted]:
    """The document of the calls that an engine holds, and the rows it is made of.

    Args:
        engine: with `calls`, as `engines.opened` gives it.
        settings: of the run; its prices count.
        asked: what is wanted, and known beside the logs.
        read: what was read.
    """
    names = prepare(engine)
    logs = Logs(engine, money.table(settings.prices), asked, names, _days(engine))
    spent = spend.rows(logs)
    days = spend.days(logs)
    grown, turns = growth.found(logs)
    again, kinds, hidden, retried = retries.found(logs)
    drifted, versions, weeks = drift.found(logs)
    cut, outputs = output.found(logs)
    cached, caches = prefixes.found(logs)
    repeated, hits, seen = repeats.found(logs)
    near, similar, why = semantic.found(logs)
    batchable, waiting, waited = waits.found(logs)
    idle, offered = tools.found(logs)
    mixed, mixes, tiers = mix.found(logs, spent)
    findings = [grown, again, drifted, cut, cached, repeated, batchable, idle, mixed]
    found = Traffic(
        schema_version=SCHEMA_VERSION,
        promptlint=__version__,
        overview=read,
        days=logs.days,
        findings=tuple(_ordered([each for each in findings if each is not None])),
        prompts=spend.prompts(spent),
        weeks=spend.weeks(spent),
        daily=days,
        turns=turns,
        retries=kinds,
        hidden_tries=hidden,
        versions=versions,
        drift=weeks,
        outputs=outputs,
        prefixes=caches,
        hits=(*hits, *near),
        similar=similar,
        waits=waiting,
        tools=offered,
        mix=mixes,
        tiers=tiers,
        forecast=forecast.forecast(days, asked.budget),
        missing=(*_missing(logs), *why),
        notes=tuple(_notes(spent)),
    )
    return found, Counted(logs, tuple(spent), tuple(retried), tuple(seen), tuple(waited))


def _days(engine: Engine) -> float:
    row = engine.query(_SPAN).to_pylist()[0]
    return 0.0 if row["begin_"] is None else (row["end_"] - row["begin_"]).total_seconds() / 86_400


def _ordered(found: list[Finding]) -> list[Finding]:
    return sorted(found, key=lambda each: (-(each.at_stake or 0.0), each.kind))


def _notes(spent: list[Record]) -> Iterator[str]:
    """What was put together, so that it is not taken for one."""
    for column, most, noun in (("prompt", MOST_PROMPTS, "prompts"), ("model", MOST_MODELS, "models")):
        if any(row[column] == OTHERS for row in spent):
            yield f"only the {most:,} {noun} of the most spend are told apart: {OTHERS} are all the rest"


def _missing(logs: Logs) -> Iterator[Missing]:
    """What the findings lack that is in no log."""
    if not logs.asked.difficulty:
        yield Missing(
            "the models against the difficulty of prompts", "no difficulty of prompts is known", 1.0
        )
    if logs.days < 1:
        yield Missing("dollars a month", "the logs are of less than a day", 1.0)
