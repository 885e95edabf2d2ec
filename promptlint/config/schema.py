"""The shape of a config: the frozen Config, and the readers that check one key's value each."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import field, fields
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from promptlint.errors import ConfigError
from promptlint.model import Load, Severity
from promptlint.records import dataclass

if TYPE_CHECKING:
    from promptlint.templates import JinjaSettings


@dataclass(frozen=True, slots=True)
class PromptSettings:
    """What the `[[prompts]]` entries say of one prompt; None where they do not.

    `difficulty` is from 0 (trivial) to 1; `output_tokens` are of one call.
    """

    model: str | None = None
    calls_per_month: int | None = None
    output_tokens: int | None = None
    task: str | None = None
    difficulty: float | None = None
    latency: str | None = None
    batchable: bool | None = None
    owner: str | None = None
    load: Load | None = None


@dataclass(frozen=True, slots=True)
class PromptEntry:
    """One `[[prompts]]` entry: settings for the prompts whose id matches (see `globs.matches_id`)."""

    match: str
    settings: PromptSettings


@dataclass(frozen=True, slots=True)
class Config:
    """What holds for the files below `root`; plain data, not yet checked against the rule cards.

    `root` is the folder of `file` (None: no config file). `prefix` is `root` seen from the root of the run,
    with a last slash, or empty. Globs are relative to `root`, whichever file says them; paths are absolute.
    `budget` maps globs of prompt ids to tokens, `prices` models to US dollars per million tokens by kind.
    `origins` says where each value comes from, by dotted key (`rules.RED001.ratio`).
    """

    root: Path
    file: Path | None = None
    prefix: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    severity: Mapping[str, Severity] = field(default_factory=dict)
    rules: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    cards: tuple[Path, ...] = ()
    model: str | None = None
    tokenizer: str | None = None
    budget: Mapping[str, int] = field(default_factory=dict)
    prices: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    baseline: Path | None = None
    jinja: JinjaSettings | None = None
    prompts: tuple[PromptEntry, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)


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


# --- readers: each takes a value as TOML (or the command line) gives it, and returns it typed -----


def text(value: object, place: Place) -> str:
    """A string that is not empty."""
    if not isinstance(value, str):
        fail(place, f"expected a string, found {kind(value)}")
    if not value.strip() or "\0" in value:
        fail(place, "expected a string with something in it")
    return value


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


def load(value: object, place: Place) -> Load:
    """When a prompt is paid for."""
    chosen = {item.value: item for item in Load}.get(text(value, place))
    return chosen or fail(place, f"expected {_or([item.value for item in Load])}")


def severity(value: object, place: Place) -> Severity:
    """The name of a severity."""
    chosen = {item.name.lower(): item for item in Severity}.get(text(value, place))
    return chosen or fail(place, f"expected {_or([item.name.lower() for item in Severity])}")


def severities(value: object, place: Place) -> dict[str, Severity]:
    """A table of code = severity."""
    return {code: severity(item, place.at(code)) for code, item in table(value, place).items()}


def ignores(value: object, place: Place) -> dict[str, tuple[str, ...]]:
    """A table of glob = list of codes."""
    return {text(glob, place): texts(item, place.at(glob)) for glob, item in table(value, place).items()}


def rules(value: object, place: Place) -> dict[str, Mapping[str, object]]:
    """A table of code = table of parameters, which the rule cards check."""
    return {code: table(item, place.at(code)) for code, item in table(value, place).items()}


def budget(value: object, place: Place) -> dict[str, int]:
    """Tokens for every prompt, or a table of id glob = tokens."""
    if not isinstance(value, Mapping):
        return {"*": count(value, place)}
    return {text(glob, place): count(item, place.at(glob)) for glob, item in value.items()}


def prices(value: object, place: Place) -> dict[str, Mapping[str, float]]:
    """A table of model = table of kind = US dollars per million tokens; `prices` knows the kinds."""
    models = {model: table(item, place.at(model)) for model, item in table(value, place).items()}
    return {
        model: {name: number(each, place.at(model).at(name)) for name, each in kinds.items()}
        for model, kinds in models.items()
    }


def jinja(value: object, place: Place) -> JinjaSettings:
    """The settings of the project's Jinja environment, by Jinja's own names."""
    from promptlint.templates import JinjaSettings

    known = {item.name: item.default for item in fields(JinjaSettings)}
    given = table(value, place)
    for name, item in given.items():
        if name not in known:
            unknown(place, name, known)
        if type(item) is not type(known[name]):
            fail(place.at(name), f"expected {kind(known[name])}, found {kind(item)}")
        if item == "" != known[name]:
            fail(place.at(name), "a delimiter cannot be empty")
    return JinjaSettings(**given)  # type: ignore[arg-type]  # compared with the defaults' types above


def entries(value: object, place: Place) -> tuple[PromptEntry, ...]:
    """The `[[prompts]]` tables."""
    if not isinstance(value, list):
        fail(place, f"expected [[{place.key}]] tables, found {kind(value)}")
    return tuple(_entry(item, place.at(str(index))) for index, item in enumerate(value))


def _entry(value: object, place: Place) -> PromptEntry:
    given = dict(table(value, place))
    if "match" not in given:
        fail(place, "the key `match` is missing")
    match = text(given.pop("match"), place.at("match"))
    for name in given:
        if name not in _SETTINGS:
            unknown(place, name, _SETTINGS | {"match": text})
    return PromptEntry(
        match,
        PromptSettings(**{name: _SETTINGS[name](item, place.at(name)) for name, item in given.items()}),  # type: ignore[arg-type]  # each reader returns its field's type
    )


def kind(value: object) -> str:
    """What a value is called in TOML."""
    return _KINDS.get(type(value), "a date or time")


def _or(names: list[str]) -> str:
    return " or ".join(f'"{name}"' for name in names)


_KINDS = {str: "a string", bool: "true or false", int: "a whole number", float: "a number", list: "a list"}
_KINDS |= {dict: "a table", tuple: "a list"}


Reader = Callable[[object, Place], object]

_SETTINGS: dict[str, Reader] = {
    "model": text,
    "calls_per_month": count,
    "output_tokens": count,
    "task": text,
    "difficulty": share,
    "latency": text,
    "batchable": flag,
    "owner": text,
    "load": load,
}

READERS: Mapping[str, Reader] = {
    "include": texts,
    "exclude": texts,
    "select": texts,
    "ignore": texts,
    "extend-select": texts,
    "per-file-ignores": ignores,
    "severity": severities,
    "rules": rules,
    "cards": paths,
    "model": text,
    "tokenizer": text,
    "budget": budget,
    "prices": prices,
    "baseline": path,
    "jinja": jinja,
    "prompts": entries,
}
"""Every key of a config but `extends`, with the reader of its value."""
