"""Merges rules that are said more than once into one: the wording that says more stays.

May lose: reinforcement; the second wording. A rule in other words goes only if every concept, number, name,
negation and condition of it is in the one that stays, which is shown; all else needs an eval suite.
"""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.compress.passes.covering import covers
from promptlint.compress.proposal import Found, Ground, Idea, Tier
from promptlint.locate import locate, location
from promptlint.model import Safety, Span
from promptlint.places import exclusive, numbered, places, tile_at
from promptlint.scopes import shared
from promptlint.senses.parallel import is_parallel
from promptlint.shown import has_placeholder
from promptlint.statements import LONGEST, Repeat, Statement, hits, said

_EXACT = ("RED001", "RED002")
_NEAREST = 4  # earlier sentences that one is compared with


def ideas(ground: Ground) -> Iterator[Idea]:
    """An idea for each repetition, with the line that stays."""
    for code in _EXACT:
        for found in ground.of(code):
            yield from _repeated(ground, found, code)
    for found in ground.of("RED003"):
        yield from _restated(ground, found)
    if len(ground.view.text) <= LONGEST:
        yield from _covered(ground)


def _repeated(ground: Ground, found: Found, code: str) -> Iterator[Idea]:
    """What the rule would delete; numbered steps, which others may name, only where a suite agrees."""
    pair = _pair(found)
    if pair is None or not found.edits:
        return
    gone, stays = pair
    least = Tier.SAFE if found.safety is Safety.SAFE else Tier.SUBSUMING
    if any(numbered(places(ground.prompt), edit.span) for edit in found.edits):
        least = Tier.EVAL
    if code == "RED002" and not covers(_text(ground, stays), _text(ground, gone)):
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
            if not _meet(ground, first, later):
                continue
            if covers(first.text, later.text):
                found = _idea(ground, first, later, "restated in", leaned)
            elif covers(later.text, first.text):
                found = _idea(ground, later, first, "restated, with more, in", leaned)
            else:
                continue
            if found is not None:
                yield found
                break


def _meet(ground: Ground, first: Statement, later: Statement) -> bool:
    """True if both hold in one request, in one scope, said by one role, and neither shows a pattern."""
    if exclusive(first.branch, later.branch) or not shared(first.scope, later.scope):
        return False
    held = places(ground.prompt)
    if tile_at(held, first.span.start).message != tile_at(held, later.span.start).message:
        return False
    if has_placeholder(first.text) or has_placeholder(later.text):
        return False
    return "?" not in first.text + later.text and not is_parallel(first.text, later.text, 0.0)


def _idea(ground: Ground, stays: Statement, goes: Statement, why: str, leaned: set[str]) -> Idea | None:
    held = places(ground.prompt)
    if goes.text in leaned or goes.leans_on or numbered(held, goes.span):
        return None
    repeat = Repeat(stays, goes, Safety.UNSAFE)
    edits = next((hit.edits for hit in hits((repeat,), held, "") if hit.edits), ())
    if not edits:
        return None
    span = Span(min(goes.span.start, edits[0].span.start), max(goes.span.end, edits[-1].span.end))
    told = _why(ground, why, stays.span)
    return Idea(edits, told, Safety.UNSAFE, Tier.SUBSUMING, ((span, stays.span),), "RED003")


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
