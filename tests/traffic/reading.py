"""What the tests of `promptlint traffic` share: records scanned without an engine, and engines on files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from promptlint.traffic import table
from promptlint.traffic.engines import Engine, Options, opened
from promptlint.traffic.scan import scan
from promptlint.traffic.settings import Settings

SETTINGS = Settings(salt=b"of the tests", now=1_800_000_000.0)


def rows(*records: object, settings: Settings = SETTINGS) -> list[dict[str, Any]]:
    """The rows of records, given as values of JSON or as bytes; nulls left out."""
    lines = [record if isinstance(record, bytes) else json.dumps(record).encode() for record in records]
    count = len(lines)
    batch = pa.RecordBatch.from_arrays(
        [
            pa.array([0] * count, pa.int32()),
            pa.array(range(count), pa.int64()),
            pa.array(lines, pa.binary()),
            pa.nulls(count, pa.string()),
        ],
        schema=table.raw_schema(),
    )
    found = sorted(scan(batch, settings).to_pylist(), key=lambda row: row["row"])
    return [{key: value for key, value in row.items() if value is not None} for row in found]


def row(record: object, settings: Settings = SETTINGS) -> dict[str, Any]:
    """The one row of a record."""
    (found,) = rows(record, settings=settings)
    return found


@contextmanager
def engine(*paths: Path, settings: Settings = SETTINGS, **options: Any) -> Iterator[Engine]:
    """An engine with the calls of files."""
    with opened(paths, settings, replace(Options(jobs=1), **options)) as found:
        yield found


def write_lines(path: Path, records: Sequence[object]) -> Path:
    """Write records as JSON lines."""
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    return path


def chat(number: int = 0, **more: Any) -> dict[str, Any]:
    """A plain logged chat."""
    return {
        "timestamp": 1_790_000_000 + number,
        "conversation_id": f"c{number // 3}",
        "latency_ms": 900,
        "request": {
            "model": "gpt-4o",
            "messages": [
                {"role": "system", "content": "Sort the mail."},
                {"role": "user", "content": f"Mail {number}"},
            ],
            "max_tokens": 100,
        },
        "response": {
            "id": f"r{number}",
            "model": "gpt-4o-2024-08-06",
            "choices": [{"message": {"role": "assistant", "content": "spam"}, "finish_reason": "stop"}],
            "usage": {
                "prompt_tokens": 1000,
                "completion_tokens": 10,
                "prompt_tokens_details": {"cached_tokens": 200},
            },
        },
        **more,
    }
