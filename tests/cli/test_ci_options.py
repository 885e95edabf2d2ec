"""The options that CI needs: reports beside the one that is printed, and the configuration of another commit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Runner
from test_store import git

PROMPT = "You sort the mail of a shop.\n\nKeep it short.\n"
WORDY = "You sort the mail of a shop.\n\nIn order to help, be quick.\n\nKeep it short.\n"
QUIET = 'ignore = ["TOK001"]\n'


def commit(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "change")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A change that makes a prompt wordy, and both configs silent about it."""
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, **{"a.prompt.md": PROMPT, "promptlint.toml": "", "other.toml": "", "loud.toml": ""})
    git(tmp_path, "checkout", "-q", "-b", "topic")
    git(tmp_path, "rm", "-q", "loud.toml")
    commit(tmp_path, **{"a.prompt.md": WORDY, "promptlint.toml": QUIET, "other.toml": QUIET})
    return tmp_path


def test_files_say_what_the_formats_print(repo: Path, promptlint: Runner) -> None:
    files = ("--json-file", "out.json", "--markdown-file", "out.md")
    ran = promptlint("diff", "main", "topic", *files)
    assert ran.code == 1
    assert ran.out == promptlint("diff", "main", "topic").out
    assert (repo / "out.md").read_text("utf-8") == promptlint(
        "diff", "main", "topic", "--format=markdown"
    ).out
    written = json.loads((repo / "out.json").read_text("utf-8"))
    printed = json.loads(promptlint("diff", "main", "topic", "--format=json").out)
    assert {**written, "generated_at": ""} == {**printed, "generated_at": ""}


def test_a_file_that_cannot_be_written_is_said(repo: Path, promptlint: Runner) -> None:
    (repo / "link.json").symlink_to(repo / "victim.json")
    for name in ("none/out.json", "link.json", "."):
        ran = promptlint("diff", "main", "topic", "--json-file", name)
        assert ran.code == 2, name
        assert "cannot be " in ran.err
    assert not (repo / "victim.json").exists()


def test_check_by_the_config_of_a_commit(repo: Path, promptlint: Runner) -> None:
    assert promptlint("check").code == 0
    ran = promptlint("check", "--config-at", "main", "--format", "concise")
    assert ran.code == 1
    assert "TOK001" in ran.out
    assert promptlint("check", "--config-at", "topic").code == 0
    ran = promptlint("check", "--config-at", "none")
    assert (ran.code, "no such revision" in ran.err) == (2, True)


def test_a_named_config_is_that_of_the_commit(repo: Path, promptlint: Runner, tmp_path_factory) -> None:
    assert promptlint("diff", "main", "topic", "--config", "other.toml").code == 1
    assert promptlint("diff", "main", "topic", "--config", "loud.toml").code == 1
    assert promptlint("diff", "main", "topic", "--config", "other.toml", "--config-from", "head").code == 0
    assert promptlint("check", "--config-at", "main", "--config", "other.toml").code == 1
    assert promptlint("check", "--config", "other.toml").code == 0
    ran = promptlint("diff", "main", "topic", "--config", "none.toml")
    assert (ran.code, "none.toml: not in commit" in ran.err) == (2, True)
    outside = tmp_path_factory.mktemp("outside") / "quiet.toml"
    outside.write_text(QUIET, "utf-8")
    assert promptlint("diff", "main", "topic", "--config", str(outside)).code == 0


def test_a_named_config_is_not_followed_out_of_the_commit(
    repo: Path, promptlint: Runner, tmp_path_factory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "quiet.toml"
    outside.write_text(QUIET, "utf-8")
    (repo / "other.toml").unlink()
    (repo / "other.toml").symlink_to(outside)
    assert promptlint("diff", "main", "--config", "other.toml").code == 1
