"""What is said of a compression without a suite: lines that are emptied go, and what stays does stay."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from promptlint.compress import estimate, search
from promptlint.compress.estimate import Design
from promptlint.compress.search import Split
from promptlint.evals.gate import Rules

SHOP = Path(__file__).parents[2] / "fixtures/shop/prompts/support_assistant.md"


def test_the_support_prompt(promptlint, tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / SHOP.name).write_bytes(SHOP.read_bytes())
    found = json.loads(promptlint("compress", f"prompts/{SHOP.name}", "--format", "json").out)
    assert "jargon.   \n\n\n" not in found["text"]
    assert not any(not line.strip() and line for line in found["text"].split("\n"))
    gone = {
        line
        for each in found["dropped"]
        for line in range(each["span"]["line"], each["span"]["end_line"] + 1)
    }
    whole = {each["by"] for each in found["dropped"] if each["by_line"] in gone}
    assert all(by in found["text"] for by in whole)
    whys = [each["why"] for each in found["edits"]]
    assert "said in line 19, by what stays for line 50" in whys
    assert not any(why.endswith("repeats line 50") for why in whys)  # that line goes, too


def test_where_nothing_may_be_cut_nothing_is_asked() -> None:
    rules = Rules(0.05, 0.05, 1, None, 0)
    design = Design(cases=(), split=Split((), ()), rules=rules, margin=0.05, parts=0)
    assert estimate.estimated(design, None).why_not == "nothing may be cut: nothing was asked"


@pytest.mark.parametrize("parts", [1, 4, 12, 19])
def test_with_few_parts_each_can_be_tried(parts: int) -> None:
    assert search.budget(parts, 40) >= 3 * 40 + parts * 8


@pytest.mark.parametrize("parts", [20, 60])
def test_with_many_parts_a_share_is_the_budget(parts: int) -> None:
    assert search.budget(parts, 40) == int(search.CALLS * (parts + 1) * 40) - 40


def test_what_a_group_saves_is_told_once(promptlint, tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / SHOP.name).write_bytes(SHOP.read_bytes())
    found = json.loads(promptlint("compress", f"prompts/{SHOP.name}", "--format", "json").out)
    told = Counter(each["group"] for each in found["edits"] if each["tokens_saved"])
    assert set(told.values()) == {1}
    assert found["model"]
