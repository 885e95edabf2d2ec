"""`promptlint prompts --render` and `--coverage`, as a user sees them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Runner
from jsonschema import Draft202012Validator

from promptlint.report import coverage

APP = '''"""A module that says nothing of itself but what it is: a long docstring of a module that sorts letters.

It goes on and on, because what is shorter than two hundred characters and does not open like a prompt is not
mentioned at all.
"""
SYSTEM_PROMPT = "You sort the mail of a shop into folders."
QUERY = """SELECT id, sender, subject, received_at, folder, priority FROM letters WHERE folder IS NULL AND
received_at > :since AND sender NOT IN (SELECT sender FROM blocked WHERE reason = 'spam') ORDER BY received_at"""
ABOUT = (
    "Our shop was founded in a small town by the river. It sells tea, cups and kettles to people who like to sit "
    "still for a while. Letters come in every day, and all of them are read by somebody who knows what they mean."
)
'''


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "a.prompt.j2").write_text("You sort mail.\n{% include 'rules.md' %}\nFor {{ user }}.\n")
    (tmp_path / "rules.md").write_text("Never open a letter that is not addressed to the shop.\n")
    (tmp_path / "b.prompt.j2").write_text("You sort {{ 'x' * 10 ** 9 }} mail.\n")
    (tmp_path / "in.yaml").write_text("user: the owner of the shop\n")
    return tmp_path


def manifest(promptlint: Runner, *arguments: str) -> dict[str, Any]:
    ran = promptlint("prompts", "--format", "json", *arguments)
    assert ran.code == 0, ran.err
    return {row["id"]: row for row in json.loads(ran.out)["prompts"]}


def test_included_text_is_counted(shop: Path, promptlint: Runner) -> None:
    row = manifest(promptlint)["a.prompt.j2"]
    assert (row["tokens"], row["included_tokens"], row["parts"]["included"]) == (18, 12, 12)
    assert (row["slots"], row["rendered"]) == (["user"], None)
    (shop / "rules.md").write_text("Never.\n")
    assert manifest(promptlint)["a.prompt.j2"]["included_tokens"] == 2


def test_rendered_tokens_stand_beside_the_static_ones(shop: Path, promptlint: Runner) -> None:
    rows = manifest(promptlint, "--render", "in.yaml")
    assert rows["a.prompt.j2"]["rendered"] == {"tokens": 23, "basis": "exact", "without": [], "problem": ""}
    assert rows["b.prompt.j2"]["rendered"]["problem"] == "it needs more than 256 MB"
    assert rows["app.py::SYSTEM_PROMPT"]["rendered"]["tokens"] == rows["app.py::SYSTEM_PROMPT"]["tokens"]
    ran = promptlint("prompts", "--render", "in.yaml")
    lines = ran.out.splitlines()
    assert lines[0].split() == ["prompt", "model", "load", "static", "rendered", "slots", "$/1,000", "calls"]
    assert lines[1].split()[:6] == ["a.prompt.j2", "gpt-4o?", "every", "call", "18", "23"]
    assert lines[-2:] == ["Not rendered", "  b.prompt.j2: it needs more than 256 MB"]
    assert "owner" not in ran.out


def test_names_without_a_value_are_said(shop: Path, promptlint: Runner) -> None:
    (shop / "in.yaml").write_text("{}\n")
    out = promptlint("prompts", "--render", "in.yaml", "a.prompt.j2").out
    assert "(" in out.splitlines()[1]
    assert out.splitlines()[-2:] == ["In brackets: rendered without a value for", "  a.prompt.j2: user"]


def test_render_wants_a_mapping_and_one_report_at_a_time(shop: Path, promptlint: Runner) -> None:
    (shop / "in.yaml").write_text("- 1\n")
    ran = promptlint("prompts", "--render", "in.yaml")
    assert (ran.code, ran.err) == (2, "promptlint: in.yaml: not a mapping of names to values\n")
    assert promptlint("prompts", "--render", "none.yaml").code == 2
    assert promptlint("prompts", "--render", "in.yaml", "--coverage").code == 2


def test_standard_input_is_rendered_too(shop: Path, promptlint: Runner) -> None:
    ran = promptlint(
        "prompts",
        "--render",
        "in.yaml",
        "--format",
        "json",
        "--stdin-filename",
        "x.j2",
        "-",
        stdin=b"Hi {{ user }}!",
    )
    (row,) = json.loads(ran.out)["prompts"]
    assert row["rendered"]["tokens"] == 7


def test_coverage_says_what_was_not_taken_and_why(
    shop: Path, promptlint: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    (shop / "broken.prompt.j2").write_text("You sort {% if x %} mail.\n")
    (shop / "tests").mkdir()
    (shop / "tests" / "case.md").write_text("You are a helpful assistant.\n")
    ran = promptlint("prompts", "--coverage")
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= 80
    assert ran.out.splitlines() == [
        "a.prompt.j2  1 prompt",
        "app.py  1 prompt",
        "      6  SYSTEM_PROMPT",
        "  not taken:",
        '     10  its name, call and wording do not say so: "Our shop was founded in a s…',
        "b.prompt.j2  1 prompt",
        "broken.prompt.j2  no prompt",
        "  a prompt file by its extension",
        "      1  TPL001 Unexpected end of template. Jinja was looking for the following…",
        "rules.md  1 prompt",
        "tests/case.md  no prompt",
        "  test data",
        "  not taken:",
        "      1  test data: You are a helpful assistant.",
        "",
        "7 files · 4 prompts · 2 not taken",
        "2 more that surely are none (--verbose lists them)",
        "1 with what could not be read · 0 skipped",
    ]
    verbose = promptlint("prompts", "--coverage", "--verbose").out
    assert '      1  a docstring, or text that nothing uses: """A module that says nothing …' in verbose
    assert '      7  SQL: """SELECT id, sender, subject' in verbose


def test_coverage_as_json_is_complete_and_meets_its_schema(shop: Path, promptlint: Runner) -> None:
    (shop / "link.md").symlink_to("nowhere")
    document = json.loads(promptlint("prompts", "--coverage", "--format", "json").out)
    Draft202012Validator(coverage.schema()).validate(document)
    assert document["summary"] == {
        "files": 5,
        "prompts": 4,
        "not_taken": 1,
        "obvious": 2,
        "broken": 0,
        "skipped": 1,
    }
    (app,) = [file for file in document["files"] if file["path"] == "app.py"]
    assert [(item["line"], item["reason"], item["obvious"]) for item in app["not_taken"]] == [
        (1, "a docstring, or text that nothing uses", True),
        (7, "SQL", True),
        (10, "its name, call and wording do not say so", False),
    ]
    assert document["skipped"] == [{"path": "link.md", "reason": "a symbolic link that leads nowhere"}]


def test_hostile_text_cannot_forge_the_report(tmp_path: Path, promptlint: Runner) -> None:
    (tmp_path / "a.py").write_text(f"TEXT = 'You are a bot.\\\n\x1b[2J{'and so on ' * 20}'\nprint(TEXT)\n")
    out = promptlint("prompts", "--coverage", "--verbose").out
    assert "\x1b" not in out


def test_what_is_only_included_is_counted_once(tmp_path: Path, promptlint: Runner) -> None:
    (tmp_path / "prompts").mkdir()
    texts = {
        "main.j2": "You sort mail for {{ user }}.\n{% include 'rules.j2' %}\n",
        "rules.j2": "Never open a letter.\n{% include 'tone.j2' %}\n",
        "tone.j2": "Be short and friendly.\n",
        "both.j2": "You write to {{ user }}.\n",
        "menu.j2": "You list the choices.\n{% include 'both.j2' %}\n",
        "other.mustache": "You answer {{user}}.\n{{> part}}\n",
        "part.mustache": "Say who you are and what you do.\n",
    }
    for name, text in texts.items():
        (tmp_path / "prompts" / name).write_text(text)
    (tmp_path / "app.py").write_text(
        'from openai import OpenAI\nfrom pathlib import Path\nOpenAI().chat.completions.create(model="gpt-4o", '
        'messages=[{"role": "system", "content": Path("prompts/both.j2").read_text()}])\n'
    )
    rows = manifest(promptlint)
    loads = {name: row["load"] for name, row in rows.items()}
    assert loads == {
        "prompts/both.j2": "every call",  # the program sends it too
        "prompts/main.j2": "every call",
        "prompts/menu.j2": "every call",
        "prompts/other.mustache": "every call",
        "prompts/part.mustache": "every call",  # not put into the other, so counted here
        "prompts/rules.j2": "included",
        "prompts/tone.j2": "included",
    }
    once = sum(row["tokens"] for row in rows.values() if row["load"] == "every call")
    whole = json.loads(promptlint("check", "--format", "json").out)["summary"]
    assert (whole["prompts"], whole["included"], whole["input_tokens"]) == (7, 2, once)
    assert rows["prompts/main.j2"]["included_tokens"] == rows["prompts/rules.j2"]["tokens"]
    bill = promptlint("check", "--format", "bill").out
    assert "The bill: 5 prompts" in bill
    assert [
        line.split()[0] for line in bill.partition("Included in others, counted there")[2].splitlines()[1:3]
    ] == [
        "prompts/rules.j2",
        "prompts/tone.j2",
    ]
    summary = f"7 prompts (2 included in others) in 7 files · {once} input tokens"
    for arguments in (("prompts",), ("check",), ("check", "--statistics")):
        assert summary in promptlint(*arguments).out


def test_many_texts_of_one_file_are_cut_with_a_count(tmp_path: Path, promptlint: Runner) -> None:
    (tmp_path / "pages.yaml").write_text(
        "".join(f"k{n}: {'the story of this house ' * 9}\n" for n in range(9))
    )
    out = promptlint("prompts", "--coverage").out
    assert out.count("names no prompt: ") == 5
    assert "and 4 more (--verbose lists them)" in out
    assert promptlint("prompts", "--coverage", "--verbose").out.count("names no prompt: ") == 9
