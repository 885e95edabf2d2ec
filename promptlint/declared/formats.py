"""Finds what a sentence says of the form of an answer: JSON only, no Markdown, nothing but the label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from promptlint.declared.form import Format, Rule
from promptlint.declared.limits import is_conditional
from promptlint.model import Span

_NOT = (
    r"\b(?:no|without|not? (?:use|include|add|contain)|don['’]t (?:use|include|add)"
    r"|avoid|never (?:use|include|add|contain)) (?:any |a |the |using )?"
)
_RULES = (
    (
        Rule.NO_MARKDOWN,
        r"\b(?:no|without|not? (?:use|include|add)(?: any)?|don['’]t use|avoid|never"
        r" use)(?: any)? markdown\b",
    ),
    (
        Rule.NO_MARKDOWN,
        r"\b(?:respond|reply|answer|output|return|write|only|use)\b[^.\n]{0,30}\bplain"
        r" text\b",
    ),
    (
        Rule.NO_FENCE,
        r"\b(?:no|without|not (?:use|include|add|wrap)|don['’]t"
        r"|avoid)\b[^.\n]{0,40}\b(?:code ?(?:blocks?|fences?)"
        r"|(?:triple )?backticks|markdown fences?|```)",
    ),
    (Rule.NO_EMOJI, rf"{_NOT}(?:\w{{1,12}}, |\w{{1,12}} (?:or|nor|and) )?emojis?\b"),
    (
        Rule.NO_LINK,
        rf"{_NOT}(?:\w{{1,12}}, |\w{{1,12}} (?:or|nor|and) )?(?:web )?(?:links?|urls?)\b(?! to\b)",
    ),
    (Rule.NO_HASHTAG, rf"{_NOT}(?:\w{{1,12}}, |\w{{1,12}} (?:or|nor|and) )?hash ?tags?\b"),
    (
        Rule.NO_EXCLAMATION,
        rf"{_NOT}(?:\w{{1,12}}, |\w{{1,12}} (?:or|nor|and) )?exclamation (?:marks?|points?)\b",
    ),
    (
        Rule.NO_QUESTION,
        rf"{_NOT}(?:question marks?|question(?=[,.;]))|\b(?:never|do not|don['’]t) (?:ask|end with)(?:"
        rf" \w+)? questions?\b",
    ),
    (Rule.NO_COLON, rf"{_NOT}(?:\w{{1,12}}, ){{0,3}}(?:\w{{1,12}},? (?:or|nor|and) )?(?:semi)?colons?\b"),
    (
        Rule.NO_STOP,
        rf"{_NOT}(?:full stop|(?:trailing |final |ending )?(?:period|punctuation))(?! (?:in|between|after"
        rf"|before|other|at the end of|on|for)\b)\b",
    ),
    (Rule.LOWER, r"\b(?:in|all|only|use) (?:lower[- ]?case|small letters)\b"),
    (
        Rule.DIGITS,
        r"\bnumbers? (?:as|in) (?:digits|figures|numerals)\b|\buse (?:digits|numerals|figures) for (?:all"
        r" )?numbers\b",
    ),
    (
        Rule.SPELT,
        r"\b(?:numbers? (?:as|in) words|spell (?:out )?(?:all |the )?numbers?(?: out)?|write (?:all"
        r" )?numbers? out)\b",
    ),
    (
        Rule.JSON,
        r"\b(?:only|just|solely|nothing but|exclusively)\b[^.\n]{0,30}\b(?:valid |raw |pure |the"
        r" |a )*json\b"
        r"|\bvalid json (?:only|and nothing else)|\bjson only\b",
    ),
    (
        Rule.BARE,
        r"\b(?:nothing else|nothing more|nothing before it|nothing (?:before|around) or after|no other"
        r" (?:text|output|words)|no (?:additional|extra"
        r"|further) (?:text|words"
        r"|commentary|explanations?|output)|no (?:explanations?|preamble|commentary)"
        r"|without (?:any )?(?:explanations?"
        r"|additional text|preamble)|not (?:explain|include (?:any )?(?:explanations?|other text"
        r"|additional text)))\b",
    ),
    (
        Rule.BARE,
        r"\b(?:respond|reply|answer|output|return|print|give) (?:with |just |back )*(?:the|a"
        r"|one)\b[^.,\n]{0,40} only"
        r"(?=[.,;]|$)",
    ),
    (
        Rule.BARE,
        r"\b(?:respond|reply|answer|output|return)\b[^.\n]{0,20}\b(?:only"
        r"|just)\b[^.\n]{0,15}\b(?:the|a|one)"
        r"(?: single)?(?: \w+)? (?:label|category|class|letter|number|word|digit|score|answer"
        r"|name)\b",
    ),
)
_CUES: dict[Rule, tuple[str, ...]] = {
    Rule.NO_MARKDOWN: ("markdown", "plain text"),
    Rule.NO_FENCE: ("code", "backtick", "fence", "```"),
    Rule.NO_EMOJI: ("emoji",),
    Rule.NO_LINK: ("link", "url"),
    Rule.NO_HASHTAG: ("hash",),
    Rule.NO_EXCLAMATION: ("exclamation",),
    Rule.NO_QUESTION: ("question",),
    Rule.NO_COLON: ("colon",),
    Rule.NO_STOP: ("full stop", "period", "punctuation"),
    Rule.LOWER: ("lower", "small letters"),
    Rule.DIGITS: ("digits", "figures", "numerals"),
    Rule.SPELT: ("number",),
    Rule.JSON: ("json",),
    Rule.BARE: (
        "nothing",
        "no other",
        "no additional",
        "no extra",
        "no further",
        "no expl",
        "no pre",
        "no comm",
        "without",
        "not expl",
        "not incl",
        " only",
        "just",
    ),
}
"""What a sentence of which a pattern is true has, in lower case: most sentences have none of them."""


def formats(text: str, span: Span) -> Iterator[Format]:
    """The rules of form in a sentence, without a condition."""
    for rule, start, end in _said(text[span.start : span.end]):
        found = Span(span.start + start, span.start + end)
        if not is_conditional(text, span, found.start):
            yield Format(found, rule)


@lru_cache(maxsize=1 << 12)
def _said(sentence: str) -> tuple[tuple[Rule, int, int], ...]:
    """The rules that a sentence states, each with the range of the words that state it."""
    lower = sentence.lower()
    found = []
    for rule, pattern in _RULES:
        for cue in _CUES[rule]:
            if cue in lower:
                match = _compiled(pattern).search(sentence)
                found += [(rule, match.start(), match.end())] if match is not None else []
                break
    return tuple(found)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled when it is first used: most prompts use none."""
    return re.compile(pattern, re.IGNORECASE)
