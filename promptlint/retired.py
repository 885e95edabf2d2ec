"""Knows when the makers of models switch them off, from a dated table that comes with the package.

The dates hold for the makers' own services: clouds that sell the same models (Bedrock, Vertex, Azure) set
dates of their own, so a name with such a host in it has no date here. The table, `_data/retired.json`, spells
models as `models.parse` does and names the page that each date is from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from promptlint import models
from promptlint.records import dataclass

_TABLE = Path(__file__).parent / "_data" / "retired.json"
_FINE_TUNES = "ft"


@dataclass(frozen=True, slots=True)
class _Table:
    day: date
    days: Mapping[str, Mapping[str, date]]
    sources: Mapping[str, str]


def retired(model: str) -> date | None:
    """The day on which a model's maker switches it off, None if no such day is known.

    The day may lie ahead: compare it with `table_date()`, not with today, or a check of the same files says
    something else tomorrow.
    """
    found = _find(model)
    return found[1] if found else None


def gone(model: str) -> date | None:
    """The day on which a model was switched off, None if it still runs (or is unknown) as of the table."""
    day = retired(model)
    return day if day and day <= table_date() else None


def source(model: str) -> str | None:
    """The address of the page that the model's day is from, None if it has none."""
    found = _find(model)
    return _table().sources[found[0]] if found else None


def table_date() -> date:
    """The day as of which the table is right."""
    return _table().day


@lru_cache(maxsize=1024)
def _find(model: str) -> tuple[str, date] | None:
    """Who set the day, and the day."""
    parsed = models.parse(model)
    if parsed.host not in ("", _FINE_TUNES) or "@" in model:
        return None
    for maker, days in _table().days.items():
        if (maker == _FINE_TUNES) != (parsed.host == _FINE_TUNES):
            continue
        day = days.get(parsed.dated) or days.get(parsed.base)
        if day:
            return maker, day
    return None


@lru_cache(maxsize=1)
def _table() -> _Table:
    data = json.loads(_TABLE.read_bytes())
    days = {
        maker: {name: date.fromisoformat(day) for name, day in rows.items()}
        for maker, rows in data["models"].items()
    }
    return _Table(date.fromisoformat(data["date"]), days, data["sources"])
