"""Finds and reads promptlint.toml and [tool.promptlint], and says what holds for a file or a prompt."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path

from promptlint import git, globs
from promptlint.config.load import (
    absolute,
    checked,
    defaults,
    field_of,
    in_folder,
    joined,
    leaves,
    read_table,
    with_layer,
)
from promptlint.config.readers import Place
from promptlint.config.schema import READERS, Config, PromptEntry, PromptSettings, prompt_setting
from promptlint.errors import ConfigError
from promptlint.store import DISK, Store

__all__ = [
    "Config",
    "Configs",
    "Place",
    "PromptEntry",
    "PromptSettings",
    "budget_for",
    "digest",
    "effective",
    "file_ignores",
    "find",
    "load",
    "local",
    "override",
    "prompt_setting",
    "prompt_settings",
    "root_of",
]

_COMMAND_LINE = "command line"


class Configs:
    """The configs of one run: each folder is looked up once; the caller owns it.

    Args:
        root: of the run; ids and shown paths are relative to it.
        fixed: the one config to use for all files (`--config`, `--isolated`).
        values: from the command line, as for `override`.
        store: where the config files are read from.
    """

    def __init__(
        self,
        root: Path,
        fixed: Config | None = None,
        values: Mapping[str, object] | None = None,
        store: Store = DISK,
    ) -> None:
        self._root = absolute(root)
        self._values = dict(values or {})
        self._store = store
        self._fixed = None if fixed is None else override(fixed, **self._values)
        self._memo: dict[Path, Config] = {}

    def for_file(self, path: Path) -> Config:
        """The config of the nearest folder at or above the file's own that has one."""
        return self.for_folder(absolute(path).parent)

    def for_folder(self, folder: Path) -> Config:
        """The config that holds for the files of an absolute `folder`."""
        if self._fixed is not None:
            return self._fixed
        place, below = folder, []
        while place not in self._memo:
            found = in_folder(place, self._store)
            if found is not None or _is_last(place, None):
                self._memo[place] = self._made(place, found)
            else:
                below.append(place)
                place = place.parent
        made = self._memo[place]
        self._memo.update(dict.fromkeys(below, made))
        return made

    def _made(self, folder: Path, found: tuple[Path, Mapping[str, object]] | None) -> Config:
        if found is None:
            return override(defaults(self._root), **self._values)
        return override(replace(joined(*found, self._store), prefix=self._prefix(folder)), **self._values)

    def _prefix(self, folder: Path) -> str:
        """How shown paths of files below `folder` begin, which may lie beside or above the root."""
        if folder == self._root:
            return ""
        try:
            return f"{Path(os.path.relpath(folder, self._root)).as_posix()}/"
        except ValueError:  # another drive
            return f"{folder.as_posix()}/"


def find(path: Path, stop: Path | None = None, store: Store = DISK) -> Path | None:
    """The nearest config file at or above `path` (a file or a folder).

    The search ends with the folder `stop`, or with the first that is the top of a git work tree. A
    pyproject.toml counts only if it has a [tool.promptlint].

    Raises:
        ConfigError: a candidate is not TOML.
    """
    place = absolute(path)
    for folder in (place, *place.parents) if place.is_dir() else place.parents:
        found = in_folder(folder, store)
        if found is not None:
            return found[0]
        if _is_last(folder, stop):
            break
    return None


def load(path: Path, store: Store = DISK) -> Config:
    """Read a config file and all that it extends, from `store`.

    Raises:
        ConfigError: it is missing, is not TOML, or has an unknown key or a value of the wrong type.
    """
    file = absolute(path)
    values = read_table(file, store)
    if values is None:
        raise ConfigError(f"{path}: there is no [tool.promptlint] in it")
    return joined(file, values, store)


def root_of(path: Path, store: Store = DISK, home: Path | None = None) -> Path:
    """The folder of the nearest config file, else the git root, else `home` or the working directory."""
    file = find(path, store=store)
    return file.parent if file is not None else git.root(path) or home or Path.cwd()


def override(config: Config, **values: object) -> Config:
    """`config` with values of the command line, named like the fields; None and () say nothing.

    `select` makes the config's own `select`, `extend-select` and `ignore` void; `ignore` and `extend_select`
    add to what is there.

    Raises:
        ConfigError: an unknown key or a value of the wrong type.
    """
    given = {name.replace("_", "-"): item for name, item in values.items() if item not in (None, ())}
    if not given:
        return config
    if "select" in given:
        config = replace(config, ignore=(), extend_select=())
    layer = checked(given, Place(_COMMAND_LINE, Path.cwd()))
    if "ignore" in layer:
        layer["ignore"] = (*config.ignore, *layer["ignore"])
    return with_layer(config, _COMMAND_LINE, layer)


def local(config: Config, shown: str) -> str:
    """A path or prompt id, relative to the root of the run, as the globs of `config` see it."""
    return shown.removeprefix(config.prefix)


def prompt_settings(config: Config, prompt_id: str) -> PromptSettings:
    """What the matching `[[prompts]]` entries say together; a later one wins, key by key."""
    result = PromptSettings()
    for entry in config.prompts:
        if globs.matches_id(entry.match, local(config, prompt_id)):
            given = {item.name: getattr(entry.settings, item.name) for item in fields(PromptSettings)}
            result = replace(result, **{name: value for name, value in given.items() if value is not None})
    return result


def budget_for(config: Config, prompt_id: str) -> int | None:
    """The token budget of a prompt: that of the last glob that matches."""
    fitting = [
        each for glob, each in config.budget.items() if globs.matches_id(glob, local(config, prompt_id))
    ]
    return fitting[-1] if fitting else None


def file_ignores(config: Config, shown: str) -> tuple[str, ...]:
    """The selectors that `per-file-ignores` has for a file, given as shown (relative to the run's root)."""
    found = (
        codes for glob, codes in config.per_file_ignores.items() if globs.matches(glob, local(config, shown))
    )
    return tuple(dict.fromkeys(code for codes in found for code in codes))


def effective(config: Config) -> Iterator[tuple[str, object, str]]:
    """Every setting as (dotted key, value, where it comes from), in the order of the documentation."""
    for key in READERS:
        for name, value in leaves(key, getattr(config, field_of(key))).items():
            yield name, value, config.origins.get(name, "default")


def digest(config: Config) -> str:
    """sha256, in hex, of every value that can change what a check finds; for the key of the result cache."""
    left_out = {"root", "file", "origins", "baseline", "cards", "exclude"}
    values = [(item.name, getattr(config, item.name)) for item in fields(Config) if item.name not in left_out]
    return hashlib.sha256(repr(values).encode("utf-8", "backslashreplace")).hexdigest()


def _is_last(folder: Path, stop: Path | None) -> bool:
    return folder == folder.parent or (
        git.holds_repository(folder) if stop is None else folder == absolute(stop)
    )
