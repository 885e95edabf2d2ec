"""Finds the words that a sentence forbids in an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from promptlint.declared.form import Choice, Forbidden
from promptlint.declared.limits import is_conditional
from promptlint.model import Span
from promptlint.patterns import lazy

_QUOTED = r"(?:\"[^\"\n]{1,80}\"|'[^'\n]{1,80}'(?!\w)|`[^`\n]{1,80}`|“[^”\n]{1,80}”)"
_FORBIDS = (
    r"\b(?:never|(?:do|must|should|may)(?: not|n['’]t)|don['’]t|avoid|refrain from)(?: ever)?"
    r" (?:(?P<verb>say|saying|use|using|write|mention|mentioning|include|output|begin|start|starting"
    r"|beginning|open)"
    r"(?: (?:your|the|a|any|with|by|of|response|responses|answer|answers|reply|it|saying))*(?: the)?"
    r"(?: (?:words?|phrases?|terms?|expressions?|filler|like|such as|sentences?))*|(?:the )?(?:words?"
    r"|phrases?|terms?)(?: like| such as)?)"
    rf"[:]? (?P<list>{_QUOTED}(?:(?:,? (?:or|and|nor) |, ?){_QUOTED}){{0,30}})"
)
_TABOO = (
    rf"\b(?:the )?(?:words?|phrases?|terms?|expressions?) (?P<list>{_QUOTED}(?:(?:,? (?:or|and|nor) |,"
    rf" ?){_QUOTED}){{0,30}})"
    r" (?:(?:is|are) (?:forbidden|banned|prohibited|taboo|off[- ]limits|not (?:allowed|used|permitted|to be"
    r" used)"
    r"|never used)"
    r"|do(?:es)? not exist|(?:must|may|should|can) (?:not|never) (?:appear|be used|occur)|never appears?"
    r"|has no place|have no place)"
)
_BANNED = (
    r"(?:[ \t]*[-*+•][ \t]+)?[*_`]{0,3}(?:(?:forbidden|banned|prohibited|disallowed|taboo) (?:words?"
    r"|phrases?|terms?"
    r"|expressions?)|(?:words?|phrases?) (?:to avoid|never to use))[*_`]{0,3}[ \t]?[:：][*_`]{0,3}[ \t]*"
    r"(?P<list>[\w'’ -]{2,40}(?:, ?[\w'’ -]{2,40}){0,40})"
)
_KINDS = (
    rf"\b(?:no|avoid|never use|do not use|don['’]t use) (?:any )?[a-z-]{{3,20}}(?: [a-z-]{{3,20}})?"
    rf" \((?:e\.g\.,? |like |such as )?(?P<list>{_QUOTED}(?:(?:,? (?:or|and|nor) |, ?){_QUOTED}){{0,30}})"
)
_CODE_WORD = lazy(
    r"\b(?:[Nn]ever|[Dd]o not|[Dd]on['’]t|[Mm]ust not) use (?P<caps>[A-Z]{4,}(?: [A-Z*]+)*)"
    r"(?=[.;,]|$)"
)
_FORBIDS_ITEM = (
    rf"[ \t]*(?:[-*+•][ \t]+)?(?:use|say|write) (?:the )?(?:words?|phrases?|terms?|expressions?)[:]? "
    rf"(?P<list>{_QUOTED}(?:(?:,? (?:or|and|nor) |, ?){_QUOTED}){{0,30}})"
)
_NEVER = lazy(r"[ \t#*_]*(?:never|do not|don['’]t|avoid|you must not)[*_ ]*:[*_ \t]*$", re.IGNORECASE)
_LISTS = ("forbidden ", "banned ", "prohibited ", "disallowed ", "taboo ", "to avoid", "never to use")
_CAPITALS = lazy(r" use [A-Z]{4}")
_REFUSAL = lazy(
    r"(?:never|not|n['’]t|avoid|refrain|no |banned|forbidden|prohibited|taboo|use |say |write )",
    re.IGNORECASE,
)  # cheap: most sentences have none
_ITEM = lazy(r"[ \t]*(?:[-*+•][ \t]+|$)|[ \t]{2}")
_LOOKED = 1_500  # code points before an item in which its list begins
_SPOKEN = ("say", "mention", "begin", "start", "open")
_NAMES_WORDS = lazy(r"\b(?:words?|phrases?|terms?|expressions?|filler)\b", re.IGNORECASE)
_ONE_QUOTED = lazy(_QUOTED)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled when it is first used."""
    return re.compile(pattern, re.IGNORECASE)


@lru_cache(maxsize=1 << 12)
def _may_forbid(sentence: str) -> bool:
    """False for a sentence that surely forbids no words: no word is quoted, nothing is refused."""
    lower = sentence.lower()
    quoted = '"' in lower or "'" in lower or "`" in lower or "“" in lower
    if not quoted and _CAPITALS.search(sentence) is None and not any(word in lower for word in _LISTS):
        return False
    return _REFUSAL.search(lower) is not None


def forbidden(text: str, span: Span) -> Iterator[Forbidden]:
    """The words in quotation marks that a sentence forbids, without a condition."""
    if not _may_forbid(text[span.start : span.end]):
        return
    for match in _compiled(_FORBIDS).finditer(text, span.start, span.end):
        verb = (match["verb"] or "say").lower()
        if not verb.startswith(_SPOKEN) and not _NAMES_WORDS.search(text, match.start(), match.start("list")):
            continue
        if is_conditional(text, span, match.start()):
            continue
        phrases = tuple(
            Choice(item[0][1:-1], Span(item.start() + 1, item.end() - 1))
            for item in _ONE_QUOTED.finditer(text, match.start("list"), match.end("list"))
        )
        yield Forbidden(Span(*match.span()), phrases, verb.startswith(("begin", "start", "open")))
    yield from _named_words(text, span)
    item_of = _compiled(_FORBIDS_ITEM).match(text, span.start, span.end)
    if item_of is not None and _is_under(text, span.start):
        phrases = tuple(
            Choice(item[0][1:-1], Span(item.start() + 1, item.end() - 1))
            for item in _ONE_QUOTED.finditer(text, item_of.start("list"), item_of.end("list"))
        )
        yield Forbidden(Span(*item_of.span()), phrases)


def _named_words(text: str, span: Span) -> Iterator[Forbidden]:
    """Words that are said to be forbidden in other ways: a list, a kind with examples, a piece of code."""
    for pattern in (_TABOO, _KINDS):
        for match in _compiled(pattern).finditer(text, span.start, span.end):
            if not is_conditional(text, span, match.start()):
                yield Forbidden(
                    Span(*match.span()),
                    tuple(
                        Choice(item[0][1:-1], Span(item.start() + 1, item.end() - 1))
                        for item in _ONE_QUOTED.finditer(text, match.start("list"), match.end("list"))
                    ),
                )
    banned = _compiled(_BANNED).match(text, span.start, span.end)
    if banned is not None:
        found = re.finditer(r"[^,\s][^,]*", banned["list"])
        base = banned.start("list")
        words = tuple(Choice(one[0].strip(), Span(base + one.start(), base + one.end())) for one in found)
        yield Forbidden(Span(*banned.span()), words)
    for match in _CODE_WORD.finditer(text, span.start, span.end):
        if not is_conditional(text, span, match.start()):
            yield Forbidden(Span(*match.span()), (Choice(match["caps"], Span(*match.span("caps"))),))


def _is_under(text: str, start: int) -> bool:
    """True for an item of a list under "Never:"."""
    lines = text[max(0, start - _LOOKED) : start].split("\n")
    for line in reversed(lines[:-1]):
        if _NEVER.match(line):
            return True
        if not _ITEM.match(line):
            return False
    return False
