"""Reads what a rule claims of an answer, so that two can be compared: a length, a language, a yes or no."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from promptlint.declared.form import Limit
from promptlint.declared.limits import is_conditional, languages, limits
from promptlint.model import Span
from promptlint.patterns import lazy
from promptlint.senses import without_reason
from promptlint.senses.topics import ALL_IN, CHOICES, LANGUAGES, MIRRORS, TOPICS, bounds, compiled
from promptlint.wording import words


class Claim(NamedTuple):
    """What a rule says on one topic: a value, or (if that is empty) a range from `low` to `high`.

    `why` is what to say of a rule that clashes with it; `everywhere`: it holds in all sections.
    """

    topic: str
    value: str
    why: str
    low: int = 0
    high: int = 0
    everywhere: bool = False

    def excludes(self, other: Claim) -> bool:
        """True if no answer can obey this and another claim on its topic."""
        if self.value or other.value:
            return self.value != other.value
        return self.high < other.low or other.high < self.low


_EXCEPTS = lazy(
    r"\b(?:except|unless|only|but|otherwise|instead|however|if|when|whenever|until|before|after|while|once"
    r"|for (?:the|any|each"
    r"|every|all|simple|complex|short|long)|without|outside|beyond|still|even|also|other than|rather"
    r"|more than|too)\b",
    re.IGNORECASE,
)  # where one of the two says it, the rules may well live together
_NOT = lazy(r"\b(?:no|not|never|without|avoid)\b|n['’]t\b", re.IGNORECASE)
_DIGIT = lazy(r"\d")
_TONGUE = lazy(
    r"[Ll]anguage|[A-Z](?:nglish|erman|rench|panish|talian|ortuguese|utch|olish|ussian|hinese|apanese)"
    r"|[A-Z][a-z]{2,7}(?:ish|ese|ian|ic|ew|ai|di)\b"
)
_ENDLESS = 1 << 30


@lru_cache(maxsize=1 << 13)
def claims(text: str) -> tuple[Claim, ...]:
    """What a sentence claims; nothing where it names a case in which it holds, or does not."""
    lower = text.lower()
    found = [*_lengths(text)] if _DIGIT.search(text) else []
    found += _tongues(text) if _TONGUE.search(text) else []
    found += _sides(text, lower)
    found += _values(text, lower)
    found += _counts(text, lower)
    return tuple(found)


def has_exception(text: str) -> bool:
    """True if a rule names a case in which it does not hold, or the only one in which it does."""
    return _EXCEPTS.search(without_reason(text)) is not None


def _sides(text: str, lower: str) -> list[Claim]:
    """The things that it asks for or forbids."""
    found = []
    for topic in TOPICS:
        for sign in topic.signs:
            if sign in lower:
                break
        else:
            continue
        side = "no" if compiled(topic.other).search(text) else ""
        if not side and compiled(topic.one).search(text) and not _NOT.search(text):
            side = "yes"
        if side and not has_exception(text):
            found.append(Claim(topic.name, side, f"clashes with an earlier rule on {topic.name}"))
    return found


def _values(text: str, lower: str) -> list[Claim]:
    """The things of which it asks for one kind."""
    found = []
    for choice in CHOICES:
        for sign in choice.signs:
            if sign in lower:
                break
        else:
            continue
        asked = {match["value"].lower() for match in compiled(choice.pattern).finditer(text)}
        if len(asked) == 1 and not (has_exception(text) or _NOT.search(text)):
            why = f"asks for another {choice.name} than an earlier rule"
            found.append(Claim(f"a {choice.name}", asked.pop(), why))
    return found


_NUMBERED = (
    "at least",
    "at most",
    "fewer than",
    "less than",
    "more than",
    "minimum",
    "maximum",
    "between ",
    "exactly ",
    "up to ",
    " to ",
    "-",
    "–",
)


def _counts(text: str, lower: str) -> list[Claim]:
    """How many of a thing it asks for."""
    if ":" in text or not any(sign in lower for sign in _NUMBERED):
        return []
    why = "asks for a number that an earlier rule excludes"
    found = [
        Claim(f"number of {bound.noun}", "", why, bound.low, bound.high, everywhere=True)
        for bound in bounds(text)
    ]
    return [] if found and has_exception(text) else found


def _tongues(text: str) -> list[Claim]:
    asked = _tongue(text)
    why = "asks for another language than an earlier rule"
    return [Claim("language", asked, why, everywhere=ALL_IN.search(text) is not None)] if asked else []


def _tongue(text: str) -> str:
    """The language that a rule asks for, "user" for that of the user; "" if none or several."""
    whole = Span(0, len(text))
    if "anguage" in text and MIRRORS.search(text):
        return "" if is_conditional(text, whole, 0) or _NOT.search(text) else "user"
    found = {each.code for each in languages(text, whole)}
    plain = ALL_IN.search(text)
    if plain is not None and plain["name"] in LANGUAGES:
        found.add(LANGUAGES[plain["name"]])
    return found.pop() if len(found) == 1 and not has_exception(text) else ""


_WHOLE = {"", "length", "message", "answer", "response", "reply", "output"}
_SUBJECT = lazy(
    r"\W*(?:(?:the|your|each|every) )?(?:answer|response|reply|output|message|mail|e-?mail|letter|sms|text)\b"
    r"|\W*(?:make|keep) (?:it|the (?:answer|reply|text|message))\b",
    re.IGNORECASE,
)
_NAMES = lazy(
    r"\bsections?\b|\b(?!(?:MUST|NOT|NEVER|ALWAYS|ONLY|ALL|SMS|MAX|DO)\b)[A-Z]{3,}\b"
)  # a part of the answer
_BARE = 6  # words of a sentence that says nothing but a bound
_BARE_LEAST = 3  # "5 words." alone shows a layout


def _lengths(text: str) -> list[Claim]:
    """The lengths that it asks for in digits."""
    why = "asks for a length that an earlier rule excludes"
    found = []
    for bound in limits(text, Span(0, len(text))):
        part = _part(text, bound)
        if part == "?" or ":" in text[: bound.at.start] or _NAMES.search(text):
            continue
        high = _ENDLESS if bound.high is None else bound.high
        found.append(Claim(f"{bound.unit.value} of {part}", "", why, bound.low or 0, high))
    return found


def _part(text: str, bound: Limit) -> str:
    """What is bounded: "" for the whole answer, "?" if that is not sure."""
    if len(words(text)) < _BARE_LEAST:
        return "?"
    if bound.of in _WHOLE:
        return ""
    if bound.of != "?":
        return bound.of
    if is_conditional(text, Span(0, len(text)), bound.at.start):
        return "?"
    return "" if _SUBJECT.match(text) or len(words(text)) <= _BARE else "?"
