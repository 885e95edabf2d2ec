"""What `init` adds to files that are there: no other byte moves, and each hook is there once."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from promptlint import scaffold
from promptlint.scaffold.append import with_item
from promptlint.scaffold.hooks import REV

ITEM = "- repo: u\n  hooks:\n    - id: a\n"
HOOKS = "# mine\r\nrepos:\r\n- repo: x\r\n  hooks: [{id: z}] # last\r\n# tail\r\nfail_fast: true"
URL = "https://github.com/promptlint/promptlint-toolchain"
OURS = ["promptlint-fix", "promptlint", "promptlint-budget"]


def is_an_insertion(old: str, new: str) -> bool:
    start = next((at for at, pair in enumerate(zip(old, new, strict=False)) if len(set(pair)) > 1), len(old))
    return new.endswith(old[start:])


@pytest.mark.parametrize(
    "text",
    [
        HOOKS,
        HOOKS.replace("\r\n", "\n"),
        "",
        "# only\n",
        "a: 1",
        "repos:\n  - repo: |\n      # no\n",
        "x: &x [1]\nrepos:\n  - repo: a\n    hooks: *x\n",
        "repos:\n  - repo: a\n\n  # the last words\n\n# of the file\n",
        "\ufeffrepos:\n  - repo: a\n",
        "---\na: 1\n---\nrepos:\n  - repo: a\n",
    ],
)
def test_an_item_is_added_and_no_other_byte_moves(text: str) -> None:
    new = with_item(text, ("repos",), ITEM)
    assert new is not None
    before, after = (list(yaml.safe_load_all(each))[-1:] for each in (text, new))
    old = (before or [None])[0] or {}
    assert after == [{**old, "repos": [*old.get("repos", []), *yaml.safe_load(ITEM)]}]
    assert is_an_insertion(text, new)
    assert ("\r\n" in text) is ("\r\n" in new)


@pytest.mark.parametrize(
    "text",
    [
        *("repos: []", "repos: x", "- a", "{a: 1}", "a: [", "a: 1\n...\n", "repos:\n", "a: &a [*a]\n"),
        *("repos: &r\n  - a\nb: *r\n", "a: &a\n  - b\nrepos: *a\n", "repos:\n  - a\nrepos:\n  - b\n"),
    ],
)
def test_what_is_not_safe_is_not_done(text: str) -> None:
    assert with_item(text, ("repos",), ITEM) is None


names = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=8)


@given(st.lists(st.tuples(names, st.lists(names, max_size=3)), max_size=4), st.booleans(), st.integers(0, 4))
def test_any_list_can_be_added_to(repos: list[tuple[str, list[str]]], windows: bool, indent: int) -> None:
    data = {"repos": [{"repo": url, "hooks": [{"id": each} for each in ids]} for url, ids in repos], "z": 1}
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, indent=indent + 2)
    text = text.replace("\n", "\r\n") if windows else text
    new = with_item(text, ("repos",), ITEM)
    assert (new is not None) is bool(repos)
    if new is not None:
        assert yaml.safe_load(new) == {**data, "repos": [*data["repos"], *yaml.safe_load(ITEM)]}  # type: ignore[misc]
        assert is_an_insertion(text, new)


# --- hooks ----------------------------------------------------------------------------------


def repository(folder: Path, text: str) -> scaffold.Plan:
    """What `init` plans for a repository with this .pre-commit-config.yaml."""
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / ".pre-commit-config.yaml").write_bytes(text.encode())
    return scaffold.plan(scaffold.inspect(folder, ()))


def taken(repos: str, rev: str = REV) -> str:
    return f"# top\nrepos:\n{repos}  - repo: {URL}\n    rev: {rev}\n    hooks:\n"


@pytest.mark.parametrize(
    "text",
    [
        "repos:\n  - repo: x\n    hooks:\n      - id: black # keep\n",
        taken("") + "      - id: promptlint # keep\n",
        taken("  - repo: x\n    hooks: []\n")
        + "      - id: promptlint-fix\n        args: [--unsafe, --]\n\n",
        taken("").replace("\n", "\r\n")
        + "      - id: promptlint\r\n  # next\r\n  - repo: x\r\n    hooks: []\r\n",
        "repos:\n  - repo: local\n    hooks:\n      - id: promptlint\n        entry: promptlint check\n",
        "x: &files \\.md$\nrepos:\n  - repo: x\n    hooks:\n      - id: promptlint-other\n        files: *files\n",
    ],
)
def test_each_hook_is_there_once_and_no_other_byte_moves(tmp_path: Path, text: str) -> None:
    plan = repository(tmp_path, text)
    change = next(item for item in plan.changes if item.path == ".pre-commit-config.yaml")
    before, after = yaml.safe_load(text), yaml.safe_load(change.new)
    ids = [hook["id"] for repo in after["repos"] for hook in repo["hooks"]]
    assert sorted(name for name in ids if name in OURS) == sorted(OURS)
    kept = {hook["id"] for repo in before["repos"] for hook in repo["hooks"]}
    assert kept <= set(ids)
    assert is_an_insertion(text, change.new)
    assert ("\r\n" in text) is ("\r\n" in change.new)
    assert plan.left == []


def test_all_hooks_there_is_nothing_to_do(tmp_path: Path) -> None:
    plan = repository(tmp_path, taken("") + "".join(f"      - id: {name}\n" for name in OURS))
    assert [item.path for item in plan.changes] == ["promptlint.toml"]
    assert plan.present == [f".pre-commit-config.yaml ({', '.join(OURS)})"]


def test_hooks_of_another_release_are_left_to_the_user(tmp_path: Path) -> None:
    plan = repository(tmp_path, taken("", '"v0.0.1\\e[31m"') + "      - id: promptlint\n")
    (left,) = plan.left
    assert "v0.0.1" in left
    assert "\x1b" not in left
    assert f"rev: {REV}\nhooks:\n  - id: promptlint-fix" in left
    assert "- id: promptlint #" not in left


def test_hooks_in_brackets_are_left_to_the_user(tmp_path: Path) -> None:
    plan = repository(tmp_path, taken("").rstrip("\n") + " [{id: promptlint}]\n")
    (left,) = plan.left
    assert "`hooks` is no plain list there" in left
    assert "- id: promptlint-budget" in left
