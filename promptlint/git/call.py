"""Runs git so that a hostile repository can neither run a program nor fetch anything.

To compare a file with the index git may run a filter that the repository defines, even in plumbing: filters
are switched off by name.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

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
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


def run(folder: Path, *arguments: str, given: bytes = b"", fine: tuple[int, ...] = (0,)) -> bytes | None:
    """What git prints for these arguments and that input; None if it fails, is absent, or takes too long.

    It fails with an exit code that is not one of `fine`.
    """
    import subprocess

    kept = {name: value for name, value in os.environ.items() if name not in _LOCAL}
    try:
        done = subprocess.run(  # noqa: S603  # no shell, and every argument is ours or verified
            ["git", *_OPTIONS, *arguments],  # noqa: S607  # the user's own git, by PATH
            cwd=folder,
            env=kept | _FIXED,
            input=given,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode in fine else None


def is_work_tree(folder: Path) -> bool:
    """True if git, too, thinks that `folder` is in the work tree: core.worktree can name another."""
    top = run(folder, "rev-parse", "--show-toplevel")
    return top is not None and Path(os.path.realpath(folder)).is_relative_to(
        os.path.realpath(os.fsdecode(top.removesuffix(b"\n")))
    )


def names(output: bytes) -> tuple[str, ...]:
    """What NUL bytes separate in git's output; bytes that are no UTF-8 become surrogates."""
    return tuple(os.fsdecode(name) for name in output.split(b"\0") if name)


def searched(folder: Path, words: Iterable[str], where: tuple[str, ...]) -> tuple[str, ...] | None:
    """What `git grep -l` lists of files in which one of the words stands, whole and literally.

    None if git fails. Which files are binary is not asked: attributes of the repository could say so of any.
    The words go in by standard input: thousands are no problem there. One with a line
    break, which no line holds, is left out.
    """
    asked = [word for word in words if word and "\n" not in word and "\0" not in word]
    if not asked:
        return ()
    flags = ("-l", "-z", "-F", "-w", "-a", "--no-recurse-submodules", "--no-textconv", "-f", "-")
    given = os.fsencode("".join(f"{word}\n" for word in asked))
    found = run(folder, "grep", *flags, *where, given=given, fine=(0, 1))
    return None if found is None else names(found)


def within(suffixes: Iterable[str]) -> tuple[str, ...]:
    """Path patterns of all files below a folder whose names end so."""
    return tuple(f":(glob)**/*{suffix}" for suffix in suffixes)


def filters_off(folder: Path) -> tuple[str, ...] | None:
    """Options that make every filter driver of the config do nothing; None if that cannot be said."""
    listed = run(folder, "config", "-z", "--name-only", "--list")
    if listed is None:
        return None
    keys = (name for name in names(listed) if name.startswith("filter.") and name.count(".") > 1)
    drivers = sorted({key.rpartition(".")[0] for key in keys})
    if any("=" in driver for driver in drivers):
        return None  # `-c` would end the name there
    settings = (f"{driver}.{name}" for driver in drivers for name in ("clean=", "process=", "required=false"))
    return tuple(part for setting in settings for part in ("-c", setting))
