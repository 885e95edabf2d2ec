"""A compression with the answers of a real, very small model: it comes out the same again, offline."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Runner

EVALS = Path(__file__).parents[2] / "fixtures" / "evals"


def test_what_the_model_accepted_is_accepted_again(promptlint: Runner) -> None:
    prompt, suite = EVALS / "prompts" / "tickets.md", EVALS / "tickets.compress.yaml"
    done = promptlint("compress", str(prompt), "--suite", str(suite), "--no-cache", "--format", "json")
    result = json.loads(done.out)
    assert (result["verdict"], done.code) == ("accepted", 0), result["reasons"]
    assert result["calls"] == 0
    assert result["before"]["tokens"] == 398
    assert result["after"]["tokens"] <= 200
    assert result["contract_losses"]


def test_the_support_prompt_is_accepted_again(promptlint: Runner) -> None:
    prompt, suite = (
        EVALS.parent / "shop" / "prompts" / "support_assistant.md",
        EVALS / "support.compress.yaml",
    )
    given = ("--suite", str(suite), "--max-calls", "1750", "--no-cache", "--format", "json")
    done = promptlint("compress", str(prompt), *given)
    result = json.loads(done.out)
    assert (result["verdict"], done.code) == ("accepted", 0), result["reasons"]
    assert result["calls"] == 0
    assert result["before"]["tokens"] == 1824
    assert result["after"]["tokens"] <= 780
    assert "{{ ticket }}" in result["text"]
    assert "password" in result["text"]  # safety text is never cut


def test_a_part_of_the_suite_decides_nothing(promptlint: Runner, tmp_path: Path) -> None:
    (tmp_path / "promptlint.toml").touch()
    lines = (EVALS / "cases" / "tickets.pairs.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    for name in ("prompts", "cases", "recordings"):
        (tmp_path / name).mkdir()
    (tmp_path / "cases" / "tickets.pairs.jsonl").write_text("".join(lines[:40]), encoding="utf-8")
    for name in ("prompts/tickets.md", "recordings/tickets.compress.jsonl", "tickets.compress.yaml"):
        (tmp_path / name).write_bytes((EVALS / name).read_bytes())
    prompt, suite = tmp_path / "prompts" / "tickets.md", tmp_path / "tickets.compress.yaml"
    done = promptlint("compress", str(prompt), "--suite", str(suite), "--no-cache", "--format", "json")
    result = json.loads(done.out)
    assert (result["verdict"], done.code) == ("undecided", 4)
    assert result["after"]["tokens"] == result["before"]["tokens"]
    assert "too small" in result["reasons"][0]
