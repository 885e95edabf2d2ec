"""Writes logged requests with their outcomes, masked: for `route train`, and as cases for `eval import`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from promptlint.errors import UsageError
from promptlint.traffic.engines import Engine
from promptlint.traffic.findings.base import Record
from promptlint.traffic.findings.facts import CUT

MOST = 50_000
"""Requests that are written: as many as `route train` reads. Of more a sample is taken, by their hashes."""

_DIGITS = "0123456789abcdef"

_SQL = """
SELECT prompt_id, model, "system", "user", answer, conversation_id, user_hash, error, finish_reason
FROM calls WHERE "user" IS NOT NULL AND substring(text_hash, 1, 1) = '{digit}' AND calls = 1
ORDER BY text_hash, time, delivery LIMIT {most}
"""


def write(engine: Engine, path: Path) -> int:
    """Write a line a request; their number. A sixteenth of them is in memory at a time.

    A line has `messages` (the system text and the last question), `answer`, `model`, `prompt`, `passed` (no
    error was logged, and the answer was not cut off), and `conversation` or `user`, where the log says so.

    Raises:
        UsageError: the file cannot be written, or the logs have no texts.
    """
    count = 0
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for row in _rows(engine):
                file.write(f"{json.dumps(_line(row))}\n")
                count += 1
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error
    if not count:
        raise UsageError(f"{path}: no request has a text: nothing to train on")
    return count


def _rows(engine: Engine) -> Iterator[Record]:
    for digit in _DIGITS:
        sql = _SQL.format(digit=digit, most=MOST // len(_DIGITS))
        yield from engine.query(sql if engine.name == "duckdb" else sql.replace('"', "`")).to_pylist()


def _line(row: Record) -> dict[str, object]:
    messages = [{"role": "system", "content": row["system"]}] if row["system"] else []
    found: dict[str, object] = {"messages": [*messages, {"role": "user", "content": row["user"]}]}
    for name, key in (("answer", "answer"), ("model", "model"), ("prompt", "prompt_id")):
        if row[key]:
            found[name] = row[key]
    found["passed"] = row["error"] is None and row["finish_reason"] not in CUT
    if row["conversation_id"]:
        found["conversation"] = row["conversation_id"]
    elif row["user_hash"]:
        found["user"] = row["user_hash"]
    return found
