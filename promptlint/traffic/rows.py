"""Turns the values that formats have set into columns of the table: names, times, errors, prices."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from promptlint import models
from promptlint.traffic import masking, money
from promptlint.traffic.settings import Settings
from promptlint.traffic.sources.shapes import Columns, column
from promptlint.traffic.texts import Reader

_DAY = 86_400_000_000
_EARLIEST = 1_262_304_000_000_000  # 2010: no language model was sold by then
_KINDS = (
    ("timeout", re.compile(r"time[-_ ]?d? ?out|deadline", re.IGNORECASE)),
    ("rate_limit", re.compile(r"rate.?limit|too many requests|quota|overloaded|throttl", re.IGNORECASE)),
    ("validation", re.compile(r"validat|schema|guardrail", re.IGNORECASE)),
    ("parse", re.compile(r"json|pars(?:e|ing)|decod", re.IGNORECASE)),
    ("server", re.compile(r"server|internal|unavailable|connection|bad gateway", re.IGNORECASE)),
    (
        "client",
        re.compile(
            r"bad.?request|invalid|auth|permission|not.?found|context.?(?:window|length)", re.IGNORECASE
        ),
    ),
)
_IDS = ("request_id", "trace_id", "conversation_id")
_PARTS = (
    ("cached_tokens", "input_tokens"),
    ("cache_write_tokens", "input_tokens"),
    ("reasoning_tokens", "output_tokens"),
)
_COUNTS = ("input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens", "batch")
_FACTS = ("request_id", "time", "attempt", "status", "input_tokens", "output_tokens")
_STATUS = {408: "timeout", 504: "timeout", 429: "rate_limit", 529: "rate_limit"}


class Finisher:
    """Finishes the rows of batches under one run's settings, column by column."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.texts = Reader(settings)
        self._rates: Callable[[str], money.Rates | None] = money.table(settings.prices)
        self._latest = int(settings.now * 1_000_000) + _DAY

    def finish(self, columns: Columns, lines: Sequence[bytes]) -> None:
        """Set everything that follows from other values; `lines` are what the rows were read from."""
        count = len(lines)
        if not count:
            return
        self._times(columns, count)
        self._names(columns, count)
        self.texts.read(columns, count)
        _parts(columns, count)
        _errors(columns, count)
        self._money(columns, count)
        columns["delivery"] = self._deliveries(columns, lines)

    def _times(self, columns: Columns, count: int) -> None:
        known, created = column(columns, "time", count), columns.get("created")
        if created is not None:
            known = [one or other for one, other in zip(known, created, strict=True)]
        times = [None if time is None or not _EARLIEST <= time <= self._latest else time for time in known]
        columns["time"] = times
        if times != known:
            for number, (time, given) in enumerate(zip(times, known, strict=True)):
                if time is None and given is not None:
                    _flaw(columns, number, count, "time: clock")
        if "end" in columns:
            _latencies(columns, times, count)

    def _names(self, columns: Columns, count: int) -> None:
        _instead(columns, "request_id", "line_id")
        for name in _IDS:
            if name in columns:
                columns[name] = [self._id(value) for value in columns[name]]
        _instead(columns, "model_sent", "model_asked")
        if "model_sent" in columns:
            columns["model"] = [sent and _canonical(sent) for sent in columns["model_sent"]]
        if "user_id" in columns:
            hashes = [self._user(value) for value in columns["user_id"]]
            given = column(columns, "user_hash", count)
            columns["user_hash"] = [new or old for new, old in zip(hashes, given, strict=True)]
        if "prompt_id" in columns:
            self._prompts(columns, count)

    def _prompts(self, columns: Columns, count: int) -> None:
        """The prompts that metadata names; of a name that is none of the repository's, the name."""
        matcher, logged = self.settings.matcher, columns["prompt_id"]
        known = logged if matcher is None else [each and matcher.by_id(each) for each in logged]
        pairs = list(zip(known, logged, column(columns, "match", count), strict=True))
        columns["prompt_id"] = [one or other for one, other, _ in pairs]
        columns["match"] = ["metadata" if one else match for one, _, match in pairs]

    def _id(self, value: str | None) -> str | None:
        """An id; of what is masked or cut, its hash beside it, so that two stay two."""
        if value is None:
            return value
        masked = masking.identity(value)
        return masked if masked == value else f"{masked}~{self.texts.hasher.text(value)}"

    def _user(self, user: object) -> str | None:
        if isinstance(user, dict):
            user = user.get("user_id") or user.get("id")
        return self.texts.hasher.small(str(user)) if isinstance(user, str | int) and user != "" else None

    def _money(self, columns: Columns, count: int) -> None:
        if "model_sent" not in columns:
            return
        rates = [sent and self._rates(sent) for sent in columns["model_sent"]]
        columns["price_basis"] = [rate.basis if rate else None for rate in rates]
        counts = [column(columns, name, count) for name in _COUNTS]
        nano = money.nano
        columns["usd_nano"] = [
            nano(rate, sent, got, read, written, batch=bool(batch)) if rate else None
            for rate, sent, got, read, written, batch in zip(rates, *counts, strict=True)
        ]

    def _deliveries(self, columns: Columns, lines: Sequence[bytes]) -> list[int]:
        """Deliveries of one call agree in id, time, outcome and tokens; without an id, in every byte."""
        number = self.texts.hasher.number
        facts = [column(columns, name, len(lines)) for name in _FACTS]
        return [
            number(line)
            if id_ is None
            else number(f"{id_}|{time}|{attempt}|{status}|{sent}|{got}".encode("utf-8", "surrogatepass"))
            for line, id_, time, attempt, status, sent, got in zip(lines, *facts, strict=True)
        ]


def _flaw(columns: Columns, number: int, count: int, what: str) -> None:
    """Note that a value of a row was wrong."""
    flaws = columns.setdefault("flaws", [None] * count)
    flaws[number] = [*(flaws[number] or ()), what]


def _instead(columns: Columns, name: str, other: str) -> None:
    """What a row lacks of one column it has of another."""
    if name not in columns and other in columns:
        columns[name] = list(columns[other])  # not the same list: both are added to
    elif other in columns and None in columns[name]:
        pairs = zip(columns[name], columns[other], strict=True)
        columns[name] = [instead if value is None else value for value, instead in pairs]


@lru_cache(maxsize=4_096)
def _canonical(model: str) -> str:
    return models.canonical(model)


def _latencies(columns: Columns, times: list[int | None], count: int) -> None:
    """From begin to end, where the log does not say it."""
    found = list(column(columns, "latency_ms", count))
    for number, (time, end) in enumerate(zip(times, columns["end"], strict=True)):
        if end is not None and time is not None and found[number] is None:
            if end < time:
                _flaw(columns, number, count, "latency: negative")
            else:
                found[number] = (end - time) / 1000
    columns["latency_ms"] = found


def _parts(columns: Columns, count: int) -> None:
    """Parts are no more than the whole."""
    for part, all_ in _PARTS:
        if part in columns:
            pairs = zip(columns[part], column(columns, all_, count), strict=True)
            wrong = [
                number
                for number, (value, total) in enumerate(pairs)
                if value and total is not None and value > total
            ]
            if wrong:
                columns[part] = list(columns[part])
            for number in wrong:
                _flaw(columns, number, count, f"{part}: more than {all_}")
                columns[part][number] = None


def _errors(columns: Columns, count: int) -> None:
    """The kinds of errors."""
    facts = [column(columns, name, count) for name in ("status", "failure", "failed", "error")]
    if any(name in columns for name in ("status", "failure", "failed")):
        columns["error"] = [_error(*each) or each[3] for each in zip(*facts, strict=True)]


@lru_cache(maxsize=4_096)
def _error(status: int | None, said: str | None, failed: bool | None, error: str | None) -> str | None:
    """The kind of an error, by the status of HTTP, else by the words that the log has."""
    kind = _STATUS.get(status or 0)
    if kind is None and said is not None:
        kind = next((name for name, pattern in _KINDS if pattern.search(said)), None)
    if kind is None and status is not None and status >= 400:
        kind = "server" if status >= 500 else "client"
    if kind is None and (said is not None or failed):
        kind = "other"
    return kind or error
