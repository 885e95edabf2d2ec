"""Knows which keys of data files name prompts, and which texts under them are some."""

from __future__ import annotations

import re
from itertools import islice

from promptlint.extract.common.openings import LEAST, addresses, opens_like_prompt

PROMPT_KEY = re.compile(r"(?:\w+_)?prompt(?:_template|_text)?")
LIKELY_KEY = re.compile(r"system\w*|(?:\w+_)?(?:instructions?|template|prompt\w*)")
"""Keys that others use too: the text must say the rest."""

_SURE_KEY = re.compile(r"(?:\w+_)?system_(?:prompt|message|template|instructions?)")
_SLOT = re.compile(r"\{\{|\{%|(?<![\w$\\{])\{[a-z_][\w.]*\}")
_EXPRESSION = re.compile(r"\{\{[^{}]{0,300}\}\}|\{%[^{}]{0,300}%\}")
_QUESTION = re.compile(r"[^.:!?\n]{0,150}\?")
_LETTER = re.compile(r"[^\W\d_]")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_LEAST_WORDS = 5
_FIRST = 500  # code points of a text that are looked at before the whole of it


def is_prose(text: str | None) -> bool:
    """True for five words or more; scripts without spaces are counted by characters."""
    if not text or not may_be_prose(text):
        return False
    return _has_words(text[:_FIRST]) or (len(text) > _FIRST and _has_words(text))


def may_be_prose(text: str) -> bool:
    """False for a text that is too short for `is_prose`."""
    return len(text) >= 2 * _LEAST_WORDS - 1


def _has_words(text: str) -> bool:
    found = 0 if text.isascii() else sum(1 for _ in islice(_UNSPACED.finditer(text), 2 * _LEAST_WORDS)) // 2
    for word in text.split():
        if found >= _LEAST_WORDS:
            break
        found += _LETTER.search(word) is not None
    return found >= _LEAST_WORDS


def says_words(text: str) -> bool:
    """False for a text of slots and statements alone: an expression, and no prompt."""
    return _LETTER.search(_EXPRESSION.sub("", text)) is not None


def is_long(text: str) -> bool:
    """True for what is more than a label: several lines, or a long one."""
    return len(text) >= LEAST or "\n" in text.strip()


def is_question(text: str) -> bool:
    """True for one short question that stands for itself: what a test or a list of examples asks."""
    asked = is_prose(text) and _QUESTION.fullmatch(text.strip()) is not None
    return asked and not (has_slots(text) or addresses(text))


def has_slots(text: str) -> bool:
    """True if something in a text looks like a slot or a statement of a template."""
    return _SLOT.search(text) is not None


def speaks(key: str, text: str) -> bool:
    """True if the text says itself that it is a prompt: by its opening, or by slots under such a key."""
    if not is_long(text):
        return addresses(text) and _SURE_KEY.fullmatch(key) is not None
    slots = has_slots(text)
    said = slots and PROMPT_KEY.fullmatch(key) is not None
    return said or addresses(text) or opens_like_prompt(text, slots)
