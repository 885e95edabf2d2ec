"""TOK010: `promptlint diff` tells of a prompt that has grown by much."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Runner
from hypothesis import given
from hypothesis import strategies as st
from repositories import commit, diff, write
from test_store import git

from promptlint.checks.token_growth import Params, growth

RULES = [f"- Sort mail number {number} of the shop by the day on which it came in.\n" for number in range(40)]


def said(data: object) -> list[tuple[str, str, str]]:
    assert isinstance(data, dict)
    found = [note for prompt in data["prompts"] for note in prompt["findings"]["new"]]
    return [(note["severity"], note["path"], note["message"]) for note in found if note["code"] == "TOK010"]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, **{"a.prompt.md": "".join(RULES[:20]), "b.prompt.md": "Sort the mail of {{ day }}.\n"})
    return tmp_path


def test_a_prompt_that_grows_by_half(repo: Path, promptlint: Runner) -> None:
    write(repo, **{"a.prompt.md": "".join(RULES[:30])})
    data = diff(promptlint, "HEAD")
    (change,) = data["prompts"]
    before, after = change["before"]["tokens"], change["after"]["tokens"]
    assert said(data) == [
        ("info", "a.prompt.md", f"the prompt grows by 50 %: {after} tokens, {before} before (exact)")
    ]
    assert data["verdict"] == "warn"


def test_little_more_and_new_prompts_are_no_growth(repo: Path, promptlint: Runner) -> None:
    write(
        repo,
        **{
            "a.prompt.md": "".join(RULES[:22]),
            "b.prompt.md": "Sort the mail of {{ day }}. Be kind to the shop.\n",
            "c.prompt.md": "".join(RULES),
        },
    )
    assert said(diff(promptlint, "HEAD")) == []


def test_the_configuration_says_how_much_and_how_bad(repo: Path, promptlint: Runner) -> None:
    config = 'severity = {TOK010 = "warning"}\n[rules.TOK010]\npercent = 5\n'
    commit(repo, **{"promptlint.toml": config})
    write(repo, **{"a.prompt.md": "".join(RULES[:24])})
    data = diff(promptlint, "HEAD")
    assert [severity for severity, _, _ in said(data)] == ["warning"]
    assert data["verdict"] == "fail"
    commit(repo, **{"promptlint.toml": 'ignore = ["TOK010"]\n', "a.prompt.md": "".join(RULES[:20])})
    write(repo, **{"a.prompt.md": "".join(RULES)})
    assert said(diff(promptlint, "HEAD")) == []


@given(st.integers(1, 10_000), st.integers(0, 10_000), st.integers(0, 300), st.integers(0, 200))
def test_growth_is_told_only_beyond_both_bounds(before: int, more: int, percent: int, least: int) -> None:
    told = growth(before, before + more, Params(percent, least))
    assert (told > 0) == (more > least and more > before * percent / 100 and round(more * 100 / before) > 0)
    assert growth(before + more, before, Params(percent, least)) == 0
