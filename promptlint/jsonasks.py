"""Finds requests for JSON in words, outside what a prompt shows, quotes and says of tools."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from promptlint.model import Role, Span
from promptlint.patterns import lazy
from promptlint.places import joined, of_role, touches
from promptlint.shown import shown
from promptlint.view import View
from promptlint.wording import quoted

_VERB = (
    r"(?:respond|reply|answer|return|output|produce|format|formatted|provide|give|generate|write|convert"
    r"|emit|print"
    r"|present|submit|send|deliver|structure|express|render|report|put)"
)
_START = r"(?<![\w</'’-])(?<!['’]s[ ])(?<!the[ ])"  # what follows these is a noun
_KIND = r"(?:(?:valid|strict|raw|single|pure|proper|well-formed|correct|plain|flat|parsable|parseable)[ ]+)*"
_ARTICLE = r"(?:an?[ ]+|the[ ]+|one[ ]+|only[ ]+|this[ ]+|following[ ]+|your[ ]+)*"
_JSON = rf"{_ARTICLE}{_KIND}[`*]*json[`*]*(?:-formatted)?(?![-\w])"
_NOT_OUTPUT = (
    r"(?![ ]+(?:parser|parsing|file|files|path|library|module|function|config|input|document|below|above"
    r"|provided|given|data\s+(?:below|above|provided)))"
)
_ASKS = lazy(
    rf"""
    {_START}{_VERB}\b[^.!?\n:]{{0,80}}?\b(?:in|as|with|using|into)\s+{_JSON}{_NOT_OUTPUT}
  | {_START}{_VERB}\b[ ]+(?:only[ ]+|just[ ]+|solely[ ]+|me[ ]+|back[ ]+)*{_JSON}{_NOT_OUTPUT}
  | \b(?:(?:your[ ]+|the[ ]+|final[ ]+)+(?:answer|response|output|reply|result)\s+
      (?:(?:must|should|has\s+to|will)\s+)?(?:be|is|are)
      |(?:answer|response|output|reply|result)\s+(?:must|should|has\s+to)\s+be)\s+
      (?:(?:formatted|returned|given|only)\s+)*
      (?:in\s+|as\s+)?{_JSON}{_NOT_OUTPUT}
  | \b(?:output|answer|response|reply)(?:[ ]format)?[*_]*:[*_]*[ ]*(?:only[ ]+)?
      {_KIND}json\b{_NOT_OUTPUT}(?!\s*[:{{])
  | \b(?:strictly|only)[ ]+{_JSON}{_NOT_OUTPUT}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORD = lazy(r"[Jj][Ss][Oo][Nn]")
_SHAPE = lazy(
    rf"{_START}{_VERB}\b[^.!?\n]{{0,100}}?\b(?:this|the[ ]following|following|below)[ ]+"
    r"(?:\w+[ ]+)?(?:structure|schema|shape|object|dictionary)\b"
    rf"|{_START}{_VERB}\b[ ]+(?:back[ ]+)?an?[ ]+(?:\w+[ ]+)?object[ ]+(?:of|with"
    rf"|in)[ ]+(?:the[ ]following|this)\b",
    re.IGNORECASE,
)  # a request that shows an object instead of the word
_OBJECT = lazy(r"\{\{?\s*[\"']\$?\w+[\"']\s*:")
_MOST = 20  # objects before which a request is looked for
_NEAR = 300  # code points after it in which the object stands
_ENTRIES = ('":', "':", '" :', "' :")
_SHAPES = ("structure", "schema", "shape", "object", "dictionary")
_BEFORE, _AFTER = 130, 40  # code points around the word in which a request for it stands
_REFUSES = lazy(r"\b(?:not|never|don't|without|instead\s+of|no)\b", re.IGNORECASE)

_WRAPPED = lazy(
    r"\b(?:markdown|snippet|code\s+block|fenced?|csv|yaml|xml)\b", re.IGNORECASE
)  # JSON is a part of it
_IN_A_TAG = lazy(r"[^.!?\n]{0,60}\b(?:in|inside|within|between)\b[^.!?\n]{0,20}<\w+>")
_TELLS = lazy(
    r"\b(?:ask|asks|asking|instruct|instructs|tell|tells|prompt|prompts|force|get"
    r"|let)\s+(?:\w+\s+){1,3}to\s+(?:\w+\s+)?$"
    r"|\b(?:before|after|while|once|if)\s+(?:you|it|the\s+\w+)\s+$|\b(?:I|we)(?:['’]\w+"
    r"|\s+\w+)?\s+(?:gonna|going\s+to)\s+$",
    re.IGNORECASE,
)


def _requests(text: str) -> Iterator[re.Match[str]]:
    """The matches of the pattern above, which is looked for only around the word."""
    around = [Span(max(0, word.start() - _BEFORE), word.end() + _AFTER) for word in _WORD.finditer(text)]
    for place in joined(around):
        yield from _ASKS.finditer(text, place.start, min(len(text), place.end))
    objects = (item.start() for item in islice(_OBJECT.finditer(text), _MOST))
    for place in joined(Span(max(0, at - _NEAR - _BEFORE), at) for at in objects):
        for shape in _SHAPE.finditer(text, place.start, place.end):
            if _OBJECT.search(text, shape.end(), shape.end() + _NEAR):
                yield shape


@lru_cache(maxsize=2)
def asked(view: View) -> tuple[Span, ...]:
    """The requests, in order. Several rules ask for those of one view: hence the small memory."""
    if "json" not in view.lower and not _may_show(view):
        return ()
    found = sorted((Span(*match.span()) for match in _requests(view.text)), key=lambda span: span.start)
    return tuple(_asked(view, found)) if found else ()


def _may_show(view: View) -> bool:
    """False if no object can be shown: a cheap test."""
    if not any(sign in view.text for sign in _ENTRIES) or _OBJECT.search(view.text) is None:
        return False
    return any(word in view.lower for word in _SHAPES)


def _asked(view: View, found: list[Span]) -> Iterator[Span]:
    """Requests in sentences and in lines that introduce a layout, outside what is shown and quoted.

    What a tool is said to do is no request, and JSON between tags is a part of the answer only.
    """
    text = view.text
    quotations = (Span(*pair) for pair in quoted(text))
    apart = joined((*shown(view).wording, *quotations, *of_role(view.prompt, Role.TOOL_DEFINITION)))
    end = -1
    for span in found:
        before = max(0, span.start - 20)
        before = max(before, *(text.rfind(mark, before, span.start) for mark in ("\n", ". ")))
        if span.start < end or touches(apart, span) or _REFUSES.search(text, before, span.end):
            continue
        wrapped = _WRAPPED.search(text, span.start, span.end) or _IN_A_TAG.match(text, span.end)
        if not wrapped and not _TELLS.search(text, max(0, span.start - 60), span.start):
            end = span.end
            yield span
