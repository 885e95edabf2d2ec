"""The shape of a config: the frozen Config, and the readers that check one key's value each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, fields
from pathlib import Path
from typing import TYPE_CHECKING

from promptlint.config.readers import (
    Place,
    count,
    either,
    fail,
    flag,
    kind,
    number,
    path,
    paths,
    share,
    table,
    text,
    texts,
    unknown,
    word,
)
from promptlint.model import Load, Severity
from promptlint.records import dataclass

if TYPE_CHECKING:
    from promptlint.templates import JinjaSettings


OUTPUTS = ("text", "json", "schema")

TASKS = (
    *("classification", "extraction", "question answering", "summarization", "generation", "reasoning"),
    *("code", "agent"),
)
"""What a prompt may be for."""

LATENCIES = ("realtime", "interactive", "background")
"""Who waits for the answer: a machine with a deadline of a second, a person, nobody."""


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
    output: str | None = None
    cacheable: bool | None = None
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


# --- readers: each takes a value as TOML (or the command line) gives it, and returns it typed -----


def load(value: object, place: Place) -> Load:
    """When a prompt is paid for."""
    chosen = {item.value: item for item in Load}.get(text(value, place))
    return chosen or fail(place, f"expected {either([item.value for item in Load])}")


def output(value: object, place: Place) -> str:
    """What a call enforces of the answer's form."""
    found = text(value, place)
    return found if found in OUTPUTS else fail(place, f"expected {either(list(OUTPUTS))}")


def task(value: object, place: Place) -> str:
    """What a prompt is for."""
    return word(value, place, TASKS)


def latency(value: object, place: Place) -> str:
    """Who waits for the answer."""
    return word(value, place, LATENCIES)


def severity(value: object, place: Place) -> Severity:
    """The name of a severity."""
    chosen = {item.name.lower(): item for item in Severity}.get(text(value, place))
    return chosen or fail(place, f"expected {either([item.name.lower() for item in Severity])}")


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


def prompt_setting(name: str, value: object, place: Place) -> object:
    """The value of a key of a `[[prompts]]` entry.

    Raises:
        ConfigError: there is no such key, or the value is wrong; the message names `place`.
    """
    if name not in _SETTINGS:
        unknown(place, name, _SETTINGS)
    return _SETTINGS[name](value, place.at(name))


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
        PromptSettings(**{name: prompt_setting(name, item, place) for name, item in given.items()}),  # type: ignore[arg-type]  # each reader returns its field's type
    )


Reader = Callable[[object, Place], object]

_SETTINGS: dict[str, Reader] = {
    "model": text,
    "calls_per_month": count,
    "output_tokens": count,
    "task": task,
    "difficulty": share,
    "latency": latency,
    "batchable": flag,
    "owner": text,
    "output": output,
    "cacheable": flag,
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
