"""Finds explanations that are asked for before a label, where only the label is used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from promptlint.calling import text
from promptlint.model import Hit, Profile, Span
from promptlint.patterns import lazy
from promptlint.places import touches
from promptlint.records import dataclass
from promptlint.shown import shown
from promptlint.view import View

_REASON = (
    r"(?:explain(?:ing)?|explanations?|reason(?:s|ing)?|justif(?:y|ication)|rationale|think(?:ing)?|thoughts?"
    r"|describe at length|set out|write down|step[- ]by[- ]step|argue)"
)
_REASON_WORDS = (
    *(
        "explain",
        "explanation",
        "reason",
        "justif",
        "rationale",
        "think",
        "thought",
        "describe at length",
        "set out",
    ),
    *("write down", "step by step", "step-by-step", "step by-step", "step-by step", "argue"),
)
"""One of these is in all that the pattern above takes: a cheap test."""

_LABEL = (
    r"(?:label|class|category|score|scores|number|verdict|decision|decide|group|tag|index|rating|grade"
    r"|answer|json"
    r"|result|word|classif\w+)"
)
_LABELS = lazy(rf"\b{_LABEL}\b", re.IGNORECASE)
_AFTER = 120  # code points after a request for an explanation in which its label is named
_FIRST = lazy(
    rf"\b(?:first|before you (?:score|decide|answer|label|classify)|to begin)\b[^.\n]{{0,80}}\b{_REASON}\b"
    rf"|\b{_REASON}\b[^.!?]{{0,140}}\b(?:first|before you (?:decide|answer|score|label)|and (?:only )?then"
    rf"|,? then\b[^.!?]{{0,30}}"
    rf"\b{_LABEL})\b"
    rf"|\b{_REASON}\b[^.!?]{{0,100}}\bbefore\b[^.!?]{{0,40}}\b{_LABEL}\b"
    rf"|\bstep[- ]by[- ]step\b[^.!?]{{0,100}}\b{_LABEL}\b",
    re.IGNORECASE,
)
_UNREAD = lazy(
    r"\bonly the (?:class|label|score|number|fields?|last line|category|verdict|tag)s?\b[^.\n]{0,40}"
    r"\b(?:is|are|will be) (?:stored|used|read|kept|saved|parsed)"
    r"|\bnobody reads\b|\bthe lines before it are thrown away\b|\b(?:see|sees|read|reads) only (?:those"
    r"|the (?:numbers?|label|score))"
    r"|\b(?:the )?(?:reasoning|explanation|thoughts?|analysis) (?:is|are|will be) (?:discarded|ignored"
    r"|stripped|thrown away|not (?:used|read|shown|stored))",
    re.IGNORECASE,
)
_UNREAD_WORDS = (
    *("nobody reads", "lines before it are thrown away", "see only th", "sees only th", "read only th"),
    *("reads only th", "discarded", "is ignored", "are ignored", "be ignored", "stripped", "thrown away"),
    *(
        "not used",
        "not read",
        "not shown",
        "not stored",
        "only the class",
        "only the label",
        "only the score",
    ),
    *("only the number", "only the field", "only the last line", "only the categor", "only the verdict"),
    "only the tag",
)
"""One of these is in all that the pattern above takes: a cheap test."""

_NAMES_REASON = lazy(
    r"reason|explan|think|thought|rational|justif|analysis|why|note|evidence|comment", re.IGNORECASE
)

_SAID = {
    "label": "the code compares only the label",
    "part": "the code takes only a part of the answer",
    "json-tail": "the code drops what stands before the JSON",
}


@dataclass(frozen=True, slots=True)
class Params:
    """What a use of the answer tells.

    Attributes:
        label_only: what reads the answer, where it reads no more than its label.
    """

    label_only: tuple[str, ...]


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit, at the request for an explanation."""
    if view.prompt.profile is Profile.AGENT_DOCUMENT:
        return
    if not any(word in view.lower for word in _REASON_WORDS):
        return
    unread, related = _unread(view, params)
    if not unread:
        return
    apart = shown(view).wording
    places = (Span(*match.span()) for match in _FIRST.finditer(view.text))
    asked = (span for span in places if not touches(apart, span))
    at = next((span for span in asked if _names_label(view.text, span)), None)
    if at is None:
        return
    message = f"asks for an explanation first, but {unread}: its words are paid for as output"
    block = view.sentence_at(at)
    yield Hit(block.span if block is not None else at, message, related=related)


def _names_label(text: str, span: Span) -> bool:
    """True if a label, a score or the like is named in what asks for the explanation, or right after."""
    return _LABELS.search(text, span.start, min(len(text), span.end + _AFTER)) is not None


def _unread(view: View, params: Params) -> tuple[str, tuple[Span, ...]]:
    """Why nobody reads the explanation; empty if that is not known."""
    said = _UNREAD.search(view.text) if any(word in view.lower for word in _UNREAD_WORDS) else None
    if said is not None:
        span = Span(*said.span())
        block = view.sentence_at(span)
        return "the prompt says that nobody reads it", (block.span if block is not None else span,)
    call = view.prompt.call
    schema = text(call, "response_format.schema")
    if schema and '"properties"' in schema and not _NAMES_REASON.search(schema):
        return "the schema of the answer has no field for it", ()
    answer = text(call, "answer")
    kind, _, keys = answer.partition(" ")
    if answer in params.label_only:
        return _SAID.get(answer, f"the code reads only the {answer}"), ()
    if kind == "json" and keys and not _NAMES_REASON.search(keys):
        return f"the code reads only {', '.join(json.dumps(key) for key in keys.split()[:3])} of it", ()
    return "", ()
