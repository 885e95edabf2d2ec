"""Finds rules that are said again in other words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from promptlint.contract import Modality
from promptlint.contract.clauses import read
from promptlint.model import Hit, Role, Safety
from promptlint.patterns import lazy
from promptlint.places import Places, exclusive, places, tile_at, touches
from promptlint.records import dataclass
from promptlint.scopes import shared
from promptlint.senses import WHOLE, Sense, concept, opposed, sense
from promptlint.senses.likeness import Likeness
from promptlint.senses.parallel import is_parallel, is_turned
from promptlint.senses.thesaurus import LIGHT
from promptlint.shown import has_placeholder, shown
from promptlint.statements import LONGEST, Repeat, Statement, hits, said, twin
from promptlint.view import View
from promptlint.wording import gist, words
from promptlint.words import lemma, table

_WIDE = 0.65  # of the share that the default tier asks for
_KNOWN_SHARE = 0.35  # where both state a rule that prompts often state, or one bound of length
_CONTAINED_SHARE = 0.4  # where one says all of the other, which is no less than this weight
_CONTAINED = 1.6
_NOTHING = 0.1  # weight of what is left of a sentence that the other contains
_NEARLY_ALL = 0.9  # share of two sentences that are no orders
_WEIGHTY = 2.0  # weight of what both of these say
_ALONE_COMMON = 3.0  # weight of what two rules of different sections have in common
_ALONE_SHARE = 0.7
_LIKELY_COMMON = 1.6
_LIKELY_SHARE = (0.75, 0.5, 0.45)  # if none, one or both of two sentences are orders
_PART = 0.8  # share of two sentences of which one says much more
_CONTAINED_MORE = 0.5  # what the later of two may say beyond the weight of both, if it says all of the first
_MANY = 2  # numbers that both have: nobody writes the same two by chance
_LEAST_WORDS = 3
_LITTLE = 0.3  # weight of words that both have apart and that change nothing
_MOST_SHOWN = 8
_DUTIES = (Modality.MUST, Modality.PREFER)
_EXAMPLES = ("For example", "For instance", "E.g.", "e.g.")
_PERSONA = lazy(
    r"\W*(?:you are|you['’]re|as an? |act as|your role|I(?! (?:want|need|expect|would|will|ask)\b))\b",
    re.IGNORECASE,
)  # who the model is, or what the author of a text says of himself


@dataclass(frozen=True, slots=True)
class Params:
    """How near two sentences must be.

    Attributes:
        min_share: share of their concepts, by weight, that both have: 0 to 1.
        min_common: least weight of what both have; a word that is rare in the prompt weighs about 1.
        wide: also report less sure ones: lower shares, one side conditional, other sections.
        same: words that near-duplicate takes for equal: what that rule reports is left to it.
    """

    min_share: float
    min_common: float
    wide: bool
    same: Mapping[str, str]


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each restated rule, at the later one; what is said word for word is left to other rules."""
    if len(view.text) > LONGEST:
        return
    rules, senses, near = said(view)
    ground = places(view.prompt)
    for at in sorted(near):
        later = rules[at]
        if not _may_rule(later.text):
            continue
        for each in near[at]:
            first = rules[each.at]
            pair = _Pair(first, later, senses[each.at], senses[at], each)
            if _may_rule(first.text) and _is_same(view, pair, params):
                yield from _hit(first, later, ground)
                break


@lru_cache(maxsize=1 << 12)
def _may_rule(text: str) -> bool:
    """False for a question, an example, a persona (of another rule) and what is too short."""
    if text.endswith("?") or text.startswith(_EXAMPLES) or _PERSONA.match(text):
        return False
    return len(words(text)) >= _LEAST_WORDS or any(each.startswith("stock") for each in sense(text).concepts)


class _Pair(NamedTuple):
    """Two statements, what they say, and how near that is."""

    first: Statement
    later: Statement
    one: Sense
    other: Sense
    near: Likeness


def _is_same(view: View, pair: _Pair, params: Params) -> bool:
    both = pair.one.concepts & pair.other.concepts
    whole = bool(both & WHOLE)
    bound = any(each.startswith("limit_") for each in both)
    least = _KNOWN_SHARE if whole or bound else params.min_share * (_WIDE if params.wide else 1)
    if _contains(pair):
        least = min(least, _CONTAINED_SHARE)
    if pair.near.share < least or pair.near.common < params.min_common:
        return False
    agree = whole or bound or _agree(pair) or (params.wide and _is_part(pair))
    if not agree or _is_other(view, pair, params):
        return False
    if whole:
        return True
    if _is_step(pair.later.text):
        return False
    if bound:
        return shared(pair.first.scope, pair.later.scope)
    if is_turned(pair.first.text, pair.later.text) or is_parallel(
        pair.first.text, pair.later.text, pair.near.apart
    ):
        return False
    if params.wide and _is_likely(pair):
        return True
    return _is_sure(pair, both) and (
        _holds_alone(view, pair) or twin(view, pair.later, (pair.first,)) is not None
    )


def _holds_alone(view: View, pair: _Pair) -> bool:
    """True if both say so much in common that they are one rule, whatever section each stands in."""
    if pair.near.common < _ALONE_COMMON or pair.near.share < _ALONE_SHARE:
        return False
    if not (_directs(pair.first.text) and _directs(pair.later.text)):
        return False
    if has_placeholder(pair.first.text) or has_placeholder(pair.later.text):
        return False
    layouts = shown(view).layouts
    return not touches(layouts, pair.first.span) and not touches(layouts, pair.later.span)


def _is_other(view: View, pair: _Pair, params: Params) -> bool:
    """True if the two never meet, name different things, or are told of by another rule."""
    first, later = pair.first, pair.later
    if exclusive(first.branch, later.branch) or _named(first.text) != _named(later.text):
        return True
    if pair.one.conditional != pair.other.conditional and not params.wide:
        return True
    if opposed(pair.one.concepts, pair.other.concepts):
        return True
    if _role(view, first) is not _role(view, later):
        return True
    return words(first.text) == words(later.text) or (
        gist(first.text, params.same) == gist(later.text, params.same)
    )


def _role(view: View, statement: Statement) -> Role | None:
    return view.prompt.messages[tile_at(places(view.prompt), statement.span.start).message].role


def _agree(pair: _Pair) -> bool:
    """True if both ask or both forbid, with the same numbers, and no rule that prompts often state has
    another object in each."""
    one, other = pair.one, pair.other
    stock = any(each.startswith("stock") for each in one.concepts & other.concepts)
    if stock and pair.near.apart > _LITTLE:
        return False
    if one.numbers != other.numbers or one.permits != other.permits:
        return False
    return one.negative == other.negative or len(one.numbers) >= _MANY


def _is_likely(pair: _Pair) -> bool:
    """True if both are orders, or one is and they have much in common; for the wide tier."""
    orders = _directs(pair.first.text) + _directs(pair.later.text)
    return pair.near.common >= _LIKELY_COMMON and pair.near.share >= _LIKELY_SHARE[orders]


def _is_part(pair: _Pair) -> bool:
    """True if one says all of the other and much more: a negation may be in what is more."""
    return _contains(pair) and pair.near.share < _PART and pair.one.permits == pair.other.permits


def _is_sure(pair: _Pair, both: frozenset[str]) -> bool:
    """True if both are orders to do one thing, and the later says little more than the first."""
    if pair.near.added > pair.near.common + (_CONTAINED_MORE if _contains(pair) else 0.0):
        return False
    if any(each.startswith("stock") for each in both) or len(pair.one.numbers) >= _MANY:
        return True
    first, later = _directs(pair.first.text), _directs(pair.later.text)
    if first and later:
        return _one_deed(pair)
    return first == later and pair.near.share >= _NEARLY_ALL and pair.near.common >= _WEIGHTY


def _contains(pair: _Pair) -> bool:
    """True if one says all of the other, and that is no short phrase."""
    if pair.near.apart > _NOTHING or pair.near.common < _CONTAINED:
        return False
    return min(len(words(pair.first.text)), len(words(pair.later.text))) > _LEAST_WORDS


_CAPITALS = lazy(r"\b[A-Z]{2,}\b")
_LITERAL = lazy(r"`([^`\n]+)`|\"([^\"\n]+)\"|“([^”\n]+)”|<([^<>\n]+)>|\{([^{}\n]+)\}|(?<!\w)(\.\w{2,4})\b")


_SHOUTED = table(
    "must not never always only all any no do don important critical note use be you your the a an and or is "
    "are very strictly mandatory every each required please if ok output json then before after exactly"
)  # more for emphasis than as a name


@lru_cache(maxsize=1 << 12)
def _named(text: str) -> frozenset[str]:
    """What it quotes or names in code: two rules about different names are different rules."""
    found = {next(filter(None, match.groups())) for match in _LITERAL.finditer(text)}
    if not text.isupper():
        found.update(word for word in _CAPITALS.findall(text) if word.lower() not in _SHOUTED)
    return frozenset(found)


_STEP = lazy(
    r"^\W*(?:then|next|finally|now|after that|afterwards|if (?:it|so|they|not|this|that)\b)|\b(?:following"
    r"|below)\b",
    re.IGNORECASE,
)


def _is_step(text: str) -> bool:
    """True for what goes on from the sentence before, or says how: it may well use the same words."""
    return _STEP.search(text[:80]) is not None


def _one_deed(pair: _Pair) -> bool:
    """True if both ask for, or both forbid, a thing to do that the other names."""
    one, other = _deeds(pair.first.text), _deeds(pair.later.text)
    if {positive for positive, _ in one}.isdisjoint(positive for positive, _ in other):
        return False
    sides = ((one, pair.other), (other, pair.one))
    shared_deed = any(name in rest.concepts for deeds, rest in sides for _, name in deeds)
    return shared_deed and all(
        any(name in rest.concepts or name in LIGHT or name == "be" for _, name in deeds)
        for deeds, rest in sides
    )


_REFUSED = lazy(
    r"(?<!that )(?<!which )(?<!who )\b(?:is|are) (?:not|never) (?:to be )?(?P<deed>\w+(?:ed|en|id|nt|ade))\b",
    re.IGNORECASE,
)


def _deeds(text: str) -> set[tuple[bool, str]]:
    """What is asked for (True) or forbidden, as "do not report it", "it is not reported"."""
    found = {
        (clause.positive, concept(clause.predicate)) for clause in read(text) if clause.modality in _DUTIES
    }
    found |= {(False, concept(lemma(match["deed"].lower()))) for match in _REFUSED.finditer(text)}
    return found


def _directs(text: str) -> bool:
    return any(clause.modality in _DUTIES for clause in read(text)) or _REFUSED.search(text) is not None


def _hit(first: Statement, later: Statement, ground: Places) -> Iterator[Hit]:
    lost = _lost(first.text, later.text)
    for hit in hits((Repeat(first, later, Safety.UNSAFE),), ground, "says again in other words"):
        drops = f"the second wording{lost}" if hit.edits else ""
        yield Hit(hit.at, hit.message, hit.edits, hit.related, hit.safety, drops)


def _lost(first: str, later: str) -> str:
    """The content words of the later wording that the first has in no form, for the reader to judge."""
    kept = sense(first).concepts
    gone = [word for word in dict.fromkeys(words(later)) if sense(word).concepts - kept]
    return f", and with it: {', '.join(gone[:_MOST_SHOWN])}" if gone else ""
