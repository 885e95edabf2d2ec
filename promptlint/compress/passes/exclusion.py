"""Says whether "only this" in one sentence forbids what another one forbids by name: any other text.

"Return only a valid JSON object." forbids "Do not include any text outside the JSON." What may be meant of
the inside (comments in code, fields, explanations that a key could hold) or of marks around it is not.
"""

from __future__ import annotations

import re

from promptlint.patterns import lazy

_LEAD = (
    r"[\W_]*(?:(?:important|note|remember|critical)\W{1,4})?(?:please )?"
    r"(?:you (?:must|should|will|are to) )?"
)
_SAID = r"(?:return|output|respond|reply|answer|print|emit|generate|produce)\b"
_ADDED = r"(?:provide|write|give|include|add|say|use)\b"
_ANSWER = rf"{_SAID}(?: back)?(?: with| in| as)?"
_ONLY = lazy(
    rf"{_LEAD}(?:(?:always|strictly) )?(?:only {_ANSWER}"
    rf"|{_ANSWER}[ :*_]+(?:only|solely|exclusively|nothing but)\b"
    r"(?! (?:if|when|after|once|for|to|on|in the|from|about)\b))"
    r"|[\W_]*your (?:entire |whole |final |complete )*(?:output|response|answer|reply) (?:must|should|has to"
    r"|is to) (?:only (?:be|consist of|contain)|(?:be|consist of|contain) (?:only|solely|nothing but))\b",
    re.IGNORECASE,
)
_IF = lazy(r"\b(?:if|when|whenever|unless|until|otherwise|except|first line|for each)\b", re.IGNORECASE)
_INSIDE = lazy(
    r"\b(?:json|yaml|xml|html|code|sql|python|markdown|object|array|dict\w*|script)\b", re.IGNORECASE
)
_MORE = r"(?:other|additional|extra|further|surrounding)"
_KIND = rf"(?:(?:{_MORE}|conversational|introductory|concluding|closing) ?)"
_OTHER = lazy(
    rf"(?:any |a )?(?:anything else|preambles?|{_MORE} (?:text|output|words|prose|conversation)"
    rf"|{_KIND}?(?:filler|remarks)|introductory|concluding|closing)",
    re.IGNORECASE,
)
_TEXT = lazy(
    rf"(?:any |an |a )?{_KIND}?(?:text|words|prose|explanations?|commentary|justifications?)", re.IGNORECASE
)
_NOTES = lazy(r"(?:any |a )?(?:notes?|comments?)", re.IGNORECASE)
_AROUND = lazy(
    r" (?:outside(?: of)?|before or after|before|after|besides|other than|beyond|around) (?:of )?"
    r"(?:the|these|this|those|your|it)\b[\w<>` -]{0,30}(?: in your (?:final )?(?:output|response|answer))?$",
    re.IGNORECASE,
)
_JOIN = lazy(r",? (?:or|and|nor) |, ", re.IGNORECASE)
_NOT = lazy(rf"{_LEAD}(?:(?:do not|don['’]t|never) (?:{_SAID}|{_ADDED})|no|without) ", re.IGNORECASE)


def forbids_the_rest(stays: str, goes: str) -> bool:
    """True if `stays` always asks for one thing only, and `goes` does no more than forbid text beside it."""
    forbidden = _NOT.match(goes)
    if forbidden is None or not _ONLY.match(stays) or _IF.search(stays):
        return False
    named = goes[forbidden.end() :].rstrip(".!")
    around = _AROUND.search(named)
    kinds = [_OTHER]
    if around is not None:
        kinds += [_TEXT, _NOTES]
    elif _INSIDE.search(stays) is None:
        kinds.append(_TEXT)
    names = _JOIN.split(named[: around.start()] if around is not None else named)
    return all(any(kind.fullmatch(name) for kind in kinds) for name in names)
