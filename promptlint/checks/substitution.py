"""Finds phrases that have a shorter equal, and puts that in their place."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from functools import lru_cache

from promptlint import thatclause
from promptlint.inflections import inflected
from promptlint.model import BlockKind, Edit, Hit, Safety, Span
from promptlint.patterns import lazy
from promptlint.places import has_slot, joined, numbered, places, touches
from promptlint.records import dataclass
from promptlint.shown import shown
from promptlint.view import View
from promptlint.wording import quoted
from promptlint.words import capital, table

_VERB = (
    r"(?=\s+[a-z]+(?:-[a-z]+)?(?![\w(/=.]\w|[(`]))(?!\s+[a-z]+\s+any\b)"  # "click any box" clicks them all
)
_ACTION = r"(?=\s+[a-z]+ing\b)"  # "prior to posterior" is a ratio
_NO_ACTION = r"(?!\s+[a-z]+ing\b)"  # "during answering" is no English
_NO_SUBJECT = r"(?!\s+(?:is|are|was|were|means|has|had|will|sounds)\b)"  # the phrase itself may be spoken of
_NO_VERB = (
    r"(?!\s+(?:not|never|the|an?|this|that|these|those|your|their|its|his|her|our|my|each|any|all|no)\b)"
)
_OBJECT = (
    r"(?=\s+(?:the|an?|this|that|these|those|your|their|its|his|her|our|my|each|every|any|all|both|some|only"
    r"|existing|other|it|them|him|you|us|users?|customers?|people|one)\b|\s+[`\"'{<\[(*\d])"
)  # "make changes to the code", and not "make changes to improve it"
_AMOUNT = r"(?=\s+(?:\d|[{<\[]|(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)\b))"
_BEFORE_VERB = frozenset({"to", "can", "could", "may", "must", "should", "cannot", "not", "before", "after"})
_NO_CLAUSE = (
    r"(?!\s+(?:that|which|where|when|in|of|to|as|so|consistent|similar|suitable|appropriate|way|manner)\b)"
)
_GOES_ON = r"(?=\s+[^\s,.;:!?)])"  # "in the event that, stop" has nothing to be true
_NO_NUMBER = r"(?!\s+\d)"  # "many 4 nights"
_CLOSED = (" manner", " way", " fashion", " cases", " instances", " times", " basis", " future")
_AMOUNTS = frozenset({"for a period of", "a maximum of", "a minimum of", "up to a maximum of"})
_INFINITIVE = lazy(r"(?:tr|decid|tend|need|want|wish|intend|agree|act)\w* to")
_MODALS = table("can could may must should cannot") | {"may not", "need not", "could not"}
_HELPERS = table(
    "to will would can could may might must shall should do does did not never be been being don't doesn't"
)
_ADVERBS = table("also always now still even just ever yet")
_CLAUSE = lazy(r"(?:[,;] (?:and |but )?|[ ][-–—] )$")
_BEING = table("is are was were be been being get gets got")
_DETERMINERS = table("the a an this that these those your their its his her our my no any such")
_PASTS = table("made took gave came held brought had got put undertook")
_SIGNS = string.punctuation + "“”‘’«»—–…•·"
_GAP = lazy(r",?[ \t]*\n?[ \t]*")


@dataclass(frozen=True, slots=True)
class Params:
    """What to replace.

    Attributes:
        swap: phrase to replacement; an empty one deletes the phrase. A phrase that ends in "to" before
            a verb is left alone before an article, a possessive or a negation; one that is deleted, before
            anything but a plain word; one that becomes "before" or "after", before anything but an action.
        verbs: phrases that begin with a verb, with the verb that says the same; found in all their forms.
        openers: phrases that are deleted at the start of a sentence only.
        keep: phrases of the card to leave alone.
        min_words: words that all swaps of a prompt must save together to be worth a finding, or
        min_share: this share of its characters.
    """

    swap: Mapping[str, str]
    verbs: Mapping[str, str]
    openers: tuple[str, ...]
    keep: tuple[str, ...]
    min_words: int
    min_share: float


class _Index:
    """The phrases of a card, in all forms, by the word of each that is rarest by the look of it."""

    def __init__(self, params: Params) -> None:
        self.openers = frozenset(params.openers)
        self.swaps = {**dict.fromkeys(params.openers, ""), **params.swap}
        self.lights: set[str] = set()
        for phrase, new in params.verbs.items():
            found = inflected(phrase, new)
            self.swaps = {**found, **self.swaps}
            self.lights |= found.keys()
        for phrase in params.keep:
            self.swaps.pop(phrase, None)
        self.by_word: dict[str, list[str]] = {}
        for phrase in self.swaps:
            word = max((word.strip(_SIGNS) for word in phrase.split()), key=len)
            self.by_word.setdefault(word, []).append(phrase)
        self._patterns: dict[str, re.Pattern[str]] = {}

    def matches(self, view: View) -> list[tuple[str, re.Match[str]]]:
        """Where the phrases stand, in order; of two that overlap the earlier, or the longer."""
        present = self.by_word.keys() & _vocabulary(view)
        if not present:
            return []
        folded = _folded(view)
        found = [
            (phrase, match)
            for word in present
            for phrase in self.by_word[word]
            if phrase in folded
            for match in self._found(view, phrase, folded)
        ]
        if len(found) > 1:
            found.sort(key=lambda each: (each[1].start(), -len(each[0])))
        kept: list[tuple[str, re.Match[str]]] = []
        for phrase, match in found:
            if (not kept or match.start() >= kept[-1][1].end()) and _fits(phrase, self.swaps[phrase], match):
                kept.append((phrase, match))
        return kept

    def _found(self, view: View, phrase: str, folded: str) -> Iterator[re.Match[str]]:
        """The search of strings is far faster than that of patterns, but knows no line breaks in a phrase."""
        pattern, text, lower = self._pattern(phrase), view.text, view.lower
        if len(lower) != len(text) or lower.count(phrase) != folded.count(phrase):
            yield from pattern.finditer(text)
            return
        at = lower.find(phrase)
        while at >= 0:
            match = pattern.match(text, at)
            if match is not None:
                yield match
            at = lower.find(phrase, at + 1 if match is None else match.end())

    def _pattern(self, phrase: str) -> re.Pattern[str]:
        """A space in a phrase matches one line break too."""
        if phrase not in self._patterns:
            body = _body(phrase, self.swaps[phrase], light=phrase in self.lights)
            self._patterns[phrase] = re.compile(rf"(?<![\w-]){body}(?![\w-])", re.IGNORECASE)
        return self._patterns[phrase]


class _Same:
    """Parameters as a key: the very object, as a mapping has no hash."""

    __slots__ = ("params",)

    def __init__(self, params: Params) -> None:
        self.params = params

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.params is self.params

    def __hash__(self) -> int:
        return id(self.params)


@lru_cache(maxsize=2)
def _vocabulary(view: View) -> frozenset[str]:
    """The words of a text. Two rules ask, one after the other: hence the small memory."""
    return frozenset([word.strip(_SIGNS) for word in set(view.lower.split())])


@lru_cache(maxsize=2)
def _folded(view: View) -> str:
    return " ".join(view.lower.split())


@lru_cache(maxsize=8)
def _index(key: _Same) -> _Index:
    return _Index(key.params)


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit a phrase, outside quotations, headings and what is shown: examples, code, answers, layouts.

    None at all where all of them together save next to nothing of a long prompt.
    """
    index = _index(_Same(params))
    found = index.matches(view)
    if not found:
        return
    ground, apart, starts = places(view.prompt), _apart(view), _starts(view)
    hits: list[Hit] = []
    said: set[tuple[Span, str]] = set()
    for phrase, match in found:
        span = Span(*match.span())
        if touches(apart, span) or has_slot(ground, span):
            continue
        first, new = span.start in starts, index.swaps[phrase]
        head = first and not numbered(ground, span)
        if phrase in index.openers and not _opens(view.text, span, phrase, head):
            continue
        if not _is_twice(view, span, new, said):
            hits.extend(_hit(view.text, span, new, first=first))
    if hits and _is_worth(view.text, hits, params):
        yield from hits


def _is_twice(view: View, span: Span, new: str, said: set[tuple[Span, str]]) -> bool:
    """True for an adverb that its sentence has already, or gets from another edit: "always ... always"."""
    home = view.sentence_at(span)
    if home is None or not (new in _ADVERBS or new.endswith("ly")):
        return False
    around = view.lower[home.span.start : span.start] + view.lower[span.end : home.span.end]
    found = (home.span, new) in said or new in [word.strip(_SIGNS) for word in around.split()]
    said.add((home.span, new))
    return found


def _opens(text: str, span: Span, phrase: str, first: bool) -> bool:
    """True at the start of a sentence; of a clause, for what can be no order: "..., and please note that"."""
    if phrase.endswith(" that") and not thatclause.follows(text, span.end):  # "keep in mind that number"
        return False
    return first or (
        phrase.startswith(("please ", "it ", "it's "))
        and bool(_CLAUSE.search(text, max(0, span.start - 12), span.start))
    )


def _is_worth(text: str, hits: list[Hit], params: Params) -> bool:
    """By words and characters: near enough to tokens for such phrases, and nothing has to be counted."""
    edits = [edit for hit in hits for edit in hit.edits]
    words = sum(len(text[edit.span.start : edit.span.end].split()) - len(edit.new.split()) for edit in edits)
    saved = sum(edit.span.end - edit.span.start - len(edit.new) for edit in edits)
    return words >= params.min_words or saved >= params.min_share * len(text)


@lru_cache(maxsize=2)
def _starts(view: View) -> frozenset[int]:
    return frozenset([sentence.span.start for sentence in view.sentences])


@lru_cache(maxsize=2)
def _apart(view: View) -> tuple[Span, ...]:
    headings = (block.span for block in view.of_kind(BlockKind.HEADING))
    quotations = (Span(*pair) for pair in quoted(view.text))
    return joined((*shown(view).wording, *headings, *quotations))


def _body(phrase: str, new: str, *, light: bool) -> str:
    spaced = r"(?:[ \t]+|[ \t]*\n[ \t]*)".join(re.escape(word) for word in phrase.split())
    if phrase in _AMOUNTS:
        return spaced + _AMOUNT
    if phrase.endswith(" to"):
        if light and not _INFINITIVE.fullmatch(new):
            return spaced + _OBJECT
        if new and new.rpartition(" ")[2] not in _BEFORE_VERB:
            return spaced
        return spaced + _NO_VERB + (_VERB if not new else _ACTION if new in {"before", "after"} else "")
    if phrase.endswith(_CLOSED):
        return spaced + _NO_CLAUSE
    if phrase.endswith(" that"):
        return spaced + (_GOES_ON if new else "")
    if new in {"many", "several", "some", "most"}:
        return spaced + _NO_NUMBER
    return spaced + (
        _NO_SUBJECT if phrase.endswith(" time") else _NO_ACTION if phrase.endswith(" course of") else ""
    )


def _fits(phrase: str, new: str, match: re.Match[str]) -> bool:
    """False where the word before makes the phrase another part of speech: a helper verb, an article."""
    if not new:
        return True
    before = match.string[max(0, match.start() - 24) : match.start()]
    words = before.lower().split() if before[-1:].isspace() else []
    while len(words) > 1 and (words[-1].endswith("ly") or words[-1] in _ADVERBS):
        words.pop()  # "do not currently have the ability to"
    word = words[-1] if words else ""
    head = phrase.split(maxsplit=1)[0]
    if new in _MODALS:
        return word not in _HELPERS
    if head in _PASTS:
        return word not in _BEING
    return not (head.endswith("ing") and word in _DETERMINERS)


def _hit(text: str, span: Span, new: str, *, first: bool) -> Iterator[Hit]:
    """`first` says that the phrase begins a sentence."""
    old = text[span.start : span.end]
    phrase = " ".join(old.lower().split())
    if new:
        cased = new.upper() if old.isupper() else new[0].upper() + new[1:] if old[0].isupper() else new
        message = f'"{phrase}" says no more than "{new}"'
        drops = "the wording, where the task is about it"
        yield Hit(span, message, (Edit(span, cased),), safety=Safety.SAFE, drops=drops)
        return
    rest = _GAP.match(text, span.end)
    end = rest.end() if rest else span.end
    following = text[end : end + 1]
    if end == span.end or not (following.isalnum() or following in "`{\"'<("):
        return
    edit = Edit(Span(span.start, end), "")
    if old[0].isupper() and (first or not old[1].isupper()) and following.islower():
        letter = capital(text, end)
        if letter is None:
            return
        edit = Edit(Span(span.start, end + 1), letter)
    yield Hit(span, f'"{phrase}" carries no instruction', (edit,), safety=Safety.SAFE)
