"""What rules of a prompt may disagree on: things both asked for and forbidden, and one thing in two ways."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from promptlint.patterns import lazy
from promptlint.words import STOPWORDS, lemma, pairs, table

_NO = r"\b(?:no|not|never|without|avoid|n['’]t)\b(?: \w+){0,3}?"
_USE = r"\b(?:use|add|include|insert|give|ends?|starts?|begins?|open|close)\b[^.;:]{0,40}"
_NONE = (
    r"\b(?:no|not|never|without|avoid|n['’]t)(?: (?:us(?:e|ing)|add(?:ing)?|includ(?:e|ing)|insert|give"
    r"|writ(?:e|ing)|any|the|a|ever|to|be|contain|have|need))*"
)
_ASK = r"(?:ask\w*|wait\w*|get|obtain|seek|need|require)"
_CONSENT = r"(?:confirmation|approval|permission|consent|a yes|go[- ]ahead)"


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """An expression of this module, made when a text first needs it: most runs need few of them."""
    return re.compile(pattern, re.IGNORECASE)


class Topic(NamedTuple):
    """Two claims of which only one can hold, as expressions; any text that makes one has one of `signs`."""

    name: str
    signs: tuple[str, ...]
    one: str
    other: str


def _topic(name: str, signs: str, one: str, other: str) -> Topic:
    return Topic(name, tuple(signs.split("|")), one, other)


def _used(name: str, signs: str, noun: str) -> Topic:
    """A thing that is used, or not."""
    return _topic(name, signs, rf"{_USE}\b{noun}\b", rf"{_NONE} {noun}\b")


TOPICS = (
    _used("emojis", "emoji", r"emojis?"),
    _topic(
        "Markdown",
        "markdown",
        r"\b(?:(?:answer|respond|reply|output|format\w*|written|write)\b[^.;:]{0,30}\b(?:in|as|using|with)"
        r"|use)"
        r" (?:\w+ )?markdown\b(?! (?:content|file|document))",
        rf"{_NO} markdown\b(?! (?:code|fence|block|table|link|head|content|file|document))",
    ),
    _topic(
        "code blocks",
        "fence|```|code block",
        r"\b(?:wrap\w*|put|return|place|enclose\w*|in|inside)\b[^.;:]{0,40}(?:```|\b(?:code )?fence\b"
        r"|\bcode block)",
        rf"{_NO} (?:fences?|code blocks?|code fences?|```|triple backticks)",
    ),
    _topic("a greeting", "greet", rf"(?:{_USE}\bgreeting|\bgreet the\b)", rf"{_NO} (?:greetings?|greet)\b"),
    _used("bullet points", "bullet", r"bullet(?:ed|s| points| lists?)"),
    _used("exclamation marks", "exclamation", r"exclamation (?:marks?|points?)"),
    _used("hashtags", "hashtag", r"hashtags?"),
    _used("headings", "heading|header", r"(?:headings?|section headers?)"),
    _used("tables", "table", r"tables?"),
    _used("footnotes", "footnote", r"footnotes?"),
    _topic(
        "citations",
        "citation|cite",
        r"\b(?:always|must|every|each|use|add|include|give|provide)\b[^.;:]{0,30}\b(?:citations?|cite)\b"
        r"|^\W*cite\b",
        rf"{_NONE} citations?\b(?= *(?:[.;,]|$))|\bcitations? (?:are|is) (?:not|un)",
    ),
    _topic(
        "confirmation",
        "confirm|approv|permission|consent|a yes|ahead",
        rf"\b{_ASK}\b[^.;:]{{0,24}}\b{_CONSENT}\b",
        rf"{_NO} (?:{_ASK}\b[^.;:]{{0,24}}\b)?{_CONSENT}\b",
    ),
    _topic(
        "a question at the end",
        "question",
        r"\b(?:end|close|finish)\b[^.;:]{0,20}\bwith\b[^.;:]{0,20}\bquestion\b",
        rf"{_NO} (?:end|close|finish)\b[^.;:]{{0,20}}\bquestion\b|{_NO} (?:follow-up|closing) questions?\b",
    ),
    _topic(
        "an explanation",
        "expla|reasoning|rationale|justif",
        r"\b(?:give|include|add|provide|state|show)\b[^.;:]{0,12}\b(?:explanation|reasoning|rationale"
        r"|justification)s?\b|\b(?:explain|justify) your (?:answer|choice|decision|reasoning)\b",
        rf"{_NO} (?:explanations?|reasoning|rationales?|justifications?|explain|justify)\b",
    ),
    _topic(
        "comments in the code",
        "comment",
        r"\b(?:add|include|write|use)\b[^.;:]{0,20}\b(?:code )?comments\b|\bcomment (?:your|the|all) code\b",
        rf"{_NONE} (?:code )?comments\b(?! on\b)",
    ),
    _topic(
        "names",
        "name",
        r"\b(?:use|by|with)(?: \w+)? first names?\b",
        r"\b(?:use|by|with)(?: \w+)? (?:surnames?|last names?|family names?)\b",
    ),
    _topic(
        "formality",
        "formal|casual",
        r"\b(?:use|in|be|keep|stay|write)\b[^.;:]{0,20}\bformal\b",
        r"\b(?:use|in|be|keep|stay|write)\b[^.;:]{0,20}\b(?:informal|casual)\b",
    ),
)
"""Topics on which a rule can say yes or no."""


class Choice(NamedTuple):
    """A thing that has one value: `pattern` finds a rule for it, its group `value` which."""

    name: str
    signs: tuple[str, ...]
    pattern: str


def _choice(name: str, signs: str, pattern: str) -> Choice:
    return Choice(name, tuple(signs.split("|")), pattern)


_ORDERS = r"(?:respond|reply|answer|output|return)"
CHOICES = (
    _choice(
        "format",
        "json|yaml|xml|csv|html|plain text",
        rf"^\W*(?:(?:always|only|you must|please|strictly) )*{_ORDERS}(?: (?:only|strictly|always|exclusively"
        r"|in|as|with|using|an?|valid|raw|well-formed|pure|single|your|the|answers?|results?|response))*"
        r" (?P<value>json|yaml|xml|csv|html|plain text)\b(?! (?:file|code|string|block|field|tag|body"
        r"|value))",
    ),
    _choice(
        "person",
        "person",
        r"\b(?:use|write|speak|in|stay in|keep to)(?: \w+){0,3}? (?P<value>first|second|third)[- ]person\b",
    ),
    _choice(
        "tense", "tense", r"\b(?:use|write|in|keep to)(?: \w+){0,3}? (?P<value>present|past|future) tense\b"
    ),
    _choice(
        "spelling",
        "english|spelling",
        r"\b(?P<value>british|american|us|uk|australian|canadian) (?:english|spelling)\b",
    ),
    _choice("units", "units", r"\b(?P<value>metric|imperial|US customary) (?:units|system|measure\w*)\b"),
    _choice(
        "form of dates",
        "yy",
        r"\bdates?\b[^.;:]{0,40}?[ `\"'(](?P<value>(?:YYYY|YY|DD|MM)([-./])(?:MM|DD)\2(?:YYYY|YY|DD))\b",
    ),
    _choice(
        "currency",
        "euro|dollar|usd|eur|gbp|pound",
        r"\b(?:prices?|amounts?|sums?|costs?)\b[^.;:]{0,20}\bin (?P<value>euros?|dollars?|pounds?|usd|eur"
        r"|gbp)\b",
    ),
)
"""Things of which a prompt has one kind."""

_NUMBERS = pairs(
    "one/1 two/2 three/3 four/4 five/5 six/6 seven/7 eight/8 nine/9 ten/10 eleven/11 twelve/12 fifteen/15 "
    "twenty/20 thirty/30"
)
_N = rf"(?:\d{{1,4}}|{'|'.join(_NUMBERS)})"
_COUNTED = (
    rf"\b(?:(?:between )?(?P<low>{_N})(?: ?[-–] ?| to | and )(?P<high>{_N})"
    rf"|(?:at most|up to|no more than|not more than|a maximum of|maximum) (?P<most>{_N})"
    rf"|(?:at least|no fewer than|no less than|not fewer than|a minimum of|minimum) (?P<least>{_N})"
    rf"|exactly (?P<exact>{_N}))"
    r" (?P<noun>(?:[a-z]+-)?[a-z]{3,}(?: [a-z]{3,})?)\b(?! (?:per|each|a|an|for|if|when)\b)"
)
_MEASURES = table(
    "word sentence character char line paragraph token page percent minute hour second day week month year "
    "time euro dollar point degree more less or and of"
)  # bounds of length are read elsewhere; others are of many things


class Bound(NamedTuple):
    """How many of a thing there may be; `noun` is one or two lemmas."""

    noun: str
    low: int
    high: int


_ENDLESS = 1 << 30


@lru_cache(maxsize=1 << 12)
def bounds(text: str) -> tuple[Bound, ...]:
    """The numbers of things that a sentence asks for."""
    found = []
    for match in compiled(_COUNTED).finditer(text):
        said = [lemma(word) for word in match["noun"].lower().split()]
        noun = " ".join(said[:1] if said[-1] in STOPWORDS else said)
        if _MEASURES.isdisjoint(said):
            low, high = match["low"] or match["least"], match["high"] or match["most"]
            exact = match["exact"]
            found.append(Bound(noun, _count(exact or low, 0), _count(exact or high, _ENDLESS)))
    return tuple(found)


def _count(said: str | None, otherwise: int) -> int:
    if said is None:
        return otherwise
    return int(_NUMBERS.get(said.lower(), said)) if not said.isdigit() else int(said)


MIRRORS = lazy(
    r"\b(?:same language as|languages? (?:of|that|in which|used by) (?:the |your )?(?:user|customer|question"
    r"|caller|message|visitor)"
    r"|language: that of)\b|\b(?:user|customer|caller|visitor)['’]s (?:own )?language\b",
    re.IGNORECASE,
)
"""The language of the user asked for."""

ALL_IN = lazy(
    r"\b(?:answers?|replies|reply|responses?|outputs?|messages?|(?:e-?)?mails?|letters?|texts?)"
    r"(?: (?:is|are|must be|should be|has to be|have to be|stays?|written|given|only|always))*"
    r" in (?P<name>[A-Z][a-z]+)\b(?! (?:and|or)\b|/)"
)
"""All answers in one language."""

LANGUAGES = pairs(
    "English/en German/de French/fr Spanish/es Italian/it Portuguese/pt Dutch/nl Polish/pl Russian/ru "
    "Chinese/zh Japanese/ja Korean/ko Arabic/ar Turkish/tr Swedish/sv Danish/da Norwegian/no Finnish/fi "
    "Greek/el Hindi/hi Czech/cs Hungarian/hu Romanian/ro Ukrainian/uk Vietnamese/vi Thai/th"
)
"""Languages, by name."""
