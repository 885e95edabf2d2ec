"""Trims what stands around a part of an example: space, rulers, end marks, quotation marks."""

from __future__ import annotations

from promptlint.model import Span
from promptlint.patterns import lazy

_TAIL = lazy(r"(?:[ \t]*\n[ \t]*(?:[-=*~_+#]{3,}|[#*=_< \t-]{0,6}END\b[^\n]{0,40}|</?examples?>)?[ \t]*)+\Z")


def value(text: str, start: int, end: int) -> Span:
    """A range without the space around it and without rulers and end marks after it."""
    start = min(start, end)
    tail = _TAIL.search(text, max(start, end - 200), end)
    end = tail.start() if tail else end
    while end > start and text[end - 1].isspace():
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    return Span(start, end)


_QUOTES = {'"': '"', "'": "'", "“": "”", "`": "`", "«": "»"}


def unquoted(text: str, span: Span) -> Span:
    """A range without one pair of quotation marks around all of it."""
    if span.end - span.start < 3:
        return span
    close = _QUOTES.get(text[span.start])
    if close is None or text[span.end - 1] != close:
        return span
    inner = text[span.start + 1 : span.end - 1]
    if close in inner or inner.startswith("`") or "\n" in inner:
        return span
    return Span(span.start + 1, span.end - 1)
