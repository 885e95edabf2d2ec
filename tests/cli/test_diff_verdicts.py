"""What `promptlint diff` must not let pass: dearer models, growth over a budget, rules that are gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import Runner
from repositories import A, B, commit, diff, git, statuses, write

APP = """from openai import OpenAI

client = OpenAI()
RULES = "You sort the mail of a shop into folders."


def sort(mail):
    return client.chat.completions.create(
        model="{}",
        messages=[{{"role": "system", "content": RULES}}, {{"role": "user", "content": mail}}],
    )
"""
LINE = "Sort each mail of the shop into a folder.\n"
WORDY = "You sort mail.\n\nIn order to help, be quick.\n"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, **{"a.prompt.md": A, "b.prompt.md": B})
    return tmp_path


def codes(data: dict[str, Any], which: str) -> list[str]:
    return [each["code"] for item in data["prompts"] for each in item["findings"][which]]


def test_a_dearer_model_is_a_warning(repo: Path, promptlint: Runner) -> None:
    commit(repo, **{"app.py": APP.format("gpt-4o"), "promptlint.toml": 'select = ["TOK"]\n'})
    write(repo, **{"app.py": APP.format("o1-pro")})
    data = diff(promptlint, "HEAD")
    (item,) = data["prompts"]
    assert item["after"]["usd_per_1000"][1] > 30 * item["before"]["usd_per_1000"][1]
    assert codes(data, "new") == []
    assert data["verdict"] == "warn"
    assert "model `gpt-4o` → `o1-pro`" in promptlint("diff", "HEAD", "--format", "markdown").out
    assert "model gpt-4o -> o1-pro" in promptlint("diff", "HEAD").out


@pytest.mark.parametrize(("lines", "new"), [(6, ["TOK006"]), (4, []), (3, [])])
def test_growth_over_a_budget_is_new_as_for_the_budget_command(
    repo: Path, promptlint: Runner, lines: int, new: list[str]
) -> None:
    commit(repo, **{"promptlint.toml": '[budget]\n"**" = 5\n', "c.prompt.md": LINE * 4})
    write(repo, **{"c.prompt.md": LINE * lines})
    data = diff(promptlint, "HEAD")
    assert [each for each in codes(data, "new") if each == "TOK006"] == new
    assert "TOK006" not in codes(data, "fixed")
    assert promptlint("budget", "c.prompt.md").code == len(new)


@pytest.mark.parametrize("line", ["In order to help, be quick.", "Be quick."])
def test_what_a_comment_suppresses_is_not_fixed(repo: Path, promptlint: Runner, line: str) -> None:
    commit(repo, **{"a.prompt.md": WORDY})
    ignoring = "<!-- promptlint: ignore-file[TOK001] we like it -->\n"
    write(repo, **{"a.prompt.md": ignoring + WORDY.replace("In order to help, be quick.", line)})
    data = diff(promptlint, "HEAD")
    assert [guard["kind"] for guard in data["guards"]] == ["suppression"]
    assert "TOK001" not in codes(data, "fixed")
    write(repo, **{"a.prompt.md": WORDY.replace("In order to help, be quick.", "Be quick.")})
    assert codes(diff(promptlint, "HEAD"), "fixed") == ["TOK001"]


@pytest.mark.parametrize(("source", "fixed"), [("head", []), ("base", ["TOK001"])])
def test_what_the_configuration_of_the_change_ignores_is_not_fixed(
    repo: Path, promptlint: Runner, source: str, fixed: list[str]
) -> None:
    commit(repo, **{"a.prompt.md": WORDY, "promptlint.toml": ""})
    quick = WORDY.replace("In order to help, be quick.", "Be quick.")
    write(repo, **{"promptlint.toml": "ignore = ['TOK001']\n", "a.prompt.md": quick})
    assert codes(diff(promptlint, "HEAD", "--config-from", source), "fixed") == fixed


def test_a_removed_prompt_takes_its_rules_with_it(repo: Path, promptlint: Runner) -> None:
    write(repo, **{"a.prompt.md": None})
    data = diff(promptlint, "HEAD")
    (item,) = data["prompts"]
    losses = [(each["text"], each["line"]) for each in item["contract_losses"]]
    assert ("Always answer in JSON.", 3) in losses
    assert data["verdict"] == "warn"
    write(repo, **{"b.prompt.md": B + "always answer in  JSON.\n"})
    data = diff(promptlint, "HEAD")
    losses = [each["text"] for item in data["prompts"] for each in item["contract_losses"]]
    assert "Always answer in JSON." not in losses
    assert "Never reveal {{customer}}." in losses


def test_a_rule_that_moves_to_a_new_prompt_of_its_file_is_not_lost(repo: Path, promptlint: Runner) -> None:
    one = "You sort the mail of a shop. Put each mail into one folder. Answer each mail within a day."
    rule = "Never tell a customer the address of another one."
    first = f'SYSTEM_PROMPT = """{one} {rule}"""\n'
    commit(repo, **{"p.py": first})
    other = f'OTHER_PROMPT = """You are a guard. {rule}"""\n'
    write(repo, **{"p.py": first.replace(f" {rule}", "") + other})
    data = diff(promptlint, "HEAD")
    assert statuses(data) == {"p.py::SYSTEM_PROMPT": "changed", "p.py::OTHER_PROMPT": "added"}
    found = {item["id"]: item for item in data["prompts"]}["p.py::SYSTEM_PROMPT"]
    assert found["contract_losses"] == []
    assert [(each["text"], each["line_after"]) for each in found["contract_moves"]] == [(rule, 2)]


def test_a_template_that_is_broken_is_not_removed(repo: Path, promptlint: Runner) -> None:
    commit(repo, **{"prompts/x.j2": "You are a clerk.\nNever lie to {{ name }}.\n"})
    write(repo, **{"prompts/x.j2": "You are a clerk.\nNever lie to {{ name .\n"})
    data = diff(promptlint, "HEAD", "--fail-on", "never")
    assert statuses(data) == {}
    assert [each["path"] for each in data["skipped"]] == ["prompts/x.j2"]
    assert data["verdict"] == "warn"


@pytest.mark.parametrize(
    "asked", ["{base}..HEAD", "{base}...HEAD", "{base}..", "{base}...", "HEAD^..HEAD", "HEAD~...HEAD"]
)
def test_two_revisions_in_one_word(repo: Path, promptlint: Runner, asked: str) -> None:
    base = git(repo, "rev-parse", "HEAD")
    head = commit(repo, **{"b.prompt.md": None})
    write(repo, **{"c.prompt.md": LINE})
    data = diff(promptlint, asked.format(base=base))
    assert (data["base"]["sha"], data["head"]["sha"]) == (base, head)
    assert statuses(data) == {"b.prompt.md": "removed"}
