"""Finds free text asked for with no limit to its length, neither in words nor by the call."""

from __future__ import annotations

import re
from collections.abc import Iterator

from promptlint import prices
from promptlint.calling import enforced, model_of
from promptlint.declared import declared
from promptlint.model import Hit, Profile, Role, Span
from promptlint.patterns import lazy
from promptlint.places import of_role, touches
from promptlint.records import dataclass
from promptlint.shown import shown
from promptlint.tasks import simple_task
from promptlint.view import View

_WRITES = lazy(
    r"^[\W_]*(?:(?:please|kindly|now|then|first|finally|and)[, ]+)*"
    r"(?:you(?:['’]re| are) (?:asked|here) to |(?:your|the) (?:task|job|goal|role) is to |you (?:will "
    r"|must |should |have to )?)?"
    r"(?:make sure (?:that )?you )?(?:always )?(?:writes?|drafts?|composes?|create|creates|generates?"
    r"|summari[sz]es?|explains?|describes?|tells?)\b"
    r"[^.\n]{0,60}?\b(?:mails?|e-?mails?|letters?|repl(?:y|ies)|messages?|answers?|notes?|reports?"
    r"|summar(?:y|ies)|articles?"
    r"|posts?|blogs?|essays?|stor(?:y|ies)|adverts?|descriptions?|text|reviews?|newsletters?|reminders?"
    r"|analys[ie]s|documents?"
    r"|speech(?:es)?|scripts?|guides?|overview)\b",
    re.IGNORECASE,
)
_BOUNDS = lazy(
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|ten|a (?:single|few)|single|half a?|couple of"
    r"|one-)[ -]?"
    r"(?:[a-z]+[ -]){0,3}(?:words?|sentences?|lines?|paragraphs?|characters?|tokens?|bullets?|bullet"
    r" points?|points?|items?|pages?"
    r"|liners?|turns?|sections?|tweets?|sms|minutes?)\b"
    r"|\b(?:sms|tweet|one-liner|headline|title|subject line|tagline|haiku|limerick|caption|slogan|as long"
    r" as|same length)\b"
    r"|\b(?:word|character|token|length) (?:limit|count)\b|\bwords or (?:less|fewer)\b|\bmax(?:imum)?\b"
    r"|\bat most\b"
    r"|\bno (?:more|longer) than\b|\bmax_?(?:words|length|tokens)\b|\{\{?\s*\w*(?:length|words|size"
    r"|limit)\w*\s*\}",
    re.IGNORECASE,
)
_LENGTH = lazy(
    r"\b(?:brief(?:ly)?|short|concise(?:ly)?|detailed|in detail|comprehensive|extensive|thorough"
    r"|exhaustive|long|length)\b",
    re.IGNORECASE,
)
_IS = lazy(r"[\W_]*(?:you are|you['’]re|act as|as an?|the|this|your (?:role|goal))\b", re.IGNORECASE)
_CODE = lazy(
    r"\b(?:code|function|script|sql|regex|test cases?|unit tests?|json|yaml|xml|csv)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Params:
    """When a length is worth a word.

    Attributes:
        words: of the answer for which the message gives a price.
    """

    words: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit, at the sentence that speaks of length, or else at the one that asks for the text."""
    call = view.prompt.call
    field, name = call.get("model"), model_of(call)
    if field is None or view.prompt.profile is Profile.AGENT_DOCUMENT or call.get("max_tokens") is not None:
        return
    if call.get("tools") is not None:
        return
    if of_role(view.prompt, Role.TOOL_DEFINITION) or enforced(call) is not None:
        return
    at = _asked(view)
    if at is None or _BOUNDS.search(view.text) or simple_task(view) is not None or declared(view).limits:
        return
    price = prices.price(name) if name else None
    tokens = params.words * 4 / 3
    cost = (
        f" ({params.words} words more cost ${tokens * price.output / 1000:,.2f} in 1,000 calls)"
        if price
        else ""
    )
    yield Hit(at, f"nothing bounds the length of the answer: no words, no max_tokens{cost}")


def _asked(view: View) -> Span | None:
    """Where text is asked for; a sentence on its length rather than the first one."""
    apart = shown(view).wording
    first: Span | None = None
    length: Span | None = None
    for block in view.sentences[:40]:
        sentence = view.text[block.span.start : block.span.end]
        if touches(apart, block.span):
            continue
        if first is None and _WRITES.match(sentence) and not _CODE.search(sentence):
            first = block.span
        if length is None and _LENGTH.search(sentence) and not _IS.match(sentence):
            length = block.span
    return (length or first) if first is not None else None
