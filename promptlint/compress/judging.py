"""Judges what the passes propose: the tokenizer says what it saves, the contract what it loses.

All ideas that may be applied without an eval suite are judged together, on the text with all of them applied:
two that are harmless alone may each be the survivor that the other one relies on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from promptlint import contract, outline, vet
from promptlint.compress.neighbours import apart
from promptlint.compress.proposal import Ground, Idea, Proposal, Tier
from promptlint.contract import Change, Contract, Fate, Requirement
from promptlint.locate import edited, joins_lines, source_edits
from promptlint.model import Edit, Prompt, Safety, Span
from promptlint.places import touches
from promptlint.records import dataclass
from promptlint.wording import words

_ROUNDS = 6  # of taking out what is to blame, before halves are tried
_READ = 1_000_000
"""Code points that may be read to tell which ideas break the contract together."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of the contract.

    `kept` counts what is as it was, `notes` are subsumed, each with its survivor, `troubles` are lost or new.
    """

    notes: tuple[Change, ...]
    troubles: tuple[Change, ...]
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """All proposals of a prompt, and what becomes of its contract if those are applied that need no suite."""

    proposals: tuple[Proposal, ...]
    outcome: Verdict


def judged(ground: Ground, ideas: Iterable[tuple[str, Idea]]) -> Judged:
    """The ideas that save tokens and can be spelt in the file, each with its tier and its losses, by place.

    Those of the tiers SAFE and SUBSUMING keep the contract all together, and touch none of each other. What
    cannot be had without loss, or not beside a better one, is EVAL.

    Args:
        ground: of the prompt.
        ideas: each with the name of its pass.
    """
    listed = list(ideas)
    found = [each for name, idea in listed if (each := _proposal(ground, name, idea)) is not None]
    found = _distinct(found)
    bounds = tuple(_bound(ground, name, idea) for name, idea in listed if idea.in_source)
    found = [replace(each, tier=Tier.EVAL) if _rewords(ground, each) else each for each in found]
    gated = [each for each in found if each.tier is Tier.EVAL]
    free = apart(ground, sorted((each for each in found if each.tier is not Tier.EVAL), key=_preference))
    fine, outcome = _consistent(ground, list(free))
    taken = {id(each) for each in fine}
    told = [_told(each, outcome.notes) for each in fine]
    # One that only touches a better one is no opportunity of its own: it would save the same tokens again.
    gated += [replace(each, tier=Tier.EVAL) for each in free if id(each) not in taken]
    proposals = sorted((*told, *gated), key=lambda each: each.edits[0].span)
    return Judged((*proposals, *bounds), outcome)


def _preference(proposal: Proposal) -> tuple[int, Span]:
    return -proposal.tokens_saved, proposal.edits[0].span


def _proposal(ground: Ground, name: str, idea: Idea) -> Proposal | None:
    """None if the idea saves nothing, or touches what is kept, a slot or a template statement.

    A schema that saves nothing is told all the same: who sees the words asks why none is proposed.
    """
    prompt = ground.prompt
    edits = tuple(sorted(idea.edits, key=lambda edit: edit.span))
    if not edits or any(touches(ground.kept, edit.span) for edit in edits):
        return None
    spelt: list[Edit] = []
    for edit in edits:
        in_source = source_edits(prompt, edit)
        if in_source is None or joins_lines(prompt, edit, in_source):
            return None
        spelt.extend(in_source)
    saved = vet.saved_tokens(prompt.text, edits, ground.view.count)
    saved -= ground.view.count(idea.schema) if idea.schema else 0  # it is sent, and billed as input
    if saved <= 0 and not idea.schema:
        return None
    return Proposal(
        pass_name=name,
        prompt_id=prompt.id,
        edits=edits,
        source_edits=tuple(spelt),
        tokens_saved=saved,
        tier=idea.least,
        safety=idea.safety,
        losses=(),
        why=idea.why if saved > 0 else f"{idea.why}, but takes {-saved:,} tokens more than the words",
        related=tuple(stays for _, stays in idea.stands),
        stands=idea.stands,
        code=idea.code,
        schema=idea.schema,
    )


def _bound(ground: Ground, name: str, idea: Idea) -> Proposal:
    """A bound of what is filled in: nothing of the template's own text changes."""
    return Proposal(
        name, ground.prompt.id, (), idea.in_source, 0, Tier.EVAL, idea.safety, (), idea.why, code=idea.code
    )


def _distinct(found: Sequence[Proposal]) -> list[Proposal]:
    """One of those with the same edits: the one of the lowest tier."""
    best: dict[tuple[Edit, ...], Proposal] = {}
    for each in found:
        other = best.get(each.edits)
        if other is None or each.tier < other.tier:
            best[each.edits] = each
    return list(best.values())


def _rewords(ground: Ground, proposal: Proposal) -> bool:
    """True if an edit within a sentence changes what that requires: cheap, before all is read."""
    if proposal.stands or proposal.tier is Tier.EVAL:
        return False
    text = ground.view.text
    for edit in proposal.edits:
        home = ground.view.sentence_at(edit.span)
        if home is None or home.children or edit.span == home.span:
            continue
        start, end = home.span.start, home.span.end
        after = text[start : edit.span.start] + edit.new + text[edit.span.end : end]
        if after.strip() and not contract.says_the_same(text[start:end], after):
            return True
    return False


# --- all together ---------------------------------------------------------------------------


def _consistent(ground: Ground, items: list[Proposal]) -> tuple[list[Proposal], Verdict]:
    """As many of the proposals as keep the contract together, and what is subsumed then."""
    for _ in range(_ROUNDS):
        outcome = verdict(ground, items)
        if not outcome.troubles:
            return items, outcome
        guilty = _guilty(outcome.troubles, items)
        if not guilty:
            break
        items = [each for each in items if id(each) not in guilty]
    return _halved(ground, items)


def _halved(ground: Ground, items: list[Proposal]) -> tuple[list[Proposal], Verdict]:
    """The same by halves, where nothing tells which proposal is to blame."""
    good: list[Proposal] = []
    best = verdict(ground, ())
    waiting = [items]
    readings = max(8, _READ // (len(ground.view.text) + 1))
    while waiting and readings > 0:
        part = waiting.pop()
        if not part:
            continue
        readings -= 1
        outcome = verdict(ground, [*good, *part])
        if not outcome.troubles:
            good += part
            best = outcome
        elif len(part) > 1:
            middle = len(part) // 2
            waiting += [part[middle:], part[:middle]]
    return good, best


def verdict(ground: Ground, items: Sequence[Proposal]) -> Verdict:
    """What becomes of the prompt's contract if the proposals, which touch none of each other, are applied."""
    after = edited(ground.prompt, vet.merged(items))
    return _weighed(ground.view.contract, changes(ground.view.contract, after), items)


def changes(before: Contract, after: Prompt) -> tuple[Change, ...]:
    """What becomes of every item of a contract in another text of the prompt, and what is new there."""
    return contract.compare(before, contract.contract(after, outline.outline(after)))


def _weighed(before: Contract, found: Sequence[Change], items: Sequence[Proposal]) -> Verdict:
    """The changes, those excused that a survivor of a pass stands for."""
    notes, troubles = [], []
    moved = _relaid(found)
    for change in found:
        if change.fate is Fate.KEPT or (change.what == "example" and _bare(change.text) in moved):
            continue
        if change.fate is Fate.SUBSUMED:
            notes.append(replace(change, by=_as_it_was(before, change)))
            continue
        survivor = _survivor(change, items) if change.fate is not Fate.GAINED else None
        if survivor is None:
            troubles.append(change)
        else:
            notes.append(replace(change, fate=Fate.SUBSUMED, by=_said_by(before, change, survivor)))
    return Verdict(tuple(notes), tuple(troubles), len(found) - len(notes) - len(troubles))


def _said_by(before: Contract, change: Change, survivor: Span) -> Requirement | None:
    """The requirement within a survivor that has most words of the one that goes."""
    gone = set(words(change.text))
    there = [each for each in before.requirements if each.span.overlaps(survivor)]
    return max(there, key=lambda each: len(gone & set(words(each.text))), default=None)


def _as_it_was(before: Contract, change: Change) -> Requirement | None:
    """The survivor of a subsumed requirement in the text before, where that has it in the same words."""
    if change.by is None:
        return None
    same = (each for each in before.requirements if each.text == change.by.text and each.span != change.span)
    return next(same, change.by)


def _relaid(found: Sequence[Change]) -> set[str]:
    """Examples, without white space, that differ by no more than white space: JSON put on one line."""
    by_fate = {
        fate: {_bare(change.text) for change in found if change.what == "example" and change.fate is fate}
        for fate in (Fate.LOST, Fate.GAINED)
    }
    return by_fate[Fate.LOST] & by_fate[Fate.GAINED]


def _bare(text: str) -> str:
    return "".join(text.split())


def _survivor(change: Change, items: Sequence[Proposal]) -> Span | None:
    """What a pass says stands for a lost requirement, if that itself stays, or another one stands for it."""
    if change.span is None or change.what != "requirement":
        return None
    stands = [pair for each in items for pair in each.stands]
    at, seen = change.span, set()
    while at not in seen:
        seen.add(at)
        stays = next((stays for gone, stays in stands if gone.contains(at)), None)
        if stays is None:
            return None
        if not any(stays.overlaps(gone) for gone, _ in stands):
            return stays
        at = stays
    return None


def _guilty(troubles: Sequence[Change], items: Sequence[Proposal]) -> set[int]:
    """The proposals in whose edits a lost requirement lies."""
    spans = [change.span for change in troubles if change.fate is Fate.LOST and change.span is not None]
    return {
        id(each) for each in items if any(edit.span.overlaps(span) for edit in each.edits for span in spans)
    }


def _told(proposal: Proposal, notes: Sequence[Change]) -> Proposal:
    """The proposal with what it subsumes; SAFE only if it claims that and subsumes nothing."""
    own = tuple(
        note
        for note in notes
        if note.span is not None and any(edit.span.overlaps(note.span) for edit in proposal.edits)
    )
    safe = not own and proposal.safety is Safety.SAFE and proposal.tier is Tier.SAFE
    return replace(proposal, tier=Tier.SAFE if safe else Tier.SUBSUMING, losses=own)
