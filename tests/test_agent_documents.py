"""AGD001, AGD002 and TOK006: prose paths, recipes, documents that are loaded together and their sum."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Runner
from test_mentions import found, put

RULE = "Every change of a price goes through the ledger service and is signed by two people of the desk."


def names(promptlint: Runner, tmp_path: Path, line: str, more: dict[str, str]) -> list[str]:
    put(tmp_path, {"AGENTS.md": f"# Guide\n\n{line}\n", "src/app.py": "x = 1\n", **more})
    return [message.partition("'")[2].partition("'")[0] for _, _, message in found(promptlint, "AGD001")]


@pytest.mark.parametrize(
    ("line", "gone"),
    [
        ("Verbs come from the glossary (docs/glossary.md).", ["docs/glossary.md"]),
        ("Run `./scripts/load.sh up` first.", ["./scripts/load.sh"]),
        ("Aliases stand in `aliases.tsv`.", ["aliases.tsv"]),
        ("Tests: `just test`, types: `just types`.", ["just types"]),
        ("It is React/Next.js and/or more, see https://a.org/docs/b.md.", []),
        ("Files are `kebab-case.md`; a `report.md` is written by hand; `README.md` too.", []),
        ("Use subfolders that match the implementation path, such as\n`auth/check.py` for it.", []),
        ("A file `docs/schema.md` would be helpful.", []),
        ("See src/app.py.", []),
    ],
)
def test_other_ways_to_speak_of_a_file(
    promptlint: Runner, tmp_path: Path, line: str, gone: list[str]
) -> None:
    assert names(promptlint, tmp_path, line, {"justfile": "test:\n    pytest\n"}) == gone


def test_a_justfile_that_is_missing_or_open(promptlint: Runner, tmp_path: Path) -> None:
    assert names(promptlint, tmp_path, "Run `just test`.", {}) == ["just test"]
    assert names(promptlint, tmp_path, "Run `just test`.", {"justfile": "import 'more.just'\n"}) == []


def test_documents_that_name_each_other_are_told_once(promptlint: Runner, tmp_path: Path) -> None:
    skill = "---\nname: x\ndescription: Prices\n---\nRead [a](references/a.md) and [b](references/b.md).\n"
    put(
        tmp_path,
        {
            "skills/x/SKILL.md": skill,
            "skills/x/references/a.md": f"# A\n\nSee [b](b.md).\n\n{RULE} {RULE.replace('price', 'rate')}\n",
            "skills/x/references/b.md": f"# B\n\nSee [a](a.md).\n\n{RULE} {RULE.replace('price', 'rate')}\n",
        },
    )
    assert {path for path, _, _ in found(promptlint, "AGD002")} <= {"skills/x/references/b.md"}


def test_little_that_a_skill_says_again_is_no_finding(promptlint: Runner, tmp_path: Path) -> None:
    skill = (
        "---\nname: x\ndescription: Prices\n---\nRead `references/a.md`.\n\nWait for the mail of the desk.\n"
    )
    put(
        tmp_path,
        {"skills/x/SKILL.md": skill, "skills/x/references/a.md": "# A\n\nWait for the mail of the desk.\n"},
    )
    assert found(promptlint, "AGD002") == []


LINES = (
    "- Raw reads are only read by the jobs.\n",
    "- Sample names never change after the import.\n",
    "- Each reference genome has its own release.\n",
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("".join(LINES), [(3, 5)]),
        (LINES[0] + "\n" + LINES[2], [(3, 5)]),
        (LINES[0] + "- Colours come from the theme of the shop.\n" + LINES[2], []),
        (LINES[0], []),
    ],
)
def test_lines_in_a_row_are_one_finding(
    promptlint: Runner, tmp_path: Path, text: str, said: list[tuple[int, int]]
) -> None:
    put(tmp_path, {"AGENTS.md": f"# All\n\n{''.join(LINES)}", "web/AGENTS.md": f"# Web\n\n{text}"})
    ran = promptlint("check", ".", "--select", "AGD002", "--format", "json", "--isolated")
    findings = json.loads(ran.out)["findings"]
    assert [(item["line"], item["end_line"]) for item in findings] == said
    for item in findings:
        lines, tokens = len(text.split("\n- ")), item["saving"]["input_tokens"]
        assert f"these {lines} lines say, {tokens} tokens in all" in item["message"]


def test_what_is_loaded_together_counts_together(promptlint: Runner, tmp_path: Path) -> None:
    many = "".join(
        f"- Branch {number} sorts its mail by the day on which it came in.\n" for number in range(280)
    )
    put(tmp_path, {"AGENTS.md": f"# All\n\n{many}", "web/AGENTS.md": f"# Web\n\n{many}"})
    ((path, _, message),) = found(promptlint, "TOK006")
    assert path == "web/AGENTS.md"
    assert message.startswith("With AGENTS.md, loaded together with it, ")
    (tmp_path / "AGENTS.md").write_text("# All\n\nBe kind to all branches of the shop.\n", encoding="utf-8")
    assert found(promptlint, "TOK006") == []


def test_a_document_over_the_budget_by_itself_is_told_itself(promptlint: Runner, tmp_path: Path) -> None:
    many = "".join(
        f"- Branch {number} sorts its mail by the day on which it came in.\n" for number in range(600)
    )
    put(
        tmp_path,
        {"AGENTS.md": f"# All\n\n{many}", "web/AGENTS.md": "# Web\n\nColours come from the theme.\n"},
    )
    assert [path for path, _, _ in found(promptlint, "TOK006")] == ["AGENTS.md"]
