"""Finds what a change does to its own inspection: suppressions, excludes, budgets, configuration..."""

from __future__ import annotations

from pathlib import Path

from promptlint import changes, git
from promptlint.guards import answers, folders, inline, places, workflows
from promptlint.guards.sides import Run, Sides, joined
from promptlint.store import Store

__all__ = ["Run", "guards"]

_PARTS = (workflows.changed, folders.changed, inline.added, answers.ignored, places.left)
_ALL = Run()
_ORDER = (
    *("workflow", "config", "exclude", "ignore", "severity", "suppression", "baseline", "budget"),
    "assumption",
)


def guards(
    root: Path, before: Store, after: Store, names: frozenset[str], run: Run = _ALL
) -> tuple[changes.Guard, ...]:
    """What a change loosens, and which assumptions it changes, the widest first. Bad input never raises.

    Args:
        root: of the run; absolute.
        before: the merge base.
        after: the head: a commit, or the disk.
        names: the files below `root` that differ, relative to it.
        run: what was compared of them, and how.
    """
    sides = Sides(root, git.root(root) or root, before, after, names, run)
    found = joined(draft for part in _PARTS for draft in part(sides))
    return tuple(
        sorted(found, key=lambda item: (_ORDER.index(item.kind), item.path, item.line or 0, item.detail))
    )
