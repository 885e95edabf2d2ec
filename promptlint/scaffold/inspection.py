"""Looks at a project for `init`: its root, config, prompts and CI; runs nothing of it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from promptlint import config, files, git, run
from promptlint.errors import SourceError
from promptlint.model import PromptFacts, SourceKind
from promptlint.records import dataclass

Ci = Literal["github", "gitlab"]

HOOKS_FILE = ".pre-commit-config.yaml"
GITLAB_FILE = ".gitlab-ci.yml"
WORKFLOWS = ".github/workflows"

_URL = re.compile(r"^[ \t]*url[ \t]*=[ \t]*(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Project:
    """What is there.

    `config` holds in `folder`, which was asked for. `ci_asked`: the user chose the CI. `workflows` are the
    files of each CI that name promptlint.
    """

    root: Path
    folder: Path
    is_repository: bool
    config: Path | None
    ci: tuple[Ci, ...]
    ci_asked: bool
    workflows: Mapping[Ci, Path]
    prompts: tuple[PromptFacts, ...]


def inspect(folder: Path, ci: tuple[Ci, ...] | None = None) -> Project:
    """What the project of `folder` has; `ci` are those that the user wants, None: found out.

    Raises:
        ConfigError: the config that is there is wrong.
    """
    top = git.root(folder)
    root = (top or folder).resolve()
    done = run.run(run.Request(paths=(root,)))
    chosen = found_ci(root) if ci is None else ci
    return Project(
        root=root,
        folder=folder.resolve(),
        is_repository=top is not None,
        config=config.find(folder),
        ci=chosen,
        ci_asked=ci is not None,
        workflows={each: path for each in chosen if (path := _workflow(root, each)) is not None},
        prompts=tuple(prompt for file in done.result.files for prompt in file.prompts),
    )


def found_ci(root: Path) -> tuple[Ci, ...]:
    """The CI that the project uses: by its files, if these say one thing, else by where it is pushed to.

    Both, if both have files and nothing says which one counts.
    """
    folder, file = root / WORKFLOWS, root / GITLAB_FILE
    held: dict[Ci, bool] = {
        "github": inside(root, folder) and folder.is_dir(),
        "gitlab": inside(root, file) and file.is_file(),
    }
    by_files = tuple(ci for ci, is_held in held.items() if is_held)
    if len(by_files) == 1:
        return by_files
    hosts = [_host(url) for url in _URL.findall(text_of(root, root / ".git" / "config") or "")]
    by_hosts = tuple(ci for ci in held if any(ci in host for host in hosts))
    return by_hosts or by_files


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
    folder = root / WORKFLOWS
    candidates = [root / GITLAB_FILE]
    if ci == "github":
        candidates = sorted(folder.glob("*.y*ml")) if inside(root, folder) and folder.is_dir() else []
    return next((path for path in candidates if "promptlint" in (text_of(root, path) or "")), None)


def _host(url: str) -> str:
    """The host of a remote: of `https://user@host:443/path`, or of `user@host:path`."""
    rest = url.partition("://")[2] or url
    return rest.partition("/")[0].rpartition("@")[2].partition(":")[0].lower()
