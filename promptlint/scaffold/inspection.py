"""Looks at a project for `init`: its root, config, prompts and CI; runs nothing of it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

from promptlint import config, files, git, run
from promptlint.errors import SourceError
from promptlint.model import PromptFacts, SourceKind
from promptlint.records import dataclass

Ci = Literal["github", "gitlab", "none"]

HOOKS_FILE = ".pre-commit-config.yaml"
GITLAB_FILE = ".gitlab-ci.yml"
WORKFLOWS = ".github/workflows"

_URL = re.compile(r"^[ \t]*url[ \t]*=[ \t]*(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Project:
    """What is there.

    `config` holds at the folder that was asked for; `workflow` is a file of the CI that names promptlint.
    """

    root: Path
    is_repository: bool
    config: Path | None
    ci: Ci
    workflow: Path | None
    prompts: tuple[PromptFacts, ...]


def inspect(folder: Path, ci: Ci | None = None) -> Project:
    """What the project of `folder` has; `ci` is what the user says, None: found out.

    Raises:
        ConfigError: the config that is there is wrong.
    """
    top = git.root(folder)
    root = (top or folder).resolve()
    done = run.run(run.Request(paths=(root,)))
    chosen = ci or found_ci(root)
    return Project(
        root,
        top is not None,
        config.find(folder),
        chosen,
        _workflow(root, chosen),
        tuple(prompt for file in done.result.files for prompt in file.prompts),
    )


def found_ci(root: Path) -> Ci:
    """The CI that the project uses: by its files, if these say one thing, else by where it is pushed to."""
    github, gitlab = inside(root, root / WORKFLOWS), inside(root, root / GITLAB_FILE)
    github, gitlab = github and (root / WORKFLOWS).is_dir(), gitlab and (root / GITLAB_FILE).is_file()
    if github != gitlab:
        return "github" if github else "gitlab"
    hosts = [_host(url) for url in _URL.findall(text_of(root, root / ".git" / "config") or "")]
    if any("gitlab" in host for host in hosts):
        return "gitlab"
    return "github" if github or any("github" in host for host in hosts) else "none"


def inside(root: Path, path: Path) -> bool:
    """True if `path`, symbolic links followed, lies in the project."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


def text_of(root: Path, path: Path) -> str | None:
    """A text file of the project, byte for byte; None if it is absent, unreadable or leads out of it."""
    if not inside(root, path):
        return None
    try:
        return files.read(path, path.name, SourceKind.YAML).text
    except SourceError:
        return None


def _workflow(root: Path, ci: Ci) -> Path | None:
    """The file of the CI that names promptlint already."""
    if ci == "gitlab":
        candidates = [root / GITLAB_FILE]
    elif ci == "github" and inside(root, root / WORKFLOWS):
        folder = root / WORKFLOWS
        candidates = sorted(folder.glob("*.y*ml")) if folder.is_dir() else []
    else:
        candidates = []
    return next((path for path in candidates if "promptlint" in (text_of(root, path) or "")), None)


def _host(url: str) -> str:
    """The host of a remote: of `https://user@host:443/path`, or of `user@host:path`."""
    rest = url.partition("://")[2] or url
    return rest.partition("/")[0].rpartition("@")[2].partition(":")[0].lower()
