"""Reads single values of a config: each reader takes one as TOML gives it, and returns it typed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from promptlint.errors import ConfigError
from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: the name of its file, its dotted key, and the folder its paths start from."""

    file: str
    folder: Path
    key: str = ""

    def at(self, name: str) -> Place:
        """The place of an entry of this table."""
        return Place(self.file, self.folder, f"{self.key}.{name}" if self.key else name)


def fail(place: Place, message: str) -> NoReturn:
    """Raise the ConfigError that names file and key."""
    raise ConfigError(f"{place.file}: `{place.key}`: {message}" if place.key else f"{place.file}: {message}")


def unknown(place: Place, name: str, known: Mapping[str, object]) -> NoReturn:
    """Raise the ConfigError for a key that does not exist, with the nearest that does."""
    from difflib import get_close_matches

    close = get_close_matches(name.replace("_", "-"), known, 1) or get_close_matches(name, known, 1)
    where = f" in `{place.key}`" if place.key else ""
    hint = f"; did you mean `{close[0]}`?" if close else ""
    if place.key == "" and name == "tool":
        hint = "; the keys of promptlint.toml stand without [tool.promptlint]"
    raise ConfigError(f"{place.file}: unknown key `{name}`{where}{hint}")


def text(value: object, place: Place) -> str:
    """A string that is not empty."""
    if not isinstance(value, str):
        fail(place, f"expected a string, found {kind(value)}")
    if not value.strip() or "\0" in value:
        fail(place, "expected a string with something in it")
    return value


def word(value: object, place: Place, known: Sequence[str]) -> str:
    """One of some words."""
    from difflib import get_close_matches

    found = text(value, place)
    if found not in known:
        close = get_close_matches(found, known, 1)
        hint = f"; did you mean {close[0]}?" if close else ""
        fail(place, f"{found[:80]!r} is none of {', '.join(known)}{hint}")
    return found


def texts(value: object, place: Place) -> tuple[str, ...]:
    """A list of strings."""
    if not isinstance(value, (list, tuple)):
        fail(place, f"expected a list of strings, found {kind(value)}")
    return tuple(text(item, place.at(str(index))) for index, item in enumerate(value))


def path(value: object, place: Place) -> Path:
    """A path, relative to the folder of the file that names it."""
    return place.folder / (value if isinstance(value, Path) else text(value, place))


def paths(value: object, place: Place) -> tuple[Path, ...]:
    """A list of paths."""
    return tuple(path(item, place) for item in texts(value, place))


def count(value: object, place: Place) -> int:
    """A whole number, zero or more."""
    if not isinstance(value, int) or isinstance(value, bool):
        fail(place, f"expected a whole number, found {kind(value)}")
    if value < 0:
        fail(place, "expected a number that is not negative")
    return value


def number(value: object, place: Place) -> float:
    """A finite number, zero or more."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        fail(place, f"expected a number, found {kind(value)}")
    if not 0 <= value < math.inf:
        fail(place, "expected a finite number that is not negative")
    return float(value)


def share(value: object, place: Place) -> float:
    """A number from 0 to 1."""
    if number(value, place) > 1:
        fail(place, "expected a number from 0 to 1")
    return number(value, place)


def flag(value: object, place: Place) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        fail(place, f"expected true or false, found {kind(value)}")
    return value


def table(value: object, place: Place) -> Mapping[str, object]:
    """A table."""
    if not isinstance(value, Mapping):
        fail(place, f"expected a table, found {kind(value)}")
    return value


def kind(value: object) -> str:
    """What a value is called in TOML."""
    return _KINDS.get(type(value), "a date or time")


def either(names: list[str]) -> str:
    """The names as `"a" or "b"`."""
    return " or ".join(f'"{name}"' for name in names)


_KINDS = {str: "a string", bool: "true or false", int: "a whole number", float: "a number", list: "a list"}
_KINDS |= {dict: "a table", tuple: "a list"}
