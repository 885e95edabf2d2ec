"""Reads config files and joins what they extend: the file side of `config`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from promptlint import git
from promptlint.config.readers import Place, fail, path, table, unknown
from promptlint.config.schema import READERS, Config
from promptlint.errors import ConfigError
from promptlint.store import DISK, Store

NAMES = ("promptlint.toml", "pyproject.toml")
"""In order: the first of one folder wins."""

MAX_BYTES = 1_000_000
MAX_EXTENDS = 8

_ADDED = frozenset({"extend-select", "prompts"})
# Tables that join key by key, and how many levels deep; the parameter of a rule is replaced as a whole.
_DEPTH = {"per-file-ignores": 1, "severity": 1, "rules": 2, "budget": 1, "prices": 2}

_ENTRY = re.compile(r"`prompts\.(\d{1,6})\.([a-z_]{1,40})`")
_TABLE = re.compile(r"\s{0,40}\[\[\s{0,9}(?:tool\.promptlint\.)?prompts\s{0,9}\]\]")

Values = Mapping[str, object]


def absolute(path: Path) -> Path:
    """`path` made absolute and without `..`, symbolic links kept."""
    return Path(os.path.abspath(path))  # noqa: PTH100  # Path.resolve would follow symbolic links


def in_folder(folder: Path, store: Store = DISK) -> tuple[Path, Values] | None:
    """The config file of this very folder, and its keys."""
    for name in NAMES:
        file = folder / name
        if store.is_file(file):
            values = read_table(file, store)
            if values is not None:
                return file, values
    return None


def read_table(file: Path, store: Store = DISK) -> Values | None:
    """The keys of a config file; None for a pyproject.toml without [tool.promptlint].

    Raises:
        ConfigError: it is missing, cannot be read or is not TOML.
    """
    shared = file.name == "pyproject.toml"
    data = _read(file, store)
    if shared and b"promptlint" not in data:
        return None
    values = _parsed(data, file)
    if not shared:
        return values
    tools = values.get("tool", {})
    own = tools.get("promptlint") if isinstance(tools, dict) else None
    return None if own is None else table(own, Place(shown(file), file.parent, "tool.promptlint"))


def defaults(root: Path) -> Config:
    """The config of a project that has no config file."""
    return Config(root, origins=dict.fromkeys(READERS, "default"))


def joined(file: Path, values: Values, store: Store = DISK) -> Config:
    """The config that a file, with what it extends, makes of the defaults."""
    config = defaults(file.parent)
    for origin, layer in reversed(list(_layers(file, values, store))):
        config = with_layer(config, origin, layer)
    return replace(config, file=file)


def checked(values: Values, place: Place) -> dict[str, Any]:  # by key, of the type that its reader returns
    """The values by key, each read by its reader.

    Raises:
        ConfigError: an unknown key or a value of the wrong type.
    """
    for key in values:
        if key not in READERS:
            unknown(place, key, {**READERS, "extends": None})
    return {key: READERS[key](item, place.at(key)) for key, item in values.items()}


def with_layer(config: Config, origin: str, values: Values) -> Config:
    """`config` with the values of a nearer layer: tables join key by key, anything else is replaced."""
    origins = dict(config.origins)
    changed: dict[str, Any] = {}  # as `checked` returns them
    for key, value in values.items():
        before = getattr(config, field_of(key))
        after = (*before, *value) if key in _ADDED and isinstance(value, tuple) else value
        changed[field_of(key)] = _join(before, after, _DEPTH.get(key, 0))
        origins |= dict.fromkeys(leaves(key, value), origin)
    return replace(config, origins=origins, **changed)


def leaves(key: str, value: object) -> dict[str, object]:
    """A value by dotted key: one for each entry of a table that joins, else the key itself."""
    return dict(_leaves(key, value, _DEPTH.get(key, 0)))


def field_of(key: str) -> str:
    """The name of the Config field of a key."""
    return key.replace("-", "_")


def shown(file: Path) -> str:
    """A file as an error names it: relative to the working directory if it lies below."""
    here = Path.cwd()
    return file.relative_to(here).as_posix() if file.is_relative_to(here) else str(file)


def _read(file: Path, store: Store) -> bytes:
    if not store.is_file(file):  # a FIFO would block
        raise ConfigError(f"{shown(file)}: no such file")
    try:
        data = store.data(file, MAX_BYTES)
    except OSError as error:
        raise ConfigError(f"{shown(file)}: cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{shown(file)}: larger than {MAX_BYTES:,} bytes")
    return data


def _parsed(data: bytes, file: Path) -> Values:
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except ValueError as error:
        raise ConfigError(f"{shown(file)}: not TOML: {error}") from error
    except RecursionError as error:
        raise ConfigError(f"{shown(file)}: nested too deeply") from error


def _layers(file: Path, values: Values, store: Store) -> Iterator[tuple[str, Values]]:
    """Origin and values of the file itself, then of each file that it extends, in turn."""
    root = file.parent
    seen = [file]
    while True:
        place = Place(shown(file), file.parent)
        try:
            layer = checked({key: values[key] for key in values if key != "extends"}, place)
        except ConfigError as error:
            raise ConfigError(_with_line(str(error), place, _read(file, store))) from error
        yield _label(file, root), layer
        if "extends" not in values:
            return
        place = place.at("extends")
        file = _extended(path(values["extends"], place), place, seen, store)
        seen.append(file)
        found = read_table(file, store)
        if found is None:
            fail(place, f"there is no [tool.promptlint] in {file}")
        values = found


def _with_line(message: str, place: Place, data: bytes) -> str:
    """The message about a key of a `[[prompts]]` table with its line, if the file spells it that way."""
    named = _ENTRY.match(message.removeprefix(f"{place.file}: "))
    if named is None:
        return message
    table, lines = -1, data.decode("utf-8-sig", "replace").split("\n")
    for number, line in enumerate(lines, 1):
        table += _TABLE.match(line) is not None
        if table == int(named[1]) and line.partition("=")[0].strip().strip("\"'") == named[2]:
            return message.replace(place.file, f"{place.file}:{number}", 1)
    return message


def _extended(named: Path, place: Place, seen: list[Path], store: Store) -> Path:
    file = absolute(named)
    top = git.root(seen[0])
    real = store.resolved(file)
    if not store.is_file(real):
        fail(place, f"there is no file {shown(file)}")
    if top is not None and not real.is_relative_to(store.resolved(top)):
        fail(place, f"{shown(file)} is outside the repository")
    if any(real == store.resolved(other) for other in seen):
        fail(place, f"{shown(file)} is extended already: the files go round in a circle")
    if len(seen) > MAX_EXTENDS:
        fail(place, f"more than {MAX_EXTENDS} files in a row")
    return file


def _label(file: Path, root: Path) -> str:
    name = Path(os.path.relpath(file, root)).as_posix()
    return f"{name} [tool.promptlint]" if file.name == "pyproject.toml" else name


def _join(before: object, value: object, depth: int) -> object:
    if depth == 0 or not isinstance(before, Mapping) or not isinstance(value, Mapping):
        return value
    return {**before, **{name: _join(before.get(name), item, depth - 1) for name, item in value.items()}}


def _leaves(key: str, value: object, depth: int) -> Iterator[tuple[str, object]]:
    if depth == 0 or not isinstance(value, Mapping) or not value:
        yield key, value
        return
    for name, item in value.items():
        yield from _leaves(f"{key}.{name}", item, depth - 1)
