"""Finds requests for JSON in words, outside what a prompt shows, quotes and says of tools."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from promptlint.model import Role, Span
from promptlint.places import joined, of_role, touches
from promptlint.shown import shown
from promptlint.view import View
from promptlint.wording import quoted

_VERB = (
    r"(?:respond|reply|answer|return|output|produce|format|formatted|provide|give|generate|write|convert|emit|print"
    r"|present)"
)
_START = r"(?<![\w</'’-])(?<!['’]s[ ])(?<!the[ ])"  # what follows these is a noun
_KIND = r"(?:(?:valid|strict|raw|single|pure|proper|well-formed|correct|plain|flat|parsable|parseable)[ ]+)*"
_JSON = rf"(?:an?[ ]+|the[ ]+|one[ ]+|only[ ]+|this[ ]+|following[ ]+|your[ ]+)*{_KIND}`?json`?(?![-\w])"
_NOT_OUTPUT = (
    r"(?![ ]+(?:parser|parsing|file|files|path|library|module|function|config|input|document|below|above"
    r"|provided|given|data\s+(?:below|above|provided)))"
)
_ASKS = re.compile(
    rf"""
    {_START}{_VERB}\b[^.!?\n:]{{0,80}}?\b(?:in|as|with|using|into)\s+{_JSON}{_NOT_OUTPUT}
  | {_START}{_VERB}\b[ ]+(?:only[ ]+|just[ ]+|solely[ ]+|me[ ]+|back[ ]+)*{_JSON}{_NOT_OUTPUT}
  | \b(?:your[ ]+|the[ ]+|final[ ]+)+(?:answer|response|output|reply|result)\s+
      (?:(?:must|should|has\s+to|will)\s+)?(?:be|is|are)\s+(?:(?:formatted|returned|given|only)\s+)*
      (?:in\s+|as\s+)?{_JSON}{_NOT_OUTPUT}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORD = re.compile(r"json", re.IGNORECASE)
_BEFORE, _AFTER = 240, 160  # code points around the word in which a request for it stands
_REFUSES = re.compile(r"\b(?:not|never|don't|without|instead\s+of|no)\b", re.IGNORECASE)

_WRAPPED = re.compile(
    r"\b(?:markdown|snippet|code\s+block|fenced?|csv|yaml|xml)\b", re.IGNORECASE
)  # JSON is a part of it
_IN_A_TAG = re.compile(r"[^.!?\n]{0,60}\b(?:in|inside|within|between)\b[^.!?\n]{0,20}<\w+>")
_TELLS = re.compile(
    r"\b(?:ask|asks|asking|instruct|instructs|tell|tells|prompt|prompts|force|get|let)\s+(?:\w+\s+){1,3}to\s+(?:\w+\s+)?$"
    r"|\b(?:before|after|while|once|if)\s+(?:you|it|the\s+\w+)\s+$|\b(?:I|we)(?:['’]\w+|\s+\w+)?\s+(?:gonna|going\s+to)\s+$",
    re.IGNORECASE,
)


def _requests(text: str) -> Iterator[re.Match[str]]:
    """The matches of the pattern above, which is looked for only around the word."""
    around = (Span(max(0, word.start() - _BEFORE), word.end() + _AFTER) for word in _WORD.finditer(text))
    for place in joined(around):
        yield from _ASKS.finditer(text, place.start, min(len(text), place.end))


@lru_cache(maxsize=2)
def asked(view: View) -> tuple[Span, ...]:
    """The requests, in order. Several rules ask for those of one view: hence the small memory."""
    return tuple(_asked(view)) if "json" in view.lower else ()


def _asked(view: View) -> Iterator[Span]:
    """Requests in sentences and in lines that introduce a layout, outside what is shown and quoted.

    What a tool is said to do is no request, and JSON between tags is a part of the answer only.
    """
    quotations = (Span(*pair) for pair in quoted(view.text))
    tools = of_role(view.prompt, Role.TOOL_DEFINITION)
    apart = joined((*shown(view).wording, *quotations, *tools))
    for match in _requests(view.text):
        span = Span(*match.span())
        if touches(apart, span) or _REFUSES.search(view.text, max(0, span.start - 20), span.end):
            continue
        wrapped = _WRAPPED.search(match.group()) or _IN_A_TAG.match(view.text, span.end)
        if not wrapped and not _TELLS.search(view.text, max(0, span.start - 60), span.start):
            yield span
