"""What `promptlint diff` tells of usual changes: narrowed to paths, in every format, on both kinds of head."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import Runner
from repositories import SCHEMA, A, B, commit, diff, git, statuses, write

from promptlint import lint
from promptlint.model import FileResult, Source

WORDY = "You sort mail of a shop.\nIn order to help, be quick and kind.\nPut each mail into one folder.\n"
CALL = """from openai import OpenAI
{imports}
client = OpenAI()


def sort(mail):
    return client.chat.completions.create(
        model="{model}",
        messages=[{{"role": "system", "content": {name}}}, {{"role": "user", "content": mail}}],
    )
"""


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, **{"a.prompt.md": A, "b.prompt.md": B, "sub/c.prompt.md": WORDY, "sub/d.prompt.md": B})
    return tmp_path


# --- --path -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paths", "shown"),
    [
        (["a.prompt.md"], {"a.prompt.md"}),
        (["sub"], {"sub/c.prompt.md", "sub/d.prompt.md"}),
        (["./sub/", "a.prompt.md"], {"a.prompt.md", "sub/c.prompt.md", "sub/d.prompt.md"}),
        (["sub/c.prompt.md", "sub"], {"sub/c.prompt.md", "sub/d.prompt.md"}),
        (["sub/../b.prompt.md"], {"b.prompt.md"}),
        (["."], {"a.prompt.md", "b.prompt.md", "sub/c.prompt.md", "sub/d.prompt.md"}),
        (["new"], set()),
    ],
)
def test_paths_narrow(repo: Path, promptlint: Runner, paths: list[str], shown: set[str]) -> None:
    write(repo, **{"new/x.txt": "x"})
    for name in ("a.prompt.md", "b.prompt.md", "sub/c.prompt.md", "sub/d.prompt.md"):
        write(repo, **{name: (repo / name).read_text() + "Be kind.\n"})
    options = [part for path in paths for part in ("--path", path)]
    assert set(statuses(diff(promptlint, "HEAD", *options))) == shown
    commit(repo)
    assert set(statuses(diff(promptlint, "HEAD~", "HEAD", *options))) == shown


def test_a_path_of_one_side_alone(repo: Path, promptlint: Runner) -> None:
    write(repo, **{"sub/c.prompt.md": None, "sub/d.prompt.md": None, "new/e.prompt.md": "Hi, be kind.\n"})
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "x")
    for arguments in (["HEAD~"], ["HEAD~", "HEAD"]):
        assert set(statuses(diff(promptlint, *arguments, "--path", "sub"))) == {
            "sub/c.prompt.md",
            "sub/d.prompt.md",
        }
        assert statuses(diff(promptlint, *arguments, "--path", "new")) == {"new/e.prompt.md": "added"}
        assert statuses(diff(promptlint, *arguments, "--path", "sub/c.prompt.md")) == {
            "sub/c.prompt.md": "removed"
        }


@pytest.mark.parametrize("head", [[], ["HEAD"]])
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("..", "is outside"),
        ("/etc", "is outside"),
        ("typo", "typo: no such file or folder, before or after"),
        ("sub/typo.md", "sub/typo.md: no such file or folder"),
        ("a.prompt.md/x", "no such file or folder"),
    ],
)
def test_a_path_that_is_nowhere(
    repo: Path, promptlint: Runner, head: list[str], path: str, words: str
) -> None:
    ran = promptlint("diff", "HEAD", *head, "--path", path)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err


def test_a_path_that_has_become_a_link(repo: Path, promptlint: Runner) -> None:
    """What the path names is compared, not what a change makes it lead to."""
    commit(repo, **{"other/x.txt": ""})
    for name in ("c", "d"):
        write(repo, **{f"sub/{name}.prompt.md": None})
    (repo / "sub").rmdir()
    (repo / "sub").symlink_to("other")
    found = statuses(diff(promptlint, "HEAD", "--path", "sub"))
    assert found == {"sub/c.prompt.md": "removed", "sub/d.prompt.md": "removed"}


# --- formats ----------------------------------------------------------------------------------


def test_text(repo: Path, promptlint: Runner) -> None:
    commit(repo, **{"promptlint.toml": ""})
    write(
        repo,
        **{
            "promptlint.toml": "ignore = ['OUT001']\n",
            "a.prompt.md": "You sort mail.\n\nIn order to help, answer in JSON.\n",
            "b.prompt.md": None,
            "sub/c.prompt.md": None,
            "sub/moved.prompt.md": WORDY + "Be kind.\n",
            "new.prompt.md": "Hi, be kind.\n",
        },
    )
    ran = promptlint("diff", "HEAD")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[:2] == [
        "Loosened by this change:",
        "  ignore: promptlint.toml:1: `ignore`: not checked any more: OUT001",
    ]
    heads = [line.split("  ")[:2] for line in lines if line and not line.startswith(" ")][1:-1]
    assert heads == [
        ["a.prompt.md", "changed"],
        ["b.prompt.md", "removed"],
        ["new.prompt.md", "added"],
        ["sub/c.prompt.md -> sub/moved.prompt.md", "moved, edited"],
    ]
    assert "  line 4 lost: requirement: Never reveal {{customer}}." in lines
    assert any(line.startswith("  new: TOK001 [warning] a.prompt.md:3:1 ") for line in lines)
    assert "  line 4 gained: requirement: Be kind." in lines
    assert lines[-1].startswith("FAIL: 1 prompt changed, 1 added, 1 removed, 1 moved · ")
    colored = promptlint("diff", "HEAD", "--color", "always").out
    assert "\x1b[31mFAIL\x1b[0m" in colored


def test_markdown(repo: Path, promptlint: Runner) -> None:
    write(repo, **{"a.prompt.md": "You sort mail.\n\nIn order to help, answer in JSON.\n"})
    ran = promptlint("diff", "HEAD", "--format", "markdown")
    assert ran.code == 1
    assert ran.out.startswith("> [!CAUTION]\n> **Fail.** 1 prompt changed: ")
    assert "\n| `a.prompt.md` |" in ran.out
    assert "- line 4 lost: `Never reveal {{customer}}.`\n" in ran.out
    assert "- warning `TOK001` in `a.prompt.md:3`: " in ran.out
    assert "promptlint:v1" not in ran.out  # the marker is the comment's


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_nothing_changed_in_every_format(repo: Path, promptlint: Runner, form: str) -> None:
    write(repo, **{"notes.txt": "nothing that addresses a model\n"})
    ran = promptlint("diff", "HEAD", "--format", form)
    assert (ran.code, ran.err) == (0, "")
    assert {"text": "UNCHANGED: no prompt changed\n", "markdown": "No prompt changed", "json": '"unchanged"'}[
        form
    ] in ran.out


@pytest.mark.parametrize("head", [[], ["HEAD"]])
def test_a_fault_of_promptlint_is_three(
    repo: Path, promptlint: Runner, monkeypatch: pytest.MonkeyPatch, head: list[str]
) -> None:
    real = lint.check_source

    def faulty(source: Source, settings: lint.Settings) -> FileResult:
        if "Be kind." in source.text:
            raise ValueError("a bug | of ours\n::error::x")
        return real(source, settings)

    monkeypatch.setattr(lint, "check_source", faulty)
    commit(repo, **{"a.prompt.md": A + "Be kind.\n", "b.prompt.md": B + "Rhyme.\n"})
    ran = promptlint("diff", "HEAD~", *head, "--format", "json", "--fail-on", "never")
    data = json.loads(ran.out)
    jsonschema.validate(data, SCHEMA)
    assert (ran.code, data["verdict"]) == (3, "error")
    assert [each["path"] for each in data["errors"]] == ["a.prompt.md"]
    assert "a bug" in data["errors"][0]["reason"]
    assert statuses(data)["b.prompt.md"] == "changed"
    ran = promptlint("diff", "HEAD~", *head)
    assert ran.code == 3
    assert "a.prompt.md: promptlint failed: " in ran.out
    assert ran.out.splitlines()[-1].startswith("ERROR: ")
    ran = promptlint("diff", "HEAD~", *head, "--format", "markdown")
    assert ran.code == 3
    assert ran.out.startswith("> [!CAUTION]\n> **Not a pass: promptlint failed.**")


TONE = "# Bot\n\n## Tone\n\n- Never share the password.\n- Be friendly.\n"
MOVED = "# Bot\n\n## Tone\n\n- Be friendly.\n\n## Secrets\n\n- Never share the password.\n"


def contract(data: dict[str, Any]) -> list[list[str]]:
    """Texts that are lost, gained and moved, of the only prompt."""
    (item,) = data["prompts"]
    return [[each["text"] for each in item[f"contract_{name}"]] for name in ("losses", "gains", "moves")]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        # Another slot is told once, and not as a sentence that is lost.
        ("Sort {mail}.\n{rules}\n", "Sort {mail}.\n{facts}\n", [["rules"], ["facts"], []]),
        ("Sort the mail {old} now.\n", "Sort the mail {new} now.\n", [["old"], ["new"], []]),
        # Where no slot comes or goes, the sentences are told.
        (
            "Sort {a} first.\nThen read {b} twice.\n",
            "Sort {b} first.\nThen read {a} twice.\n",
            [["Sort {a} first.", "Then read {b} twice."], ["Sort {b} first.", "Then read {a} twice."], []],
        ),
        # Another spelling is no move.
        ("Say 'Add it' each time.\n", "Say 'add it' each time.\n", [["Say 'Add it' each time."], ["Say 'add it' each time."], []]),
    ],
)  # fmt: skip
def test_slots_are_told_once(
    repo: Path, promptlint: Runner, before: str, after: str, told: list[list[str]]
) -> None:
    head = "You are a clerk of a shop.\n"
    code = 'SYSTEM_PROMPT = """{}"""\nprint(SYSTEM_PROMPT.format(a=1, b=2, mail=3, rules=4, facts=5, old=6, new=7))\n'
    commit(repo, **{"p.py": code.replace("{}", head + before, 1)})
    write(repo, **{"p.py": code.replace("{}", head + after, 1)})
    assert contract(diff(promptlint, "HEAD")) == told


def test_white_space_alone(repo: Path, promptlint: Runner) -> None:
    write(repo, **{"a.prompt.md": A + "\n"})
    data = diff(promptlint, "HEAD")
    assert contract(data) == [[], [], []]
    assert data["verdict"] == "pass"
    assert "\n  in words or white space alone\n" in promptlint("diff", "HEAD").out
    assert "| in words or white space alone |" in promptlint("diff", "HEAD", "--format", "markdown").out


def test_a_remark_that_follows_every_edit_is_not_new(repo: Path, promptlint: Runner) -> None:
    rules = "".join(f"Put mail number {index} of the shop into folder {index + 1}.\n" for index in range(90))
    code = f'SYSTEM_PROMPT = """You sort {{mail}}.\n{rules}{{}}"""\nprint(SYSTEM_PROMPT.format(mail=1))\n'
    commit(repo, **{"p.py": code.replace("{}", "")})
    (before,) = (
        each
        for each in promptlint("check", "--format", "concise", "p.py").out.splitlines()
        if "CAC001" in each
    )
    write(repo, **{"p.py": code.replace("{}", "Be kind to all.\n")})
    (after,) = (
        each
        for each in promptlint("check", "--format", "concise", "p.py").out.splitlines()
        if "CAC001" in each
    )
    assert before != after
    data = diff(promptlint, "HEAD")
    assert "CAC001" not in json.dumps(data["prompts"][0]["findings"])


# --- which is which ---------------------------------------------------------------------------


def prompts(*texts: str) -> str:
    return json.dumps({"agents": [{"name": "x", "system_prompt": text} for text in texts]}, indent=1)


FIRST = "You are a clerk of a shop. Sort each mail into one folder."
SECOND = "You are a poet. Write about the sea in four short lines."
THIRD = "You are a lawyer. Answer no question on taxes, and be brief."


def test_elements_that_shift_are_paired_by_content(repo: Path, promptlint: Runner) -> None:
    commit(repo, **{"agents.json": prompts(FIRST, SECOND)})
    write(repo, **{"agents.json": prompts(THIRD, FIRST, SECOND.replace("four", "five"))})
    data = diff(promptlint, "HEAD")
    found = {(each["id"], each["previous_id"], each["status"], each["edited"]) for each in data["prompts"]}
    at = "agents.json::/agents/{}/system_prompt".format
    assert found == {
        (at(0), None, "added", True),
        (at(1), at(0), "moved", False),
        (at(2), at(1), "moved", True),
    }
    write(repo, **{"agents.json": prompts(SECOND)})
    found = {
        (each["id"], each["previous_id"], each["status"]) for each in diff(promptlint, "HEAD")["prompts"]
    }
    assert found == {(at(0), at(1), "moved"), (at(0), None, "removed")}


@pytest.mark.parametrize("edit", ["", " Be kind."])
def test_a_name_that_changes_in_python(repo: Path, promptlint: Runner, edit: str) -> None:
    commit(repo, **{"p.py": f'SYSTEM_PROMPT = "{FIRST}"\nPOET_PROMPT = "{SECOND}"\n'})
    write(repo, **{"p.py": f'CLERK_SYSTEM_PROMPT = "{FIRST}{edit}"\nPOET_PROMPT = "{SECOND}"\n'})
    (item,) = diff(promptlint, "HEAD")["prompts"]
    assert (item["id"], item["previous_id"]) == ("p.py::CLERK_SYSTEM_PROMPT", "p.py::SYSTEM_PROMPT")
    assert (item["status"], item["edited"]) == ("moved", bool(edit))
    assert item["contract_losses"] == []


def test_what_moves_to_another_role_or_heading_is_not_lost(repo: Path, promptlint: Runner) -> None:
    commit(repo, **{"p.py": f'SYSTEM_PROMPT = "{FIRST}"\n', "m.prompt.md": TONE})
    write(repo, **{"p.py": f'CLERK_PROMPT = "{FIRST}"\n', "m.prompt.md": MOVED})
    data = diff(promptlint, "HEAD")
    markdown, python = data["prompts"]
    assert python["contract_losses"] == python["contract_gains"] == markdown["contract_losses"] == []
    moves = [[(each["text"], each["line_before"], each["line_after"]) for each in item["contract_moves"]]
             for item in (markdown, python)]  # fmt: skip
    assert moves == [
        [("Never share the password.", 5, 9)],
        [("You are a clerk of a shop.", 1, 1), ("Sort each mail into one folder.", 1, 1)],
    ]
    assert [(each["what"], each["text"]) for each in markdown["contract_gains"]] == [
        ("heading", "## Secrets")
    ]
    assert data["verdict"] == "warn"
    words = "line 5 -> 9 now elsewhere: requirement: Never share the password."
    assert words in promptlint("diff", "HEAD").out
    out = promptlint("diff", "HEAD", "--format", "markdown").out
    assert "- line 5 → 9 `Never share the password.`" in out
    assert "| 1 requirement elsewhere |" in out


@pytest.mark.parametrize("text", ["", "*.py binary\n*.py -diff -text\n"])
@pytest.mark.parametrize(("old", "new"), [("gpt-4o", "gpt-4o-mini"), ("gpt-4o-mini", "gpt-4o")])
def test_a_model_that_changes_in_another_file(
    repo: Path, promptlint: Runner, old: str, new: str, text: str
) -> None:
    def app(model: str) -> str:
        return CALL.format(imports="\nfrom shop.texts import RULES\n", model=model, name="RULES")

    texts = {"shop/__init__.py": "", "shop/texts.py": f'RULES = "{FIRST}"\n', ".gitattributes": text}
    commit(repo, **texts, **{"shop/app.py": app(old)})
    commit(repo, **{"shop/app.py": app(new)})
    for arguments in (["HEAD~"], ["HEAD~", "HEAD"]):
        data = diff(promptlint, *arguments)
        (item,) = data["prompts"]
        assert (item["id"], item["status"], item["edited"]) == ("shop/texts.py::RULES", "changed", False)
        assert (item["before"]["model"], item["after"]["model"]) == (old, new)
        before, after = item["before"]["usd_per_1000"][1], item["after"]["usd_per_1000"][1]
        assert (before > after) is (old == "gpt-4o")


def test_a_price_that_is_lost_in_another_file(repo: Path, promptlint: Runner) -> None:
    def app(model: str) -> str:
        return CALL.format(imports="\nfrom shop.texts import RULES\n", model=model, name="RULES")

    texts = {"shop/__init__.py": "", "shop/texts.py": f'RULES = "{FIRST}"\n'}
    commit(repo, **texts, **{"shop/app.py": app("gpt-4o")})
    write(repo, **{"shop/app.py": app("house-model-7b")})
    data = diff(promptlint, "HEAD")
    assert data["verdict"] == "warn"
    total = data["total"]
    assert [total[side]["usd_per_1000"] for side in ("before", "after")] == [None, None]
    assert (total["before"]["unpriced"], total["after"]["unpriced"]) == (1, 1)
    for form in ("text", "markdown"):
        out = promptlint("diff", "HEAD", "--format", form).out
        assert "price unknown" in out
        assert "price not known any more" in out


@pytest.mark.parametrize("head", [[], ["HEAD"]])
def test_an_included_template_that_changed(repo: Path, promptlint: Runner, head: list[str]) -> None:
    main = "You are a clerk of a shop.\n{% include 'part.j2' %}\nSort each mail.\n"
    commit(repo, **{"prompts/main.j2": main, "prompts/part.j2": "Never lie.\n"})
    commit(repo, **{"prompts/part.j2": "Never lie to any customer of this shop.\n"})
    data = diff(promptlint, "HEAD~", *head)
    items = {each["id"]: each for each in data["prompts"]}
    assert set(items) == {"prompts/main.j2", "prompts/part.j2"}
    more = {name: each["after"]["tokens"] - each["before"]["tokens"] for name, each in items.items()}
    assert more["prompts/main.j2"] == more["prompts/part.j2"] > 0
    assert items["prompts/part.j2"]["after"]["included"]
    sums = data["total"]
    assert sums["after"]["tokens"] - sums["before"]["tokens"] == more["prompts/main.j2"]


# --- what code decides ----------------------------------------------------------------------


def test_another_condition_of_code_moves_what_it_decides(repo: Path, promptlint: Runner) -> None:
    code = 'PROMPT = "You sort mail. " + ("Never share a password." if vip else "Ask for the number.")\n'
    commit(repo, **{"bot.py": code})
    write(repo, **{"bot.py": code.replace("if vip", "if not vip")})
    (item,) = json.loads(promptlint("diff", "HEAD", "--format", "json").out)["prompts"]
    assert [move["text"] for move in item["contract_moves"]] == [
        "Never share a password.",
        "Ask for the number.",
    ]
    assert item["contract_losses"] == item["contract_gains"] == []


def test_what_stands_elsewhere_in_the_file_moves_nothing(repo: Path, promptlint: Runner) -> None:
    code = 'PROMPT = "You sort mail. " + ("Never share a password." if vip else "Ask for the number.")\n'
    commit(repo, **{"bot.py": code})
    write(repo, **{"bot.py": f"# A line.\n{code}"})
    assert json.loads(promptlint("diff", "HEAD", "--format", "json").out)["prompts"] == []
    write(repo, **{"bot.py": f"# A line.\n{code}".replace("sort mail", "sort the mail")})
    (item,) = json.loads(promptlint("diff", "HEAD", "--format", "json").out)["prompts"]
    assert item["contract_moves"] == []
