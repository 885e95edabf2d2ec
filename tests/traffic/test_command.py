"""`promptlint traffic` as a user runs it: from logs to reports, to `plan`, to `eval import`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Runner

from tests.traffic.planted import made
from tests.traffic.reading import chat, write_lines

RULES = "Never promise a refund, and never name another shop. " * 130
PROMPT = f"Today is {{{{ today }}}}.\nYou answer the customers of a shop.\n{RULES}\n"
START = datetime(2026, 9, 7, 8, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one prompt, and ten days of its calls: the time stands at its beginning."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bot.prompt.j2").write_text(PROMPT)
    (tmp_path / "logs").mkdir()
    write_lines(tmp_path / "logs" / "a.jsonl", [call(number) for number in range(120)])
    return tmp_path


def call(number: int) -> dict[str, Any]:
    when = START + timedelta(hours=2 * number)
    record = chat(number, timestamp=when.isoformat())
    del record["conversation_id"]
    system = PROMPT.replace("{{ today }}", when.isoformat()).rstrip("\n")
    record["request"]["messages"] = [
        {"role": "system", "content": system},
        {"role": "user", "content": f"Where is parcel {number}, asks jane.doe@example.com"},
    ]
    record["response"]["usage"] = {
        "prompt_tokens": len(system) // 4,
        "completion_tokens": 40,
        "prompt_tokens_details": {"cached_tokens": 0},
    }
    return record


def test_the_prompt_and_its_slot_are_told(promptlint: Runner, shop: Path) -> None:
    done = promptlint("traffic", "logs", "--format", "json", "--budget", "100")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert [each["prompt"] for each in found["prompts"]] == ["bot.prompt.j2"]
    (prefix,) = found["prefixes"]
    assert (prefix["prompt"], prefix["slot"], prefix["stable_bytes"]) == ("bot.prompt.j2", "today", 0)
    assert found["forecast"]["month"] == "2026-09"
    assert found["forecast"]["over"] == pytest.approx(0, abs=1e-6)
    assert found["overview"]["matched"] == 1


@pytest.mark.parametrize("format_", ["html", "csv"])
def test_reports_are_written_without_texts(promptlint: Runner, shop: Path, format_: str) -> None:
    done = promptlint("traffic", "logs", "--format", format_, "-o", "out", "--requests", "requests.jsonl")
    assert (done.code, done.out) == (0, ""), done.err
    text = (shop / "out").read_text()
    assert "bot.prompt.j2" in text or not json.loads((shop / "requests.jsonl").read_text().split("\n")[0])
    for word in ("parcel", "jane.doe", "Never promise"):
        assert word not in text
    assert "jane.doe" not in (shop / "requests.jsonl").read_text()


def test_plan_takes_what_was_measured(promptlint: Runner, shop: Path) -> None:
    assert promptlint("traffic", "logs", "--usage", "promptlint-usage.yaml", "-o", "out").code == 0
    done = promptlint("plan", "bot.prompt.j2", "--format", "json")
    assert done.code == 0, done.err
    plan = json.loads(done.out)
    figures = {
        each["key"]: each["value"] for each in plan["figures"] if each["scope"] in ("", "bot.prompt.j2")
    }
    assert figures["output_tokens"] == {"low": 40.0, "mid": 40.0, "high": 40.0, "basis": "measured"}
    assert figures["calls_per_month"]["mid"] == pytest.approx(120 / (238 / 24) * 30.44, rel=1e-6)
    assert plan["prompts"][0]["model"] == "gpt-4o-2024-08-06"


def test_requests_become_cases(promptlint: Runner, shop: Path) -> None:
    assert promptlint("traffic", "logs", "--requests", "requests.jsonl", "-o", "out").code == 0
    done = promptlint("eval", "import", "requests.jsonl", "-o", "cases.jsonl")
    assert done.code == 0, done.err
    assert len((shop / "cases.jsonl").read_text().splitlines()) == 120


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--no-text", "--requests", "r"), "excludes"),
        (("--budget", "-1"), "--budget"),
        (("--format", "pdf"), "pdf"),
        (("--requests", "no/such/folder"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(
    promptlint: Runner, shop: Path, arguments: tuple[str, ...], word: str
) -> None:
    done = promptlint("traffic", "logs", *arguments)
    assert done.code == 2
    assert word in done.err


def test_planted_logs_on_a_narrow_terminal(
    promptlint: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = made(tmp_path, 120)
    monkeypatch.setenv("COLUMNS", "60")
    done = promptlint("traffic", str(path), "--isolated")
    assert done.code == 0, done.err
    assert "Context growth" in done.out
    assert max(map(len, done.out.split("\n"))) <= 60
