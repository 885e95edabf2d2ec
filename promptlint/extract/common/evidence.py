"""Looks for what a prompt needs in the raw text of code, before any parse."""

from __future__ import annotations

import re
from collections.abc import Iterable

from promptlint.extract.common import openings


def marked(data: str, marks: Iterable[str]) -> bool:
    """True if one of `marks`, or of the words that only prompts open with, is in a text in lower case."""
    return any(mark in data for mark in marks) or any(phrase in data for phrase in openings.PHRASES)


def follows(data: str, evidence: Iterable[tuple[str, re.Pattern[str]]]) -> bool:
    """True if some word is in a text with its pattern right behind it.

    Finding a plain word first is many times faster than one pattern for all.
    """
    return any(_follows(data, word, pattern) for word, pattern in evidence)


def _follows(data: str, word: str, pattern: re.Pattern[str]) -> bool:
    place = data.find(word)
    while place >= 0:
        if pattern.match(data, place + len(word)):
            return True
        place = data.find(word, place + len(word))
    return False
