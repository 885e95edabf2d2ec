"""Finds prompts that ask for JSON in words, where the provider could enforce the shape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint.model import Hit, Profile, Role, Span
from promptlint.places import joined, of_role, touches
from promptlint.records import dataclass
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


@dataclass(frozen=True, slots=True)
class Params:
    """What the call may hold.

    Attributes:
        fields: fields of a call that set the shape of the answer.
    """

    fields: tuple[str, ...]


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a prompt, at the first request for JSON; agent documents have no call to set.

    It is a minor one where the call is not known: its format may be enforced already.
    """
    if view.prompt.profile is Profile.AGENT_DOCUMENT or "json" not in view.text.lower():
        return
    asked = tuple(_asked(view))
    if not asked:
        return
    given = {field.name for field in view.prompt.call.fields if field.value is not None}
    field = next((name for name in params.fields if name in given), None)
    if field is None:
        advice = "asks for JSON in prose; structured outputs (a strict json_schema) would enforce the shape"
    else:
        advice = f"asks for JSON in prose beside {field}; with a strict json_schema the prose can go"
    yield Hit(asked[0], advice, related=asked[1:], minor=not given & {"model", "messages"})


def _asked(view: View) -> Iterator[Span]:
    """Requests in sentences and in lines that introduce a layout, outside what is shown and quoted.

    What a tool is said to do is no request, and JSON between tags is a part of the answer only.
    """
    quotations = (Span(*pair) for pair in quoted(view.text))
    tools = of_role(view.prompt, Role.TOOL_DEFINITION)
    apart = joined((*shown(view).wording, *quotations, *tools))
    for match in _ASKS.finditer(view.text):
        span = Span(*match.span())
        if touches(apart, span) or _REFUSES.search(view.text, max(0, span.start - 20), span.end):
            continue
        wrapped = _WRAPPED.search(match.group()) or _IN_A_TAG.match(view.text, span.end)
        if not wrapped and not _TELLS.search(view.text, max(0, span.start - 60), span.start):
            yield span
