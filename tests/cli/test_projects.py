"""What one file of a project says of another: as a user sees it, cache, subsets and fixes included."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import Runner

RULES = 'RULES = "You sort the mail of a shop into folders. In order to help, be quick."\n'
APP = """from openai import OpenAI

from shop.texts import RULES

client = OpenAI()


def sort(mail):
    return client.chat.completions.create(
        model="{model}",
        messages=[{{"role": "system", "content": RULES}}, {{"role": "user", "content": mail}}],
    )
"""


def rows(promptlint: Runner, *paths: str) -> dict[str, dict[str, Any]]:
    ran = promptlint("prompts", "--format", "json", *paths)
    assert ran.code == 0, ran.err
    return {row["id"]: row for row in json.loads(ran.out)["prompts"]}


def findings(promptlint: Runner, *paths: str) -> list[tuple[str, str, str]]:
    ran = promptlint("check", "--format", "json", *paths)
    every = json.loads(ran.out)["findings"]
    return [(item["path"], item["code"], item["message"]) for item in every]


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text("")
    (tmp_path / "shop" / "texts.py").write_text(RULES)
    (tmp_path / "shop" / "app.py").write_text(APP.format(model="gpt-4o-mini"))
    return tmp_path


def test_a_constant_of_any_name_knows_the_call_in_another_module(shop: Path, promptlint: Runner) -> None:
    row = rows(promptlint)["shop/texts.py::RULES"]
    assert (row["model"], row["model_basis"]) == ("gpt-4o-mini", "exact")


def test_the_caller_alone_changes_and_the_cache_knows(shop: Path, promptlint: Runner) -> None:
    rows(promptlint)
    (shop / "shop" / "app.py").write_text(APP.format(model="gpt-4.1"))
    assert rows(promptlint)["shop/texts.py::RULES"]["model"] == "gpt-4.1"
    (shop / "shop" / "app.py").unlink()
    assert "shop/texts.py::RULES" not in rows(promptlint)


def test_callers_outside_of_the_named_files_are_asked(shop: Path, promptlint: Runner) -> None:
    (shop / "shop" / "texts.py").write_text(RULES.replace("RULES", "SYSTEM_PROMPT"))
    (shop / "shop" / "app.py").write_text(APP.format(model="gpt-4.1").replace("RULES", "SYSTEM_PROMPT"))
    named = rows(promptlint, "shop/texts.py")["shop/texts.py::SYSTEM_PROMPT"]
    assert named["model_basis"] == "assumed"  # without git nobody says who imports it
    git("init", "-q")
    named = rows(promptlint, "shop/texts.py")["shop/texts.py::SYSTEM_PROMPT"]
    assert (named["model"], named["model_basis"]) == ("gpt-4.1", "exact")


def test_a_fix_keeps_what_others_say(shop: Path, promptlint: Runner) -> None:
    assert promptlint("fix").code == 0
    assert (shop / "shop" / "texts.py").read_text() == RULES.replace("In order to help", "To help")
    assert promptlint("fix", "--check").code == 0


def test_a_config_names_its_prompts(tmp_path: Path, promptlint: Runner) -> None:
    (tmp_path / "evals").mkdir()
    (tmp_path / "evals" / "promptfooconfig.yaml").write_text(
        "prompts:\n  - file://one.txt\n  - file://gone.txt\n  - file://../../other/x.txt\n  - file:///etc/hosts\n"
        "providers: [openai:gpt-4.1-mini]\ntests:\n  - vars: {mail: hello}\n"
    )
    (tmp_path / "evals" / "one.txt").write_text("Which folder? {{mail}}\n")
    assert rows(promptlint)["evals/one.txt"]["model"] == "gpt-4.1-mini"
    found = [item for item in findings(promptlint) if item[1] == "SRC004"]
    assert found == [
        ("evals/promptfooconfig.yaml", "SRC004", "the file 'gone.txt' does not exist"),
        (
            "evals/promptfooconfig.yaml",
            "SRC004",
            "the file '../../other/x.txt' is outside the project: it is not read",
        ),
        (
            "evals/promptfooconfig.yaml",
            "SRC004",
            "the file '/etc/hosts' is absolute: only files of the project are read",
        ),
    ]


def test_includes_that_lead_nowhere_are_said_and_can_be_answered(tmp_path: Path, promptlint: Runner) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "a.j2").write_text(
        "You sort mail.\n{% include 'b.j2' %}\n{# promptlint: ignore[SRC004] made at run time #}\n"
        "{% include 'gone.j2' %}\n{% include 'lost.j2' ignore missing %}\n{% include name %}\n"
    )
    (tmp_path / "prompts" / "b.j2").write_text("Be quick.\n{% include 'a.j2' %}\n")
    found = [item for item in findings(promptlint) if item[1] == "SRC004"]
    assert found == [
        (
            "prompts/a.j2",
            "SRC004",
            "templates include each other: prompts/a.j2 -> prompts/b.j2 -> prompts/a.j2",
        ),
        (
            "prompts/b.j2",
            "SRC004",
            "templates include each other: prompts/b.j2 -> prompts/a.j2 -> prompts/b.j2",
        ),
    ]
