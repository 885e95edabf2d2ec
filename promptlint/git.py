"""The only user of git: which files a work tree holds, and which of them changed.

A checked repository may be hostile: nothing that its config or attributes name is ever run, and nothing is
fetched. To compare a file with the index git may run a filter that the repository defines, even in plumbing:
filters are switched off by name.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from promptlint.errors import UsageError

TIMEOUT = 60.0
"""Seconds that one call of git may take."""

_OPTIONS = (
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.untrackedCache=false"),
    *("-c", "diff.external="),
    *("-c", "protocol.allow=never"),
    "--no-pager",
)
# Set by a git hook around us: they would point every call at the repository of the hook.
_LOCAL = frozenset(
    f"GIT_{name}"
    for name in (
        *(
            "ALTERNATE_OBJECT_DIRECTORIES",
            "COMMON_DIR",
            "CONFIG",
            "CONFIG_PARAMETERS",
            "DIR",
            "EXTERNAL_DIFF",
        ),
        *("GLOB_PATHSPECS", "GRAFT_FILE", "ICASE_PATHSPECS", "INDEX_FILE", "NAMESPACE", "NOGLOB_PATHSPECS"),
        "LITERAL_PATHSPECS",
        *("OBJECT_DIRECTORY", "PREFIX", "SHALLOW_FILE", "WORK_TREE"),
    )
)
_FIXED = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_UNTRACKED = ("ls-files", "-o", "--exclude-standard", "-z")
_DIFF = (
    *("diff-index", "--name-only", "-z", "--relative", "--diff-filter=d", "--no-renames"),
    *("--no-ext-diff", "--no-textconv", "--ignore-submodules=all"),
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
    marker = folder / ".git"
    return marker.is_file() or (marker / "HEAD").exists()


def ls_files(folder: Path) -> tuple[str, ...] | None:
    """Tracked and untracked files below `folder` that are not ignored, relative to it, sorted.

    A repository inside the repository is one entry that ends in a slash. None if git is absent, refuses
    or takes too long: the caller then walks the folder itself. Bytes that are no UTF-8 become surrogates.
    """
    tracked = _run(folder, "ls-files", "-s", "-z") if _is_work_tree(folder) else None
    untracked = None if tracked is None else _run(folder, *_UNTRACKED)
    if tracked is None or untracked is None:
        return None
    staged = (entry.partition("\t") for entry in _names(tracked))
    names = {f"{name}/" if mode.startswith(_GITLINK) else name for mode, _, name in staged}
    return tuple(sorted(names.union(_names(untracked))))


def is_ignored(folder: Path) -> bool:
    """True if git ignores `folder` itself."""
    return _run(folder.parent, "check-ignore", "-q", "--", f"./{folder.name}/") is not None


def changed(folder: Path, base: str) -> tuple[str, ...]:
    """Files below `folder` that differ from where the current branch left `base`, relative to it, sorted.

    Untracked files count, deleted ones do not. A file whose time stamp alone changed may be listed too.

    Raises:
        UsageError: there is no repository or no git, or `base` is no commit.
    """
    if root(folder) is None:
        raise UsageError(f"--base {base}: {folder} is not in a git repository")
    start = _left_at(folder, _commit(folder, base))
    filters = _filters_off(folder)
    differing = None if filters is None else _run(folder, *filters, *_DIFF, start, "--")
    untracked = _run(folder, *_UNTRACKED)
    if differing is None or untracked is None:
        raise UsageError(f"--base {base}: git could not compare {folder} with it")
    return tuple(sorted({*_names(differing), *_names(untracked)}))


def grep(folder: Path, words: Iterable[str], suffixes: Iterable[str]) -> tuple[str, ...]:
    """Files below `folder`, tracked or not but not ignored, in which one of `words` stands, sorted.

    Args:
        folder: in a work tree; without git, or outside of one, nothing is found.
        words: whole words, literally.
        suffixes: of the files that are searched (".py").
    """
    asked = [part for word in words for part in ("-e", word)]
    if not asked or not _is_work_tree(folder):
        return ()
    flags = ("-l", "-z", "-F", "-w", "-I", "--untracked", "--no-recurse-submodules", "--no-textconv")
    globs = (f":(glob)**/*{suffix}" for suffix in suffixes)
    return tuple(sorted(_names(_run(folder, "grep", *flags, *asked, "--", *globs) or b"")))


def _is_work_tree(folder: Path) -> bool:
    """True if git, too, thinks that `folder` is in the work tree: core.worktree can name another."""
    top = _run(folder, "rev-parse", "--show-toplevel")
    return top is not None and Path(os.path.realpath(folder)).is_relative_to(
        os.path.realpath(os.fsdecode(top.removesuffix(b"\n")))
    )


def _commit(folder: Path, base: str) -> str:
    if not _is_work_tree(folder):
        raise UsageError(f"--base {base}: git is not installed, or refuses to read {folder}")
    found = None
    if base and not base.startswith("-") and base.isprintable():
        found = _run(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    if found is None:
        raise UsageError(f"--base {base!r}: no such revision")
    return found.decode("ascii").strip()


def _left_at(folder: Path, commit: str) -> str:
    """The merge base with HEAD, as in a pull request; `commit` itself if there is none (a shallow clone)."""
    common = _run(folder, "merge-base", commit, "HEAD")
    return common.decode("ascii").split()[0] if common else commit


def _filters_off(folder: Path) -> tuple[str, ...] | None:
    """Options that make every filter driver of the config do nothing; None if that cannot be said."""
    listed = _run(folder, "config", "-z", "--name-only", "--list")
    if listed is None:
        return None
    keys = (name for name in _names(listed) if name.startswith("filter.") and name.count(".") > 1)
    drivers = sorted({key.rpartition(".")[0] for key in keys})
    if any("=" in driver for driver in drivers):
        return None  # `-c` would end the name there
    settings = (f"{driver}.{name}" for driver in drivers for name in ("clean=", "process=", "required=false"))
    return tuple(part for setting in settings for part in ("-c", setting))


def _names(output: bytes) -> tuple[str, ...]:
    return tuple(os.fsdecode(name) for name in output.split(b"\0") if name)


def _run(folder: Path, *arguments: str) -> bytes | None:
    """What git prints; None if it fails, is absent, or takes too long."""
    import subprocess

    kept = {name: value for name, value in os.environ.items() if name not in _LOCAL}
    try:
        done = subprocess.run(  # noqa: S603  # no shell, and every argument is ours or verified
            ["git", *_OPTIONS, *arguments],  # noqa: S607  # the user's own git, by PATH
            cwd=folder,
            env=kept | _FIXED,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
