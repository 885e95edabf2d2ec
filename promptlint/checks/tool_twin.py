"""Finds tools that are described in the same words as an earlier tool of their set."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import SequenceMatcher

from promptlint.locate import message_spans
from promptlint.model import Hit
from promptlint.patterns import lazy
from promptlint.records import dataclass
from promptlint.view import View
from promptlint.wording import words
from promptlint.words import table

_FIELD = "tool.like"
_SMALL = table("a an the of and is are it its this that be will which by for with on you your can one")
_SENTENCE = lazy(r"[.!?](?:\s|$)")


@dataclass(frozen=True, slots=True)
class Params:
    """When two descriptions are one.

    Attributes:
        min_words: least number of words that carry the meaning.
        order: how alike the order of the words must be, from 0 to 1.
    """

    min_words: int
    order: float


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit at the later tool of two."""
    given = view.prompt.call.get(_FIELD)
    if given is None or not isinstance(given.value, str):
        return
    span = message_spans(view.prompt)[0]
    own = view.text[span.start : span.end]
    for name, line, said in json.loads(given.value):
        if _is_twin(own, said, params):
            called = f"`{name}`" if name else "the tool"
            message = f"Described like {called} (line {line}): both are sent, and the model must guess"
            yield Hit(given, message, saves=view.count(own))
            return


def _is_twin(one: str, other: str, params: Params) -> bool:
    mine, theirs = _content(one), _content(other)
    if min(len(mine), len(theirs)) < params.min_words:
        return False
    if set(mine) == set(theirs):
        return SequenceMatcher(None, mine, theirs, autojunk=False).ratio() >= params.order
    shorter, longer = sorted((mine, theirs), key=len)
    whole = _SENTENCE.search(one if len(one) < len(other) else other) is not None
    return whole and len(shorter) >= 2 * params.min_words and longer[: len(shorter)] == shorter


def _content(text: str) -> list[str]:
    return [_stem(word) for word in words(text) if word not in _SMALL]


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
