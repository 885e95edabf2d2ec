"""The anchor, from the command line: blessed on purpose, compared with from then on, and charged for losses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Runner
from tests.evals_providers.server import Server
from tests.evals_whole.project import project


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def anchor(root: Path) -> dict[str, Any]:
    found = json.loads((root / "evals" / "tickets.anchor.json").read_text())
    assert isinstance(found, dict)
    return found


def says(root: Path, wrong: int) -> None:
    """Let the prompt lead to that many wrong answers: its text says which of the vars is repeated."""
    (root / "prompts" / "long.md").write_text(
        f"Sort it, edition {wrong}.\n{{{{ticket}}}}\nsay:{{{{w{wrong}}}}}\n"
    )


def suite(root: Path, server: Server, count: int = 300, **given: object) -> str:
    tests = []
    for index in range(count):
        answers = {f"w{wrong}": "bug" if index < wrong else "billing" for wrong in (0, 4, 8, 40)}
        tests.append(
            {
                "vars": {"ticket": f"number {index}", **answers},
                "assert": [
                    {"type": "equals", "value": "billing"},
                    {"type": "not-contains", "weight": 0, "value": "{{w0}}{{w4}}{{w8}}{{w40}}"},
                ],
            }
        )
    path = str(project(root, server, tests, candidate=None, **given))
    says(root, 0)
    return path


def test_small_losses_add_up_until_the_budget_is_spent(
    promptlint: Runner, tmp_path: Path, server: Server
) -> None:
    path = suite(tmp_path, server, budget=0.05)
    first = promptlint("eval", "bless", path)
    assert first.code == 0, first.err
    assert anchor(tmp_path)["budget"] == {"total": 0.05, "spent": 0.0}

    says(tmp_path, 4)
    ran = promptlint("eval", path, "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["verdict"], found["baseline"]["anchor"]) == (0, "accepted", True)
    assert found["difference"] == pytest.approx(-4 / 300)
    assert promptlint("eval", "bless", path).code == 0
    assert anchor(tmp_path)["budget"]["spent"] == pytest.approx(4 / 300)
    assert [step["charged"] for step in anchor(tmp_path)["history"]] == pytest.approx([0, 4 / 300])

    says(tmp_path, 8)
    found = json.loads(promptlint("eval", path, "--format", "json").out)
    assert found["margin"] == pytest.approx(0.05 - 4 / 300)
    assert promptlint("eval", "bless", path).code == 0

    says(tmp_path, 40)
    refused = promptlint("eval", "bless", path)
    assert refused.code == 1
    assert anchor(tmp_path)["budget"]["spent"] == pytest.approx(8 / 300)
    assert promptlint("eval", "bless", path, "--reset-budget", "the shop sells other things now").code == 0
    after = anchor(tmp_path)
    assert after["budget"]["spent"] == 0
    assert after["history"][-1]["reset"] == "the shop sells other things now"
