"""Finds prompts that ask for free prose and for a bare structure as one and the same answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from promptlint.calling import text
from promptlint.jsonasks import asked
from promptlint.model import Hit, Profile, Span
from promptlint.patterns import lazy
from promptlint.places import joined, touches
from promptlint.records import dataclass
from promptlint.shown import shown
from promptlint.view import View

_PROSE = lazy(
    r"\b(?:write|answer|return|start|begin|reply|respond|give|include|add|end|finish|close)\b[^.!?\n]{0,60}"
    r"\b(?:paragraph|running text|(?:fluent|full|complete) sentences|flowing (?:text|prose|paragraph)"
    r"|(?:coherent|continuous|free) (?:text|prose)|prose|plain text"
    r"|introduction|(?:warm|friendly|short|personal|kind)(?: \w+)? message|letter)\b",
    re.IGNORECASE,
)
_BARE = lazy(
    r"\b(?:nothing else|no other text|only (?:valid )?json|json only|as (?:the|your) (?:whole |entire"
    r" )?answer"
    r"|nothing but (?:a |the )?json|only the (?:structure|json|object)|in the same answer"
    r"|the whole answer|return it as|(?:is )?saved as (?:it is|is)|parsed? (?:as|with|by)"
    r"|without (?:any )?(?:other|further|additional|extra) text|reads it as json)\b",
    re.IGNORECASE,
)
_AROUND = lazy(
    r"\b(?:and|then)(?: then| also)? (?:write|explain|go on|add|include|give|describe"
    r"|comment)\b[^.!?\n{}]{0,80}(?:\n[^.!?\n{}]{0,80})?"
    r"\b(?:around it|above(?: and below)?(?: it)?|below it|before it|after it|outside|(?:in"
    r"|as) (?:running|free|flowing"
    r"|normal|continuous) (?:text|prose|sentences))\b",
    re.IGNORECASE,
)
"""After a request for a structure: prose beside it, as the same answer."""

_LITERAL = lazy(r"\breturn\s+\{[^{}\n]{0,200}\}", re.IGNORECASE)
_APART = lazy(
    r"\b(?:fields?|keys?|value|property|inside|within|in the \"|string|attribute|if|when|otherwise|either"
    r"|or else"
    r"|instead of|not|never|no|without|summary of|letter below|tags?)\b|[\"`']\w+[\"`']|<\w+>",
    re.IGNORECASE,
)

_NOUNS = (
    *("paragraph", "running text", "sentences", "flowing", "prose", "plain text", "introduction", "message"),
    *("letter", "text", "explain", "message"),
)
_BARE_WORDS = (
    *("nothing else", "no other text", "only json", "only valid json", "json only", "whole answer"),
    *("as the answer", "as your answer", "entire answer", "same answer", "return it as"),
    *("saved as", "parsed", "parse as", "parse with", "parse by", "other text", "further text"),
    *("additional text", "extra text", "reads it as json", "without text"),
)
"""One of these is in all that the pattern above takes: a cheap test."""

_SIDES = (
    "around it",
    "above",
    "below it",
    "before it",
    "after it",
    "outside",
    "nothing but",
    "only the",
    "prose",
    "running text",
)
_FORMS = (
    "json",
    "yaml",
    "xml",
    "csv",
    "return {",
    "structure",
    "object",
    "nothing else",
    "saved as",
    "parse",
)
"""One of these is in every prompt that asks for a bare structure, or is meant to be read by code."""

_BARE_OR_BESIDE = _BARE_WORDS + _SIDES
_MESSAGE = "asks for prose and for a bare structure as one answer: what parses the one fails"
_GAP = 160  # code points from a structure to the prose around it
_MOST = 40  # requests of a kind that are compared
_LONGEST = 600  # code points of a sentence that is read whole
_PARSED = ("json", "code")
_EITHER = lazy(r"\b(?:if|when|otherwise|either|or else|instead|never|fields?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Params:
    """How near the two requests are.

    Attributes:
        max_gap: code points between them at most.
    """

    max_gap: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit, from the first of the two requests to the other; none if the prose goes into a field."""
    if view.prompt.profile is Profile.AGENT_DOCUMENT:
        return
    if not _is_parsed(view) and not all(_has_any(view, words) for words in (_FORMS, _BARE_OR_BESIDE)):
        return
    if not any(word in view.lower for word in _NOUNS):
        return
    structures = _structures(view)
    if not structures:
        return
    apart = shown(view).wording
    beside = next(_beside(view), None)
    if beside is not None:
        yield Hit(beside, _MESSAGE)
        return
    for match in islice(_prose(view.text, structures, params.max_gap), _MOST):
        span = Span(*match.span())
        block = view.sentence_at(span)
        said = block.span if block is not None and block.span.end - block.span.start <= _LONGEST else span
        if touches(apart, span) or _APART.search(view.text, max(said.start, span.start - 60), span.end):
            continue
        for other in structures:
            near = max(said.start, other.start) - min(said.end, other.end)
            between = view.text[min(said.start, other.start) : max(said.end, other.end)]
            if near > params.max_gap or "\n\n" in between or _EITHER.search(between):
                continue
            if not _is_one_answer(view, between):
                continue
            yield Hit(Span(min(said.start, other.start), max(said.end, other.end)), _MESSAGE)
            return


def _prose(text: str, near: tuple[Span, ...], gap: int) -> Iterator[re.Match[str]]:
    """The requests for prose that may be near enough to one of these."""
    reach = gap + 2 * _LONGEST
    for place in joined(Span(max(0, one.start - reach), min(len(text), one.end + reach)) for one in near):
        yield from _PROSE.finditer(text, place.start, place.end)


def _has_any(view: View, words: tuple[str, ...]) -> bool:
    return any(word in view.lower for word in words)


def _beside(view: View) -> Iterator[Span]:
    """Requests for a structure that go on with prose around it, in one sentence."""
    for span in asked(view):
        prose = _AROUND.search(view.text, span.end, min(len(view.text), span.end + _GAP))
        if prose is None:
            continue
        between = view.text[span.end : prose.start()]
        if ". " not in between and "\n\n" not in between and not _EITHER.search(between):
            yield Span(span.start, prose.end())


def _structures(view: View) -> tuple[Span, ...]:
    found = list(asked(view))
    if "return {" in view.lower:
        found += [Span(*match.span()) for match in _LITERAL.finditer(view.text)]
    found += [Span(*match.span()) for match in _BARE.finditer(view.text)]
    return tuple(sorted(found)[:_MOST])


def _is_one_answer(view: View, between: str) -> bool:
    """True if the words say that both are the answer, or the code parses the whole of it."""
    return _is_parsed(view) or _BARE.search(between) is not None


def _is_parsed(view: View) -> bool:
    return text(view.prompt.call, "answer").partition(" ")[0] in _PARSED
