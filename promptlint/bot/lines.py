"""Suggestions from git's objects: what can be suggested at the lines that a request's diff shows."""

from __future__ import annotations

from pathlib import Path

from promptlint import git, run
from promptlint.errors import ConfigError, UsageError
from promptlint.records import dataclass
from promptlint.suggest import Suggested, suggested


@dataclass(frozen=True, slots=True)
class Found:
    """What can be suggested; `prefix` comes before its paths in the repository. `reason`: why nothing can."""

    suggested: Suggested = Suggested()
    prefix: str = ""
    reason: str = ""


def found(base: str, head: str) -> Found:
    """The suggestions for the commit `head`, with the configuration of `base`.

    Never from a document: what a reviewer may accept with a click is made here.

    Args:
        base: a revision; empty: what is checked out, which has to be trusted.
        head: the sha of a commit.
    """
    here = Path.cwd().resolve()
    top = git.root(here)
    try:
        if top is None:
            raise UsageError("this is no git repository")
        after = git.commit(here, head)
        trusted = git.commit(here, base or "HEAD")
        start = git.merge_base(here, trusted, after)
    except UsageError as error:
        return Found(reason=str(error))
    if start == after:
        return Found(reason="the base is not known: give --base")
    request = run.Request(paths=(here,), at=after, config_at=trusted)
    root = run.workspace(request).root
    return Found(suggested(request, git.hunks(root, start, after)), _below(top, root))


def prefix(base: str) -> str:
    """What comes before the paths of a comparison in the repository: empty, or it ends in a slash.

    Args:
        base: the revision that configures; empty: what is on disk.
    """
    here = Path.cwd().resolve()
    top = git.root(here)
    try:
        at = git.commit(here, base) if top and base else None
        return _below(top, run.workspace(run.Request(paths=(here,), config_at=at)).root) if top else ""
    except (UsageError, ConfigError):  # of another machine's comparison: its paths stay as they are
        return ""


def _below(top: Path, root: Path) -> str:
    inside = root.relative_to(top.resolve()).as_posix()
    return "" if inside == "." else f"{inside}/"
