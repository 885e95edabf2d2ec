"""The samples of fixtures/traffic: each format says what stands beside it, and the same calls say the same."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def _script() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "update_traffic.py"
    spec = importlib.util.spec_from_file_location("update_traffic", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


update_traffic = _script()
SAMPLES: list[Path] = update_traffic.samples()
FORMATS = {"chat", "langfuse", "litellm", "mapped", "otel", "usage export"}
SAME = (
    "chat-openai.jsonl",
    "spans-otlp.jsonl",
    "spend-litellm.json",
    "standard-litellm.jsonl.zst",
    "observations-langfuse.csv",
    "observations-langfuse.json",
    "observations-langfuse-blob.jsonl.gz",
)
"""Samples whose first four calls are the same: three turns, one of them again after an error."""


def read(name: str) -> dict[str, Any]:
    """What stands beside a sample."""
    text = (update_traffic.SAMPLES / f"{name}{update_traffic.SUFFIX}").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_what_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(update_traffic.ROOT)
    beside = path.with_name(path.name + update_traffic.SUFFIX)
    assert update_traffic.expected(path) == beside.read_text(encoding="utf-8")


def test_every_format_has_a_sample() -> None:
    assert {name for path in SAMPLES for name in read(path.name)["overview"]["formats"]} == FORMATS


@pytest.mark.parametrize("name", SAME)
def test_the_same_calls_say_the_same(name: str) -> None:
    def calls(of: str) -> list[dict[str, Any]]:
        return [row for row in read(of)["rows"] if "fault" not in row][:4]

    for row, known in zip(calls(name), calls(SAME[0]), strict=True):
        assert (row["time"], row["latency_ms"], row["turn"]) == (
            known["time"],
            known["latency_ms"],
            known["turn"],
        )
        assert (row["prompt_id"], row["model"]) == (known["prompt_id"], known["model"])
        assert (row.get("error"), row["max_tokens"]) == (known.get("error"), known["max_tokens"])
        assert row["system_hash"] == known["system_hash"]
        assert row["tools_sent"] == known["tools_sent"]
        assert row.get("tools_called") == known.get("tools_called")
        if "usd_nano" in known:
            assert row["usd_nano"] == known["usd_nano"] == row.get("usd_logged_nano", row["usd_nano"])
