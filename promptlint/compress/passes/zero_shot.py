"""Replaces all examples of a group by the rule that they show: the labels, or the form of the answer.

May lose: all that the examples taught beside that, so only a suite can tell. Examples of what not to do,
turns of a chat and layouts with slots stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint.compress.proposal import Ground, Idea, Tier
from promptlint.declared import declared
from promptlint.model import BlockKind, Edit, Safety, Span
from promptlint.outline import walk
from promptlint.places import has_slot, places, removal
from promptlint.shots import Form, Shot, Worth, shots
from promptlint.syntax.loosenodes import Sort, Value

_MANY = 40  # labels that a rule can still name
_TYPES = {
    Sort.STRING: "string",
    Sort.NUMBER: "number",
    Sort.BOOLEAN: "true or false",
    Sort.NULL: "null",
    Sort.ARRAY: "list",
    Sort.OBJECT: "object",
}


def ideas(ground: Ground) -> Iterator[Idea]:
    """One idea for each group of examples."""
    groups: dict[Span, list[Shot]] = {}
    for shot in shots(ground.view):
        groups.setdefault(shot.group, []).append(shot)
    for group in groups.values():
        span = _span(ground, group)
        if span is None or any(_stays(shot) for shot in group):
            continue
        rule = _rule(ground, group)
        edits = _edits(ground, span, rule)
        why = f"examples replaced by: {rule}" if rule else "what they show is said in the rules"
        yield Idea(edits, why, Safety.UNSAFE, Tier.EVAL)


def _stays(shot: Shot) -> bool:
    return shot.form is Form.TURNS or shot.template or shot.follows or shot.worth is Worth.BAD


def _span(ground: Ground, group: Sequence[Shot]) -> Span | None:
    """What goes: the examples, with the section that holds nothing else."""
    whole = Span(group[0].span.start, group[-1].span.end)
    held = (BlockKind.EXAMPLE, BlockKind.EXAMPLES, BlockKind.RULER, BlockKind.HEADING)
    for block in walk(ground.view.blocks):
        inside = block.kind is BlockKind.SECTION and block.span.contains(whole)
        if inside and all(child.kind in held for child in block.children):
            whole = block.span
            break
    found = removal(places(ground.prompt), whole)
    return None if found is None or has_slot(places(ground.prompt), found) else found


def _edits(ground: Ground, span: Span, rule: str) -> tuple[Edit, ...]:
    if not rule:
        return (Edit(span, ""),)
    text = ground.view.text
    gone = text[span.start : span.end]
    before, after = gone[: len(gone) - len(gone.lstrip("\n"))], gone[len(gone.rstrip("\n")) :]
    return (Edit(span, f"{before}{rule}{after}"),)


def _rule(ground: Ground, group: Sequence[Shot]) -> str:
    """A sentence that says what all answers have in common, empty if the prompt says so already."""
    labels = list(dict.fromkeys(shot.label for shot in group if shot.label))
    said = declared(ground.view)
    if labels and len(labels) <= _MANY and all(shot.label for shot in group):
        known = {choice.text.lower() for each in said.labels for choice in each.choices}
        return "" if set(labels) <= known else f"Answer with one of: {', '.join(labels)}."
    literals = [shot.literal for shot in group if shot.literal is not None]
    if not literals or len(literals) < len(group):
        return ""
    keys: dict[str, str] = {}
    for literal in literals:
        for entry in literal.root.entries:
            keys.setdefault(entry.key, _type(entry.value))
    known_keys = {key.name for schema in said.schemas for key in schema.shape.keys}
    if not keys or keys.keys() <= known_keys:
        return ""
    fields = ", ".join(f"{key}: {kind}" for key, kind in keys.items())
    return f"Answer as JSON: {{{fields}}}."


def _type(value: Value) -> str:
    if value.sort is Sort.ARRAY and value.items:
        return f"list of {_TYPES.get(value.items[0].sort, 'any')}s"
    return _TYPES.get(value.sort, "any")
