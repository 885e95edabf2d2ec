"""Says whether one sentence asks for all that another one asks for, so that the other may go."""

from __future__ import annotations

import re
from functools import lru_cache

from promptlint import thatclause
from promptlint.contract import Modality
from promptlint.contract.clauses import read
from promptlint.patterns import lazy
from promptlint.senses import Sense, opposed, sense, without_reason
from promptlint.senses.parallel import is_turned
from promptlint.wording import quoted, words
from promptlint.words import FILLER, NARROWING, NARROWING_NEGATIVE, OPENERS, table

_RANK = {Modality.FACT: 0, Modality.MAY: 1, Modality.PREFER: 2, Modality.MUST: 3}
_PLAIN = lazy(
    "|".join(
        rf"\b{re.escape(phrase)}\b,?\s*"
        for phrase in sorted({*FILLER, *OPENERS}, key=len, reverse=True)
        if " " in phrase and not {**FILLER, **OPENERS}[phrase]
    ),
    re.IGNORECASE,
)
_NEVER = lazy(r"\bunder no circumstances\b|\bin no case\b|\bat no (?:time|point)\b", re.IGNORECASE)
_EMPHASIS = lazy(
    r",?\s*\b(?:at all times|under any circumstances?|in any (?:way|case|circumstances?)|in all cases"
    r"|no matter what|without exception|in (?:each|every|all|your) (?:answers?|repl(?:y|ies)|responses?)"
    r"|(?:to|with|for) (?:the|your|our|any) (?:customer|user|client)s?(?=\W*$))",
    re.IGNORECASE,
)
_IF = lazy(r"\bin the event that\b|\bin case(?: of)?\b", re.IGNORECASE)
_FREE = lazy(r"\bfree of charge\b|\bfor free\b", re.IGNORECASE)
_OVER = lazy(r"\b(?:above|more than)(?= [$€£]?\d)", re.IGNORECASE)
_FORMS = {"spent": "spend", "paid": "money", "seen": "search", "see": "search", "sent": "send", "told": "say"}
_FORMS |= {
    "discuss": "say",
    "debate": "say",
    "kept": "retain",
    "written": "write",
    "wrote": "write",
    "shown": "show",
    "given": "give",
}
_VERSUS = lazy(r"\b(?:over|than|instead of|as opposed to) (?![$€£]?\d)", re.IGNORECASE)
"""What a preference is of: "Prefer grep over the shell" prefers less than "Prefer grep"."""
_ENDING = lazy(r"(?<=\w{4})(?:able|ible|ably|ed|ing|e)$")


def covers(stays: str, goes: str) -> bool:
    """True if `stays` has every concept, number, quotation and bound of `goes`, and is as strong as that.

    Words are compared by what they mean. What only calls for attention ("keep in mind that", "at all times")
    is no part of either.
    """
    if not _asks(goes) or _asks(goes) - _says(stays):
        return False  # so most pairs end, and it costs least
    if (
        _PERSONA.match(stays)
        or _PERSONA.match(goes)
        or _STEP.match(stays)
        or _STEP.match(goes)
        or _named(stays) != _named(goes)
    ):
        return False
    compares = _VERSUS.search(stays) is not None and _VERSUS.search(goes) is None
    if compares or _signs(goes) != _signs(stays) or without_reason(goes) != goes:
        return False
    if not _strict(goes) <= _strict(stays) or is_turned(_unfronted(stays), _unfronted(goes)):
        return False
    one, other = _sense(stays), _sense(goes)
    if one.negative != other.negative or one.permits != other.permits:
        return False
    if one.conditional != other.conditional or not _numbers(goes) <= _numbers(stays):
        return False
    if _narrowing(stays, one.negative) - _narrowing(goes, one.negative):
        return False
    if opposed(one.concepts, other.concepts) or not _quoted(goes) <= _quoted(stays):
        return False
    if len(other.concepts) < _LEAST or _strength(stays) < _strength(goes):
        return False
    return not one.negative or not _limits(stays, other)


_PERSONA = lazy(r"\W*(?:you are|you['’]re|as an? |act as|your role|I\b)", re.IGNORECASE)
_STEP = lazy(
    r"\W*(?:then|next|finally|now|first(?:ly)?|second(?:ly)?|third(?:ly)?|lastly|after(?:wards| that)|under "
    r"(?:that|this|it)|in (?:that|this|the) (?:section|step|case)|use that|for (?:that|this))\b",
    re.IGNORECASE,
)
_CAPITALS = lazy(r"\b[A-Z][A-Z0-9_]+\b")
_EMPTY = table("make thing way sure want let per")
_MARKS = frozenset("#|*/\\&_~^")
_LEAST = 2  # concepts of a sentence that another can be told to cover
_STRICT = {"only": "only", "solely": "only", "exclusively": "only", "just": "only", "nothing": "only"}
_STRICT |= {
    "exactly": "exactly",
    "precisely": "exactly",
    "all": "all",
    "each": "all",
    "every": "all",
    "any": "all",
}


def _named(text: str) -> set[str]:
    """Words in capitals, which are names or stress; none if all is in capitals."""
    return (
        set() if text.isupper() else set(_CAPITALS.findall(text)) - {"MUST", "NOT", "NEVER", "ALWAYS", "DO"}
    )


def _signs(text: str) -> set[str]:
    """Signs that mean something: comparisons, currencies, emoji."""
    return {word for word in words(text) if not word[0].isalnum()} - _MARKS


def _strict(text: str) -> set[str]:
    return {_STRICT[word] for word in words(_read(text)) if word in _STRICT}


@lru_cache(maxsize=1 << 11)
def _sense(text: str) -> Sense:
    return sense(_read(text))


@lru_cache(maxsize=1 << 11)
def _says(text: str) -> frozenset[str]:
    """The concepts of a sentence, in the form in which they are compared."""
    return frozenset(map(_form, _sense(text).concepts))


@lru_cache(maxsize=1 << 11)
def _asks(text: str) -> frozenset[str]:
    """Those that another sentence has to have; words like "make" ask for nothing."""
    return frozenset(map(_form, _sense(text).concepts - _EMPTY))


@lru_cache(maxsize=1 << 11)
def _read(text: str) -> str:
    """The sentence without what calls for attention, and with one wording for some phrases."""
    text = _PLAIN.sub(_plain, _EMPHASIS.sub("", _NEVER.sub("never", text)))
    return _OVER.sub("over", _FREE.sub("free", _IF.sub("if", text)))


def _plain(match: re.Match[str]) -> str:
    """Nothing for a phrase that says nothing; "remember that name" says something."""
    phrase = match[0].rstrip().lower()
    keeps = phrase.endswith(" that") and not thatclause.follows(match.string, match.end())
    return match[0] if keeps else ""


def _form(concept: str) -> str:
    """The concept without the ending that its lemma still has: only ever compared with another."""
    return _ENDING.sub("", _FORMS.get(concept, concept))


_ALSO = lazy(r"[,;]|\b(?:or|nor|and|but)\b")
_SAME = {"when": "if", "whenever": "if", "once": "after", "by": "with", "via": "with", "using": "with"}
_CASES = frozenset({"before", "after", "once"})
_OBJECTS = frozenset({"to", "at"})  # "at most 120 words"; "no tickets to read" is told by its words
_READERS = frozenset({"customer", "user", "client"})
_NUMBER = lazy(r"\d+(?:[.,:/]\d+)*%?")


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(text))


def _quoted(text: str) -> set[str]:
    return {text[start + 1 : end - 1] for start, end in quoted(text)}


_FRONT = lazy(
    r"((?:before|after|when|whenever|if|once|until|unless|in the event that)\b[^,.]{3,120}),\s*(.+?)\W*$",
    re.IGNORECASE | re.DOTALL,
)


def _unfronted(text: str) -> str:
    """ "Do Y before X" for "Before X, do Y": another order of clauses is no other relation."""
    match = _FRONT.match(text)
    return f"{match[2]} {match[1]}" if match else text


def _narrowing(text: str, negative: bool) -> set[str]:
    """The words of a sentence that make it hold in fewer cases."""
    said = {_SAME.get(word, word) for word in words(_read(text))}
    return said & (NARROWING_NEGATIVE if negative else NARROWING | _CASES) - _OBJECTS


def _limits(stays: str, goes: Sense) -> bool:
    """True if a prohibition is narrowed by words that the other has not: "no notes" forbids more than "no
    internal notes". What is forbidden besides ("a password or a card number") narrows nothing.
    """
    asked = {_form(each) for each in goes.concepts}
    for part in _ALSO.split(_read(stays)):
        concepts = {_form(each) for each in sense(part).concepts - _EMPTY}
        if concepts & asked and concepts - asked - _READERS:
            return True
    return False


def _strength(text: str) -> int:
    return max((_RANK[clause.modality] for clause in read(text)), default=0)
