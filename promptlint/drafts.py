"""Turns the hits of checkers into findings: fixes that may be trusted, and what following them is worth."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from promptlint import measure, vet
from promptlint.identity import fingerprint
from promptlint.locate import joins_lines, locate, location, source_edits, source_range
from promptlint.model import Edit, Field, Finding, Fix, Hit, Prompt, Safety, Saving, Severity, Span
from promptlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from promptlint.cards import Rule
    from promptlint.view import View

_LAYERS = 4  # of more fixes for one place, only those that need no reading of the contract stay safe


@dataclass(frozen=True, slots=True)
class Draft:
    """A hit on its way to a finding: with its edits in source coordinates, its saving and its safety."""

    rule: Rule
    hit: Hit
    prompt: Prompt
    source_edits: tuple[Edit, ...]
    safety: Safety
    saved: int

    @property
    def edits(self) -> tuple[Edit, ...]:
        """In prompt coordinates."""
        return self.hit.edits


def drafts(view: View, rules: Iterable[Rule]) -> list[Draft]:
    """Run the rules; the drafts are in order of place and code, and SAFE only where the contract agrees."""
    found = []
    for rule in rules:
        if rule.check is None:
            continue
        for hit in rule.check(view, rule.params):
            draft = _draft(view, rule, hit)
            if draft is not None:
                found.append(draft)
    found.sort(key=lambda draft: (_span(draft.hit, view), draft.rule.card.code))
    return _vetted(view, found)


def _draft(view: View, rule: Rule, hit: Hit) -> Draft | None:
    """None if the hit's edits save nothing: what costs nothing is no finding."""
    if not hit.edits:
        return Draft(rule, hit, view.prompt, (), Safety.DISPLAY, hit.saves)
    edits = tuple(sorted(hit.edits, key=lambda edit: edit.span))
    saved = vet.saved_tokens(view.text, edits, view.count)
    if saved <= 0:
        return None
    spelt: list[Edit] = []
    for edit in edits:
        in_source = source_edits(view.prompt, edit)
        if in_source is None or joins_lines(view.prompt, edit, in_source):
            return Draft(rule, replace(hit, edits=edits), view.prompt, (), Safety.DISPLAY, saved)
        spelt.extend(in_source)
    safety = min(hit.safety, rule.card.fix or Safety.DISPLAY)  # never more than the card claims
    return Draft(rule, replace(hit, edits=edits), view.prompt, tuple(spelt), safety, saved)


def _vetted(view: View, found: list[Draft]) -> list[Draft]:
    """Drafts that claim to be safe but, by the contract, are not become unsafe.

    Those that touch no other are judged together; of the rest again those that touch no other, and so on.
    """
    rivals: Sequence[Draft] = [draft for draft in found if draft.safety is Safety.SAFE]
    kept: set[int] = set()
    for _ in range(_LAYERS):
        if not rivals:
            break
        together = vet.compatible(rivals)
        kept |= {id(draft) for draft in vet.keepers(view, together)}
        judged = {id(draft) for draft in together}
        rivals = [draft for draft in rivals if id(draft) not in judged]
    kept |= {id(draft) for draft in rivals if vet.is_quiet(view, draft)}
    return [
        replace(draft, safety=Safety.UNSAFE)
        if draft.safety is Safety.SAFE and id(draft) not in kept
        else draft
        for draft in found
    ]


def _span(hit: Hit, view: View) -> Span:
    return hit.at if isinstance(hit.at, Span) else Span(0, 0)


@dataclass(frozen=True, slots=True)
class Worth:
    """What turns the tokens of one prompt into money: how far a cache reaches, and all static tokens."""

    base: measure.Basics
    cached_until: int
    static: int

    def of(self, draft: Draft) -> Saving | None:
        """What following the draft would save, if that is known."""
        at = draft.hit.at
        if draft.saved > 0:
            cacheable = isinstance(at, Span) and at.end <= self.cached_until
            return measure.saving(draft.saved, cacheable, self.base)
        if draft.hit.caches:
            return measure.caching(draft.hit.caches, self.static, self.base)
        return None


def findings(found: Sequence[Draft], worth: Worth) -> Iterator[Finding]:
    """One finding for each draft, in the same order; repeats of a text are told apart by an ordinal."""
    seen: Counter[tuple[str, str]] = Counter()
    for draft in found:
        text = _marked_text(draft)
        key = (draft.rule.card.code, text)
        ordinal = seen[key]
        seen[key] += 1
        yield _finding(draft, worth.of(draft), (text, ordinal))


def _marked_text(draft: Draft) -> str:
    at = draft.hit.at
    if isinstance(at, Span):
        return draft.prompt.text[at.start : at.end]
    return at.name if isinstance(at, Field) else ""


def _finding(draft: Draft, worth: Saving | None, identity: tuple[str, int]) -> Finding:
    rule, hit, prompt = draft.rule, draft.hit, draft.prompt
    text = prompt.source.text
    span = _source_span(hit.at, prompt)
    fix = Fix(draft.source_edits, draft.safety, hit.drops) if hit.edits else None
    return Finding(
        code=rule.card.code,
        name=rule.card.name,
        severity=_severity(draft),
        message=hit.message,
        path=prompt.source.path,
        span=span,
        location=location(text, span),
        fingerprint=fingerprint(rule.card.code, prompt.id, *identity),
        prompt=prompt.id,
        related=tuple(location(text, locate(prompt, other)) for other in hit.related),
        fix=fix,
        saving=worth,
    )


def _severity(draft: Draft) -> Severity:
    """That of the rule, lowered for a minor hit unless the configuration chose it."""
    rule = draft.rule
    return min(rule.severity, Severity.INFO) if draft.hit.minor and not rule.chosen else rule.severity


def _source_span(at: Span | Field | None, prompt: Prompt) -> Span:
    if isinstance(at, Field) and not at.path:
        return at.span
    if not isinstance(at, Span):
        whole = source_range(prompt)
        end = prompt.source.text.find("\n", whole.start)
        return Span(whole.start, whole.end if end < 0 else min(end, whole.end))
    return locate(prompt, at)
