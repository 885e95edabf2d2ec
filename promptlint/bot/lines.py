"""Suggestions from git's objects: what can be suggested at the lines that a request's diff shows."""

from __future__ import annotations

from pathlib import Path

from promptlint import git, run
from promptlint.changes import Comparison
from promptlint.deltas import every
from promptlint.errors import ConfigError, UsageError
from promptlint.records import dataclass
from promptlint.suggest import Suggested, suggested


@dataclass(frozen=True, slots=True)
class Found:
    """What can be suggested; `prefix` comes before its paths in the repository. `reason`: why nothing can."""

    suggested: Suggested = Suggested()
    prefix: str = ""
    reason: str = ""


def found(base: str, comparison: Comparison, config_file: Path | None = None) -> Found:
    """The suggestions for the head of a comparison, with the configuration of `base`.

    Never from a document: what a reviewer may accept with a click is made here. A document only says which
    findings are new; those that were there before are left alone.

    Args:
        base: a revision; empty: what is checked out, which has to be trusted.
        comparison: of a commit.
        config_file: the config that the comparison was made with; None: the nearest ones.
    """
    head = comparison.head.sha
    news = frozenset(note.fingerprint for note in every(comparison))
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
    request = run.Request(paths=(here,), at=after, config_at=trusted, config_file=config_file)
    root = run.workspace(request).root
    return Found(suggested(request, git.hunks(root, start, after), news), git.prefix(root))


def prefix(base: str, config_file: Path | None = None) -> str:
    """What comes before the paths of a comparison in the repository; see `git.prefix`.

    Args:
        base: the revision that configures; empty: what is on disk.
        config_file: as for `found`.
    """
    here = Path.cwd().resolve()
    try:
        at = git.commit(here, base) if base and git.root(here) else None
        request = run.Request(paths=(here,), config_at=at, config_file=config_file)
        return git.prefix(run.workspace(request).root)
    except (UsageError, ConfigError):  # of another machine's comparison: its paths stay as they are
        return ""
