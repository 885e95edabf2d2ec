"""Finds two rules that no answer can obey both."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from promptlint.claims import Claim, claims, has_exception
from promptlint.contract import Modality
from promptlint.contract.clauses import read
from promptlint.model import Hit, Span
from promptlint.places import exclusive, touches
from promptlint.records import dataclass
from promptlint.senses import Sense, opposed
from promptlint.shown import has_placeholder, shown
from promptlint.statements import Statement, said, twin
from promptlint.view import View
from promptlint.wording import words

_MOST = 20  # claims on one topic that the next one is compared with: a bound on work
_LITTLE = 0.5


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
    told: set[Span] = set()
    for finder in (_clashes, _signs):
        for first, later, claim in finder(view, params):
            if later.span not in told and _together(view, first, later, claim.everywhere):
                told.add(later.span)
                yield Hit(later.span, f'{claim.why}: "{_shortened(first.text)}"', related=(first.span,))


def _together(view: View, first: Statement, later: Statement, everywhere: bool) -> bool:
    """True if both hold in one request, and in one place or `everywhere`, and are said rather than shown."""
    if exclusive(first.branch, later.branch) or not (everywhere or twin(view, later, (first,))):
        return False
    if has_placeholder(first.text) or has_placeholder(later.text):
        return False
    layouts = shown(view).layouts
    return not touches(layouts, first.span) and not touches(layouts, later.span)


Clash = tuple[Statement, Statement, Claim]
_DENIES = Claim("", "", "contradicts an earlier rule")


def _clashes(view: View, params: Params) -> Iterator[Clash]:
    """Two claims on one topic that exclude each other."""
    known: dict[str, list[tuple[Statement, Claim]]] = {}
    for statement in said(view).rules:
        for claim in claims(statement.text):
            earlier = known.setdefault(claim.topic, [])
            for first, other in earlier[:_MOST]:
                if first is not statement and claim.excludes(other):
                    sure = other.everywhere and not claim.everywhere
                    yield first, statement, claim._replace(everywhere=True) if sure else claim
                    break
            earlier.append((statement, claim))


def _signs(view: View, params: Params) -> Iterator[Clash]:
    """A rule, and the same rule with a not."""
    rules, senses, near = said(view)
    for at in sorted(near):
        for each in near[at]:
            first, later, one, other = rules[each.at], rules[at], senses[each.at], senses[at]
            if one.negative == other.negative or each.share < params.min_share:
                continue
            if each.common < params.min_common or not _denies(first.text, later.text, one, other, each.apart):
                continue
            if _commands(first.text) and _commands(later.text):
                yield first, later, _DENIES
                break


def _denies(first: str, later: str, one: Sense, other: Sense, apart: float) -> bool:
    if apart > _LITTLE or one.numbers != other.numbers:
        return False
    if one.permits or other.permits or one.conditional or other.conditional:
        return False
    if opposed(one.concepts, other.concepts) or has_exception(first) or has_exception(later):
        return False
    return SequenceMatcher(None, words(first), words(later), autojunk=False).ratio() > 0.3


def _commands(text: str) -> bool:
    clauses = read(text)
    return len(clauses) == 1 and clauses[0].modality in (Modality.MUST, Modality.PREFER)


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:57].rstrip() + "..."
