from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from promptlint import git
from promptlint.errors import UsageError

ENV = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


def run(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=ENV, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def fill(folder: Path, *names: str, text: str = "x\n") -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    run(folder, "init", "-q", "-b", "main")
    fill(folder, "a.md", "sub/b.md", ".gitignore", text="ignored*\n")
    run(folder, "add", ".")
    run(folder, "commit", "-qm", "first")
    return folder


def test_root_needs_no_git(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert git.root(repo / "sub" / "b.md") == repo
    assert git.root(repo) == repo
    assert git.root(tmp_path) is None
    (tmp_path / "odd" / ".git").mkdir(parents=True)
    assert git.root(tmp_path / "odd") is None


def test_ls_files(repo: Path) -> None:
    fill(repo, "new.md", "ignored.md", "sub/ignored.txt", "with\nnewline.md", "é\U0001f600.md")
    (repo / "a.md").unlink()
    assert git.ls_files(repo) == (
        ".gitignore",
        "a.md",
        "new.md",
        "sub/b.md",
        "with\nnewline.md",
        "é\U0001f600.md",
    )
    assert git.ls_files(repo / "sub") == ("b.md",)


def test_ls_files_during_a_merge_conflict_lists_a_file_once(repo: Path) -> None:
    run(repo, "checkout", "-qb", "other")
    fill(repo, "a.md", text="theirs\n")
    run(repo, "commit", "-qam", "theirs")
    run(repo, "checkout", "-q", "main")
    fill(repo, "a.md", text="ours\n")
    run(repo, "commit", "-qam", "ours")
    with pytest.raises(subprocess.CalledProcessError):
        run(repo, "merge", "other")
    assert git.ls_files(repo) == (".gitignore", "a.md", "sub/b.md")


def test_repositories_inside_are_marked(repo: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    run(other, "init", "-q")
    fill(other, "c.md")
    run(other, "add", ".")
    run(other, "commit", "-qm", "c")
    run(repo, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "mod")
    run(repo, "clone", "-q", str(other), "loose")
    listed = git.ls_files(repo)
    assert listed is not None
    assert {"mod/", "loose/"} <= set(listed)


def test_without_git_or_repository(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert git.ls_files(tmp_path) is None
    assert git.ls_files(tmp_path / "absent") is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git.ls_files(repo) is None
    with pytest.raises(UsageError, match="git is not installed"):
        git.changed(repo, "HEAD")


def test_a_git_that_hangs_is_given_up(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = tmp_path / "bin" / "git"
    fill(hanging.parent, "git", text="#!/bin/sh\nexec sleep 1000\n")
    hanging.chmod(0o755)
    monkeypatch.setenv("PATH", f"{hanging.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(git.call, "TIMEOUT", 0.05)
    assert git.ls_files(repo) is None


def test_is_ignored(repo: Path) -> None:
    fill(repo, "ignored-folder/x.md")
    assert git.is_ignored(repo / "ignored-folder")
    assert not git.is_ignored(repo / "sub")
    assert not git.is_ignored(repo)


def test_changed(repo: Path) -> None:
    start = run(repo, "rev-parse", "HEAD")
    fill(repo, "sub/c.md", "gone.md")
    run(repo, "add", ".")
    run(repo, "commit", "-qm", "second")
    fill(repo, "a.md", text="other\n")
    fill(repo, "sub/untracked é.md", "ignored.md")
    (repo / "gone.md").unlink()
    assert git.changed(repo, start) == ("a.md", "sub/c.md", "sub/untracked é.md")
    assert git.changed(repo / "sub", start) == ("c.md", "untracked é.md")
    assert git.changed(repo, "HEAD") == ("a.md", "sub/untracked é.md")
    assert git.changed(repo, "main~1") == git.changed(repo, start)


def test_changed_starts_where_the_branch_left(repo: Path) -> None:
    run(repo, "checkout", "-qb", "feature")
    fill(repo, "mine.md")
    run(repo, "add", ".")
    run(repo, "commit", "-qm", "mine")
    run(repo, "checkout", "-q", "main")
    fill(repo, "a.md", text="moved on\n")
    run(repo, "commit", "-qam", "theirs")
    run(repo, "checkout", "-q", "feature")
    assert git.changed(repo, "main") == ("mine.md",)


@pytest.mark.parametrize(
    "base",
    [
        "nowhere",
        "",
        "-h",
        "--help",
        "--output=stolen",
        "--upload-pack=touch stolen",
        "HEAD:a.md",
        "HEAD\n--output=stolen",
        "HEAD..HEAD",
        "HEAD; touch stolen",
        "$(touch stolen)",
    ],
)
def test_bad_revisions_are_usage_errors(repo: Path, base: str) -> None:
    with pytest.raises(UsageError, match="no such revision"):
        git.changed(repo, base)
    assert git.ls_files(repo) == (".gitignore", "a.md", "sub/b.md")


def test_no_repository_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not in a git repository"):
        git.changed(tmp_path, "HEAD")


def test_a_hostile_repository_runs_nothing(repo: Path, tmp_path: Path) -> None:
    """Everything that a .git/config or attributes can name writes a mark; the control shows that it would."""
    mark = tmp_path / "executed"
    evil = tmp_path / "evil.sh"
    fill(tmp_path, "evil.sh", text=f'#!/bin/sh\necho "$0 $*" >> {mark}\ncat\n')
    evil.chmod(0o755)
    hooks = repo / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in (
        "post-index-change",
        "fsmonitor-watchman",
        "post-checkout",
        "pre-auto-gc",
        "reference-transaction",
    ):
        (hooks / name).unlink(missing_ok=True)
        (hooks / name).symlink_to(evil)
    fill(repo, ".gitattributes", text="*.md filter=evil diff=evil\n")
    for key, value in {
        "core.fsmonitor": str(evil),
        "core.hooksPath": str(hooks),
        "core.pager": str(evil),
        "core.sshCommand": str(evil),
        "core.editor": str(evil),
        "diff.external": str(evil),
        "diff.evil.textconv": str(evil),
        "diff.evil.command": str(evil),
        "filter.evil.clean": str(evil),
        "filter.evil.process": str(evil),
        "filter.evil.required": "true",
        "alias.ls-files": f"!{evil}",
        "alias.diff-index": f"!{evil}",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::{evil} fetch",
        "protocol.ext.allow": "always",
        "protocol.allow": "always",
        "credential.helper": f"!{evil}",
    }.items():
        run(repo, "config", key, value)
    fill(repo, "a.md", text="y\n")
    os.utime(repo / "a.md", (0, 0))
    gone = run(repo, "rev-parse", "HEAD:a.md")
    (repo / ".git" / "objects" / gone[:2] / gone[2:]).unlink()

    assert "a.md" in git.changed(repo, "HEAD")
    assert git.ls_files(repo) is not None
    assert not git.is_ignored(repo / "sub")
    with pytest.raises(UsageError):
        git.changed(repo, "1234567890123456789012345678901234567890")
    run(repo, "config", "filter.a=b.clean", str(evil))
    with pytest.raises(UsageError, match="could not compare"):
        git.changed(repo, "HEAD")
    assert not mark.exists()

    subprocess.run(["git", "status"], cwd=repo, env=ENV, capture_output=True, check=False)
    assert mark.exists()


def test_the_environment_of_a_hook_does_not_lead_elsewhere(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    run(other, "init", "-q")
    fill(other, "c.md")
    monkeypatch.setenv("GIT_DIR", str(repo / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(repo))
    monkeypatch.setenv("GIT_INDEX_FILE", str(repo / ".git" / "index"))
    assert git.ls_files(other) == ("c.md",)


def test_reading_takes_no_lock(repo: Path) -> None:
    fill(repo, ".git/index.lock", text="")
    os.utime(repo / "a.md", (0, 0))
    index = (repo / ".git" / "index").read_bytes()
    assert git.ls_files(repo) == (".gitignore", "a.md", "sub/b.md")
    assert git.changed(repo, "HEAD") in ((), ("a.md",))
    assert (repo / ".git" / "index").read_bytes() == index
