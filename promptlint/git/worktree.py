"""Which files a work tree holds, and which of them changed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from promptlint.errors import UsageError
from promptlint.git.call import filters_off, is_work_tree, names, run, searched, within
from promptlint.git.objects import commit

_UNTRACKED = ("ls-files", "-o", "--exclude-standard", "-z")
_PLAIN = ("--no-ext-diff", "--no-textconv", "--ignore-submodules=all")
_DIFF = (
    *("diff-index", "--name-only", "-z", "--relative", "--diff-filter=d", "--no-renames"),
    *_PLAIN,
)
_GITLINK = "160000 "


def root(path: Path) -> Path | None:
    """The nearest folder at or above `path` that holds a `.git`, or None; git itself is not asked."""
    place = Path(os.path.abspath(path))  # noqa: PTH100  # symbolic links are not followed
    for folder in (place, *place.parents):
        if holds_repository(folder):
            return folder
    return None


def holds_repository(folder: Path) -> bool:
    """True if `folder` is the top of a work tree: `.git` is a repository, or a file that names one."""
    marker = os.path.join(folder, ".git")  # noqa: PTH118  # these never raise, however long the path is
    return os.path.isfile(marker) or os.path.exists(os.path.join(marker, "HEAD"))  # noqa: PTH110, PTH113, PTH118


def ls_files(folder: Path) -> tuple[str, ...] | None:
    """Tracked and untracked files below `folder` that are not ignored, relative to it, sorted.

    A repository inside the repository is one entry that ends in a slash. None if git is absent, refuses
    or takes too long: the caller then walks the folder itself. Bytes that are no UTF-8 become surrogates.
    """
    tracked = run(folder, "ls-files", "-s", "-z") if is_work_tree(folder) else None
    untracked = None if tracked is None else run(folder, *_UNTRACKED)
    if tracked is None or untracked is None:
        return None
    staged = (entry.partition("\t") for entry in names(tracked))
    found = {f"{name}/" if mode.startswith(_GITLINK) else name for mode, _, name in staged}
    return tuple(sorted(found.union(names(untracked))))


def is_ignored(folder: Path) -> bool:
    """True if git ignores `folder` itself."""
    return run(folder.parent, "check-ignore", "-q", "--", f"./{folder.name}/") is not None


def changed(folder: Path, base: str) -> tuple[str, ...]:
    """Files below `folder` that differ from where the current branch left `base`, relative to it, sorted.

    Untracked files count, deleted ones do not. A file whose time stamp alone changed may be listed too.

    Raises:
        UsageError: there is no repository or no git, or `base` is no commit.
    """
    if root(folder) is None:
        raise UsageError(f"--base {base}: {folder} is not in a git repository")
    try:
        start = _left_at(folder, commit(folder, base))
    except UsageError as error:
        raise UsageError(f"--base {error}") from None
    filters = filters_off(folder)
    differing = None if filters is None else run(folder, *filters, *_DIFF, start, "--")
    untracked = run(folder, *_UNTRACKED)
    if differing is None or untracked is None:
        raise UsageError(f"--base {base}: git could not compare {folder} with it")
    return tuple(sorted({*names(differing), *names(untracked)}))


def renamed(folder: Path, base: str) -> dict[str, str]:
    """The staged files below `folder` that git takes for renamed ones of commit `base`: new name to old."""
    flags = ("-M", "--diff-filter=R", "--name-status", "-z", "--relative")
    listed = run(folder, "diff-index", "--cached", *flags, *_PLAIN, base, "--")
    parts = names(listed or b"")
    return dict(zip(parts[2::3], parts[1::3], strict=True))


def left_out(folder: Path, files: Iterable[str]) -> frozenset[str]:
    """Of some files below `folder` those that a sparse checkout has not put on disk."""
    gone = {name for name in files if not os.path.lexists(folder / name)}
    listed = names(run(folder, "ls-files", "-t", "-z") or b"") if gone else ()
    return frozenset(gone.intersection(name[2:] for name in listed if name.startswith("S ")))


def merged(folder: Path) -> str | None:
    """The sha of the commit that a merge under way brings in, the first of several; None if there is none."""
    found = run(folder, "rev-parse", "--verify", "--quiet", "MERGE_HEAD^{commit}")
    return found.decode("ascii").strip() if found else None


def prefix(folder: Path) -> str:
    """What comes before the paths of a folder in its repository: empty, or it ends in a slash."""
    top = root(folder)
    inside = "." if top is None else os.path.relpath(os.path.realpath(folder), os.path.realpath(top))
    return "" if inside == "." else f"{Path(inside).as_posix()}/"


def grep(folder: Path, words: Iterable[str], suffixes: Iterable[str]) -> tuple[str, ...]:
    """Files below `folder`, tracked or not but not ignored, in which one of `words` stands, sorted.

    Args:
        folder: in a work tree; without git, or outside of one, nothing is found.
        words: whole words, literally.
        suffixes: of the files that are searched (".py").
    """
    if not is_work_tree(folder):
        return ()
    return tuple(sorted(searched(folder, words, ("--untracked", "--", *within(suffixes))) or ()))


def _left_at(folder: Path, commit: str) -> str:
    """The merge base with HEAD, as in a pull request; `commit` itself if there is none (a shallow clone)."""
    common = run(folder, "merge-base", commit, "HEAD")
    return common.decode("ascii").split()[0] if common else commit
