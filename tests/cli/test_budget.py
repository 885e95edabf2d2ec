"""`promptlint budget`: only growth beyond a budget fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Runner
from test_store import git

LINE = "Sort each mail of the shop into a folder.\n"


@pytest.mark.parametrize(("lines", "code"), [(4, 0), (6, 1), (3, 0)])
def test_only_growth_fails(tmp_path: Path, promptlint: Runner, lines: int, code: int) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "promptlint.toml").write_text('[budget]\n"**" = 5\n')
    (tmp_path / "a.prompt.md").write_text(LINE * 4)
    first = promptlint("budget")
    assert first.code == 1
    assert "1 prompt over budget and grown" in first.out
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    (tmp_path / "a.prompt.md").write_text(LINE * lines)
    ran = promptlint("budget")
    assert ran.code == code, ran.err
    assert ("1 prompt over budget and grown" in ran.out) is bool(code)
