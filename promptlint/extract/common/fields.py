"""Knows which keys of data files name prompts, and which texts under them are some."""

from __future__ import annotations

import re

from promptlint.extract.common.openings import LEAST, addresses, opens_like_prompt

PROMPT_KEY = re.compile(r"(?:\w+_)?prompt(?:_template|_text)?")
LIKELY_KEY = re.compile(r"system\w*|(?:\w+_)?(?:instructions?|template|prompt\w*)")
"""Keys that others use too: the text must say the rest."""

_SURE_KEY = re.compile(r"(?:\w+_)?system_(?:prompt|message|template|instructions?)")
_SLOT = re.compile(r"\{\{|\{%|(?<![\w$\\{])\{[a-z_][\w.]*\}")
_LETTER = re.compile(r"[^\W\d_]")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_LEAST_WORDS = 5


def is_prose(text: str | None) -> bool:
    """True for five words or more; scripts without spaces are counted by characters."""
    if not text:
        return False
    words = sum(1 for word in text.split() if _LETTER.search(word))
    return words + len(_UNSPACED.findall(text)) // 2 >= _LEAST_WORDS


def is_long(text: str) -> bool:
    """True for what is more than a label: several lines, or a long one."""
    return len(text) >= LEAST or "\n" in text.strip()


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
