"""Finds Markdown asked for where the answer is parsed, spoken or sent as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint.calling import JSON, enforced, text
from promptlint.model import Hit, Profile, Span
from promptlint.patterns import lazy
from promptlint.places import touches
from promptlint.records import dataclass
from promptlint.shown import shown
from promptlint.view import View

_MARKDOWN = lazy(
    r"\b(?:us(?:e|ing)|in|with|format(?:ted)?(?: \w+)? (?:as|in|with)|put|set|write|return|answer in"
    r"|respond in"
    r"|give|structure|organi[sz]e|highlight|mark|add|include)\b[^.!?\n]{0,70}"
    r"(?:\bmarkdown\b|\*\*\w+\*\*|\*\w+\*|\bin (?:bold|italics?)\b|\bbold (?:type|text|for|heading)|```\w*"
    r"|\bcode (?:fence|block)s?\b|\bfenced (?:code )?blocks?\b|\b(?:bulleted?|bullet[- ]point) lists?\b"
    r"|\bbullet points\b|\bnumbered lists?\b|\b(?:level-\d |markdown )?head(?:ing|er)s?(?: (?:with"
    r"|of) (?:two )?hash\w*)?\b)",
    re.IGNORECASE,
)
_READ_OUT = lazy(
    r"\b(?:read (?:out|aloud)|machine voice|(?:by|with|through|via|to|into) (?:a )?text[- ]to[- ]speech)\b"
)
_SPOKEN = lazy(
    r"\b(?:read (?:out|aloud)|spoken (?:to|by|aloud|hand\w*|text|answer|reply|line)|(?:are|is|be) spoken"
    r"|machine voice"
    r"|voice (?:assistant|call|bot|agent|kiosk|actor|interface|channel|model)|SMS|set in type"
    r"|over the phone|on the phone with|answers? the (?:tele)?phone|(?:converted|turned) (?:in)?to speech"
    r"|(?:cannot|can['’]?t|does not|doesn['’]t|do not) (?:render|display|show) (?:markup|markdown|formatting)"
    r"|(?:shown|displayed|sent|stored|printed) as plain text|plain[- ]text (?:field|e-?mail|message))\b"
)
_SPOKEN_WORDS = (
    *("read out", "aloud", "machine voice", "text-to-speech", "text to speech", "text-to speech"),
    *(
        "text to-speech",
        "spoken",
        "voice ",
        "SMS",
        "set in type",
        "the phone",
        "telephone",
        "to speech",
        "render",
        "plain text",
    ),
    *("plain-text", "display mark", "display format", "show mark", "show format"),
)
"""One of these is in all that the pattern above takes: a cheap test."""

_WORDS = ("arkdown", "bold", "```", "list", "fence", "block", "eading", "eader", "ullet", "talic", "*")
_LONGEST = 600  # code points of a sentence that is read whole
_REFUSES = lazy(
    r"\b(?:not|never|no|without|avoid|don['’]t|instead of|if|when|input|is|are given|receive)\b",
    re.IGNORECASE,
)
_IN_A_FIELD = lazy(r"[\"`']\w+[\"`'] (?:field|key)|\bfield\b|\bstring\b|\bvalue\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Params:
    """What reads the answer, where nobody renders it.

    Attributes:
        readers: by the first word of what reads it: what to say.
    """

    readers: tuple[str, ...]


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit, at the request for Markdown."""
    if view.prompt.profile is Profile.AGENT_DOCUMENT:
        return
    if not any(word in view.text for word in _WORDS):
        return
    why, related = _reader(view, params)
    if not why:
        return
    apart = shown(view).wording
    for match in _MARKDOWN.finditer(view.text):
        span = Span(*match.span())
        block = view.sentence_at(span)
        said = block.span if block is not None and block.span.end - block.span.start <= _LONGEST else span
        sentence = view.text[said.start : said.end]
        start = max(span.start - 20, said.start)
        if (
            touches(apart, span)
            or _REFUSES.search(view.text, start, span.end)
            or _IN_A_FIELD.search(sentence)
        ):
            continue
        fence = "```" in match.group() or re.search(r"fence|block", match.group()) is not None
        if fence and not why.startswith("the code"):
            continue  # many parsers take the fence off; blocks of code may be run, not read
        yield Hit(said, f"asks for Markdown, but {why}", related=related)
        return


def _reader(view: View, params: Params) -> tuple[str, tuple[Span, ...]]:
    """What becomes of the answer, as a clause; empty if that is not known, or Markdown may be read."""
    heard = any(word in view.text for word in _SPOKEN_WORDS)
    spoken = (_READ_OUT.search(view.text) or _SPOKEN.search(view.text)) if heard else None
    if spoken is not None:
        return f'the answer is not rendered ("{spoken.group()}")', (Span(*spoken.span()),)
    answer = text(view.prompt.call, "answer").partition(" ")[0]
    if answer not in params.readers:
        return "", ()
    form = enforced(view.prompt.call)
    if form is not None and form[0] != JSON:
        return "", ()  # the Markdown goes into a field
    told = {
        "json": "json.loads or its like reads the answer",
        "code": "the code reads the answer as source",
        "speech": "the answer is spoken",
    }
    return told.get(answer, "the code reads the answer"), ()
