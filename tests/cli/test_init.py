"""`promptlint init`: shows, asks, writes; what is there stays byte for byte; a second run has nothing to do."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from conftest import Runner

from promptlint.scaffold.append import with_item

ITEM = "- repo: u\n  hooks:\n    - id: a\n"
HOOKS = "# mine\r\nrepos:\r\n- repo: x\r\n  hooks: [{id: z}] # last\r\n# tail\r\nfail_fast: true"


@pytest.mark.parametrize(
    "text", [HOOKS, HOOKS.replace("\r\n", "\n"), "", "# only\n", "a: 1", "repos:\n  - repo: |\n      # no\n"]
)
def test_an_item_is_added_and_no_other_byte_moves(text: str) -> None:
    new = with_item(text, "repos", ITEM)
    assert new is not None
    before, after = yaml.safe_load(text) or {}, yaml.safe_load(new)
    assert after == {**before, "repos": [*before.get("repos", []), *yaml.safe_load(ITEM)]}
    start = next(
        (at for at, pair in enumerate(zip(text, new, strict=False)) if len(set(pair)) > 1), len(text)
    )
    assert new.endswith(text[start:])


@pytest.mark.parametrize("text", ["repos: []", "repos: x", "- a", "{a: 1}", "a: [", "a: 1\n...\n"])
def test_what_is_not_safe_is_not_done(text: str) -> None:
    assert with_item(text, "repos", ITEM) is None


def test_init_writes_once(promptlint: Runner, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    assert promptlint("init", "--ci", "github").code == 2
    assert not (tmp_path / "promptlint.toml").exists()
    assert promptlint("init", "--ci", "github", "--yes").code == 0
    assert (tmp_path / ".github/workflows/promptlint.yml").exists()
    again = promptlint("init", "--ci", "github")
    assert (again.code, "Nothing to write." in again.out) == (0, True)
