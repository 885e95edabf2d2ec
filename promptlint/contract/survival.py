"""Compares two contracts: what of the one survives in the other, and by which line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from promptlint import words as w
from promptlint.contract.clauses import read
from promptlint.contract.requirements import Change, Contract, Fate, Modality, Requirement

_CANDIDATES = 500  # a bound on work: what is not found among so many counts as lost
_JOINS = re.compile(r",|\b(?:or|nor)\b", re.IGNORECASE)
_CLAUSES = 20  # things that one prohibition names, as far as we look
_RANK = {Modality.MAY: 1, Modality.PREFER: 2, Modality.MUST: 3}


def compare(before: Contract, after: Contract) -> tuple[Change, ...]:
    """One change for every item of `before`, in order, then one for every item that only `after` has."""
    survivors = _Index((*after.requirements, *after.hollow))
    known = _Index((*before.requirements, *before.hollow))
    changes = [_fate(requirement, survivors) for requirement in before.requirements]
    changes += [
        Change(Fate.GAINED, "requirement", new.text, None, new.span)
        for new in after.requirements
        if not any(_same_reach(old, new) for old in known.twins(new))
    ]
    changes += _ordered("slot", before.slots, after.slots)
    for what, old, new in (
        ("label", before.labels, after.labels),
        ("field", before.fields, after.fields),
        ("url", before.urls, after.urls),
        ("code", before.code, after.code),
        ("example", before.examples, after.examples),
    ):
        changes += _unordered(what, old, new)
    return tuple(sorted(changes, key=lambda change: change.fate is Fate.GAINED))


class _Index:
    """Requirements by what they say and where, and by each of their words."""

    def __init__(self, requirements: Sequence[Requirement]) -> None:
        self.by_identity: dict[object, dict[tuple[str, ...], Requirement]] = {}
        self.by_word: dict[str, list[Requirement]] = {}
        for requirement in requirements:
            places = self.by_identity.setdefault(_identity(requirement), {})
            if requirement.scope in places:
                continue
            places[requirement.scope] = requirement
            for word in requirement.words:
                self.by_word.setdefault(word, []).append(requirement)

    def twins(self, requirement: Requirement) -> Iterable[Requirement]:
        """Those that say the same: only the one in the same place if there is one, else all."""
        places = self.by_identity.get(_identity(requirement), {})
        same = places.get(requirement.scope)
        return places.values() if same is None else (same,)

    def candidates(self, requirement: Requirement) -> Sequence[Requirement]:
        """Those that share the rarest of its words, as far as we look."""
        lists = [self.by_word.get(word, []) for word in requirement.words]
        return min(lists, key=len, default=[])[:_CANDIDATES]


def _identity(requirement: Requirement) -> object:
    return (
        requirement.modality,
        requirement.positive,
        requirement.key,
        requirement.condition,
        requirement.bound,
    )


def _fate(old: Requirement, survivors: _Index) -> Change:
    twins = [new for new in survivors.twins(old) if _covers_scope(new.scope, old.scope)]
    if twins:
        nearest = min(twins, key=lambda new: len(old.scope) - len(new.scope))
        return Change(Fate.KEPT, "requirement", old.text, nearest, old.span)
    by = next((new for new in survivors.candidates(old) if _subsumes(new, old)), None)
    fate = Fate.LOST if by is None else Fate.SUBSUMED
    return Change(fate, "requirement", old.text, by, old.span)


def _covers_scope(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    """True if what holds in `wide` holds in `narrow`: same role, no branch or section of its own."""
    return wide[0] == narrow[0] and set(wide) <= set(narrow)


def _same_reach(old: Requirement, new: Requirement) -> bool:
    """True if `new` says nothing where `old` did not; sections may have been added or removed."""
    one, two = ({s for s in r.scope if s.startswith(("role:", "branch:"))} for r in (old, new))
    return one <= two and (set(old.scope) <= set(new.scope) or set(new.scope) <= set(old.scope))


def _subsumes(new: Requirement, old: Requirement) -> bool:
    """True if `new` is as strong as `old`, as little conditional, and has all its words and bounds."""
    if Modality.FACT in {old.modality, new.modality}:
        if old.modality is not new.modality:
            return False
    elif _RANK[new.modality] < _RANK[old.modality]:
        return False
    return (
        old.positive == new.positive
        and new.condition in {"", old.condition}
        and bool(old.words)
        and old.words <= new.words
        and set(old.bound) <= set(new.bound)
        and _covers_scope(new.scope, old.scope)
        and _keeps_order(new, old)
        and (old.positive or _forbids_all(new, old))
    )


def _forbids_all(new: Requirement, old: Requirement) -> bool:
    """False if the survivor has words that make it forbid less: they may only name something besides.

    "Never share the internal notes" forbids less than "never share the notes", "the notes or prices" more.
    """
    if new.words == old.words:
        return True
    lead, *others = _JOINS.split(new.text)
    head = lead.rstrip().rpartition(" ")[0]
    said = (lead, *(f"{head} {other.strip()}" for other in others[:_CLAUSES]))
    return any(clause.words == old.words for each in said for clause in read(each))


def _keeps_order(new: Requirement, old: Requirement) -> bool:
    """False if the survivor adds words that narrow it, or has the same words in another relation."""
    narrowing = w.NARROWING if old.positive else w.NARROWING_NEGATIVE
    if any(word in narrowing and word not in old.key for word in new.key):
        return False
    if old.key.count("not") != new.key.count("not") or old.key.count("no") != new.key.count("no"):
        return False
    if not w.ORDERED.intersection(old.key):
        return True
    rest = iter(new.key)
    return all(word in rest for word in old.key)


def _ordered(what: str, old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """Items whose order counts: one that moved is lost and gained."""
    if tuple(old) == tuple(new):
        return [Change(Fate.KEPT, what, item) for item in old]
    changes = []
    for tag, low, high, new_low, new_high in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        fate = Fate.KEPT if tag == "equal" else Fate.LOST
        changes += [Change(fate, what, item) for item in old[low:high]]
        if tag != "equal":
            changes += [Change(Fate.GAINED, what, item) for item in new[new_low:new_high]]
    return changes


def _unordered(what: str, old: Sequence[str], new: Sequence[str]) -> list[Change]:
    had, has = set(old), set(new)
    changes = [Change(Fate.KEPT if item in has else Fate.LOST, what, item) for item in old]
    return changes + [Change(Fate.GAINED, what, item) for item in new if item not in had]
