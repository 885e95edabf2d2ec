"""Compares two versions of a YAML or JSON file: the same data, but for the strings that were edited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint.errors import SourceError
from promptlint.model import Edit, Source, SourceKind
from promptlint.syntax import jsonio, yamlio
from promptlint.syntax.nodes import Mapping, Node, Scalar
from promptlint.syntax.nodes import Sequence as SequenceNode


def same(source: Source, new: Source, edits: Sequence[Edit]) -> bool:
    """True if nothing but edited strings differs; `edits` are in coordinates of `source`, sorted."""
    try:
        before, after = list(_leaves(source)), list(_leaves(new))
    except SourceError:
        return False
    if len(before) != len(after):
        return False
    for one, other in zip(before, after, strict=True):
        if one[0] != other[0]:
            return False
        if one[1] != other[1] and not _edited_string(one, other, edits):
            return False
    return True


def _edited_string(
    one: tuple[str, object, int, int], other: tuple[str, object, int, int], edits: Sequence[Edit]
) -> bool:
    if not isinstance(one[1], str) or not isinstance(other[1], str):
        return False
    return any(one[2] <= edit.span.start and edit.span.end <= one[3] for edit in edits)


def _leaves(source: Source) -> Iterator[tuple[str, object, int, int]]:
    """(shape, value, start, end) of every node, in order; the shape tells maps, lists and keys apart."""
    trees = yamlio.tree(source.text) if source.kind is SourceKind.YAML else (jsonio.parse(source.text),)
    for tree in trees:
        yield from _walk(tree)


def _walk(root: Node) -> Iterator[tuple[str, object, int, int]]:
    stack: list[Node] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Scalar):
            yield "scalar", node.value, node.span.start, node.span.end
        elif isinstance(node, SequenceNode):
            yield "sequence", len(node.items), 0, 0
            stack.extend(reversed(node.items))
        elif isinstance(node, Mapping):
            yield "mapping", len(node.entries), 0, 0
            for key, value in reversed(node.entries):
                stack.extend((value, key))
