"""Merges rules that are said more than once into one: the wording that says more stays.

May lose: reinforcement; the second wording. A rule in other words goes only if every concept, number, name,
negation and condition of it is in the one that stays, which is shown; all else needs an eval suite.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from promptlint.compress.passes.covering import covers
from promptlint.compress.passes.exclusion import forbids_the_rest
from promptlint.compress.passes.standing import reinforces, speak_apart, stands_alone
from promptlint.compress.proposal import Found, Ground, Idea, Tier
from promptlint.contract import Modality
from promptlint.contract.clauses import read
from promptlint.locate import locate, location
from promptlint.model import Safety, Span
from promptlint.places import numbered, places, tile_at
from promptlint.senses import sense
from promptlint.senses.parallel import is_parallel
from promptlint.shown import has_placeholder
from promptlint.statements import LONGEST, Repeat, Statement, hits, said, twin
from promptlint.wording import words

_EXACT = ("RED001", "RED002")
_OTHERWISE = 'forbidden by "only" in'
_ORDER = 3  # words of an order
_FACT = 3  # concepts of a statement that orders nothing
_SENTENCE = 5  # words of a statement that is compared though it orders nothing
_NEAREST = 4  # earlier sentences that one is compared with
_BESIDE = 3  # sentences before and after "only this" in which "nothing else" belongs to it


def ideas(ground: Ground) -> Iterator[Idea]:
    """An idea for each repetition, with the line that stays."""
    for code in _EXACT:
        for found in ground.of(code):
            yield from _repeated(ground, found, code)
    for found in ground.of("RED003"):
        yield from _restated(ground, found)
    if len(ground.view.text) <= LONGEST:
        yield from _covered(ground)
        yield from _excluded(ground)


def _repeated(ground: Ground, found: Found, code: str) -> Iterator[Idea]:
    """What the rule would delete; numbered steps, which others may name, only where a suite agrees."""
    pair = _pair(found)
    if pair is None or not found.edits:
        return
    gone, stays = pair
    least = Tier.SAFE if found.safety is Safety.SAFE else Tier.SUBSUMING
    if numbered(places(ground.prompt), gone) or numbered(places(ground.prompt), stays):
        least = Tier.EVAL
    if code == "RED002" and not covers(_text(ground, stays), _text(ground, gone)):
        least = Tier.EVAL
    if not _is_said(_text(ground, gone)) or not _begins(ground, gone):
        least = Tier.EVAL
    if not stands_alone(ground, stays, gone) or reinforces(ground, stays, gone):
        least = Tier.EVAL
    why = _why(ground, "said again in" if code == "RED002" else "repeats", stays)
    yield Idea(found.edits, why, found.safety, least, ((_whole(found, gone), stays),), code)


def _restated(ground: Ground, found: Found) -> Iterator[Idea]:
    """What is not covered word by word; a suite must tell. What is covered is found by `_covered`."""
    pair = _pair(found)
    if pair is not None and found.edits:
        why = _why(ground, "in other words in", pair[1])
        stands = ((_whole(found, pair[0]), pair[1]),)
        yield Idea(found.edits, why, Safety.UNSAFE, Tier.EVAL, stands, "RED003")


def _covered(ground: Ground) -> Iterator[Idea]:
    """Of two statements that hold in one place, the one that the other covers; the later, if both do."""
    rules, _, near = said(ground.view)
    leaned = {rule.leans_on for rule in rules if rule.leans_on}
    for at in sorted(near):
        for each in near[at][:_NEAREST]:
            first, later = rules[each.at], rules[at]
            if words(first.text) == words(later.text):
                continue  # of the rules for repetitions
            if covers(first.text, later.text):
                stays, goes, why = first, later, "restated in"
            elif covers(later.text, first.text):
                stays, goes, why = later, first, "restated, with more, in"
            else:
                continue
            found = _idea(ground, stays, goes, why, leaned) if _meet(ground, first, later) else None
            if found is not None:
                yield found
                break


def _excluded(ground: Ground) -> Iterator[Idea]:
    """ "No other text" close to "only this", which says so."""
    rules, _, _ = said(ground.view)
    leaned = {rule.leans_on for rule in rules if rule.leans_on}
    for at, goes in enumerate(rules):
        for stays in (*rules[max(0, at - _BESIDE) : at], *rules[at + 1 : at + 1 + _BESIDE]):
            if not forbids_the_rest(stays.text, goes.text):
                continue
            first, later = sorted((stays, goes), key=attrgetter("span"))
            found = _idea(ground, stays, goes, _OTHERWISE, leaned) if _meet(ground, first, later) else None
            if found is not None:
                yield found
                break


def _meet(ground: Ground, first: Statement, later: Statement) -> bool:
    """True if both hold in one request, in one scope, said by one role, and neither shows a pattern."""
    if twin(ground.view, later, (first,)) is None:
        return False
    held = places(ground.prompt)
    if tile_at(held, first.span.start).message != tile_at(held, later.span.start).message:
        return False
    if (
        speak_apart(ground, first.span, later.span)
        or has_placeholder(first.text)
        or has_placeholder(later.text)
    ):
        return False
    return "?" not in first.text + later.text and not is_parallel(first.text, later.text, 0.0)


def _idea(ground: Ground, stays: Statement, goes: Statement, why: str, leaned: set[str]) -> Idea | None:
    held = places(ground.prompt)
    if goes.text in leaned or goes.leans_on or numbered(held, goes.span):
        return None
    if not (_is_said(goes.text) and _is_said(stays.text)) or "\\n" in goes.text + stays.text:
        return None
    if not stands_alone(ground, stays.span, goes.span):
        return None
    repeat = Repeat(stays, goes, Safety.UNSAFE)
    edits = next((hit.edits for hit in hits((repeat,), held, "") if hit.edits), ())
    if not edits:
        return None
    span = Span(min(goes.span.start, edits[0].span.start), max(goes.span.end, edits[-1].span.end))
    told = _why(ground, why, stays.span)
    least = Tier.EVAL if reinforces(ground, stays.span, goes.span) else Tier.SUBSUMING
    return Idea(edits, told, Safety.UNSAFE, least, ((span, stays.span),), "RED003")


def _is_said(text: str) -> bool:
    """True for an order, and for a statement that is a whole sentence: entries of a list name things."""
    if not text.lstrip("*_\"'“`([")[:1].isalnum():
        return False
    if any(clause.modality is not Modality.FACT for clause in read(text)):
        return len(words(text)) >= _ORDER
    whole = text.rstrip("*_ ").endswith((".", "!")) and len(words(text)) >= _SENTENCE
    return whole and len(sense(text).concepts) >= _FACT


def _begins(ground: Ground, gone: Span) -> bool:
    """True for an order, and for a fact that opens its line: another speaks of what stands before it."""
    text = ground.view.text
    if any(clause.modality is not Modality.FACT for clause in read(_text(ground, gone))):
        return True
    line = text[text.rfind("\n", 0, gone.start) + 1 : gone.start]
    return not any(map(str.isalnum, line))


def _pair(found: Found) -> tuple[Span, Span] | None:
    at = found.hit.at
    return (at, found.hit.related[0]) if isinstance(at, Span) and found.hit.related else None


def _text(ground: Ground, span: Span) -> str:
    return ground.view.text[span.start : span.end]


def _whole(found: Found, at: Span) -> Span:
    """The marked range with the edits around it."""
    spans = [at, *(edit.span for edit in found.edits)]
    return Span(min(span.start for span in spans), max(span.end for span in spans))


def _why(ground: Ground, said_: str, stays: Span) -> str:
    place = location(ground.prompt.source.text, locate(ground.prompt, stays))
    return f"{said_} line {place.line}"
