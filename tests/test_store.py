from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from promptlint.errors import SourceError
from promptlint.model import SourceKind
from promptlint.store import DISK, Revision


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always")
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_commit_is_read_without_the_disk(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a.yaml").write_text("one: 1\n")
    (tmp_path / "link.md").symlink_to("d/a.yaml")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    store = Revision(tmp_path, git(tmp_path, "rev-parse", "HEAD"))
    path, link = tmp_path / "d" / "a.yaml", tmp_path / "link.md"
    path.unlink()
    link.unlink()
    assert store.is_file(path)
    assert not DISK.is_file(path)
    assert store.exists(link)
    assert not store.is_file(link)
    assert not store.exists(tmp_path.parent / "outside")
    assert store.card_files(tmp_path / "d") == (path,) == store.card_files(path)
    assert store.card_files(tmp_path / "no") is None
    assert store.data(path, 100) == b"one: 1\n"
    assert len(store.data(path, 3)) == 4
    store.ahead([path, link])
    assert store.read(path, "d/a.yaml", SourceKind.YAML).text == "one: 1\n"
    with pytest.raises(SourceError, match="cannot be read"):
        store.read(link, "link.md", SourceKind.MARKDOWN)
    assert store.grep(tmp_path, ["one"], [".yaml"]) == ("d/a.yaml",)
