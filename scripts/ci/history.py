"""A repository with a pull request as a host has it: its branches, and the refs of the request."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PROMPT = "You sort the mail of a shop.\n\nKeep it short.\n"
WORDY = "You sort the mail of a shop.\n\nIn order to help, be quick.\n\nKeep it short.\n"
NAME = "sort.prompt.md"

_IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
ISOLATED = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
"""What keeps git from reading the configuration of whoever runs this."""


def git(folder: Path, *words: str) -> str:
    """Run git; what it prints, without the white space around."""
    done = subprocess.run(
        ["git", *_IDENTITY, *words],
        cwd=folder,
        env={**os.environ, **ISOLATED},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@dataclass(frozen=True)
class Change:
    """A state of a pull request: its base, its head, and the merge of both that a host makes."""

    base: str
    head: str
    merge: str


class Repository:
    """The bare repository `origin` of a host, and the clone of somebody who works on branch topic.

    Args:
        folder: to make both in.
        fork: the branch is somebody else's: the host knows of it by the refs of the pull request only.
    """

    def __init__(self, folder: Path, fork: bool = False) -> None:
        self.origin, self.work, self.fork = folder / "origin.git", folder / "author", fork
        self.work.mkdir(parents=True)
        git(folder, "init", "-q", "--bare", "-b", "main", str(self.origin))
        git(self.work, "init", "-q", "-b", "main")
        git(self.work, "remote", "add", "origin", str(self.origin))
        self.base = self._commit({NAME: PROMPT, "notes.md": "Nothing.\n", "promptlint.toml": ""})
        git(self.work, "push", "-q", "origin", "main")
        git(self.work, "checkout", "-q", "-b", "topic")

    def on_base(self, files: Mapping[str, str | None]) -> None:
        """More commits on the base branch, before the change begins."""
        git(self.work, "checkout", "-q", "main")
        self.base = self._commit(files)
        git(self.work, "push", "-q", "origin", "main")
        git(self.work, "checkout", "-q", "-B", "topic")

    def push(self, files: Mapping[str, str | None]) -> Change:
        """A commit on the branch, as the host has it afterwards."""
        head = self._commit(files)
        if not self.fork:
            git(self.work, "push", "-q", "origin", "topic")
        git(self.work, "push", "-q", "origin", "+topic:refs/pull/7/head")
        git(self.work, "checkout", "-q", "--detach", "main")
        git(self.work, "merge", "-q", "--no-ff", "-m", "merge", "topic")
        merge = git(self.work, "rev-parse", "HEAD")
        git(self.work, "push", "-q", "origin", "+HEAD:refs/pull/7/merge")
        git(self.work, "checkout", "-q", "topic")
        return Change(self.base, head, merge)

    def lines(self) -> dict[str, frozenset[int]]:
        """The lines of the new side that the diff of the request shows, as a host would know them."""
        found: dict[str, set[int]] = {}
        name = ""
        for line in git(self.work, "diff", f"{self.base}...topic").splitlines():
            if line.startswith("+++ b/"):
                name = line.removeprefix("+++ b/")
            elif line.startswith("@@ "):
                start, _, size = line.split("+")[1].split(" ")[0].partition(",")
                shown = range(int(start), int(start) + int(size or 1))
                found.setdefault(name, set()).update(shown)
        return {name: frozenset(shown) for name, shown in found.items()}

    def checkout(self, place: Path, ref: str, depth: int) -> None:
        """What actions/checkout does: one ref, with all branches and the whole history if `depth` is 0."""
        place.mkdir(parents=True, exist_ok=True)
        for stale in place.iterdir():
            shutil.rmtree(stale) if stale.is_dir() and not stale.is_symlink() else stale.unlink()
        git(place, "init", "-q")
        git(place, "remote", "add", "origin", self.origin.as_uri())
        refs = [f"+{ref}:refs/remotes/checkout"]
        every = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"]
        how = [f"--depth={depth}", *refs] if depth else [*every, *refs]
        git(place, "-c", "protocol.version=2", "fetch", "-q", "--no-tags", "origin", *how)
        git(place, "checkout", "-q", "--detach", "refs/remotes/checkout")

    def _commit(self, files: Mapping[str, str | None]) -> str:
        for name, text in files.items():
            path = self.work / name
            if text is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        git(self.work, "add", "-A")
        git(self.work, "commit", "-q", "--allow-empty", "-m", "change")
        return git(self.work, "rev-parse", "HEAD")


def snapshot(root: Path, place: Path) -> None:
    """Copy a checkout as it is now: the files that git knows or would add."""
    for name in _listed(root):
        source, target = root / name, place / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def _listed(root: Path) -> Iterator[str]:
    listed = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return (name for name in listed.split("\0") if name and not name.startswith("bench/"))
