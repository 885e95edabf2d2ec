"""Finds what a sentence says of an answer's length, language, form and forbidden words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from promptlint.contract.clauses import read
from promptlint.declared.form import Language, Limit, Unit
from promptlint.model import Span
from promptlint.patterns import lazy
from promptlint.words import pairs

_NUMBERS = {
    name: int(count)
    for name, count in pairs(
        "one/1 two/2 three/3 four/4 five/5 six/6 seven/7 eight/8 nine/9 ten/10 single/1 twelve/12 fifteen/15 "
        "twenty/20 fifty/50"
    ).items()
} | {"a single": 1}
_N = r"(?P<{0}>\d[\d,]{{0,8}}|a single|" + "|".join(_NUMBERS) + ")"
_UNIT = (
    r"[ -](?:short |concise |brief |complete |full |simple |clear |main |key |plain |bullet )*"
    r"(?P<unit>words?|sentences?|char(?:acter)?s?|bullets?(?: points?)?|points?|lines?|paragraphs?|items?"
    r"|tokens?)\b"
)
_COUNTS = lazy(
    r"\b(?:words?|sentences?|char(?:acter)?s?|bullets?|points?|lines?|paragraphs?|items?"
    r"|tokens?)\b",
    re.IGNORECASE,
)  # cheap: most sentences have none
_NUMBERED = _N.format("any") + _UNIT
_UNITS = {
    "word": Unit.WORDS,
    "sentence": Unit.SENTENCES,
    "char": Unit.CHARACTERS,
    "bullet": Unit.ITEMS,
    "point": Unit.ITEMS,
    "item": Unit.ITEMS,
    "line": Unit.LINES,
    "paragraph": Unit.PARAGRAPHS,
    "token": Unit.TOKENS,
}
_MOST = (
    r"(?:at (?:the )?most|(?:no|not|never) (?:be )?(?:more|longer|greater|larger) than"
    r"|(?:not |never )?exceed(?:ing|s)?|up to"
    r"|(?:a |the )?max(?:imum)?\.?(?: (?:length|size|word count))?(?: (?:of|is)|:)?"
    r"|within|stay below|keep (?:it |this |them )?(?:to|below)"
    r"|limit(?:ed)? (?:of|to)|cap(?:ped)? (?:of|at)|<=?|≤|to)"
)
_BETWEEN = rf"\b(?:between )?{_N.format('low')}(?: ?[-–—] ?| to | and | or ){_N.format('high')}{_UNIT}"
_AT_MOST = rf"(?<!\w){_MOST} {_N.format('high')}{_UNIT}"
_UNDER = rf"\b(?:under|less than|fewer than|shorter than|below) {_N.format('high')}{_UNIT}"
_OR_LESS = (
    rf"(?<![\w-]){_N.format('high')}{_UNIT}(?: long)?,? (?:or (?:less|fewer)|max(?:imum)?\b"
    rf"|at (?:the )?most|or under)"
)
_AT_LEAST = rf"\b(?:at least|no (?:less|fewer) than|minimum(?: of)?|more than) {_N.format('low')}{_UNIT}"
_EXACTLY = (
    rf"\b(?:exactly |in (?:just |only |exactly )?|(?:with|return|output|write|give|respond with"
    rf"|answer with|reply with|use) "
    rf"(?:only |just |exactly )|(?:respond|reply|answer) (?:with|in|using) (?:a )?|(?<!to )(?:write"
    rf"|compose) )"
    rf"{_N.format('exact')}{_UNIT}(?! or (?:less|fewer|more)| at most| max| (?:of|about|for|from|per) )"
)
_IS = (
    rf"\b(?P<subject>[a-z_]\w{{1,30}})[`\"*]{{0,2}} (?:is|are|has|(?:must|should|shall|has to|have to)"
    rf" (?:be|have))"
    rf" (?:only |just |exactly )?{_N.format('exact')}{_UNIT}"
    r"(?= ?(?:long)?[.;,)]| ?(?:long)?$)(?!, ? ?(?:or (?:less|fewer)|max|at most))"
)
_ALONE = (
    rf"\W{{0,6}}(?:in |only |just |exactly )?{_N.format('exact')}{_UNIT}"
    r"(?: (?:only|exactly|long))?\W{0,3}"
)
_NEGATED = lazy(r"\b(?:not|never|no|cannot|n['’]t)\b[^.;:\n]{0,50}$|n['’]t [^.;:\n]{0,50}$", re.IGNORECASE)
_SUBJECT = lazy(
    r"(?<!each )(?<!every )(?<!any )\b(\w+) (?:is|are|has|have|(?:must|should|may|can|shall)(?: not)? (?:be"
    r"|have))(?: \w+)?[ :]{1,2}$",
    re.IGNORECASE,
)  # what a limit is said of, right before it
_ANSWER = lazy(
    r"(?:answers?|repl(?:y|ies)|respons(?:e|es)|outputs?|it|they|this|text|that|which|result)$", re.IGNORECASE
)
_NOUNS = lazy(
    r"\b(each|every|per|title|headline|summary|summaries|description|name|label|subject|reason|explanation"
    r"|paragraph"
    r"|bullet|item|sentence|line|section|step|comment|message|commit|caption|tag|topic|keyword|query"
    r"|question|field"
    r"|option|heading|quote|introduction|conclusion|thought|plan|insight|recommendation|point|sentences"
    r"|bullets|ideas?"
    r"|facts|queries|searches|replies|takeaway|recap|post|tweet|function|variable|table|list|slide|scene"
    r"|overview|abstract|phrase)s?\b"
    r"|[`\"'](\w{1,40})[`\"']|^[ \t]*(?:[-*+•][ \t]+)?[`\"*]{0,3}(\w{1,40})[`\"*]{0,3}[ \t]?[:：]",
    re.IGNORECASE,
)
_WHOLE = lazy(
    r"\b(?:answers?|respon(?:d|se|ses)|reply|replies|output|be (?:brief|concise|short)|keep it|write"
    r"|summari[sz]e|limit"
    r"|return|explain|describe|keep|use|give|say|speak|translate)\b",
    re.IGNORECASE,
)
_SOFT = lazy(
    r"\b(?:generally|typically|usually|normally|ideally|mostly|roughly|about|around|approximately|unless"
    r"|except"
    r"|excluding|not including|not counting|aim for|try to|where possible|if possible)\b",
    re.IGNORECASE,
)  # what is said so is no bound
_REFUSES = lazy(r"\b(?:not|never|no|don['’]t|avoid|without|unless|instead of)\b", re.IGNORECASE)

_LANGUAGES = pairs(
    "english/en german/de french/fr spanish/es italian/it portuguese/pt dutch/nl polish/pl russian/ru "
    "ukrainian/uk chinese/zh japanese/ja korean/ko arabic/ar hebrew/he turkish/tr swedish/sv danish/da "
    "norwegian/no finnish/fi greek/el hindi/hi thai/th vietnamese/vi indonesian/id czech/cs hungarian/hu "
    "romanian/ro bulgarian/bg persian/fa farsi/fa bengali/bn catalan/ca mandarin/zh deutsch/de "
    "français/fr español/es italiano/it"
)
_SPEAK = (
    r"\b(?:respond|reply|answer|write|speak|communicate|output|answers|respons(?:e|es)|replies|translate"
    r"|generated?"
    r"|written)\b(?P<gap>[^.\n;:]{0,60}?)\b(?:in|into|to|use)(?: \w{1,12}){0,2}? "
    rf"(?P<name>{'|'.join(_LANGUAGES)})\b(?!\s*(?:,|or|and|to|into|from|text|words?|letters?"
    rf"|characters?)\b)(?!,)(?! ?/)"
)
_LETTERS = lazy(r"[^\W\d_]+")
_CONDITION = lazy(
    r"\b(?:if|when|whenever|unless|in case|for (?:each|every|simple|complex|questions|any|all)|where)\b", re.I
)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled when it is first used: all of them together take 10 ms."""
    return re.compile(pattern, re.IGNORECASE)


def is_conditional(text: str, span: Span, start: int) -> bool:
    """True if what a sentence says at `start` holds in some cases only."""
    if (
        _CONDITION.search(text, span.start, start) is None
        and _CONDITION.search(text, start, span.end) is None
    ):
        return False
    return any(clause.condition for clause in read(text[span.start : span.end])) or (
        _CONDITION.search(text, span.start, start) is not None
    )


def limits(text: str, span: Span) -> Iterator[Limit]:
    """The bounds of length in a sentence."""
    if not _is_counted(text[span.start : span.end]):
        return
    alone = _compiled(_ALONE).fullmatch(text, span.start, span.end)
    if alone is not None:
        yield Limit(Span(*alone.span()), _unit(alone), _count(alone["exact"]), _count(alone["exact"]), "")
        return
    taken: list[Span] = []
    for pattern in (_BETWEEN, _AT_MOST, _UNDER, _OR_LESS, _AT_LEAST, _EXACTLY, _IS):
        for match in _compiled(pattern).finditer(text, span.start, span.end):
            found = Span(*match.span())
            if any(found.overlaps(other) for other in taken):
                continue
            taken.append(found)
            low, high = _bounds(pattern, match, text[max(span.start, found.start - 60) : found.start])
            of, unnamed = _of(text, span, found, is_flipped=pattern is _AT_LEAST and low is None)
            if pattern is _IS and (of != "?" or unnamed):
                of = "" if _ANSWER.fullmatch(match["subject"]) else match["subject"].lower()
            yield Limit(found, _unit(match), low, high, of, unnamed and of == "?")


@lru_cache(maxsize=1 << 12)
def _is_counted(sentence: str) -> bool:
    """True if a sentence has a number of words, lines and the like."""
    return _COUNTS.search(sentence) is not None and _compiled(_NUMBERED).search(sentence) is not None


def _unit(match: re.Match[str]) -> Unit:
    return next(unit for name, unit in _UNITS.items() if match["unit"].lower().startswith(name))


def _bounds(pattern: str, match: re.Match[str], before: str) -> tuple[int | None, int | None]:
    """The least and the greatest count; "not ... more than five" bounds from above."""
    said = match.groupdict()
    exact = _count(said.get("exact"))
    low, high = _count(said.get("low")) or exact, _count(said.get("high")) or exact
    if pattern is _UNDER and high is not None:
        high -= 1
    if pattern is _AT_LEAST and low is not None and match[0].lower().startswith("more than"):
        return (None, low) if _NEGATED.search(before) else (low + 1, None)
    return low, high


def _count(said: str | None) -> int | None:
    if not said:
        return None
    return _NUMBERS.get(said.lower()) or (int(said.replace(",", "")) if said[0].isdigit() else None)


def _of(text: str, span: Span, found: Span, *, is_flipped: bool) -> tuple[str, bool]:
    """What a limit is of: "" if it is the answer, the name of a part, "?" if that is not clear.

    Also whether it is unclear only because nobody named it: no condition and no "about" weakens it.
    """
    if is_conditional(text, span, found.start) or _SOFT.search(text, span.start, span.end):
        return "?", False
    line = text.rfind("\n", max(0, span.start - 200), span.start) + 1
    line = max(line, span.start - 200)
    rest = (text[line : found.start], text[found.end : span.end])
    subject = _SUBJECT.search(text, max(span.start, found.start - 60), found.start)
    if subject is not None and _NOUNS.fullmatch(subject[1]) is not None:
        return subject[1].lower(), False
    for part in rest:
        noun = _NOUNS.search(part)
        if noun is not None:
            return next(name for name in noun.groups() if name).lower(), False
    negative = _REFUSES.search(rest[0][-12:]) is not None and "exceed" not in text[found.start : found.end]
    if negative and not is_flipped:
        return "?", False
    return ("", False) if _WHOLE.search(text, span.start, span.end) else ("?", True)


@lru_cache(maxsize=1 << 12)
def _names_language(sentence: str) -> bool:
    return not _LANGUAGES.keys().isdisjoint(_LETTERS.findall(sentence.lower()))


def languages(text: str, span: Span) -> Iterator[Language]:
    """The language that a sentence asks for, without a condition."""
    if not _names_language(text[span.start : span.end]):
        return
    for match in _compiled(_SPEAK).finditer(text, span.start, span.end):
        if _REFUSES.search(text, span.start, match.start("name")) or is_conditional(
            text, span, match.start()
        ):
            continue
        names = sum(word in _LANGUAGES for word in match[0].lower().split())
        if names > 1 and not match[0].lower().startswith("translate"):
            continue  # a choice
        if match[0].lower().startswith("translate") and " to " not in match[0] and " into " not in match[0]:
            continue
        yield Language(Span(*match.span()), _LANGUAGES[match["name"].lower()])
