"""No text, no address and no secret leaves a run unless it was asked for, and then masked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyarrow import parquet

from promptlint.traffic import table
from tests.conftest import Runner
from tests.traffic.reading import chat, write_lines

ADDRESS = "anna.muster@example.org"
KEY = "sk-proj-" + "Zq7Lw2Xv9Tn4Rb8Kd3Hs6Jf1" * 2
WORDS = "the weather in Ghent"


def leaky() -> dict[str, object]:
    """A call with an address and a key everywhere."""
    record = chat(0, user=ADDRESS, trace_id=f"{ADDRESS}/1", conversation_id=f"mail:{ADDRESS}", provider=KEY)
    request = record["request"]
    said = f"I am {ADDRESS}, my key is {KEY}; tell me {WORDS}"
    request["messages"] = [{"role": "system", "content": said}, {"role": "user", "content": said}]
    request["metadata"] = {"prompt_id": f"{ADDRESS} prompt", "user_id": ADDRESS}
    request["tools"] = [{"type": "function", "function": {"name": KEY}}]
    request["model"] = record["response"]["model"] = f"{KEY}"
    record["response"]["id"] = f"id-{ADDRESS}"
    record["response"]["choices"][0]["message"]["content"] = said
    record["error"] = said
    return record


@pytest.mark.parametrize("texts", [False, True])
def test_nothing_personal_is_written(tmp_path: Path, promptlint: Runner, texts: bool) -> None:
    log = write_lines(tmp_path / "log.jsonl", [leaky()])
    out = tmp_path / "calls.parquet"
    more = ["--with-texts"] if texts else []
    for format_ in ("text", "json"):
        done = promptlint(
            "traffic", str(log), "--isolated", "--format", format_, "--parquet", str(out), *more
        )
        assert done.code == 0, done.err
        for secret in (ADDRESS, KEY, WORDS):
            assert secret not in done.out + done.err
    (found,) = parquet.read_table(out).to_pylist()
    spelt = json.dumps(found, default=str)
    assert ADDRESS not in spelt
    assert KEY not in spelt
    assert (WORDS in spelt) is texts
    assert set(found) == set(table.NAMES) - (set() if texts else set(table.TEXT_COLUMNS))


def test_no_text_looks_at_none(tmp_path: Path, promptlint: Runner) -> None:
    log = write_lines(tmp_path / "log.jsonl", [chat()])
    out = tmp_path / "calls.parquet"
    assert promptlint("traffic", str(log), "--isolated", "--no-text", "--parquet", str(out)).code == 0
    (found,) = parquet.read_table(out).to_pylist()
    assert not [name for name in found if name.endswith(("hash", "hashes")) and found[name]]
    assert found["usd_nano"] == 800 * 2500 + 200 * 1250 + 10 * 10000
    assert promptlint("traffic", str(log), "--isolated", "--no-text", "--with-texts").code == 2
