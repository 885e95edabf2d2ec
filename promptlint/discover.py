"""Turns the paths a user names into the files to check, and says of the others why not."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from promptlint import git, globs
from promptlint.config import Config, Configs
from promptlint.errors import UsageError
from promptlint.files import MAX_BYTES, decode, read, write
from promptlint.model import Skip
from promptlint.records import dataclass
from promptlint.store import DISK, Store

__all__ = [
    "DEFAULT_EXCLUDES",
    "MAX_BYTES",
    "Candidate",
    "Discovery",
    "Scope",
    "among",
    "decode",
    "discover",
    "display",
    "read",
    "write",
]

DEFAULT_EXCLUDES = frozenset(
    name
    for names in (
        (".git", ".hg", ".svn", ".bzr", ".jj", ".direnv", ".eggs", ".ipynb_checkpoints", ".nox", ".tox"),
        (".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache", ".pyenv"),
        (".venv", "venv", "site-packages", "node_modules", "__pycache__", "__pypackages__"),
        ("build", "_build", "buck-out", "dist", ".terraform", ".next", ".nuxt", ".cache", ".idea"),
    )
    for name in names
)
"""Folders that hold nothing of the project's own; `exclude = ["!build/"]` in a config brings one back."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to check. `display` is POSIX and relative to the root of the run; `named` as in Source."""

    path: Path
    display: str
    named: bool = False


@dataclass(frozen=True, slots=True)
class Discovery:
    """The files to check, by `display`, each once, and what was found but is not checked."""

    files: tuple[Candidate, ...]
    skipped: tuple[Skip, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What decides which files are taken.

    Args:
        root: of the run; absolute.
        wants: says of a displayed path that such a file can hold prompts.
        configs: for `include` and `exclude`.
        force_exclude: a file that is named is treated like one that is found in a folder.
    """

    root: Path
    wants: Callable[[str], bool]
    configs: Configs
    force_exclude: bool = False


_Configs = dict[str, Config | None]


@dataclass(frozen=True, slots=True)
class _Found:
    """A candidate and which file of the disk it is; `link` says that another name led there."""

    candidate: Candidate
    identity: tuple[int, int]
    link: bool


def discover(paths: Sequence[Path], scope: Scope) -> Discovery:
    """Find the files to check. A folder is searched, a file that is named is taken as it is.

    Raises:
        UsageError: a path does not exist.
    """
    found: list[_Found] = []
    skipped: dict[str, Skip] = {}
    for path in paths:
        place = _placed(path, scope.root)
        items = _in_folder(place, scope) if _is_folder(path) else _named(place, scope)
        for item in items:
            if isinstance(item, Skip):
                skipped[item.path] = item
            else:
                found.append(item)
    files, doubles = _distinct(found)
    taken = {file.display for file in files}
    reasons = {item.path: item for item in (*doubles, *skipped.values()) if item.path not in taken}
    return Discovery(files, tuple(reasons[path] for path in sorted(reasons)))


def among(names: Iterable[str], scope: Scope, store: Store = DISK) -> Discovery:
    """Those of some files, named as shown, that are to be checked; one that is not there is no error."""
    inside = (os.path.realpath(scope.root),) * 2
    linked = {"": False}
    configs: _Configs = {}
    found: list[_Found] = []
    skipped = []
    for name in sorted(names):
        path = scope.root / name
        forced = _wanted(scope.root, name, name, scope, configs)
        if forced is None or (store is DISK and _through_link(scope.root, _parent(name), linked)):
            continue
        if not _is_text(name):
            skipped.append(Skip(_printable(name), "its name is not UTF-8"))
            continue
        candidate = Candidate(path, name, forced)
        item = _examined(candidate, inside) if store is DISK else _committed(candidate, store)
        if isinstance(item, Skip):
            skipped.append(item)
        elif item is not None:
            found.append(item)
    files, doubles = _distinct(found)
    return Discovery(files, tuple(sorted((*doubles, *skipped), key=lambda skip: skip.path)))


def display(path: Path, root: Path) -> str:
    """`path` as ids and reports show it: POSIX and relative to `root`; both are absolute."""
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    try:
        return Path(os.path.relpath(path, root)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()


def _placed(path: Path, root: Path) -> Path:
    """`path` made absolute, symbolic links kept unless only without them it lies in `root`."""
    place = Path(os.path.abspath(path))  # noqa: PTH100  # Path.resolve would follow them
    if not place.is_relative_to(root):
        real = Path(os.path.realpath(place.parent)) / place.name
        return real if real.is_relative_to(root) else place
    return place


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise UsageError(f"{path}: no such file or folder") from error
    except OSError:
        return False  # it is there: reading it will say what is wrong


# --- named files ----------------------------------------------------------------------------


def _named(path: Path, scope: Scope) -> Iterator[_Found | Skip]:
    shown = display(path, scope.root)
    if not _is_text(shown):
        yield Skip(_printable(shown), "its name is not UTF-8")
        return
    asked = True
    if scope.force_exclude:
        config = scope.configs.for_file(path)
        asked = _included(path, config)
        if not asked and not scope.wants(shown):
            yield Skip(shown, "nothing here reads such files")
            return
        inside = path.relative_to(scope.root).as_posix() if path.is_relative_to(scope.root) else path.name
        if _excluded(path, inside, config):
            yield Skip(shown, "excluded by the configuration")
            return
    try:
        status = path.stat()
        identity = status.st_dev, status.st_ino
    except OSError:
        identity = (-1, hash(path))
    link = os.path.realpath(path) != str(path)
    yield _Found(Candidate(path, shown, asked), identity, link)


# --- folders --------------------------------------------------------------------------------


def _in_folder(folder: Path, scope: Scope) -> Iterator[_Found | Skip]:
    inside = (os.path.realpath(folder), os.path.realpath(scope.root))
    top = display(folder, scope.root)
    linked = {"": False}
    configs: _Configs = {}
    for relative in _listed(folder, scope):
        shown = relative if top == "." else f"{top}/{relative}"
        forced = _wanted(folder, relative, shown, scope, configs)
        if forced is None or _through_link(folder, _parent(relative), linked):
            continue
        if not _is_text(shown):
            yield Skip(_printable(shown), "its name is not UTF-8")
            continue
        item = _examined(Candidate(folder / relative, shown, forced), inside)
        if item is not None:
            yield item


def _listed(folder: Path, scope: Scope) -> Iterator[str]:
    """The files below `folder` that are not ignored, relative to it."""
    repository = git.root(folder)
    names = git.ls_files(folder) if repository is not None else None
    if names is None or (not names and git.is_ignored(folder)):
        top = repository or (scope.root if folder.is_relative_to(scope.root) else folder)
        yield from _walked(folder, top, scope)
        return
    for name in names:
        if not name.endswith("/"):
            yield name
        elif not (folder / name).is_symlink():  # a repository of its own: git stops there
            yield from (f"{name}{each}" for each in _listed(folder / name, scope))


def _walked(folder: Path, top: Path, scope: Scope) -> Iterator[str]:
    """The files below `folder` without git's help, folders that are excluded left out early."""
    from promptlint.walk import walk  # only where git does not help

    def prune(relative: str) -> bool:
        if relative.rpartition("/")[2] == ".git":
            return True
        return _is_left_out(folder, relative, scope.configs.for_folder((folder / relative).parent))

    return walk(folder, top, prune)


def _wanted(folder: Path, relative: str, shown: str, scope: Scope, configs: _Configs) -> bool | None:
    """Whether `include` asks for a file; None if nothing asks for it, or it is excluded.

    `configs` are those that were looked up before, by folder; None for a folder that is left out.
    """
    parent = _parent(relative)
    config = _config(folder, parent, scope, configs)
    if config is None:
        return None
    forced = bool(config.include) and _included(folder / relative, config)
    if not (forced or scope.wants(shown)) or _excluded(folder / relative, relative, config):
        return None
    return forced


def _config(folder: Path, relative: str, scope: Scope, known: _Configs) -> Config | None:
    """The config of a folder below `folder`; None if that of the project around it leaves the folder out."""
    if relative not in known:
        above = _config(folder, _parent(relative), scope, known) if relative else None
        own = scope.configs.for_folder(folder / relative)
        if relative and (above is None or (above is not own and _is_left_out(folder, relative, above))):
            known[relative] = None
        else:
            known[relative] = own
    return known[relative]


def _is_left_out(folder: Path, relative: str, config: Config) -> bool:
    kept = any(pattern.startswith("!") for pattern in config.exclude)
    return not kept and _excluded(folder / relative, f"{relative}/", config)


def _committed(candidate: Candidate, store: Store) -> _Found | Skip | None:
    """What a name in a commit is; None for one that is not there."""
    path = candidate.path
    if store.is_file(path):
        return _Found(candidate, (-1, hash(path)), link=False)
    return Skip(candidate.display, "a symbolic link, or a submodule") if store.exists(path) else None


def _parent(relative: str) -> str:
    return relative.rpartition("/")[0]


def _examined(candidate: Candidate, inside: tuple[str, str]) -> _Found | Skip | None:
    """What a name in a folder leads to; None for what is no file, or is gone."""
    path, shown = candidate.path, candidate.display
    try:
        status = path.lstat()
    except OSError:
        return None
    link = stat.S_ISLNK(status.st_mode)
    if link:
        real = os.path.realpath(path)
        try:
            status = os.stat(real)  # noqa: PTH116  # `real` is a string
        except OSError:
            return Skip(shown, "a symbolic link that leads nowhere")
        if stat.S_ISDIR(status.st_mode):
            return Skip(shown, "a symbolic link to a folder")
        if not Path(real).is_relative_to(inside[0]) and not Path(real).is_relative_to(inside[1]):
            return Skip(shown, "a symbolic link that leads outside the project")
    if stat.S_ISDIR(status.st_mode):
        return None
    if not stat.S_ISREG(status.st_mode):
        return Skip(shown, "no regular file")
    return _Found(candidate, (status.st_dev, status.st_ino), link)


def _through_link(folder: Path, relative: str, known: dict[str, bool]) -> bool:
    """True if a folder on the way is a symbolic link: git's index may name files behind one."""
    if relative not in known:
        above = _through_link(folder, relative.rpartition("/")[0], known)
        known[relative] = above or (folder / relative).is_symlink()
    return known[relative]


def _included(path: Path, config: Config) -> bool:
    return globs.matched(config.include, display(path, config.root))


def _excluded(path: Path, inside: str, config: Config) -> bool:
    """True if `path` is excluded; only the folders of `inside`, below the named one, count by default."""
    usual = not DEFAULT_EXCLUDES.isdisjoint(inside.split("/")[:-1])
    if not config.exclude:
        return usual
    seen = display(path, config.root) + ("/" if inside.endswith("/") else "")
    return globs.matched(config.exclude, seen, before=usual)


def _distinct(found: Iterable[_Found]) -> tuple[tuple[Candidate, ...], tuple[Skip, ...]]:
    """Each file once: under its own name rather than a link's, else under the first name."""
    by_name: dict[str, _Found] = {}
    for item in found:
        shown = item.candidate.display
        if shown not in by_name or item.candidate.named:
            by_name[shown] = item
    ordered = sorted(by_name.values(), key=lambda item: (item.link, item.candidate.display))
    taken: dict[tuple[int, int], str] = {}
    files, doubles = [], []
    for item in ordered:
        shown = item.candidate.display
        if item.link and item.identity in taken:
            doubles.append(Skip(shown, f"the same file as {taken[item.identity]}"))
        else:
            taken.setdefault(item.identity, shown)
            files.append(item.candidate)
    return tuple(sorted(files, key=lambda file: file.display)), tuple(doubles)


def _is_text(name: str) -> bool:
    return name.isascii() or not any("\ud800" <= char <= "\udfff" for char in name)


def _printable(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")
