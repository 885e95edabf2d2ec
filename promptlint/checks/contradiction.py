"""Finds two rules that no answer can obey both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from promptlint.contract import Modality
from promptlint.contract.clauses import read
from promptlint.declared.form import Limit
from promptlint.declared.limits import is_conditional, languages, limits
from promptlint.model import Hit, Role, Span
from promptlint.places import of_role, touches
from promptlint.records import dataclass
from promptlint.senses import Sense, opposed, sense
from promptlint.senses.likeness import Index
from promptlint.shown import has_placeholder, shown
from promptlint.statements import Statement, statements, twin
from promptlint.view import View
from promptlint.wording import words

_LONGEST = 600
_EXCEPTS = re.compile(
    r"\b(?:except|unless|only|but|otherwise|instead|however|if|when|whenever|until|before|after|while|once"
    r"|for (?:the|any|each"
    r"|every|all|simple|complex|short|long)|without|outside|beyond|still|even|also|other than|rather"
    r"|more than|too)\b",
    re.IGNORECASE,
)  # where one of the two says it, the rules may well live together


@dataclass(frozen=True, slots=True)
class Params:
    """How near two sentences must be.

    Attributes:
        min_share: share of their concepts, by weight, that a must and a must not have in common: 0 to 1.
        min_common: least weight of what both have; a word that is rare in the prompt weighs about 1.
    """

    min_share: float
    min_common: float


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each rule that contradicts an earlier one, at the later; neither is deleted, as only its
    author knows which is meant."""
    rules = tuple(_rules(view))
    told: set[Span] = set()
    for finder in (_lengths, _tongues, _claims, lambda found: _signs(found, params)):
        for first, later, why in finder(rules):
            if later.span not in told and _together(view, first, later):
                told.add(later.span)
                yield Hit(later.span, f'{why}: "{_shortened(first.text)}"', related=(first.span,))


def _rules(view: View) -> Iterator[Statement]:
    tools = of_role(view.prompt, Role.TOOL_DEFINITION)
    for statement in statements(view):
        if len(statement.text) <= _LONGEST and not touches(tools, statement.span):
            yield statement


def _together(view: View, first: Statement, later: Statement) -> bool:
    """True if both hold in one request and one place, and both are said rather than shown."""
    if twin(view, later, (first,)) is None:
        return False
    if has_placeholder(first.text) or has_placeholder(later.text):
        return False
    layouts = shown(view).layouts
    return not touches(layouts, first.span) and not touches(layouts, later.span)


Clash = tuple[Statement, Statement, str]


def _lengths(rules: Sequence[Statement]) -> Iterator[Clash]:
    known: dict[tuple[str, str], list[tuple[Statement, Limit]]] = {}
    for statement in rules:
        if _DIGIT.search(statement.text) is None:
            continue
        for bound in limits(statement.text, Span(0, len(statement.text))):
            part = _part(statement.text, bound)
            if part == "?" or ":" in statement.text[: bound.at.start] or _NAMES.search(statement.text):
                continue
            earlier = known.setdefault((bound.unit.value, part), [])
            for first, other in earlier[:_MOST_BOUNDS]:
                if first is not statement and _apart(bound, other):
                    yield first, statement, "asks for a length that an earlier rule excludes"
                    break
            earlier.append((statement, bound))


_DIGIT = re.compile(r"\d")
_MOST_BOUNDS = 20  # a bound on work
_WHOLE = {"", "length", "message", "answer", "response", "reply", "output"}
_SUBJECT = re.compile(
    r"\W*(?:(?:the|your|each|every) )?(?:answer|response|reply|output|message|mail|e-?mail|letter|sms|text)\b"
    r"|\W*(?:make|keep) (?:it|the (?:answer|reply|text|message))\b",
    re.IGNORECASE,
)
_NAMES = re.compile(
    r"\bsections?\b|\b(?!(?:MUST|NOT|NEVER|ALWAYS|ONLY|ALL|SMS|MAX|DO)\b)[A-Z]{3,}\b"
)  # a part of the answer
_BARE = 6  # words of a sentence that says nothing but a bound


def _part(text: str, bound: Limit) -> str:
    """What is bounded: "" for the whole answer, "?" if that is not sure."""
    if bound.of in _WHOLE:
        return ""
    if bound.of != "?":
        return bound.of
    if is_conditional(text, Span(0, len(text)), bound.at.start):
        return "?"
    return "" if _SUBJECT.match(text) or len(words(text)) <= _BARE else "?"


def _apart(one: Limit, other: Limit) -> bool:
    def below(low: Limit, high: Limit) -> bool:
        return low.high is not None and high.low is not None and low.high < high.low

    return below(one, other) or below(other, one)


class _Pair(NamedTuple):
    """Two claims of which only one can hold; `signs`: one of them is in any text that makes either."""

    topic: str
    signs: tuple[str, ...]
    one: re.Pattern[str]
    other: re.Pattern[str]


_NO = r"\b(?:no|not|never|without|avoid|n['’]t)\b(?: \w+){0,3}?"
_USE = r"\b(?:use|add|include|insert|give|ends?|starts?|begins?|open|close)\b[^.;:]{0,40}"


def _pair(topic: str, signs: str, one: str, other: str) -> _Pair:
    return _Pair(
        topic, tuple(signs.split("|")), re.compile(one, re.IGNORECASE), re.compile(other, re.IGNORECASE)
    )


_PAIRS = (
    _pair("emojis", "emoji", rf"{_USE}\bemojis?\b", rf"{_NO} emojis?\b"),
    _pair(
        "Markdown",
        "markdown",
        r"\b(?:(?:answer|respond|reply|output|format\w*|written|write)\b[^.;:]{0,30}\b(?:in|as|using|with)"
        r"|use)"
        r" (?:\w+ )?markdown\b(?! (?:content|file|document))",
        rf"{_NO} markdown\b(?! (?:code|fence|block|table|link|head|content|file|document))",
    ),
    _pair(
        "code blocks",
        "fence|```|code block",
        r"\b(?:wrap\w*|put|return|place|enclose\w*|in|inside)\b[^.;:]{0,40}(?:```|\b(?:code )?fence\b"
        r"|\bcode block)",
        rf"{_NO} (?:fences?|code blocks?|code fences?|```|triple backticks)",
    ),
    _pair("a greeting", "greet", rf"(?:{_USE}\bgreeting|\bgreet the\b)", rf"{_NO} (?:greetings?|greet)\b"),
    _pair(
        "bullet points",
        "bullet",
        rf"{_USE}\bbullet(?:ed|s| points| lists?)\b",
        rf"{_NO} bullet(?:s| points| lists?)\b",
    ),
    _pair(
        "exclamation marks",
        "exclamation",
        rf"{_USE}\bexclamation (?:marks?|points?)",
        rf"{_NO} exclamation (?:marks?|points?)",
    ),
    _pair(
        "names",
        "name",
        r"\b(?:use|by|with)(?: \w+)? first names?\b",
        r"\b(?:use|by|with)(?: \w+)? (?:surnames?|last names?|family names?)\b",
    ),
    _pair(
        "formality",
        "formal|casual",
        r"\b(?:use|in|be|keep|stay|write)\b[^.;:]{0,20}\bformal\b",
        r"\b(?:use|in|be|keep|stay|write)\b[^.;:]{0,20}\b(?:informal|casual)\b",
    ),
)
_MIRRORS = re.compile(
    r"\b(?:same language as|language (?:of|that|in which|used by) (?:the |your )?(?:user|customer|question"
    r"|caller|message|visitor)"
    r"|language: that of)\b|\b(?:user|customer|caller|visitor)['’]s (?:own )?language\b",
    re.IGNORECASE,
)


_PAIR = 2  # it takes two to disagree
_TONGUE = re.compile(
    r"[Ll]anguage|[A-Z](?:nglish|erman|rench|panish|talian|ortuguese|utch|olish|ussian|hinese|apanese)"
    r"|[A-Z][a-z]{2,7}(?:ish|ese|ian|ic|ew|ai|di)\b"
)


def _claims(rules: Sequence[Statement]) -> Iterator[Clash]:
    text = "\n".join(rule.text for rule in rules).lower()
    for pair in _PAIRS:
        if sum(text.count(sign) for sign in pair.signs) < _PAIR:
            continue
        found: dict[bool, Statement] = {}
        for statement in rules:
            side = _side(statement.text, pair)
            if side is None:
                continue
            if (not side) in found:
                yield found[not side], statement, f"clashes with an earlier rule on {pair.topic}"
            found.setdefault(side, statement)


def _side(text: str, pair: _Pair) -> bool | None:
    """True for the one claim, False for the other, None for neither, and where it is not the whole rule."""
    lower = text.lower()
    if not any(sign in lower for sign in pair.signs) or _EXCEPTS.search(text):
        return None
    if pair.other.search(text):
        return False
    return True if pair.one.search(text) and not _NOT.search(text) else None


_NOT = re.compile(r"\b(?:no|not|never|without|avoid)\b|n['’]t\b", re.IGNORECASE)


def _tongues(rules: Sequence[Statement]) -> Iterator[Clash]:
    """A language asked for, and another one or that of the user."""
    if len([rule for rule in rules if _TONGUE.search(rule.text)]) < _PAIR:
        return
    first: tuple[Statement, str] | None = None
    for statement in rules:
        said = _tongue(statement.text) if _TONGUE.search(statement.text) else ""
        if not said:
            continue
        if first is None:
            first = statement, said
        elif said != first[1]:
            yield first[0], statement, "asks for another language than an earlier rule"


def _tongue(text: str) -> str:
    """The language that a rule asks for, "user" for that of the user; "" if none or several."""
    if "anguage" in text and _MIRRORS.search(text):
        return "" if is_conditional(text, Span(0, len(text)), 0) or _NOT.search(text) else "user"
    found = {each.code for each in languages(text, Span(0, len(text)))}
    return found.pop() if len(found) == 1 and not _EXCEPTS.search(text) else ""


def _signs(rules: Sequence[Statement], params: Params) -> Iterator[Clash]:
    """A rule, and the same rule with a not."""
    told = [(rule, sense(rule.text)) for rule in rules]
    if len({found.negative for _, found in told}) < 2:
        return
    index = Index([found.concepts for _, found in told])
    for at, (later, found) in enumerate(told):
        for near in index.earlier(at, params.min_share):
            first, other = told[near.at]
            if near.common < params.min_common or not _denies(
                first.text, later.text, other, found, near.apart
            ):
                continue
            if _commands(first.text) and _commands(later.text):
                yield first, later, "contradicts an earlier rule"
                break


_LITTLE = 0.5


def _denies(first: str, later: str, one: Sense, other: Sense, apart: float) -> bool:
    if one.negative == other.negative or apart > _LITTLE or one.numbers != other.numbers:
        return False
    if one.permits or other.permits or one.conditional or other.conditional:
        return False
    if opposed(one.concepts, other.concepts) or _EXCEPTS.search(first) or _EXCEPTS.search(later):
        return False
    return SequenceMatcher(None, words(first), words(later), autojunk=False).ratio() > 0.3


def _commands(text: str) -> bool:
    clauses = read(text)
    return len(clauses) == 1 and clauses[0].modality in (Modality.MUST, Modality.PREFER)


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:57].rstrip() + "..."
