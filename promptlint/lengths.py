"""Counts words, sentences, lines, paragraphs and list items as a reader would."""

from __future__ import annotations

import re

from promptlint.outline.sentences import opaque, split
from promptlint.patterns import lazy

_WORD = lazy(r"[\u3040-\u30ff\u4e00-\u9fff]|[^\W_](?:[^\s\u3040-\u30ff\u4e00-\u9fff]*[^\W_])?")
_ITEM = lazy(r"^[ \t]*(?:[-*+•–][ \t]+|\(?\d{1,3}[.)][ \t]+)\S", re.MULTILINE)
_BLANK = lazy(r"\n[ \t]*(?:\n[ \t]*)+")


def words(text: str) -> int:
    """Words: what stands between spaces and has a letter or digit; each sign of a script without spaces."""
    return len(_WORD.findall(text))


def sentences(text: str) -> int:
    """Sentences, as the outline cuts them; what has no word in it is none."""
    found = split(text, 0, len(text), opaque(text, 0, len(text)))
    return sum(_WORD.search(text, extent.start, extent.end) is not None for extent in found)


def lines(text: str) -> int:
    """Lines that are not blank."""
    return sum(bool(line.strip()) for line in text.split("\n"))


def paragraphs(text: str) -> int:
    """Stretches of text between blank lines."""
    return sum(bool(part.strip()) for part in _BLANK.split(text))


def items(text: str) -> int:
    """Items of bulleted and numbered lists, of all levels."""
    return len(_ITEM.findall(text))
