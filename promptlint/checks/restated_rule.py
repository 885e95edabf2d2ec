"""Finds rules that are said again in other words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from promptlint.contract import Modality
from promptlint.contract.clauses import read
from promptlint.model import Hit, Role, Safety
from promptlint.places import Places, exclusive, of_role, places, tile_at, touches
from promptlint.records import dataclass
from promptlint.scopes import shared
from promptlint.senses import WHOLE, Sense, concept, opposed, sense
from promptlint.senses.likeness import Index, Likeness
from promptlint.senses.thesaurus import LIGHT
from promptlint.statements import Repeat, Statement, hits, statements, twin
from promptlint.view import View
from promptlint.wording import gist, words
from promptlint.words import table

_WIDE = 0.65  # of the share that the default tier asks for
_KNOWN_SHARE = 0.35  # where both state a rule that prompts often state, or one bound of length
_LEAST_WORDS = 3
_LITTLE = 0.3  # weight of words that both have apart and that change nothing
_MUCH = 1.5  # weight of words that both have apart and that make two rules of them
_PATTERN = 0.4  # share of the words that stand in one order in both
_COPY = 0.6  # the same, of two copies of which one was changed
_MOST_SHOWN = 8
_DUTIES = (Modality.MUST, Modality.PREFER)
_PERSONA = re.compile(r"\W*(?:you are|you['’]re|as an? |act as|your role)\b", re.IGNORECASE)


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
    rules = tuple(_rules(view))
    if len(rules) < 2:
        return
    ground = places(view.prompt)
    senses = [sense(statement.text) for statement in rules]
    index = Index([each.concepts for each in senses])
    least = min(params.min_share, _KNOWN_SHARE)
    for at, statement in enumerate(rules):
        for near in index.earlier(at, least):
            first = rules[near.at]
            if _is_same(view, _Pair(first, statement, senses[near.at], senses[at], near), params):
                yield from _hit(first, statement, ground)
                break


def _rules(view: View) -> Iterator[Statement]:
    """The statements that may instruct; a persona is of another rule, a tool's description of the tool."""
    tools = of_role(view.prompt, Role.TOOL_DEFINITION)
    for statement in statements(view):
        text = statement.text
        if len(text) > 600 or text.endswith("?") or _PERSONA.match(text) or touches(tools, statement.span):
            continue
        found = sense(text)
        if len(words(text)) < _LEAST_WORDS or not found.concepts:
            continue
        yield statement


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
    if pair.near.share < least or pair.near.common < params.min_common or _is_other(view, pair, params):
        return False
    if whole:
        return True
    if _is_step(pair.later.text):
        return False
    if bound:
        return shared(pair.first.scope, pair.later.scope)
    if (
        not _agree(pair)
        or _turned(pair.first.text, pair.later.text)
        or _is_parallel(pair.first.text, pair.later.text, pair.near)
    ):
        return False
    if params.wide:
        return True
    return _is_sure(pair, both) and twin(view, pair.later, (pair.first,)) is not None


def _is_other(view: View, pair: _Pair, params: Params) -> bool:
    """True if the two never meet, name different things, or are told of by another rule."""
    first, later = pair.first, pair.later
    if exclusive(first.branch, later.branch) or _named(first) != _named(later):
        return True
    if pair.one.conditional != pair.other.conditional and not params.wide:
        return True
    if opposed(pair.one.concepts, pair.other.concepts) or _role(view, first) is not _role(view, later):
        return True
    return words(first.text) == words(later.text) or (
        gist(first.text, params.same) == gist(later.text, params.same)
    )


def _role(view: View, statement: Statement) -> Role | None:
    return view.prompt.messages[tile_at(places(view.prompt), statement.span.start).message].role


_RELATIONS = table("from than instead before after into over versus")


def _turned(first: str, later: str) -> bool:
    """True if "from" or the like stands before another thing in each: euros to dollars, dollars to euros."""
    one, other = _related(first), _related(later)
    return any(one[word] != other[word] for word in one.keys() & other.keys())


def _related(text: str) -> dict[str, frozenset[str]]:
    said = words(text)
    found: dict[str, frozenset[str]] = {}
    for at, word in enumerate(said):
        if word in _RELATIONS:
            following = (sense(each).concepts for each in said[at + 1 : at + 4])
            found[word] = next((each for each in following if each), frozenset())
    return found


def _agree(pair: _Pair) -> bool:
    """True if both ask or both forbid, with the same numbers, and no rule that prompts often state has
    another object in each."""
    one, other = pair.one, pair.other
    stock = any(each.startswith("stock") for each in one.concepts & other.concepts)
    if stock and pair.near.apart > _LITTLE:
        return False
    return one.numbers == other.numbers and one.negative == other.negative and one.permits == other.permits


def _is_sure(pair: _Pair, both: frozenset[str]) -> bool:
    """True if both are orders to do one thing, and the later says little more than the first."""
    if pair.near.added > pair.near.common:
        return False
    if any(each.startswith("stock") for each in both):
        return True
    return _directs(pair.first.text) and _directs(pair.later.text) and _one_deed(pair)


_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")
_LITERAL = re.compile(
    r"`([^`\n]+)`|\"([^\"\n]+)\"|“([^”\n]+)”|<([^<>\n]+)>|\{([^{}\n]+)\}|(?<!\w)(\.\w{2,4})\b"
)


_SHOUTED = table(
    "must not never always only all any no do don important critical note use be you your the a an and or is "
    "are very strictly mandatory every each required please if ok output json then before after exactly"
)  # more for emphasis than as a name


def _named(statement: Statement) -> frozenset[str]:
    """What it quotes or names in code: two rules about different names are different rules."""
    found = {next(filter(None, match.groups())) for match in _LITERAL.finditer(statement.text)}
    if not statement.text.isupper():
        found.update(word for word in _CAPITALS.findall(statement.text) if word.lower() not in _SHOUTED)
    return frozenset(found)


_STEP = re.compile(
    r"^\W*(?:then|next|finally|now|after that|afterwards|if (?:it|so|they|not|this|that)\b)|\b(?:following"
    r"|below)\b",
    re.IGNORECASE,
)


def _is_step(text: str) -> bool:
    """True for what goes on from the sentence before, or says how: it may well use the same words."""
    return _STEP.search(text[:80]) is not None


def _is_parallel(first: str, later: str, near: Likeness) -> bool:
    """True if the two are one pattern filled in twice: most words in one order, others in the gaps."""
    one, other = words(first), words(later)
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    alike = matcher.ratio()
    if alike > _COPY and any(_differ(one[a:b], other[c:d]) for tag, a, b, c, d in matcher.get_opcodes()):
        return True
    return near.apart > _LITTLE and (near.apart > _MUCH or alike > _PATTERN)


def _differ(one: Sequence[str], other: Sequence[str]) -> bool:
    """True if both say something, and neither what the other says."""
    gone, come = sense(" ".join(one)).concepts, sense(" ".join(other)).concepts
    return bool(gone - come) and bool(come - gone)


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


def _deeds(text: str) -> set[tuple[bool, str]]:
    return {
        (clause.positive, concept(clause.predicate)) for clause in read(text) if clause.modality in _DUTIES
    }


def _directs(text: str) -> bool:
    return any(clause.modality in _DUTIES for clause in read(text))


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
