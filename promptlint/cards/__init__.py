"""Loads the rule cards, chooses among them, and binds them to their checkers and to the configuration."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from promptlint.cards.params import ParamsError, bound
from promptlint.cards.reader import EXTRACTION, SUPPRESSION, Card, card, hint, read_card
from promptlint.checks import CHECKERS
from promptlint.errors import CardError, ConfigError, UsageError
from promptlint.model import Hit, Severity
from promptlint.records import dataclass
from promptlint.rulebook import COMPILED
from promptlint.store import DISK, Store

if TYPE_CHECKING:
    from promptlint.view import View

__all__ = [
    "COMPILED",
    "EXTRACTION",
    "SUPPRESSION",
    "Card",
    "Rule",
    "bind",
    "card_files",
    "find",
    "load_cards",
    "read_card",
    "selected",
]


@dataclass(frozen=True, slots=True)
class Rule:
    """A card ready to run: `params` is an instance of the checker's own Params.

    `check` is None for a rule that is found outside the checkers. `chosen`: the configuration
    sets the severity.
    """

    card: Card
    severity: Severity
    params: object
    check: Callable[[View, object], Iterator[Hit]] | None
    chosen: bool = False


def load_cards(extra: Iterable[Path] = (), store: Store = DISK) -> tuple[Card, ...]:
    """The cards of the installation and those of the user's files and folders, in order of code.

    Raises:
        CardError: a card is wrong; the message names the file and the key.
    """
    compiled = json.loads(COMPILED.read_text(encoding="utf-8"))
    cards = [card(raw, path) for path, raw in compiled.items()]
    cards.extend(read_card(path, store) for path in card_files(extra, store))
    return _distinct(cards)


def card_files(places: Iterable[Path], store: Store = DISK) -> Iterator[Path]:
    """The card files among `places`: files as named, and every `*.yaml` directly in a folder, sorted."""
    for place in places:
        found = store.card_files(place)
        if found is None:
            raise CardError(f"{place}: there is no such card file or folder")
        yield from found


def find(cards: Iterable[Card], word: str) -> Card:
    """The card of that code, in any case, or of that name.

    Raises:
        UsageError: there is none.
    """
    known = {key: each for each in cards for key in (each.code, each.name)}
    found = known.get(word.upper()) or known.get(word.lower())
    if found is None:
        near = hint(word.upper(), known) or hint(word.lower(), known)
        raise UsageError(f"there is no rule {word}{near}")
    return found


def _distinct(cards: Iterable[Card]) -> tuple[Card, ...]:
    known: dict[str, Card] = {}
    for item in cards:
        other = known.setdefault(item.code, item)
        if other is not item:
            raise CardError(f"{item.path}: code: {item.code} is taken by {other.path}")
    return tuple(known[code] for code in sorted(known))


def bind(
    cards: Iterable[Card],
    overrides: Mapping[str, Mapping[str, object]],
    severities: Mapping[str, Severity],
) -> tuple[Rule, ...]:
    """Make rules of all cards, with the configuration's parameters and severities; choose among them later.

    Raises:
        ConfigError: a code or parameter is unknown, or a value has the wrong type.
    """
    by_code = {item.code: item for item in cards}
    for code in (*overrides, *severities):
        if code not in by_code:
            raise ConfigError(f"there is no rule {code}{hint(code, by_code)}")
    return tuple(
        Rule(
            item,
            severities.get(item.code, item.severity),
            *_checker(item, overrides.get(item.code, {})),
            chosen=item.code in severities,
        )
        for item in by_code.values()
    )


def _checker(
    item: Card, override: Mapping[str, object]
) -> tuple[object, Callable[[View, object], Iterator[Hit]] | None]:
    where = f"rules.{item.code}"
    if item.check not in CHECKERS:
        if override:
            raise ConfigError(f"{where}: the rule has no parameters")
        return None, None
    for key in override:
        if key not in item.params:
            raise ConfigError(f"{where}.{key}: unknown parameter{hint(key, item.params)}")
    try:
        params = bound(CHECKERS[item.check].params, {**item.params, **override})
    except ParamsError as error:
        raise ConfigError(f"{where}.{error}") from error
    return params, CHECKERS[item.check].check


def selected(
    cards: Iterable[Card],
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    extend: Iterable[str] = (),
) -> frozenset[str]:
    """The codes to run: a selector is ALL, a code or the start of one, and the longest that fits wins.

    Without `select` the rules that are on by default run; a tie goes to `ignore`. Failures to read a
    file are reported whatever is selected, unless they are ignored.

    Raises:
        ConfigError: a selector fits no rule.
    """
    known = tuple(cards)
    chosen, extended, dropped = tuple(select), tuple(extend), tuple(ignore)
    for selector in (*chosen, *extended, *dropped):
        if selector != "ALL" and not any(item.code.startswith(selector) for item in known):
            raise ConfigError(f"no rule is meant by {selector!r}{hint(selector, _selectors(known))}")
    codes = set()
    for item in known:
        wanted = max(_fit(item.code, chosen), _fit(item.code, extended))
        if item.check == EXTRACTION or (not chosen and item.default_on):
            wanted = max(wanted, 0)
        if wanted > _fit(item.code, dropped):
            codes.add(item.code)
    return frozenset(codes)


def _selectors(cards: Iterable[Card]) -> Iterator[str]:
    for item in cards:
        yield item.code
        yield item.code.rstrip("0123456789")


def _fit(code: str, selectors: tuple[str, ...]) -> int:
    """The length of the longest selector that fits: ALL counts 0, none at all -1."""
    fits = (len(each) for each in selectors if each != "ALL" and code.startswith(each))
    return max(fits, default=0 if "ALL" in selectors else -1)
