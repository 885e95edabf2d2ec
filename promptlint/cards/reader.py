"""Reads one rule card, strictly: every key is known, every value of the right type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from promptlint.cards.examples import Container, Example, unmarked
from promptlint.cards.params import ParamsError, bound
from promptlint.checks import CHECKERS
from promptlint.errors import CardError, SourceError
from promptlint.files import MAX_BYTES
from promptlint.model import Safety, Severity
from promptlint.records import dataclass
from promptlint.store import DISK, Store

T = TypeVar("T")

EXTRACTION = "extraction"
"""`check:` of a rule that is found while a file is read: it has no checker."""

SUPPRESSION = "suppression"
"""`check:` of a rule about suppressions themselves."""

_CODE = re.compile(r"[A-Z]{2,8}[0-9]{3}")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KEYS = (
    ("code", "name", "summary", "severity", "since", "fix", "check", "why", "source", "examples"),
    ("params", "default"),
)
_EXAMPLE_KEYS = ((), ("bad", "good", "as", "params", "files"))
_SEVERITIES = {severity.name.lower(): severity for severity in Severity}
_FIXES = {"none": None, **{safety.name.lower(): safety for safety in Safety}}


@dataclass(frozen=True, slots=True)
class Card:
    """One rule: what it says, why, its defaults, and the examples that test it.

    `fix` is the most that the rule's fixes claim, None if it has none. `path` is the card's file, for
    error messages.
    """

    code: str
    name: str
    summary: str
    severity: Severity
    since: str
    fix: Safety | None
    check: str
    params: Mapping[str, object]
    why: str
    source: str
    examples: tuple[Example, ...]
    default_on: bool
    path: str


def read_raw(path: Path, store: Store = DISK) -> object:
    """What a card file holds, before any judgement but that of the YAML reader."""
    from promptlint.syntax import yamlio

    try:
        return yamlio.load(store.data(path, MAX_BYTES).decode("utf-8"))
    except (OSError, UnicodeDecodeError, SourceError) as error:
        raise CardError(f"{path}: {error}") from error


def read_card(path: Path, store: Store = DISK) -> Card:
    """The card in a YAML file, whose name must be `<CODE>-<name>.yaml`."""
    loaded = card(read_raw(path, store), str(path))
    if path.name != f"{loaded.code}-{loaded.name}.yaml":
        raise CardError(f"{path}: the file must be named {loaded.code}-{loaded.name}.yaml")
    return loaded


def card(raw: object, path: str) -> Card:
    """A card from plain data.

    Raises:
        CardError: a key is unknown, missing or of the wrong type; the message names file and key.
    """
    data = _mapping(raw, path, _KEYS)
    code, name = _text(data, "code", path), _text(data, "name", path)
    if not _CODE.fullmatch(code):
        raise CardError(f"{path}: code: {code!r} is not capital letters and three digits")
    if not _NAME.fullmatch(name):
        raise CardError(f"{path}: name: {name!r} is not lower-case words joined by hyphens")
    check = _text(data, "check", path)
    params = _params(data, check, path)
    return Card(
        code=code,
        name=name,
        summary=_text(data, "summary", path),
        severity=_choice(data, "severity", _SEVERITIES, path),
        since=_text(data, "since", path),
        fix=_choice(data, "fix", _FIXES, path),
        check=check,
        params=params,
        why=_text(data, "why", path).strip(),
        source=_text(data, "source", path),
        examples=tuple(_examples(data["examples"], check, params, path)),
        default_on=_default_on(data, path),
        path=path,
    )


def _params(data: Mapping[str, object], check: str, path: str) -> Mapping[str, object]:
    given = data.get("params", {})
    if not isinstance(given, dict):
        raise CardError(f"{path}: params: a mapping is wanted")
    if check in (EXTRACTION, SUPPRESSION):
        if given:
            raise CardError(f"{path}: params: a rule of {check} has none")
        return {}
    if check not in CHECKERS:
        raise CardError(f"{path}: check: there is no checker {check!r}{hint(check, CHECKERS)}")
    _bound(check, given, f"{path}: params")
    return given


def _examples(raw: object, check: str, params: Mapping[str, object], path: str) -> Iterator[Example]:
    if not isinstance(raw, list) or not raw:
        raise CardError(f"{path}: examples: a list is wanted")
    containers = {container.value: container for container in Container}
    for number, item in enumerate(raw, 1):
        where = f"{path}: examples: {number}"
        data = _mapping(item, where, _EXAMPLE_KEYS)
        bad, good = (_text(data, key, where) if key in data else None for key in ("bad", "good"))
        if bad is None and good is None:
            raise CardError(f"{where}: it has neither bad nor good")
        try:
            marks = unmarked(bad)[1] if bad is not None else None
        except ValueError as error:
            raise CardError(f"{where}: bad: {error}") from error
        if marks == ():
            raise CardError(f"{where}: bad: nothing is marked with «»")
        container = _choice({"as": "jinja", **data}, "as", containers, where)
        own = data.get("params", {})
        if not isinstance(own, dict):
            raise CardError(f"{where}: params: a mapping is wanted")
        if own:
            _bound(check, {**params, **own}, f"{where}: params")
        files = data.get("files", {})
        if not isinstance(files, dict) or not all(isinstance(text, str) for text in files.values()):
            raise CardError(f"{where}: files: a mapping of paths to texts is wanted")
        yield Example(bad, good, container, own, files)


def _bound(check: str, given: Mapping[str, object], where: str) -> object:
    try:
        return bound(CHECKERS[check].params, given)
    except ParamsError as error:
        raise CardError(f"{where}: {error}") from error


def _default_on(data: Mapping[str, object], path: str) -> bool:
    value = data.get("default", True)
    if value not in (True, False, "on", "off"):  # YAML reads `on` as true
        raise CardError(f"{path}: default: {value!r} is neither on nor off")
    return value in (True, "on")


def _mapping(raw: object, where: str, keys: tuple[tuple[str, ...], tuple[str, ...]]) -> dict[str, object]:
    if not isinstance(raw, dict):
        raise CardError(f"{where}: a mapping is wanted")
    needed, optional = keys
    for key in raw:
        if key not in needed and key not in optional:
            raise CardError(f"{where}: {key}: unknown key{hint(str(key), (*needed, *optional))}")
    for key in needed:
        if key not in raw:
            raise CardError(f"{where}: {key}: the key is missing")
    return raw


def _text(data: Mapping[str, object], key: str, where: str) -> str:
    value = data[key]
    if not isinstance(value, str) or not value.strip():
        raise CardError(f"{where}: {key}: a text is wanted, not {value!r}")
    return value


def _choice(data: Mapping[str, object], key: str, choices: Mapping[str, T], where: str) -> T:
    value = data[key]
    if not isinstance(value, str) or value not in choices:
        raise CardError(f"{where}: {key}: {value!r} is none of {', '.join(choices)}")
    return choices[value]


def hint(word: str, known: Iterable[str]) -> str:
    """What may have been meant by an unknown word, as the end of a message; empty if nothing is near."""
    close = get_close_matches(word, list(known), 1)
    return f"; did you mean {close[0]}?" if close else ""
