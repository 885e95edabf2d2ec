"""Compares two versions of a script: the same nodes in order, but for the strings that were edited."""

from __future__ import annotations

from collections.abc import Sequence

from promptlint.model import Edit, Source
from promptlint.records import dataclass
from promptlint.syntax.script import Leaf, leaves

_LITERALS = frozenset({"string", "template_string"})
_INSIDE = frozenset({"string_fragment", "escape_sequence"})


@dataclass(frozen=True, slots=True)
class _Shape:
    """The nodes of a file without what its literals say; and each literal with what it says itself."""

    nodes: list[tuple[str, int, str]]
    literals: list[Leaf]
    texts: list[str]


def same(source: Source, new: Source, edits: Sequence[Edit]) -> bool:
    """True if nothing but edited strings differs; `edits` are in coordinates of `source`, sorted.

    Errors count as nodes: an edit makes none, and mends none.
    """
    before, after = _shape(source), _shape(new)
    if before.nodes != after.nodes or len(before.texts) != len(after.texts):
        return False
    changed = {
        index
        for index, (one, other) in enumerate(zip(before.texts, after.texts, strict=True))
        if one != other
    }
    return changed <= {_literal(before, edit) for edit in edits}


def _shape(source: Source) -> _Shape:
    shape = _Shape([], [], [])
    around: list[int] = []  # the literals around a leaf, outermost first
    for leaf in leaves(source):
        while around and shape.literals[around[-1]].depth >= leaf.depth:
            around.pop()
        if leaf.kind in _INSIDE and around:
            shape.texts[around[-1]] += source.text[leaf.span.start : leaf.span.end]
            continue
        shape.nodes.append((leaf.kind, leaf.depth, leaf.text))
        if leaf.kind in _LITERALS:
            around.append(len(shape.literals))
            shape.literals.append(leaf)
            shape.texts.append("")
    return shape


def _literal(shape: _Shape, edit: Edit) -> int:
    """The innermost literal that holds an edit; -1 if none does."""
    holds = (index for index, leaf in enumerate(shape.literals) if leaf.span.contains(edit.span))
    return max(holds, default=-1)
