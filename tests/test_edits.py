"""What is said of the edits of a comparison is remembered, and made in several processes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import Runner
from repositories import A, B, commit, diff
from test_store import git

from promptlint import cache, workers
from promptlint.compare import contents


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, **{"a.prompt.md": A, "b.prompt.md": B})
    commit(tmp_path, **{"a.prompt.md": A.replace("Never", "You may"), "b.prompt.md": B + "Rhyme.\n"})
    return tmp_path


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the prompts that are compared in this process."""
    found = []
    real = contents.edited

    def edited(*arguments: Any) -> contents.Edited:
        found.append(arguments[1].id)
        return real(*arguments)

    monkeypatch.setattr(contents, "edited", edited)
    return found


def without_time(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != "generated_at"}


def test_the_same_edit_is_compared_once(repo: Path, promptlint: Runner, compared: list[str]) -> None:
    first = diff(promptlint, "HEAD~1", "HEAD")
    assert compared == ["a.prompt.md", "b.prompt.md"]
    assert first["prompts"][0]["contract_losses"]
    again = diff(promptlint, "HEAD~1", "HEAD")
    assert compared == ["a.prompt.md", "b.prompt.md"]
    assert without_time(again) == without_time(first)


def test_only_what_changed_since_is_compared(repo: Path, promptlint: Runner, compared: list[str]) -> None:
    diff(promptlint, "HEAD~1", "HEAD")
    compared.clear()
    commit(repo, **{"b.prompt.md": B + "Never rhyme.\n"})
    diff(promptlint, "HEAD~2", "HEAD")
    assert compared == ["b.prompt.md"]


def test_nothing_is_remembered_without_the_cache(repo: Path, promptlint: Runner, compared: list[str]) -> None:
    for _ in range(2):
        diff(promptlint, "HEAD~1", "HEAD", "--no-cache")
    assert len(compared) == 4
    assert not list(cache.directory().glob("*"))


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"losses": 1}', "[" * 100_000])
def test_damage_is_a_miss(repo: Path, promptlint: Runner, compared: list[str], damage: str) -> None:
    first = diff(promptlint, "HEAD~1", "HEAD")
    (file,) = cache.directory().glob("*.sqlite")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE results SET value = ? WHERE value LIKE '{%'", (damage,))
    compared.clear()
    assert without_time(diff(promptlint, "HEAD~1", "HEAD")) == without_time(first)
    assert compared == ["a.prompt.md", "b.prompt.md"]


def test_several_processes_say_the_same(
    repo: Path, promptlint: Runner, compared: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = diff(promptlint, "HEAD~1", "HEAD", "--no-cache")
    compared.clear()
    monkeypatch.setattr(workers, "PARALLEL_FROM", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert without_time(diff(promptlint, "HEAD~1", "HEAD", "--no-cache")) == without_time(one)
    assert len(compared) == 1  # the other was compared elsewhere
