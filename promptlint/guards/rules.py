"""Compares which rules two configurations run, and how bad their findings are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from promptlint import cards
from promptlint.cards import Card
from promptlint.config import Config
from promptlint.config.load import field_of
from promptlint.errors import ConfigError
from promptlint.guards.patterns import covers, too_many
from promptlint.guards.settings import Change, roughly
from promptlint.guards.sides import clipped, listed
from promptlint.model import Severity

_CHOICES = ("ignore", "select", "extend-select")


def compared(before: Config, after: Config, known: tuple[Card, ...]) -> Iterator[Change]:
    """What is not checked any more, or is thought less bad; `known` are the cards of both sides."""
    keys = [key for key in _CHOICES if _given(before, key) != _given(after, key)]
    lost = _lost(before, after, known, keys)
    yield from _choices(before, after, known, keys)
    yield from _in_files(before, after, known, lost)
    yield from _severities(before, after, known)


def fault(config: Config, known: tuple[Card, ...]) -> str:
    """Why a configuration does not go with its rules; empty if it does."""
    try:
        cards.bind(known, config.rules, config.severity)
        for ignored in {(), *config.per_file_ignores.values()}:
            _selected(config, known, ignored)
    except ConfigError as error:
        return str(error)
    return ""


# --- which rules ------------------------------------------------------------------------------


def _choices(before: Config, after: Config, known: tuple[Card, ...], keys: Sequence[str]) -> Iterator[Change]:
    """Rules that are run no more, told of the key that does it alone, else of the last that differs."""
    left = set(_lost(before, after, known, keys))
    for key in keys:
        alone = replace(before, **{field_of(key): getattr(after, field_of(key))})
        codes = left & _lost(before, alone, known, [key])
        left -= codes
        if key == keys[-1]:
            codes |= left
        if codes:
            yield Change("ignore", key, f"`{key}`: not checked any more: {listed(sorted(codes))}", key)


def _given(config: Config, key: str) -> frozenset[str]:
    return frozenset(getattr(config, field_of(key)))


def _lost(before: Config, after: Config, known: tuple[Card, ...], keys: Sequence[str]) -> frozenset[str]:
    """Codes that ran and do not; where a selector means no rule, the selectors that make it so."""
    try:
        return _selected(before, known) - _selected(after, known)
    except ConfigError:
        found: set[str] = set()
        for key in keys:
            old, new = _given(before, key), _given(after, key)
            found |= new - old if key == "ignore" or (key == "select" and not old) else old - new
        return frozenset(found)


def _selected(config: Config, known: Iterable[Card], ignored: Iterable[str] = ()) -> frozenset[str]:
    return cards.selected(known, config.select, (*config.ignore, *ignored), config.extend_select)


def _in_files(
    before: Config, after: Config, known: tuple[Card, ...], lost: frozenset[str]
) -> Iterator[Change]:
    """Rules that are left out of some files in which they ran; `lost` are those that run nowhere."""
    one, other = (list(config.per_file_ignores.items()) for config in (before, after))
    if too_many(one, other):
        yield from roughly("ignore", "per-file-ignores", one, other)
        return
    for glob, selectors in other:
        old = [selector for each, found in one if covers(each, glob) for selector in found]
        codes = _lost_here(before, old, after, selectors, known) - lost
        if codes:
            detail = (
                f"`per-file-ignores` for `{clipped(glob)}`: not checked any more: {listed(sorted(codes))}"
            )
            yield Change("ignore", f"per-file-ignores.{glob}", detail, glob)


def _lost_here(
    before: Config, old: Sequence[str], after: Config, new: Sequence[str], known: tuple[Card, ...]
) -> frozenset[str]:
    try:
        return _selected(before, known, old) - _selected(after, known, new)
    except ConfigError:
        return frozenset(new) - frozenset(old)


# --- how bad ----------------------------------------------------------------------------------


def _severities(before: Config, after: Config, known: tuple[Card, ...]) -> Iterator[Change]:
    defaults = {card.code: card.severity for card in known}
    for code in dict.fromkeys((*before.severity, *after.severity)):
        default = defaults.get(code)
        was, now = before.severity.get(code), after.severity.get(code)
        words = _lowered(was, now, default)
        if words:
            yield Change("severity", f"severity.{code}", f"`severity.{clipped(code)}` {words}", code)


def _lowered(was: Severity | None, now: Severity | None, default: Severity | None) -> str:
    """How a severity was lowered; empty if it was not. None: not set; an unknown rule has no default."""
    if was is not None and now is not None:
        return f"lowered from {_name(was)} to {_name(now)}" if now < was else ""
    if now is not None:
        lower = default is None or now < default
        return f"set to {_name(now)}{_own(default)}" if lower else ""
    # A severity that is set holds even for what promptlint is unsure of, which is else no more than an info.
    if was is None or (default is not None and was < default) or was is Severity.INFO:
        return ""
    return f"removed, was {_name(was)}{_own(default)}"


def _own(default: Severity | None) -> str:
    return "" if default is None else f"; the rule's own is {_name(default)}"


def _name(severity: Severity) -> str:
    return severity.name.lower()
