"""The normalized table itself, as `--parquet` writes it: its numbers are taken as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from promptlint.traffic import masking
from promptlint.traffic.sources import fields
from promptlint.traffic.sources.whole import Fields, Row, Setter
from promptlint.traffic.table import COLUMNS, TEXT_COLUMNS

NAME = "promptlint"

_SET_ANEW = ("usd_nano", "price_basis", "origin", "fault", "delivery", "file", "row", "model")


def _texts(name: str) -> Setter:
    def put(row: Row, value: object) -> None:
        if isinstance(value, list):
            row[name] = [masking.name(str(item)) for item in value]

    return put


def _kept(name: str) -> Setter:
    def put(row: Row, value: object) -> None:
        if isinstance(value, str):
            row[name] = masking.text(value)

    return put


_SETTERS: dict[str, Callable[[str], Setter]] = {
    "time": fields.moment,
    "text": fields.text,
    "texts": _texts,
    "int": fields.count,
    "short": fields.count,
    "bool": fields.flag,
}

_ROW: Fields = {
    column.name: _SETTERS[column.kind](column.name)
    for column in COLUMNS
    if column.name not in _SET_ANEW and column.kind in _SETTERS
} | {"latency_ms": fields.millis(1), **{name: _kept(name) for name in TEXT_COLUMNS}}


def fits(record: dict[str, Any]) -> bool:
    """Whether a record is a row of the table; nulls are not written, but every row has these."""
    return "delivery" in record and "origin" in record and "calls" in record


def read(record: dict[str, Any]) -> Iterator[Row]:
    """The one row of a record; hashes are those of the run that wrote it, the price is today's."""
    row: Row = {}
    fields.walk(row, record, _ROW)
    yield row
