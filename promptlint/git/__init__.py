"""The only user of git: which files a work tree or a commit holds, and what differs.

A checked repository may be hostile: nothing that its config or attributes name is ever run, and nothing is
fetched.
"""

from promptlint.git.objects import (
    SUBMODULE,
    Entry,
    blobs,
    commit,
    differing,
    entries,
    grep_at,
    hunks,
    is_shallow,
    merge_base,
)
from promptlint.git.worktree import (
    changed,
    grep,
    holds_repository,
    is_ignored,
    left_out,
    ls_files,
    merged,
    prefix,
    renamed,
    root,
)

__all__ = [
    "SUBMODULE",
    "Entry",
    "blobs",
    "changed",
    "commit",
    "differing",
    "entries",
    "grep",
    "grep_at",
    "holds_repository",
    "hunks",
    "is_ignored",
    "is_shallow",
    "left_out",
    "ls_files",
    "merge_base",
    "merged",
    "prefix",
    "renamed",
    "root",
]
