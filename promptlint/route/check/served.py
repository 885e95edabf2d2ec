"""Finds misspelt names of providers and models: near to one that is known, and no name in their own right.

A gateway takes providers and models that are newer than any list, so a name that is merely unknown is let be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from difflib import SequenceMatcher, get_close_matches
from functools import cache
from pathlib import Path
from typing import cast

from promptlint import models, prices
from promptlint.evals.values import Value
from promptlint.route.check.shared import say
from promptlint.route.notes import Note

_ALIKE = 0.8
_SHORTEST, _LONGEST = 5, 40
_PLAIN = re.compile(r"[^a-z0-9]")
_PARTS = re.compile(r"[^a-z0-9.]+")
_WORD = re.compile(r"[a-z]{3,20}")
_MAKERS = frozenset(("", "openai", "anthropic", "gemini"))
"""Who serves models under their makers' names; "" is a name alone."""

_TABLE = Path(__file__).parents[2] / "_data" / "served.json"
"""By product the providers that it has; the file names source and date."""


def provider(value: Value, name: str, product: str) -> Iterator[Note]:
    """The note of a provider whose name is a slip of the pen; longer forms of a name may be one's own."""
    meant = _slip(name, _providers(product))
    if meant:
        yield say("RTE201", value, f"no provider is called {name!r}; did you mean `{meant}`?")


def model(value: Value, name: str) -> Iterator[Note]:
    """The note of a model with one word that is in no known model's name, and near to one that is."""
    served, _, bare = name.rpartition("/")
    if served not in _MAKERS:
        return
    found, meant = _PARTS.split(bare.lower()), []
    for place, word in enumerate(found):
        if not _WORD.fullmatch(word) or word in _words():
            continue
        nearest = get_close_matches(word, _words(), 3, _ALIKE)
        spelt = ["-".join((*found[:place], each, *found[place + 1 :])) for each in nearest]
        meant += [each for each in spelt if each in _names()]
    if meant:
        message = f"no model is known as {name!r}; did you mean `{meant[0]}`?"
        yield say("RTE201", value, message, "warning")


def _slip(name: str, known: Collection[str]) -> str:
    """What was meant by a name, "" if it may mean itself."""
    plain = _PLAIN.sub("", name.lower())
    if name.lower() in known or not _SHORTEST <= len(plain) <= _LONGEST:
        return ""
    for each in get_close_matches(name.lower(), known, 3, _ALIKE):
        other = _PLAIN.sub("", each)
        is_part = plain in other or other in plain
        if plain[0] == other[0] and not is_part and SequenceMatcher(None, plain, other).ratio() >= _ALIKE:
            return each
    return ""


@cache
def _providers(product: str) -> tuple[str, ...]:
    rows = json.loads(_TABLE.read_text(encoding="utf-8"))["providers"]
    return tuple(cast(Mapping[str, list[str]], rows)[product])


@cache
def _names() -> frozenset[str]:
    return frozenset("-".join(_PARTS.split(models.parse(each).base)) for each in prices.known_models())


@cache
def _words() -> frozenset[str]:
    return frozenset(word for name in _names() for word in name.split("-"))
