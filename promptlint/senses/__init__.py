"""What an instruction says, as a set of concepts, so that two wordings of one rule can be compared."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from promptlint import words as w
from promptlint.patterns import lazy
from promptlint.senses.contrasts import CONTRASTS
from promptlint.senses.stock import KEY, KEYS, WHOLE, folded
from promptlint.senses.thesaurus import CONCEPT, STOP
from promptlint.wording import words

__all__ = ["WHOLE", "Sense", "concept", "opposed", "sense", "without_reason"]


class Sense(NamedTuple):
    """What a sentence says, without the order of its words.

    `concepts` are the groups of its content words and its numbers; `numbers` those with a digit. `negative`:
    it forbids or denies; `permits`: it allows; `conditional`: it holds in some cases only.
    """

    concepts: frozenset[str]
    numbers: frozenset[str]
    negative: bool
    permits: bool
    conditional: bool


_NUMBERS = w.pairs(
    "one/1 single/1 once/1 two/2 both/2 twice/2 three/3 four/4 five/5 six/6 seven/7 eight/8 nine/9 ten/10"
)
_NEGATIONS = w.table("not never no without nor neither nothing nobody none avoid refrain don't cannot")
_PERMITS = w.table("may can could")
_CONDITIONS = w.table("if when whenever unless until except")
_REASON = lazy(r"[,;–—-]\s+(?:because|since|as|so that|otherwise|which|for the)\b.*", re.DOTALL)
_MARK = lazy(r"[,;–—-]\s")
_MOST = lazy(
    r"\b(?:(?:may |must |should |can |shall |does |do )?(?:(?:not|never|n['’]t) (?:\w+ ){0,2}?exceed"
    r"(?:ing)?|(?:not?|never|n['’]t) (?P<kept>(?:\w+ ){0,4}?)"
    r"(?:more|longer|greater|higher) than|at (?:the )?most|up to|maximum(?: of)?|max\.?|limit\w*"
    r"(?: yourself| it)? to))(?=\s)",
    re.IGNORECASE,
)
_ONLY = lazy(
    r"\b(?:nothing (?:but|else|except)|no(?:t| other)? (?:\w+ )?(?:than|except|besides|other)|exclusively"
    r"|solely)\b",
    re.IGNORECASE,
)
_TURN = lazy(
    r"\b(?:at a time|at once|(?:per|each|in (?:a|one|each|every)|a) (?:single )?(?:turn|message|reply"
    r"|response))\b",
    re.IGNORECASE,
)


_UNIT = (
    r"(?:\w+ )?(?P<unit{0}>words?|sentences?|char(?:acter)?s?|points?|bullets?(?: points?)?|lines?"
    r"|paragraphs?|items?|questions?)"
)
_N = rf"(?P<n{{0}}>\d{{{{1,6}}}}|{'|'.join(_NUMBERS)})"
_BOUND = lazy(
    rf"\bmaximum:? {_N.format(1)} {_UNIT.format(1)}\b"
    rf"|\b{_N.format(2)} {_UNIT.format(2)} (?:maximum|or (?:less|fewer))\b",
    re.IGNORECASE,
)


def _bound(match: re.Match[str]) -> str:
    number, unit = (match["n1"] or match["n2"]).lower(), (match["unit1"] or match["unit2"]).lower()
    return f"limit_{unit.split()[0].rstrip('s')}_{_NUMBERS.get(number, number)}"


_BEFORE_REASONS = frozenset(("beca", "sinc", "as", "so", "othe", "whic", "for"))
_SIGNS_OF_MOST = frozenset(("most", "than", "exce", "maxi", "max", "up", "limi"))
_SIGNS_OF_ONLY = frozenset(("noth", "othe", "than", "exce", "besi", "excl", "sole"))
_SIGNS_OF_TURNS = frozenset(("time", "once", "turn", "mess", "repl", "resp"))
_SIGNS_OF_BOUNDS = frozenset(("less", "fewe"))  # first letters of words: cheap before a regular expression


def without_reason(text: str) -> str:
    """A sentence without what it says for itself behind a mark: ", because ...", ", otherwise ..."."""
    return _REASON.sub("", text, count=1) if _MARK.search(text) else text


def _in_short(text: str) -> str:
    """A sentence with its set phrases brought to one form, and without a reason behind a comma."""
    keys = {word[:KEY] for word in words(text)}
    if not keys.isdisjoint(_BEFORE_REASONS):
        text = without_reason(text)
    most = not keys.isdisjoint(_SIGNS_OF_MOST)
    if most:
        text = _MOST.sub(lambda match: f"{match['kept'] or ''} maximum", text)
    if not keys.isdisjoint(_SIGNS_OF_ONLY):
        text = _ONLY.sub("only", text)
    if not keys.isdisjoint(KEYS):
        text = folded(text, keys)
    if not keys.isdisjoint(_SIGNS_OF_TURNS):
        text = _TURN.sub("each_turn", text)
    return _BOUND.sub(_bound, text) if most or not keys.isdisjoint(_SIGNS_OF_BOUNDS) else text


@lru_cache(maxsize=1 << 12)
def sense(text: str) -> Sense:
    """What a sentence says; a reason behind a comma counts for nothing."""
    text = _in_short(text)
    concepts: set[str] = set()
    numbers: set[str] = set()
    negative = permits = conditional = False
    for word in words(text):
        kind, concept = _kind(word)
        if kind == "negation":
            negative = True
        elif kind == "permit":
            permits = True
        elif kind == "condition":
            conditional = True
        elif concept:
            concepts.add(concept)
            if kind == "number":
                numbers.add(concept)
    return Sense(frozenset(concepts), frozenset(numbers), negative, permits and not negative, conditional)


@lru_cache(maxsize=1 << 14)
def _kind(word: str) -> tuple[str, str]:
    """(negation, permit, condition, number or nothing; the concept, "" for a word without one)."""
    if word in _NEGATIONS or word.endswith("n't"):
        return "negation", ""
    if word in _PERMITS:
        return "permit", ""
    if word in _CONDITIONS:
        return "condition", ""
    if word in _NUMBERS:
        return "number", _NUMBERS[word]
    if word[0].isdigit():
        return "number", word
    if word in STOP or not word[0].isalnum():
        return "", ""
    lemma = w.lemma(word)
    if lemma in _NEGATIONS:
        return "negation", ""
    return ("", "") if lemma in STOP else ("", CONCEPT.get(lemma, CONCEPT.get(word, lemma)))


def concept(lemma: str) -> str:
    """The group of a lemma, by its first word."""
    return CONCEPT.get(lemma, lemma)


_CONTRASTED = frozenset().union(*CONTRASTS)


def opposed(one: frozenset[str], other: frozenset[str]) -> bool:
    """True if each of two sets of concepts has one that the other has the counterpart of: first and last."""
    if one.isdisjoint(_CONTRASTED) or other.isdisjoint(_CONTRASTED):
        return False
    return any((one & group) - other and (other & group) - one for group in CONTRASTS)
