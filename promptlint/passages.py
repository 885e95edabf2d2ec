"""Finds the passages of a prompt that others may share, and gives each a digest that equal ones have, too."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from operator import attrgetter

from promptlint.locate import message_spans
from promptlint.model import Finding, Passage, Role, Span
from promptlint.patterns import lazy
from promptlint.view import View

CHECK = "shared_passage"
"""The checker that asks for them; without it none are looked for."""

MIN_WORDS = 10
"""Words of the shortest passage; shorter ones return by chance."""

_GAP = lazy(r"\n(?:[ \t]*\n)+")
_TITLE = lazy(r"\s*(?:#{1,6}[ \t][^\n]*|[A-Z][A-Z ]{2,40}:?[ \t]*)\n")
_WORD = lazy(r"\w+")
_BOILERPLATE = lazy(
    r"\b(?:copyright|licen[cs]ed? (?:under|to)|all rights reserved|permission is hereby|SPDX-)", re.IGNORECASE
)
_LEGAL = ("copyright", "licen", "rights reserved", "hereby", "spdx-")


def passages(view: View) -> Iterator[Span]:
    """The passages of a prompt that are long enough to be worth a place of their own, in order.

    A passage is text between empty lines, outside examples, code, data and tables.
    """
    legal = any(sign in view.lower for sign in _LEGAL)
    for message, place in zip(view.prompt.messages, message_spans(view.prompt), strict=True):
        if message.role is Role.TOOL_DEFINITION:
            continue  # what a tool is said to do
        for span in _between(view.text, place):
            text = view.text[span.start : span.end]
            if (
                _long(text)
                and not (legal and _BOILERPLATE.search(text))
                and not _inside(view.protected, span)
            ):
                yield span


def passage(text: str, tokens: int, least: int, finding: Finding) -> Passage:
    """A passage with what others know it by; case, white space and the marks of lists do not count."""
    words = _WORD.findall(text.casefold())
    digest = hashlib.sha256(" ".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return Passage(digest, len(words), tokens, least, finding)


def _between(text: str, message: Span) -> Iterator[Span]:
    start = message.start
    for gap in _GAP.finditer(text, message.start, message.end):
        yield _trimmed(text, start, gap.start())
        start = gap.end()
    yield _trimmed(text, start, message.end)


def _trimmed(text: str, start: int, end: int) -> Span:
    title = _TITLE.match(text, start, end)
    start = title.end() if title is not None else start
    rest = text[start:end]
    lead = len(rest) - len(rest.lstrip())
    return Span(start + lead, max(start + lead, start + len(rest.rstrip())))


def _inside(shown: tuple[Span, ...], span: Span) -> bool:
    index = bisect_right(shown, span.start, key=attrgetter("start")) - 1
    return index >= 0 and shown[index].contains(span)


def _long(text: str) -> bool:
    if len(text) < MIN_WORDS * 2 - 1:
        return False
    return sum(1 for _ in islice(_WORD.finditer(text), MIN_WORDS)) == MIN_WORDS
