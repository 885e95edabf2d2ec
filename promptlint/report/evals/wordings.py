"""Two answers word by word: which parts only one of them has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from promptlint.markup import Html, el, join

MOST_WORDS = 600
"""Words that are compared one by one, of each text, between what both begin and end with: more take too long.
A longer middle is shown as changed as a whole."""

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")

Part = tuple[bool, str]
"""Whether only this text has it, and the part."""


def parts(before: str, after: str) -> tuple[list[Part], list[Part]]:
    """Both texts in parts, which put together are the texts."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    first = _shared(old, new)
    last = _shared(old[first:][::-1], new[first:][::-1])
    middle = old[first : len(old) - last], new[first : len(new) - last]
    head, tail = "".join(old[:first]), "".join(old[len(old) - last :])
    found = [[(False, head)], [(False, head)]]
    for left, right, same in _differing(*middle):
        for side, text in zip(found, (left, right), strict=True):
            side.append((not same, text))
    first_side, second_side = (_merged([*side, (False, tail)]) for side in found)
    return first_side, second_side


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    """How many words both begin with."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((index for index, (one, other) in pairs if one != other), min(len(old), len(new)))


def _differing(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str, bool]]:
    if len(old) > MOST_WORDS or len(new) > MOST_WORDS:
        return [("".join(old), "".join(new), False)]
    codes = SequenceMatcher(None, old, new).get_opcodes()
    return [("".join(old[a:b]), "".join(new[c:d]), tag == "equal") for tag, a, b, c, d in codes]


def _merged(found: Sequence[Part]) -> list[Part]:
    """Parts of one kind in one; white space between two that differ belongs to them."""
    merged: list[Part] = []
    for index, (own, text) in enumerate(found):
        between = not own and text.isspace() and 0 < index < len(found) - 1
        kind = own or (between and found[index - 1][0] and found[index + 1][0])
        if not text:
            continue
        if merged and merged[-1][0] == kind:
            merged[-1] = kind, merged[-1][1] + text
        else:
            merged.append((kind, text))
    return merged


def marked(found: Sequence[Part], name: str) -> Html:
    """The text with what only it has in elements of that name: `del` or `ins`."""
    return join([el(name, text) if own else text for own, text in found])
