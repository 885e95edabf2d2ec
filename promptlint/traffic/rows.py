"""Turns the values that a format has set into a row of the table: names, times, errors, prices, identity."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from promptlint import models
from promptlint.traffic import masking, money
from promptlint.traffic.settings import Settings
from promptlint.traffic.sources.fields import Row, flaw
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
_STATUS = {408: "timeout", 504: "timeout", 429: "rate_limit", 529: "rate_limit"}


class Finisher:
    """Finishes rows under one run's settings."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.texts = Reader(settings)
        self._rates: Callable[[str], money.Rates | None] = money.table(settings.prices)
        self._latest = int(settings.now * 1_000_000) + _DAY

    def finish(self, row: Row, line: bytes) -> None:
        """Set everything that follows from other values; `line` is what the row was read from."""
        self._times(row)
        self._names(row)
        self.texts.read(row)
        _counts(row)
        _errors(row)
        self._money(row)
        row.setdefault("calls", 1)
        row["delivery"] = self._delivery(row, line)

    def _times(self, row: Row) -> None:
        time, end = row.get("time") or row.get("created"), row.get("end")
        if time is not None and not _EARLIEST <= time <= self._latest:
            flaw(row, "time: clock")
            time = None
        row["time"] = time
        if end is not None and time is not None and "latency_ms" not in row:
            if end < time:
                flaw(row, "latency: negative")
            else:
                row["latency_ms"] = (end - time) / 1000

    def _names(self, row: Row) -> None:
        if "request_id" not in row and "line_id" in row:
            row["request_id"] = row["line_id"]
        for name in _IDS:
            if name in row:
                row[name] = self._id(row[name])
        sent = row.get("model_sent") or row.get("model_asked")
        if sent is not None:
            row["model_sent"], row["model"] = sent, _canonical(sent)
        user = row.get("user_id")
        if isinstance(user, dict):
            user = user.get("user_id") or user.get("id")
        if isinstance(user, str | int) and user != "":
            row["user_hash"] = self.texts.hasher.small(str(user))
        logged = row.get("prompt_id")
        if logged is not None:
            matcher = self.settings.matcher
            known = matcher.by_id(logged) if matcher is not None else logged
            if known is not None:
                row["prompt_id"], row["match"] = known, "metadata"

    def _id(self, value: str) -> str:
        """An id; of what is masked or cut, its hash beside it, so that two stay two."""
        masked = masking.identity(value)
        return masked if masked == value else f"{masked}~{self.texts.hasher.text(value)}"

    def _money(self, row: Row) -> None:
        sent = row.get("model_sent")
        rates = self._rates(sent) if sent else None
        if rates is not None:
            get = row.get
            row["price_basis"] = rates.basis
            row["usd_nano"] = money.nano(
                rates,
                get("input_tokens"),
                get("output_tokens"),
                get("cached_tokens"),
                get("cache_write_tokens"),
                batch=bool(get("batch")),
            )

    def _delivery(self, row: Row, line: bytes) -> int:
        """Deliveries of one call agree in id, time, outcome and tokens; without an id, in every byte."""
        get = row.get
        id_ = get("request_id")
        if id_ is None:
            return self.texts.hasher.number(line)
        counts = f"{get('input_tokens')}|{get('output_tokens')}"
        facts = f"{id_}|{get('time')}|{get('attempt')}|{get('status')}|{counts}"
        return self.texts.hasher.number(facts.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=4_096)
def _canonical(model: str) -> str:
    return models.canonical(model)


def _counts(row: Row) -> None:
    """Parts are no more than the whole."""
    for part, all_ in _PARTS:
        if part in row:
            value, total = row[part], row.get(all_)
            if value is not None and total is not None and value > total:
                flaw(row, f"{part}: more than {all_}")
                row[part] = None


def _errors(row: Row) -> None:
    """The kind of an error, by the status of HTTP, else by the words that the log has."""
    status, said = row.get("status"), row.get("failure")
    if status is None and said is None and "failed" not in row:
        return
    kind = _STATUS.get(status or 0)
    if kind is None and said is not None:
        kind = next((name for name, pattern in _KINDS if pattern.search(said)), None)
    if kind is None and status is not None and status >= 400:
        kind = "server" if status >= 500 else "client"
    if kind is None and (said is not None or row.get("failed")):
        kind = "other"
    if kind is not None:
        row["error"] = kind
