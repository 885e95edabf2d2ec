"""Reads the usage file: what a team says of its traffic, each value with the line that says it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path

from promptlint import globs, prices
from promptlint.errors import SuiteError, UsageError
from promptlint.evals import values
from promptlint.evals.values import Value
from promptlint.model import Basis
from promptlint.plan.assumptions import (
    EFFECTS,
    LATENCIES,
    LIMITS,
    MODELS,
    SHARES,
    USAGE,
    Assumption,
    Unit,
    plain,
)
from promptlint.plan.quantity import Quantity
from promptlint.records import dataclass

FILE = "promptlint-usage.yaml"
CURRENCY = "USD"
VERSION = 1

_TOP = ("version", "currency", "models", "assume", "prompts")
_WORDS = ("model", "latency", "difficulty")
_RANGE = ("low", "mid", "high", "basis")
_PERCENT = re.compile(r"\s*(-?[0-9]{1,9}(?:\.[0-9]{1,9})?)\s*%\s*")
_MONEY = re.compile(r"[$€£¥₹₽₩]|\b(?:USD|EUR|GBP|JPY|CHF|CNY|INR|CAD|AUD)\b", re.IGNORECASE)
_ORDER = ("repeats.exact", "repeats.normalized", "repeats.semantic", "repeats.prompt_aware")

Overrides = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Stated:
    """A number that somebody has stated, and where: `file:line`."""

    value: Quantity
    place: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word that somebody has stated, and where."""

    value: str
    place: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said of the prompts that match: numbers by the keys of `assumptions.USAGE`, and words.

    `place` is where the entry stands; `match` an id or a glob, as for `[[prompts]]` of the configuration.
    """

    match: str
    place: str
    numbers: Mapping[str, Stated] = field(default_factory=dict)
    words: Mapping[str, Word] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Usage:
    """A usage file; without one all of it is empty.

    `assume` is by the keys of `assumptions.EFFECTS`, `models` by those of `assumptions.MODELS`.
    """

    path: str = ""
    entries: tuple[Entry, ...] = ()
    assume: Mapping[str, Stated] = field(default_factory=dict)
    models: Mapping[str, Word] = field(default_factory=dict)

    def number(self, key: str, prompt: str) -> Stated | None:
        """What the last entry that matches the prompt and has the key says."""
        fitting = (item.numbers[key] for item in self.matching(prompt) if key in item.numbers)
        return next(fitting, None)

    def word(self, key: str, prompt: str) -> Word | None:
        """The same for a word."""
        return next((item.words[key] for item in self.matching(prompt) if key in item.words), None)

    def matching(self, prompt: str) -> Iterator[Entry]:
        """The entries that match a prompt, the last first."""
        return (item for item in reversed(self.entries) if _matches(item.match, prompt))

    def strays(self, prompts: Iterable[str], was_read: Callable[[str], bool]) -> Iterator[str]:
        """A line for each entry that matches none of the prompts, with the nearest that there is.

        `was_read` says whether the prompts of a path, or of a glob of paths, are all among them.
        """
        known = list(prompts)
        for entry in self.entries:
            path = entry.match.partition("::")[0]
            if not any(_matches(entry.match, prompt) for prompt in known) and was_read(path):
                close = get_close_matches(entry.match, known, 1)
                hint = f"; did you mean {close[0]}?" if close else ""
                yield f"{entry.place}: no prompt matches {entry.match!r}{hint}"


def _matches(match: str, prompt: str) -> bool:
    return match == prompt or globs.matches_id(match, prompt)


def read(path: Path, shown: str, overrides: Overrides | None = None) -> Usage:
    """The usage file at `path`, called `shown` in messages.

    Raises:
        UsageError: it cannot be read, a key or value is wrong, a model has no price (`overrides` are as for
            `prices.price`), a number is absurd, or money is in no US dollars; file and line are named.
    """
    try:
        root = values.parsed(text := values.text_of(path, shown), values.origin(shown, text), is_json=False)
        return _usage(root, shown, overrides) if root is not None else Usage(shown)
    except SuiteError as error:
        raise UsageError(str(error)) from error


def _usage(root: Value, shown: str, overrides: Overrides | None) -> Usage:
    found = root.fields(_TOP)
    if (version := found.get("version")) is not None and version.number() != VERSION:
        version.fail(f"version {version.scalar()!r} is not known here; {VERSION} is")
    if (currency := found.get("currency")) is not None and currency.text().upper() != CURRENCY:
        currency.fail(f"prices are in US dollars: expected {CURRENCY}, found {currency.text()!r}")
    prompts = found["prompts"].entries() if "prompts" in found and not found["prompts"].is_null() else {}
    models = found["models"].fields(tuple(MODELS)) if "models" in found else {}
    return Usage(
        shown,
        tuple(_entry(match, value, overrides) for match, value in prompts.items()),
        _numbers(found["assume"], EFFECTS) if "assume" in found and not found["assume"].is_null() else {},
        {name: _model(value, overrides) for name, value in models.items() if not value.is_null()},
    )


def _entry(match: str, value: Value, overrides: Overrides | None) -> Entry:
    place = _place(value.name or value.node, value)
    if value.is_null():
        return Entry(match, place)
    names = tuple(dict.fromkeys(key.partition(".")[0] for key in USAGE))
    found = value.fields((*_WORDS, *names))
    numbers = _leaves({name: item for name, item in found.items() if name in names}, USAGE)
    if (difficulty := found.get("difficulty")) is not None and not difficulty.is_null():
        numbers["difficulty"] = _number(difficulty, Unit.SHARE)
    words = {}
    if (model := found.get("model")) is not None and not model.is_null():
        words["model"] = _model(model, overrides)
    if (latency := found.get("latency")) is not None and not latency.is_null():
        words["latency"] = Word(latency.word(LATENCIES), _place(latency.node, latency))
    _ordered(numbers, found)
    return Entry(match, place, numbers, words)


def _ordered(numbers: Mapping[str, Stated], found: Mapping[str, Value]) -> None:
    """What repeats exactly repeats in a wider sense, too."""
    stated = [(key, numbers[key].value.mid) for key in _ORDER if key in numbers]
    for (narrow, less), (wide, more) in pairwise(stated):
        if less > more:
            found["repeats"].fail(f"{narrow} is {less:g}, more than {wide}, {more:g}, which includes it")


def _numbers(value: Value, table: Mapping[str, Assumption]) -> dict[str, Stated]:
    return _leaves(value.fields(tuple(dict.fromkeys(key.partition(".")[0] for key in table))), table)


def _leaves(found: Mapping[str, Value], table: Mapping[str, Assumption]) -> dict[str, Stated]:
    """The numbers by dotted key; null says nothing."""
    numbers = {}
    for name, value in found.items():
        inner = [key.partition(".")[2] for key in table if key.startswith(f"{name}.")]
        each = value.fields(inner) if inner and not value.is_null() else {"": value}
        for part, leaf in each.items():
            if not leaf.is_null():
                key = f"{name}.{part}" if part else name
                numbers[key] = _number(leaf, table[key].unit)
    return numbers


def _number(value: Value, unit: Unit) -> Stated:
    """A number, [low, high] or {low, mid, high, basis}; the mid of two is halfway between."""
    from promptlint.syntax import nodes

    basis = Basis.ESTIMATED
    if isinstance(value.node, nodes.Sequence):
        items = value.items()
        if len(items) != 2:
            value.fail("expected two numbers, [low, high]")
        low, high = (_amount(item, unit) for item in items)
        ends = (low, (low + high) / 2, high)
    elif isinstance(value.node, nodes.Mapping):
        parts = value.fields(_RANGE)
        for name in ("low", "high"):
            if name not in parts:
                value.fail(f"the key `{name}` is missing")
        low, high = _amount(parts["low"], unit), _amount(parts["high"], unit)
        ends = (low, _amount(parts["mid"], unit) if "mid" in parts else (low + high) / 2, high)
        if "basis" in parts:
            basis = Basis(parts["basis"].word([each.value for each in Basis]))
    else:
        ends = (_amount(value, unit),) * 3
    if not ends[0] <= ends[1] <= ends[2]:
        value.fail(f"expected low <= mid <= high, found {', '.join(f'{end:g}' for end in ends)}")
    return Stated(Quantity(*ends, basis), _place(value.node, value))


def _amount(value: Value, unit: Unit) -> float:
    """One number of a unit; shares may be written as percentages."""
    text = value.scalar()
    is_share = unit in SHARES
    if isinstance(text, str):
        if is_share and (match := _PERCENT.fullmatch(text)):
            return _within(value, float(match[1]) / 100, unit, text.strip())
        if _MONEY.search(text):
            value.fail(f"{text!r}: write the number alone; money is in US dollars")
        if text.rstrip().endswith("%"):
            value.fail(f"{text!r}: {unit.value} are no percentage")
    return _within(value, value.number(), unit)


def _within(value: Value, number: float, unit: Unit, written: str = "") -> float:
    (low, high), shown = LIMITS[unit], written or plain(number)
    if number < low:
        value.fail(f"{shown} is too little: {unit.value} from {plain(low)} to {plain(high)}")
    if number > high:
        meant = high == 1 and number <= 100 and not written
        hint = f'; {number:g}% is {number / 100:g} or "{number:g}%"' if meant else ""
        value.fail(f"{shown} is too much: {unit.value} from {plain(low)} to {plain(high)}{hint}")
    return number


def _model(value: Value, overrides: Overrides | None) -> Word:
    name = value.text()
    if prices.price(name, overrides) is None:
        value.fail(f"no price is known for the model {name!r}{near_model(name, overrides)}")
    return Word(name, _place(value.node, value))


def near_model(name: str, overrides: Overrides | None = None) -> str:
    """What may have been meant by the name of a model, as the end of a message."""
    close = get_close_matches(name, [*prices.known_models(), *(overrides or {})], 1)
    return f"; did you mean {close[0]}?" if close else "; `[prices]` in the configuration can give one"


def _place(node: object, value: Value) -> str:
    from promptlint.syntax import nodes

    assert isinstance(node, nodes.Scalar | nodes.Mapping | nodes.Sequence)
    return f"{value.origin.path}:{value.origin.line(node.span.start)}"
