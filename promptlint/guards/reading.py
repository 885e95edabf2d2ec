"""Reads the configuration files of both sides of a change: each once, and those that they extend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from pathlib import Path

from promptlint import config
from promptlint.cards import Card
from promptlint.config import Config, Configs
from promptlint.config.load import MAX_EXTENDS, NAMES, absolute, read_table
from promptlint.errors import ConfigError
from promptlint.guards import lines
from promptlint.guards.sides import Sides, text
from promptlint.records import dataclass
from promptlint.store import DISK, Store


@dataclass(slots=True)
class Reader:
    """Both sides' configurations: each folder, file and card set is looked at once."""

    sides: Sides
    configs: tuple[Configs, Configs] = field(init=False)
    known: dict[tuple[tuple[Path, ...], bool], tuple[tuple[Card, ...], str]] = field(default_factory=dict)
    _differs: dict[Path, bool] = field(default_factory=dict)
    _lines: dict[Path, dict[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        one, other = (Configs(self.sides.root, store=store) for store in self.sides.both)
        self.configs = one, other

    def index(self, path: Path) -> dict[str, int]:
        """The lines of the keys of a config file after the change."""
        if path not in self._lines:
            self._lines[path] = lines.index(text(self.sides.after, path), path.name == "pyproject.toml")
        return self._lines[path]

    def differing(self, files: Iterable[Path]) -> list[Path]:
        """Those of the files that are not the same on both sides."""
        found = list(dict.fromkeys(files))
        for path in found:
            if path not in self._differs:
                self._differs[path] = self.sides.differs(path)
        return [path for path in found if self._differs[path]]


def config_of(configs: Configs, folder: Path) -> Config | str:
    """The configuration of a folder, or why it cannot be read."""
    try:
        return configs.for_folder(folder)
    except ConfigError as error:
        return str(error)
    except RecursionError:
        return "nested too deeply"


def fixed(file: Path, sides: Sides, store: Store) -> Config | str:
    """The configuration of one file that holds for all, or why it cannot be read."""
    try:
        return config.load(file, store if file.is_relative_to(sides.top) else DISK)
    except ConfigError as error:
        return str(error)
    except RecursionError:
        return "nested too deeply"


def configs_of(sides: Sides, store: Store) -> Configs:
    """The configurations that hold in the run, as one side has them.

    Raises:
        ConfigError: the one that holds for all is wrong.
    """
    if sides.run.isolated:
        return Configs(sides.root, Config(sides.root), store=store)
    if sides.run.config_file is None:
        return Configs(sides.root, store=store)
    found = fixed(sides.run.config_file, sides, store)
    if isinstance(found, str):
        raise ConfigError(found)
    return Configs(sides.root, found, store=store)


def chain(found: Config | str, folder: Path, sides: Sides, store: Store) -> Iterator[Path]:
    """The config file that holds, and those that it extends; if one is wrong, all that it may be."""
    if isinstance(found, Config):
        starts = [] if found.file is None else [found.file]
    else:
        starts = [above / name for above in (folder, *folder.parents) for name in NAMES]
    for start in starts:
        if start.is_relative_to(sides.top):
            yield start
            yield from extended(start, store, MAX_EXTENDS)


def extended(file: Path, store: Store, most: int) -> Iterator[Path]:
    """The files that a config file extends, in turn, as far as they can be read."""
    for _ in range(most):
        try:
            named = (read_table(file, store) or {}).get("extends")
        except (ConfigError, RecursionError):
            return
        if not isinstance(named, str) or "\0" in named:
            return
        file = absolute(file.parent / named)
        yield file
