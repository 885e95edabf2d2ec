"""Chooses among few-shot examples: one for each label and shape of output stays, the order too.

May lose: what sets an example apart from those that stay, so an eval suite must agree, except where two are
the same text. How many stay is found by leaving out the most redundant first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint.compress.proposal import Ground, Idea, Tier
from promptlint.model import Edit, Safety, Span
from promptlint.places import arms, has_slot, places, removal
from promptlint.shots import Form, Shot, Worth, shots
from promptlint.syntax.loosenodes import Sort, Value
from promptlint.view import View
from promptlint.wording import words

_MOST = 60  # examples of a group that are compared


def ideas(ground: Ground) -> Iterator[Idea]:
    """Twins first, then each redundant example alone, then all that are redundant together."""
    groups: dict[Span, list[Shot]] = {}
    for shot in shots(ground.view):
        if shot.form is not Form.TURNS and not shot.template and not shot.follows:
            groups.setdefault(shot.group, []).append(shot)
    for group in groups.values():
        yield from _of_group(ground, group[:_MOST])


def _of_group(ground: Ground, group: Sequence[Shot]) -> Iterator[Idea]:
    seen: dict[tuple[tuple[str, ...], str], Shot] = {}
    rest = []
    for shot in group:
        twin = seen.setdefault((words(_text(ground.view, shot)), shot.worth.value), shot)
        if twin is shot:
            rest.append(shot)
            continue
        edit = _removed(ground, shot)
        if edit is not None and _same_text(ground.view, twin, shot):
            why = "the same example again"
            yield Idea((edit,), why, Safety.UNSAFE, Tier.SUBSUMING, ((edit.span, twin.span),))
    gone = list(_redundant(ground.view, rest))
    edits = []
    for shot, why in gone:
        edit = _removed(ground, shot)
        if edit is not None:
            edits.append(edit)
            yield Idea((edit,), why, Safety.UNSAFE, Tier.EVAL)
    if len(edits) > 1 and len(edits) == len({edit.span for edit in edits}):
        yield Idea(tuple(edits), "one example is left for each kind of answer", Safety.UNSAFE, Tier.EVAL)


def _removed(ground: Ground, shot: Shot) -> Edit | None:
    held = places(ground.prompt)
    span = removal(held, shot.span)
    return None if span is None or has_slot(held, span) else Edit(span, "")


def _redundant(view: View, group: Sequence[Shot]) -> Iterator[tuple[Shot, str]]:
    """The examples whose kind of answer another one shows, the most redundant first.

    Of each kind the one stays that has least in common with the rest of it: an example of what not to do is a
    kind of its own.
    """
    kinds: dict[str, list[Shot]] = {}
    for shot in group:
        kinds.setdefault(f"{shot.worth.value}: {kind_of(shot)}", []).append(shot)
    found = []
    for name, members in kinds.items():
        if len(members) < 2 or members[0].worth is Worth.BAD:
            continue
        near = {id(shot): _nearest(view, shot, members) for shot in members}
        stays = min(members, key=lambda shot: near[id(shot)])
        told = name.partition(": ")[2] or "free text"
        found += [(near[id(shot)], shot, told) for shot in members if shot is not stays]
    found.sort(key=lambda each: -each[0])
    for share, shot, told in found:
        yield shot, f"another example shows the answer {told} ({share:.0%} of its words too)"


def kind_of(shot: Shot) -> str:
    """What an answer is: its label, or the keys of its JSON with their labels; empty for free text."""
    if shot.label:
        return f'"{shot.label}"'
    if shot.literal is None:
        return ""
    return _shape(shot.literal.root)


def _shape(root: Value) -> str:
    """The keys, with the values of those that are a word or a truth value: such a value is a label."""
    if root.sort is Sort.ARRAY:
        return f"[{_shape(root.items[0])}]" if root.items else "[]"
    parts = []
    for entry in root.entries:
        short = entry.value.sort in (Sort.BOOLEAN, Sort.NULL) or (
            entry.value.sort is Sort.STRING and " " not in entry.value.text and len(entry.value.text) < 24
        )
        parts.append(f"{entry.key}={entry.value.text}" if short else entry.key)
    return "{" + ", ".join(parts) + "}"


def _nearest(view: View, shot: Shot, members: Sequence[Shot]) -> float:
    own = frozenset(words(_text(view, shot)))
    others = [frozenset(words(_text(view, each))) for each in members if each is not shot]
    return max((len(own & each) / len(own | each) for each in others if own | each), default=0.0)


def _text(view: View, shot: Shot) -> str:
    """The example without its title, which counts it."""
    start = shot.input.start if shot.input is not None else shot.span.start
    return view.text[min(start, shot.span.end) : shot.span.end]


def _same_text(view: View, one: Shot, other: Shot) -> bool:
    """True if the two are the same text in one request; `words` alone would pass over case and marks."""
    held = places(view.prompt)
    same = " ".join(_text(view, one).split()) == " ".join(_text(view, other).split())
    return same and arms(held, one.span) == arms(held, other.span)
