"""What calls begin with alike: the query says what a comparison of every two calls says."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from promptlint.traffic import money
from promptlint.traffic.findings import Asked, prefixes
from promptlint.traffic.findings.base import Logs
from promptlint.traffic.findings.facts import prepare
from tests.traffic.reading import chat, engine, write_lines

BLOCK = 512


def logged(dice: random.Random) -> list[dict[str, Any]]:
    """Calls of two prompts and two models whose texts begin with up to five of two kinds of blocks."""
    records = []
    for number in range(80):
        record = chat(number, timestamp=1_790_000_000 + number * dice.choice([1, 40, 400]))
        blocks = "".join(dice.choice("ab") * BLOCK for _ in range(dice.randrange(6)))
        record["request"]["messages"][0]["content"] = blocks + dice.choice("cd") * dice.randrange(BLOCK)
        model = dice.choice(["gpt-4o", "claude-sonnet-4-5"])
        record["request"]["model"] = record["response"]["model"] = model
        record["metadata"] = {"prompt_id": dice.choice("pq")}
        record["response"]["usage"]["prompt_tokens"] = 5_000
        records.append(record)
    return records


def alike(one: dict[str, Any], other: dict[str, Any]) -> int:
    """Bytes of the full blocks with which both begin."""
    texts = [each["request"]["messages"][0]["content"] for each in (one, other)]
    size = 0
    while min(map(len, texts)) >= size + BLOCK and texts[0][: size + BLOCK] == texts[1][: size + BLOCK]:
        size += BLOCK
    return size


@pytest.mark.parametrize("seed", [1, 2])
def test_it_is_what_every_two_calls_have_in_common(tmp_path: Path, seed: int) -> None:
    records = logged(random.Random(seed))
    with engine(write_lines(tmp_path / "a.jsonl", records)) as found:
        logs = Logs(found, money.table({}), Asked(), prepare(found), 1.0)
        found.keep("prefixes", prefixes._calls(logs))
        rows = logs.rows(
            "SELECT c.request_id, p.alike, p.held, p.could, p.text_chars FROM prefixes AS p "
            "JOIN calls AS c ON p.delivery = c.delivery"
        )
    told = {row["request_id"]: row for row in rows}
    assert len(told) == len(records)
    for record in records:
        before = [
            each
            for each in records
            if each["timestamp"] < record["timestamp"]
            and each["request"]["model"] == record["request"]["model"]
        ]
        fresh = [each for each in before if each["timestamp"] >= record["timestamp"] - 300]
        own = [each for each in before if each["metadata"] == record["metadata"]]
        row = told[record["response"]["id"]]
        held = 5_000 * max((alike(record, each) for each in fresh), default=0) // row["text_chars"]
        assert row["alike"] == max((alike(record, each) for each in own), default=0)
        assert row["held"] == held
        assert row["could"] == (held if held >= 1_024 else 0)
