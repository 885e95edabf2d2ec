"""Prompts that are over their budget and have grown: what the hook `promptlint-budget` stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from promptlint import git, run
from promptlint.errors import UsageError
from promptlint.model import Finding, RunResult, Severity
from promptlint.records import dataclass
from promptlint.workspace import Request

CODE = "TOK006"


@dataclass(frozen=True, slots=True)
class Over:
    """A prompt over its budget; `excess` is in tokens, `before` what it was at the base (0: within)."""

    finding: Finding
    excess: int
    before: int


def grown(request: Request, base: str) -> tuple[tuple[Over, ...], RunResult]:
    """The prompts of a run that are over a budget of the configuration by more than at `base`, and the run.

    Without a repository, or before its first commit, all that are over count.

    Raises:
        UsageError: a path is missing, `base` is no revision.
        ConfigError: a config file is wrong.
    """
    asked = replace(request, select=(CODE,))
    outcome = run.run(asked)
    now = _excesses(outcome.result)
    if not now:
        return (), outcome.result
    was = _before(asked, base, frozenset(item.path for item in now.values()), outcome.root)
    found = (
        Over(item, item.saving.input_tokens, was.get(name, 0)) for name, item in now.items() if item.saving
    )
    return tuple(item for item in found if item.excess > item.before), outcome.result


def _excesses(result: RunResult) -> dict[str, Finding]:
    """The findings about a budget that somebody has set, by prompt."""
    every = (finding for file in result.files for finding in file.findings)
    return {
        item.prompt: item
        for item in every
        if item.code == CODE and item.prompt is not None and item.severity > Severity.INFO and item.saving
    }


def _before(request: Request, base: str, paths: frozenset[str], root: Path) -> Mapping[str, int]:
    """The excess of each prompt at `base`, in the configuration of today."""
    if git.root(root) is None or (base == "HEAD" and _is_unborn(root)):
        return {}
    sha = git.commit(root, base)
    outcome = run.run(replace(request, paths=(root,), only=paths, at=sha))
    found = _excesses(outcome.result)
    return {name: item.saving.input_tokens for name, item in found.items() if item.saving}


def _is_unborn(root: Path) -> bool:
    """True before the first commit."""
    try:
        git.commit(root, "HEAD")
    except UsageError:
        return True
    return False
