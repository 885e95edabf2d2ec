"""Finds wishes for a long answer that stand beside a wish for a short one, or are piled up for no reason."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint.model import Hit, Role, Span
from promptlint.places import of_role, touches
from promptlint.records import dataclass
from promptlint.shown import shown
from promptlint.view import View

_LONG = (
    r"(?:detailed|comprehensive(?:ly)?|extensive(?:ly)?|exhaustive(?:ly)?|in[- ]depth|verbose|lengthy"
    r"|elaborate|thorough(?:ly)?)"
)
_ANY = re.compile(rf"\b(?:{_LONG}|in (?:great |full )?detail)\b", re.IGNORECASE)
_PILED = re.compile(
    rf"\b(?:(?:as|very|extremely|highly|so|more) )?{_LONG}(?:(?:,? (?:and|but|yet|as well as) |, |/)(?:as "
    rf"|very |extremely |highly )?"
    rf"(?:\w+ (?:and |, ))?{_LONG})",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"\b(?:keep (?:it|your (?:answers?|responses?|repl(?:y|ies))|answers?|responses?|them|the \w+)"
    r" (?:very |as )?(?:brief|short|concise|succinct)"
    r"|be (?:very |extremely |as )?(?:brief|concise|succinct|terse)(?: as possible)?"
    r"|(?:answer|respond|reply|write) (?:very )?(?:briefly|concisely|succinctly)"
    r"|a short (?:text|answer|message) is|(?:text|answer|summary) fits on (?:half )?an? page"
    r"|fits? on (?:half a|one|a single) *(?:\n *)?page"
    r"|(?:at most|no more than|max(?:imum)?(?: of)?|under|within|up to|only)"
    r" \d{1,4} (?:words|sentences|lines)"
    r"|\d{1,4} (?:words|sentences|lines)(?: or less| or fewer| at most| max))\b",
    re.IGNORECASE,
)
_SPEAKS = re.compile(
    r"^[\W_]*(?:(?:please|kindly|now|then|first|finally|and|always)[, ]+)*"
    r"(?:you (?:will |must |should |have to )|(?:it is|the|your) [^.\n]{0,80}\bshould be )?"
    r"(?:write|answer|give|provide|explain|respond|reply|describe|produce|generate|create|return|be|make|prepare"
    r"|draft|as)\b|\b(?:advert|response|answer|reply|report|summary|text|explanation)s?"
    r" (?:should|must|has to|have to) be\b",
    re.IGNORECASE,
)
_LONG_WORDS = (
    *("detail", "comprehensive", "extensive", "exhaustive", "in-depth", "in depth", "verbose", "lengthy"),
    *("elaborate", "thorough"),
)
_SHORT_WORDS = (*("brief", "concise", "succinct", "terse", "short", "fits on", "fit on"),)
"""One of each is in all that the patterns above take: cheap tests."""

_COUNT = re.compile(r"[0-9] (?:words|sentences|lines)", re.IGNORECASE)
_NOT = re.compile(
    r"\b(?:not|never|no|avoid|without|don['’]t|instead of|less|too|overly|if|when|unless|whenever|only|but"
    r" (?:brief|concise|short)|yet)\b",
    re.IGNORECASE,
)
_LONGEST = 600  # code points of a sentence that is read
_NEEDS = re.compile(r"\b(?:concise|brief|short|succinct)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Params:
    """How sure it must be.

    Attributes:
        alone: true: report piled words without a wish for brevity too, as an info.
    """

    alone: bool


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a prompt, at the sentence that wants much."""
    if of_role(view.prompt, Role.TOOL_DEFINITION) or not any(word in view.lower for word in _LONG_WORDS):
        return
    if not params.alone and not _may_be_short(view):
        return
    apart = shown(view).wording
    short = next((m for m in _SHORT.finditer(view.text) if not _negated(view.text, m.start())), None)
    for match in _ANY.finditer(view.text):
        span = Span(*match.span())
        block = view.sentence_at(span)
        if block is None or touches(apart, span) or block.span.end - block.span.start > _LONGEST:
            continue
        sentence = view.text[block.span.start : block.span.end]
        if _NOT.search(sentence) or _NEEDS.search(sentence) or not _SPEAKS.search(sentence):
            continue
        if (
            short is not None
            and not block.span.contains(Span(*short.span()))
            and _is_near(view, block.span, short)
        ):
            said = " ".join(short.group().split())
            yield Hit(block.span, f'wants "{match.group()}" beside "{said}"', related=(Span(*short.span()),))
            return
        if params.alone and _PILED.search(sentence):
            message = "piles up words for length: say what must be in the answer, or how many words"
            yield Hit(block.span, message, minor=True)
            return


def _may_be_short(view: View) -> bool:
    return any(word in view.lower for word in _SHORT_WORDS) or _COUNT.search(view.text) is not None


def _negated(text: str, start: int) -> bool:
    return re.search(r"\b(?:not|never|don['’]t)\b[^.\n]{0,20}$", text[max(0, start - 30) : start]) is not None


def _is_near(view: View, one: Span, other: re.Match[str]) -> bool:
    """True if the two stand in one paragraph or in neighbouring lines: else they may speak of other"
    " things."""
    between = view.text[min(one.end, other.end()) : max(one.start, other.start())]
    return between.count("\n") <= 2 and "\n\n" not in between
