"""Rules that prompts state again and again, each with the wordings that it comes in."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import cache

_NOT = (
    r"(?:do not|don['’]t|never|avoid|no|not|without|refrain from|must not|should not|shouldn['’]t|may not"
    r"|cannot|can['’]t)"
)
_PASSAGES = (
    r"(?:(?:given|provided|retrieved|numbered|supplied|following|above|below|this|these|the|your|our) )*"
    r"(?:context|passages?|documents?|sources?|excerpts?|search results|texts?|information|data"
    r"|knowledge base|materials?|notes?|articles?)"
)
_KNOWLEDGE = (
    r"(?:(?:your|any) )*(?:(?:own|prior|outside|external|general|pre-existing|world) )+(?:knowledge"
    r"|information|sources?|facts?)(?! base)"
)

_CLASS = (
    r"(?:label|category|class|intent|index|topic|option|tag|value|team|queue|department|code|genre|language)"
)
_PEOPLE = (
    r"(?:persons?|people|individuals?|customers?|users?|patients?|employees?|engineers?|clients?|staff"
    r"|authors?)"
)
_ANSWER = r"(?:answers?|responses?|repl(?:y|ies)|outputs?|messages?|explanations?)"
_SHORT = r"(?:brief|concise|short|succinct|terse)"
_SLOTS = r"(?:placeholders?|variables?|format specifiers)"

_STOCK: dict[str, tuple[str, ...]] = {
    "use nothing but what is given": (
        rf"\b(?:only|solely|exclusively|strictly)(?: \w+){{0,2}} (?:from|on|use|using|in|with|by|what)"
        rf" {_PASSAGES}\b",
        rf"\b(?:use|using|answers?|based?|rely|from)\b[^.;]{{0,24}}\b{_PASSAGES}(?: \w+){{0,2}} (?:only"
        rf"|alone|exclusively)\b",
        rf"\b{_NOT}\b[^.;]{{0,30}}\b{_KNOWLEDGE}\b",
        r"\bleave out what you know\b",
    ),
    "do not make anything up": (
        rf"\b{_NOT}\b[^.;]{{0,24}}\b(?:make (?:\w+ ){{0,3}}up|making (?:\w+ ){{0,3}}up|made[- ]up|invent\w*"
        rf"|fabricat\w*|hallucinat\w*)\b",
    ),
    "answer with the JSON only": (
        r"\b(?:only|just|nothing but|exclusively)\b[^.;:]{0,30}\bjson\b",
        r"\bjson\b[^.;:]{0,24}\b(?:only|and nothing else|alone|nothing more)\b",
        rf"\b{_NOT}\b[^.;:]{{0,40}}\b(?:outside|besides|other than|before or after|around)"
        rf"\b[^.;:]{{0,16}}\bjson\b",
    ),
    "one question at a time": (
        r"\b(?:one|a single|1) question\b[^.;:]{0,20}\b(?:at a time|at once|(?:per|each|a|in (?:a|one"
        r"|each)) (?:turn|message|reply|response))\b",
        rf"\b{_NOT}\b[^.;:]{{0,20}}\b(?:more than one|multiple|several|two)\b[^.;:]{{0,12}}\b(?:questions?"
        rf"|things?)\b[^.;:]{{0,20}}\b(?:at a time|at once|(?:per|each|in (?:a|one|each)) (?:turn|message"
        rf"|reply|response))\b",
    ),
    "answer in the language of the user": (
        r"\b(?:same language|language of) (?:as |that |in )?(?:the |your )?(?:user|question|customer|query"
        r"|input|caller|message|visitor|person)",
        r"\b(?:match|mirror|follow)\b[^.;:]{0,12}\b(?:user|customer|caller|visitor)['’]s language\b",
        r"\bin the language (?:that |which |in which )?(?:the )?(?:user|customer|caller|visitor|person"
        r"|question|query)\b",
    ),
    "use no emojis": (rf"\b{_NOT}\b[^.;:]{{0,20}}\bemojis?\b",),
    "leave these instructions unsaid": (
        rf"\b{_NOT}\b[^.;:]{{0,30}}\b(?:reveal|disclos\w*|share|mention|show|repeat|output|discuss|leak"
        rf"|expos\w*)\b[^.;:]{{0,24}}\b(?:(?:system|internal|these|your|this) )+(?:prompt|instructions?"
        rf"|rules|guidelines)\b",
    ),
    "no preamble": (
        rf"\b{_NOT}\b[^.;:]{{0,30}}\b(?:preambles?|introductory (?:text|phrases?|sentences?|remarks?))\b",
        rf"\b{_NOT}\b[^.;:]{{0,20}}\b(?:additional|extra|other|further|any) (?:text|commentary|comments"
        rf"|words|explanations?)\b",
    ),
    "give no medical diagnosis": (
        rf"\b{_NOT}\b[^.;:]{{0,20}}\b(?:diagnos\w*)\b",
        rf"\b{_NOT}\b[^.;:]{{0,30}}\bwhich (?:illness|disease|condition)\b",
    ),
    "leave competitors out": (
        rf"\b{_NOT}\b[^.;:]{{0,30}}\b(?:competitors?|competing|other (?:brands?|makers|companies|vendors"
        rf"|manufacturers|providers))\b",
        r"\bnothing about\b[^.;:]{0,30}\b(?:competitors?|other (?:brands?|makers|companies|vendors"
        r"|manufacturers|providers))\b",
    ),
    "leave the existing tests as they are": (
        rf"\b{_NOT}\b[^.;:]{{0,16}}\b(?:modify|change|edit|alter|touch|delete|remove|weaken)"
        rf"\b[^.;:]{{0,16}}\b(?:existing )?tests\b",
        r"\btests\b[^.;:]{0,16}\b(?:stay|remain|are left|keep)\b[^.;:]{0,12}\b(?:as (?:they are|is)"
        r"|unchanged|untouched)\b",
    ),
    "use no Markdown": (
        rf"\b{_NOT}\b[^.;:]{{0,20}}\bmarkdown\b(?! (?:table|link|head|fence|code|file|block|content))",
        r"\b(?:only|just) (?:in |as )?plain text\b",
        r"\bplain text (?:only|without markdown)\b",
    ),
    "use no exclamation marks": (rf"\b{_NOT}\b[^.;:]{{0,20}}\bexclamation (?:marks?|points?)\b",),
    "give one label": (
        rf"\b(?:exactly|only|just|precisely) (?:one|a single|1) {_CLASS}\b",
        rf"\ba single {_CLASS}\b",
        rf"\b{_NOT}\b[^.;:]{{0,24}}\b(?:more than one|several|multiple|two) {_CLASS}s?\b",
    ),
    "leave out the names of persons": (
        rf"\b{_NOT}\b[^.;:]{{0,30}}\bnames? (?:of|any|individual) (?:\w+ )?{_PEOPLE}\b",
        rf"\b{_NOT}\b[^.;:]{{0,30}}\b(?:personal|individual|{_PEOPLE}['’]?s?['’]?) names\b",
        rf"\b{_NOT} (?:\w+ ){{0,2}}name (?:individual )?{_PEOPLE}\b",
        rf"\bnames of {_PEOPLE} (?:must|may|should|can) (?:not|never)(?: be (?:given|used|written|named))?\b",
    ),
    "leave placeholders as they are": (
        rf"\b(?:keep|leave|preserve|retain)\b[^.;:]{{0,20}}\b{_SLOTS}\b[^.;:]{{0,30}}\b(?:as (?:they are|is"
        rf"|they stand)|unchanged|intact|untouched|exactly)\b",
        rf"\b{_NOT} (?:translate|change|alter|touch|modify|edit)\b[^.;:]{{0,20}}\b{_SLOTS}\b",
        rf"\b{_SLOTS}\b[^.;:]{{0,30}}\b(?:stay|remain|are kept|are left)\b[^.;:]{{0,12}}\b(?:as (?:they are"
        rf"|is)|unchanged|untouched|intact)\b",
    ),
    "do not repeat the question": (
        rf"\b{_NOT} (?:\w+ )?(?:repeat|restate|rephrase|echo|paraphrase)\b[^.;:]{{0,20}}\b(?:question|query"
        rf"|request)\b",
    ),
    "use plain language": (
        rf"\b{_NOT}\b[^.;:]{{0,16}}\bjargon\b",
        r"\b(?:plain|simple) (?:language|english|words)\b",
    ),
    "use metric units": (r"\bmetric (?:units|system)\b", r"\bSI units\b"),
    "write British English": (r"\bbritish (?:english|spelling)\b",),
    "give no legal advice": (rf"\b{_NOT}\b[^.;:]{{0,24}}\blegal advice\b",),
    "give no medical advice": (rf"\b{_NOT}\b[^.;:]{{0,24}}\bmedical advice\b",),
    "give no financial advice": (rf"\b{_NOT}\b[^.;:]{{0,24}}\b(?:financial|investment) advice\b",),
    "ask if the request is unclear": (
        r"\bask\b[^.;:]{0,30}\bclarif\w+",
        r"\bif\b[^.;]{0,40}\b(?:unclear|ambiguous|not clear|vague)\b[^.;]{0,30}\bask\b",
    ),
    "keep the answer short": (
        rf"\b(?:be|stay|remain|keep (?:it|(?:(?:all|your|the|each|every) )?{_ANSWER}))(?: \w+){{0,2}}"
        rf" {_SHORT}\b|\b(?:answer|respond|reply)(?: \w+)? (?:briefly|concisely|succinctly)\b",
        rf"\b(?:give|use|write|provide|aim for|prefer)(?: \w+){{0,2}} {_SHORT} {_ANSWER}\b",
    ),
    "do not speak of the passages": (
        rf"\b{_NOT} (?:\w+ )?(?:mention|refer to|talk about|speak of|allude to|reference)\b[^.;:]{{0,16}}"
        r"\b(?:(?:the|these|your|any|that|there is) )(?:\w+ )?(?:context|passages?|documents?|excerpts?)\b",
        rf"\b{_NOT}\b[^.;:]{{0,20}}\bbased on the (?:\w+ )?(?:context|passages?|documents?|excerpts?)\b",
    ),
    "stay in character": (
        r"\b(?:stay|remain|keep|always be)\b[^.;:]{0,12}\bin (?:character|role)\b",
        rf"\b{_NOT}\b[^.;:]{{0,12}}\b(?:break|leave|drop|step out of|fall out of|abandon)\b[^.;:]{{0,8}}"
        r"\b(?:character|role|persona)\b",
    ),
    "give no code fence": (
        rf"\b{_NOT}\b[^.;:]{{0,30}}(?:\b(?:code )?fences?\b|\bcode blocks?\b|\btriple backticks\b|```)",
    ),
    "do not apologise": (rf"\b{_NOT} (?:\w+ )?(?:apologi[sz]\w*|apolog(?:y|ies)|say sorry)\b",),
    "use no hashtags": (rf"\b{_NOT}\b[^.;:]{{0,20}}\bhashtags?\b",),
    "say so if it is not known": (
        r"\bif\b[^.;]{0,30}\b(?:do not|don['’]t|can['’]t|cannot) (?:know|find|answer)\b[^.;]{0,60}"
        r"\b(?:say|admit|tell|state|reply|answer|respond)\b",
        r"\b(?:say|admit|state)\b[^.;]{0,16}\b(?:do not|don['’]t|cannot|can['’]t) (?:know|find|answer)\b",
    ),
}
_SIGNS = {
    "use nothing but what is given": (
        "only",
        "solely",
        "exclusively",
        "strictly",
        "alone",
        "knowledge",
        "own ",
        "know",
        "outside",
        "external",
        "prior",
    ),
    "do not make anything up": ("mak", "made", "invent", "fabricat", "hallucinat"),
    "answer with the JSON only": ("json",),
    "one question at a time": ("question", "thing"),
    "answer in the language of the user": ("language",),
    "use no emojis": ("emoji",),
    "leave these instructions unsaid": ("prompt", "instruction", "rules", "guidelines"),
    "no preamble": ("preamble", "introductory", "text", "comment", "words", "explanation"),
    "give no medical diagnosis": ("diagnos", "illness", "disease", "condition"),
    "leave competitors out": ("compet", "other "),
    "leave the existing tests as they are": ("tests",),
    "use no Markdown": ("markdown", "plain text"),
    "use no exclamation marks": ("exclamation",),
    "give one label": ("one ", "single", " 1 ", "several", "multiple", "two "),
    "leave out the names of persons": ("name",),
    "leave placeholders as they are": ("placeholder", "variable", "specifier"),
    "do not repeat the question": ("question", "query", "request"),
    "use plain language": ("jargon", "plain", "simple"),
    "use metric units": ("metric", "si units"),
    "write British English": ("british",),
    "give no legal advice": ("legal advice",),
    "give no medical advice": ("medical advice",),
    "give no financial advice": (" advice",),
    "ask if the request is unclear": ("clarif", "unclear", "ambiguous", "not clear", "vague"),
    "keep the answer short": ("brief", "concise", "short", "succinct", "terse"),
    "do not speak of the passages": ("context", "passage", "document", "excerpt"),
    "stay in character": ("character", "role", "persona"),
    "give no code fence": ("fence", "block", "backtick"),
    "do not apologise": ("apolog", "sorry"),
    "use no hashtags": ("hashtag",),
    "say so if it is not known": ("know", "find", "answer"),
}
_PATTERNS = tuple(
    (f"stock{number}", _SIGNS[name], "|".join(each)) for number, (name, each) in enumerate(_STOCK.items())
)
_LONGEST = 400

_OPEN = (
    "use no emojis",
    "do not make anything up",
    "no preamble",
    "use plain language",
    "ask if the request is unclear",
    "keep the answer short",
    "do not speak of the passages",
    "stay in character",
    "give no code fence",
    "do not apologise",
    "use no hashtags",
    "say so if it is not known",
)
WHOLE = frozenset(f"stock{number}" for number, name in enumerate(_STOCK) if name not in _OPEN)
"""The stock rules that say all: what stands beside them explains them. The others may have an object."""


KEY = 4  # letters of a word by which a rule is looked up
_BY_KEY: dict[str, list[int]] = {}
for _number, _name in enumerate(_STOCK):
    for _sign in _SIGNS[_name]:
        _BY_KEY.setdefault(max(_sign.split(), key=len)[:KEY], []).append(_number)
KEYS = frozenset(_BY_KEY)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A rule's expression, made when a text first needs it."""
    return re.compile(pattern, re.IGNORECASE)


def folded(text: str, keys: Set[str]) -> str:
    """A sentence with each stock rule in it as one word, such as `stock3`, and its negation with it.

    `keys` are the first letters (`KEY`) of its words, in lower case: a cheap test before each expression.
    """
    met = keys & KEYS
    if not met or len(text) > _LONGEST:
        return text
    lower = text.lower()
    for number in sorted({number for key in met for number in _BY_KEY[key]}):
        word, signs, pattern = _PATTERNS[number]
        if any(sign in lower for sign in signs):
            text = _compiled(pattern).sub(f" {word} ", text)
    return text
