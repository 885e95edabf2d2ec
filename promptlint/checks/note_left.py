"""Finds notes of the authors to themselves that were left in a prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint.model import BlockKind, Hit, Profile, Span
from promptlint.patterns import lazy
from promptlint.places import joined, touches
from promptlint.records import dataclass
from promptlint.shown import shown
from promptlint.view import View
from promptlint.wording import quoted

_NOTE = lazy(
    r"""
    ^[ \t>]*(?:[-*+•][ \t]+|\d+[.)][ \t]+|\#{1,6}[ \t]+|//[ \t]*|<!--[ \t]*|[(\[])?
    (?P<note>[(\[*_]{0,3}(?:
        (?:TODO|FIXME|XXX|TBD)(?:[ \t]?\([^()\n]{1,40}\))?[*_]{0,2}
            (?::(?!\w)|[ \t]+-[ \t]|[ \t]+[A-Z]\w{1,20}:)[ \t]*\w[^\n]*
      | (?:TODO|FIXME)\([^()\n]{1,40}\)[^\n]*
      | \(@[A-Z]\w{1,30}[:,][ \t][^()\n]*\)
      | (?:note[ ]to[ ]self|NOTE[ ]TO[ ]SELF)\b[^\n]*
    ))
    """,
    re.VERBOSE | re.MULTILINE,
)
_MARKS = ("TODO", "FIXME", "XXX", "TBD", "(@", "ote to self", "NOTE TO SELF")
_ABOUT = lazy(r"\b(?:todos?|to-dos?)[ ](?:list|items?|comments?|tool|tracking|management)\b", re.IGNORECASE)
_LEAVE = lazy(r"\b(?:no|never|not|don't|avoid|without|leave|contain)\b[^.\n]{0,40}\bTODO", re.IGNORECASE)
_FORM = lazy(r"\[TODO:")
_FORMS = 3  # notes in brackets: a form that somebody fills in
_MOST = 400  # characters of a note


@dataclass(frozen=True, slots=True)
class Params:
    """When to speak.

    Attributes:
        keep: texts that stand in notes which are meant to be there.
    """

    keep: tuple[str, ...]


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a note; not in code, examples, layouts and quotations, where it is shown."""
    if not any(mark in view.text for mark in _MARKS):
        return
    found = [match for match in _NOTE.finditer(view.text) if match.end() - match.start() <= _MOST]
    if not found or len(_FORM.findall(view.text)) >= _FORMS:
        return
    quotations = (Span(*pair) for pair in quoted(view.text))
    boxes = (block.span for block in view.of_kind(BlockKind.CODE, BlockKind.TABLE))
    apart = joined((*shown(view).layouts, *quotations, *boxes))
    if view.prompt.profile is Profile.AGENT_DOCUMENT:
        apart = joined(
            (*(block.span for block in view.of_kind(BlockKind.CODE)), *(Span(*p) for p in quoted(view.text)))
        )
    for match in found:
        span = Span(match.start("note"), match.start("note") + len(match["note"].rstrip()))
        text = match.group()
        at = Span(span.start, span.start + 1)
        if touches(apart, at) or _ABOUT.search(text) or _LEAVE.search(text):
            continue
        if not any(part in text for part in params.keep):
            saves = view.count(view.text[span.start : span.end])
            yield Hit(span, "a note to the author, which the model reads as part of its task", saves=saves)
