"""Finds wishes for a long answer that stand beside a wish for a short one, or are piled up for no reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from promptlint.model import Hit, Role, Span
from promptlint.patterns import lazy
from promptlint.places import of_role, touches
from promptlint.records import dataclass
from promptlint.shown import shown
from promptlint.view import View

_LONG = (
    r"(?:detailed|comprehensive(?:ly)?|extensive(?:ly)?|exhaustive(?:ly)?|in[- ](?:great )?depth|verbose"
    r"|lengthy"
    r"|elaborate|thorough(?:ly)?)"
)
_MUCH = r"(?:in (?:as much |great |full |much )?(?:depth and )?detail)"
_ANY = lazy(rf"\b(?:{_LONG}|{_MUCH})\b", re.IGNORECASE)
_PILED = lazy(
    rf"\b(?:(?:as|very|extremely|highly|so|more) )?{_LONG}(?:(?:,? (?:and|but|yet|as well as) |, |/)(?:as "
    rf"|very |extremely |highly |in )?(?:\w+ (?:and |, ))?(?:{_LONG}|depth|detail))"
    rf"|\b(?:as (?:detailed|comprehensive|thorough)(?:,? (?:and|yet) (?:as )?\w+)? as possible"
    rf"|in great depth and detail"
    rf"|(?:as much detail) as (?:possible|you can))\b"
    rf"|\bexhaustive(?:ly)?\b[^.\n]{{0,60}}\b(?:in depth|{_MUCH})",
    re.IGNORECASE,
)
_SHORT = lazy(
    r"\b(?:keep(?:ing)? (?:it|your (?:answers?|responses?|repl(?:y|ies))|answers?|responses?|them|the \w+)"
    r" (?:very |as )?(?:brief|short|concise|succinct)"
    r"|be (?:very |extremely |as )?(?:brief|concise|succinct|terse)(?: as possible)?"
    r"|(?:answer|respond|reply|write) (?:very )?(?:briefly|concisely|succinctly)"
    r"|a short (?:text|answer|message) is|(?:text|answer|summary) fits on (?:half )?an? page"
    r"|fits? on (?:half a|one|a single) *(?:\n *)?page"
    r"|(?:at most|no more than|max(?:imum)?(?: of)?|under|within|up to|only|not more than|fewer than"
    r"|less than)"
    r" \d{1,4} (?:words|sentences|lines|characters)"
    r"|\d{1,4} (?:words|sentences|lines|characters)(?: or less| or fewer| at most| max(?:imum)?))\b",
    re.IGNORECASE,
)
_SPEAKS = lazy(
    r"^[\W_]*(?:(?:please|kindly|now|then|first|finally|and|always)[, ]+)*"
    r"(?:(?:be|make) sure to |aim to |try to |you (?:will |must |should |have to |need to )"
    r"|(?:it is|the|your) [^.\n]{0,80}\bshould be )?"
    r"(?:write|answer|give|provide|explain|respond|reply|describe|produce|generate|create|return|be|make"
    r"|prepare|cover"
    r"|draft|as|speak|elaborate|go into|include|discuss|present|offer|deliver)\b"
    r"|\b(?:advert|response|answer|reply|report|summary|text|explanation|description|account|letter|mail)s?"
    r" (?:should|must|has to|have to) be\b",
    re.IGNORECASE,
)
_LONG_WORDS = (
    *("detail", "comprehensive", "extensive", "exhaustive", "in-depth", "in depth", "verbose", "lengthy"),
    *("elaborate", "thorough"),
)
_SHORT_WORDS = (*("brief", "concise", "succinct", "terse", "short", "fits on", "fit on"),)
"""One of each is in all that the patterns above take: cheap tests."""

_COUNT = lazy(r"[0-9] (?:words|sentences|lines)", re.IGNORECASE)
_NOT = lazy(
    r"\b(?:not|never|no|avoid|without|don['’]t|instead of|less|too|overly|if|when|unless|whenever|only|but"
    r" (?:brief|concise|short)|yet)\b",
    re.IGNORECASE,
)
_MOST = 20  # wishes for a short answer that are compared
_LONGEST = 600  # code points of a sentence that is read
_PART = lazy(
    r"\b(?:section|field|called|titled|headed|column|title|subject|first paragraph)\b", re.IGNORECASE
)
_CODE = lazy(r"\b(?:tests?|code|method|cover(?:age)?|search|list)\b", re.IGNORECASE)  # these may be long
_KEEPS = lazy(r"\b(?:while|and|but) (?:still )?keep(?:ing)? (?:it|them|your|the)\b", re.IGNORECASE)
_NEEDS = lazy(r"\b(?:concise|brief|short|succinct)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Params:
    """How sure it must be.

    Attributes:
        alone: true: report piled words without a wish for brevity too, as an info.
    """

    alone: bool


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a prompt, at the sentence that wants much."""
    if not any(word in view.lower for word in _LONG_WORDS) or of_role(view.prompt, Role.TOOL_DEFINITION):
        return
    if not params.alone and not _may_be_short(view):
        return
    found = tuple(_wishes(view))
    if not found:
        return
    apart = shown(view).wording
    shorts = [m for m in islice(_SHORT.finditer(view.text), _MOST) if not _negated(view.text, m.start())]
    for span, word in found:
        if touches(apart, span):
            continue
        piled = _PILED.search(view.text, span.start, span.end)
        short = next((one for one in shorts if _clashes(view, span, one, piled is not None)), None)
        if short is not None:
            said = " ".join(short.group().split())
            yield Hit(span, f'wants "{word}" beside "{said}"', related=(Span(*short.span()),))
            return
        if params.alone and not shorts and piled and not _CODE.search(view.text, span.start, span.end):
            message = "piles up words for length: say what must be in the answer, or how many words"
            yield Hit(span, message, minor=True)
            return


def _wishes(view: View) -> Iterator[tuple[Span, str]]:
    """The sentences that want a long answer, with the word that says so."""
    text, lower = view.text, view.lower
    if len(lower) != len(text):
        return  # letters that change their length: offsets would be others
    end = -1
    for at in sorted(place for word in _LONG_WORDS for place in _occurrences(lower, word)):
        if at < end:
            continue
        block = view.sentence_at(Span(at, at + 1))
        if block is None or block.span.end - block.span.start > _LONGEST:
            continue
        end = block.span.end
        match = _ANY.search(text, block.span.start, end)
        sentence = text[block.span.start : end]
        if match and _SPEAKS.search(sentence) and not _NOT.search(sentence) and not _balances(sentence):
            yield block.span, match.group()


def _occurrences(text: str, word: str) -> Iterator[int]:
    """Where a word begins in a text."""
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))


def _balances(sentence: str) -> bool:
    """True for "detailed but concise", which is one wish."""
    return _NEEDS.search(sentence) is not None and _KEEPS.search(sentence) is None


def _clashes(view: View, span: Span, short: re.Match[str], piled: bool) -> bool:
    """True if both wishes are of one answer: near each other, or one of them is emphatic."""
    if span.contains(Span(*short.span())):
        return piled and _KEEPS.search(view.text, span.start, span.end) is not None
    other = view.sentence_at(Span(*short.span()))
    if other is not None and (_of_part(view, span) or _of_part(view, other.span)):
        return False
    return piled or _is_near(view, span, short)


def _of_part(view: View, span: Span) -> bool:
    """True for a wish about a part of the answer."""
    return _PART.search(view.text, span.start, span.end) is not None


def _may_be_short(view: View) -> bool:
    return any(word in view.lower for word in _SHORT_WORDS) or _COUNT.search(view.text) is not None


def _negated(text: str, start: int) -> bool:
    return re.search(r"\b(?:not|never|don['’]t)\b[^.\n]{0,20}$", text[max(0, start - 30) : start]) is not None


def _is_near(view: View, one: Span, other: re.Match[str]) -> bool:
    """True if the two stand in one paragraph or in neighbouring lines: else they may speak of other"
    " things."""
    between = view.text[min(one.end, other.end()) : max(one.start, other.start())]
    return between.count("\n") <= 2 and "\n\n" not in between
