"""Compares what two configurations say: what was loosened, and what makes numbers differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from enum import Enum

from promptlint import changes
from promptlint.config import Config, PromptEntry, effective
from promptlint.discover import display
from promptlint.guards.patterns import Valued, meets, raised, too_many
from promptlint.guards.sides import clipped, counted
from promptlint.records import dataclass
from promptlint.templates import JinjaSettings

_NONE: tuple[object, ...] = (None, (), {})
_ASSUMED = ("model", "tokenizer", "prices")
_INFINITE = float("inf")


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that differs: its dotted key, what became of it, and its word in a list."""

    kind: changes.GuardKind
    key: str
    detail: str
    name: str = ""


def compared(before: Config, after: Config) -> Iterator[Change]:
    """What differs in everything but `select`, `ignore`, `severity` and `baseline`, which need more."""
    yield from _globs("exclude", before.exclude, after.exclude)
    yield from _globs("include", before.include, after.include)
    yield from _budget(before, after)
    yield from _prompts(before.prompts, after.prompts)
    yield from _values(before, after)
    yield from _cards(before, after)
    yield from _jinja(before.jinja or JinjaSettings(), after.jinja or JinjaSettings())


# --- lists of globs ---------------------------------------------------------------------------


def _globs(key: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    """What `exclude` leaves out now, or `include` asks for no more."""
    value = _left_out if key == "exclude" else _not_asked
    if too_many(before, after):
        yield from roughly("exclude", key, before, after)
        return
    for name, what in _told(before, after, raised(value(before), value(after), 1)):
        words = {"new": "has a new", "gone": "no longer has", "order": "has in another order"}[what]
        yield Change("exclude", key, f"`{key}` {words} `{clipped(name)}`", name)


def roughly(
    kind: changes.GuardKind, key: str, before: Sequence[object], after: Sequence[object]
) -> Iterator[Change]:
    """Lists that are too long for a look at what their globs mean."""
    if before != after:
        new, gone = len({*after} - {*before}), len({*before} - {*after})
        detail = f"`{key}` is too long to compare: {new:,} new, {gone:,} gone, the others perhaps reordered"
        yield Change(kind, key, detail, key)


def _left_out(patterns: Sequence[str]) -> list[Valued]:
    return [(pattern.removeprefix("!"), 0 if pattern.startswith("!") else 2) for pattern in patterns]


def _not_asked(patterns: Sequence[str]) -> list[Valued]:
    return [(pattern.removeprefix("!"), 1 if pattern.startswith("!") else 0) for pattern in patterns]


def _told(
    before: Sequence[str], after: Sequence[str], pairs: Iterator[tuple[int | None, int | None]]
) -> dict[tuple[str, str], None]:
    """What is to be told of pairs of globs, each glob once: (glob, new, gone or order)."""
    told: dict[tuple[str, str], None] = {}
    for p, q in pairs:
        if q is not None and after[q] not in before:
            told[after[q], "new"] = None
        elif p is not None and before[p] not in after:
            told[before[p], "gone"] = None
        elif q is not None:
            told[after[q], "order"] = None
    return told


# --- budget -----------------------------------------------------------------------------------


def _budget(before: Config, after: Config) -> Iterator[Change]:
    old, new = list(before.budget.items()), list(after.budget.items())
    if too_many(old, new):
        yield from roughly("budget", "budget", old, new)
        return
    found: dict[str, str] = {}
    for p, q in raised(old, new, _INFINITE):
        if p is not None:
            name, words = _raise(old[p], None if q is None else new[q], before.budget, after.budget)
            found.setdefault(name, words)
    for name, words in found.items():
        yield Change("budget", f"budget.{name}", f"`budget` for {_quoted(name)}: {words}", name)


def _raise(
    was: tuple[str, int], now: tuple[str, int] | None, before: Mapping[str, int], after: Mapping[str, int]
) -> tuple[str, str]:
    """The glob to be named, and what became of its budget, if `now` may decide where `was` did."""
    glob, tokens = was[0], counted(was[1], "token")
    if now is None:
        return glob, f"removed, was {tokens}"
    other, more = now[0], counted(now[1], "token")
    if other == glob:
        return glob, f"raised from {tokens} to {more}"
    if other not in before or before[other] < now[1]:
        return other, f"{more}, where {_quoted(glob)} allowed {tokens}"
    if glob not in after:
        return glob, f"removed, was {tokens}; {_quoted(other)} allows {more}"
    return other, f"now comes after {_quoted(glob)}, and allows {more} where that allowed {tokens}"


def _quoted(name: str) -> str:
    return f"`{clipped(name)}`"


# --- prompts ----------------------------------------------------------------------------------


def _prompts(before: Sequence[PromptEntry], after: Sequence[PromptEntry]) -> Iterator[Change]:
    """What the entries of each glob say together, and those that changed places where that matters."""
    old, new = _by_glob(before), _by_glob(after)
    for glob in dict.fromkeys((*old, *new)):
        was, now = old.get(glob, {}), new.get(glob, {})
        for key in dict.fromkeys((*was, *now)):
            if was.get(key) != now.get(key):
                words = f"`{key}` {_went(was.get(key), now.get(key))}"
                detail = f"`prompts` for {_quoted(glob)}: {words}"
                kind: changes.GuardKind = "config" if key == "owner" else "assumption"
                yield Change(kind, f"prompts.{glob}", detail, f"{glob} {key}")
    for glob in _swapped(old, new):
        yield Change(
            "assumption", f"prompts.{glob}", f"`prompts` for {_quoted(glob)}: in another order", glob
        )


def _by_glob(entries: Sequence[PromptEntry]) -> dict[str, dict[str, object]]:
    """The settings by glob, in the order of the last entry of each."""
    found: dict[str, dict[str, object]] = {}
    for entry in entries:
        settings = found.pop(entry.match, {})
        names = [item.name for item in fields(entry.settings)]
        given = {name: getattr(entry.settings, name) for name in names}
        found[entry.match] = settings | {name: value for name, value in given.items() if value is not None}
    return found


def _swapped(
    before: Mapping[str, Mapping[str, object]], after: Mapping[str, Mapping[str, object]]
) -> Iterator[str]:
    """Globs that now come after one that says something else of the same prompts, and did not."""
    common = [glob for glob in after if glob in before]
    places = {glob: at for at, glob in enumerate(before)}
    if sorted(common, key=places.__getitem__) == common:
        return
    if too_many(common, common):
        yield common[0]
        return
    for at, glob in enumerate(common):
        for other in common[:at]:
            shared = after[glob].keys() & after[other].keys()
            differ = any(after[glob][key] != after[other][key] for key in shared)
            if places[other] > places[glob] and differ and meets(glob, other):
                yield glob
                break


# --- single values ----------------------------------------------------------------------------


def _values(before: Config, after: Config) -> Iterator[Change]:
    """Model, tokenizer, prices and the parameters of rules."""
    old, new = _leaves(before), _leaves(after)
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        if _plain(was) != _plain(now):
            kind: changes.GuardKind = "assumption" if key.partition(".")[0] in _ASSUMED else "config"
            yield Change(kind, key, f"`{clipped(key)}` {_went(was, now)}", key.partition(".")[2] or key)


def _leaves(config: Config) -> dict[str, object]:
    kept = (*_ASSUMED, "rules")
    found = {key: value for key, value, _ in effective(config)}
    return {
        key: value for key, value in found.items() if key.partition(".")[0] in kept and value not in _NONE
    }


def _cards(before: Config, after: Config) -> Iterator[Change]:
    for path in sorted({*before.cards} ^ {*after.cards}):
        words = "has a new" if path in after.cards else "no longer has"
        name = display(path, after.root)
        yield Change("config", "cards", f"`cards` {words} `{clipped(name)}`", name)


def _jinja(before: JinjaSettings, after: JinjaSettings) -> Iterator[Change]:
    for item in fields(JinjaSettings):
        was, now = getattr(before, item.name), getattr(after, item.name)
        if was != now:
            yield Change("config", f"jinja.{item.name}", f"`jinja.{item.name}` {_went(was, now)}", item.name)


def _went(was: object, now: object) -> str:
    """`from 1 to 2`, `set to 2`, `removed, was 1`."""
    if now is None:
        return f"removed, was {_value(was)}"
    return f"set to {_value(now)}" if was is None else f"from {_value(was)} to {_value(now)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return _value(value.value)
    if isinstance(value, str):
        return f'"{clipped(value)}"'
    if isinstance(value, (list, tuple)):
        return clipped(f"[{', '.join(map(_value, value))}]")
    if isinstance(value, Mapping):
        return clipped(f"{{{', '.join(f'{key} = {_value(item)}' for key, item in value.items())}}}")
    return clipped(value)


def _plain(value: object) -> object:
    """A value that is equal to another if it means the same: not a number is no number twice."""
    if isinstance(value, float) and value != value:  # noqa: PLR0124  # true of nan alone
        return "nan"
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value
