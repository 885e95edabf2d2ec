"""Proves, before anything is written, that an edit changed the prompts as meant and nothing else.

Four promises, each checked on the new text read from scratch: the same prompts are found; each prompt's
text is the old text with the edits applied; slots, control statements and comments are the same in the
same order; and outside the edited strings the file means what it meant (Python: the same syntax tree;
YAML and JSON: the same data).
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from promptlint.errors import ProofError, SourceError
from promptlint.extract import Options, extract
from promptlint.locate import edited
from promptlint.model import Edit, Prompt, SegmentKind, Source, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from promptlint.syntax.nodes import Node


def prove(
    source: Source,
    prompts: Sequence[Prompt],
    wanted: Mapping[str, tuple[Edit, ...]],
    edits: Sequence[Edit],
    new: Source,
    options: Options,
) -> tuple[Prompt, ...]:
    """Check all promises and return the prompts of the new text.

    Args:
        source: the file before.
        prompts: what it holds.
        wanted: by prompt id, the edits in prompt coordinates, sorted.
        edits: the same edits in source coordinates, sorted.
        new: the file after.
        options: how to extract, as for `source`.

    Raises:
        ProofError: a promise does not hold; the message says which.
    """
    extraction = extract(replace(new, named=new.named or new.kind in _JUDGED), options)
    if [prompt.id for prompt in extraction.prompts] != [prompt.id for prompt in prompts]:
        raise ProofError("after the edit the file holds other prompts")
    for before, after in zip(prompts, extraction.prompts, strict=True):
        if edited(before, wanted.get(before.id, ())).text != after.text:
            raise ProofError(f"{before.id}: the text would not be the old text with the edit applied")
        if _frame(before) != _frame(after):
            raise ProofError(f"{before.id}: a slot, role or control statement would change")
    if not _same_outside(source, new, edits):
        raise ProofError("something outside the edited text would change")
    return extraction.prompts


_JUDGED = (SourceKind.TEXT, SourceKind.MARKDOWN, SourceKind.JINJA)
"""Kinds that are prompts by judgement: an edit does not open that question anew."""


def _frame(prompt: Prompt) -> list[tuple[str, ...]]:
    """All of a prompt that no edit may touch, as spelt in the source."""
    frame: list[tuple[str, ...]] = []
    for message in prompt.messages:
        frame.append(("message", message.role.value if message.role else "", message.cache_mark or ""))
        for segment in message.segments:
            if segment.kind is not SegmentKind.TEXT:
                spelt = prompt.source.text[segment.span.start : segment.span.end]
                frame.append((segment.kind.value, segment.text, segment.name, spelt))
    return frame


def _same_outside(source: Source, new: Source, edits: Sequence[Edit]) -> bool:
    if source.kind is SourceKind.PYTHON:
        return _same_python(source.text, new.text, edits)
    if source.kind in (SourceKind.YAML, SourceKind.JSON):
        return _same_data(source, new, edits)
    return True


# --- Python ---------------------------------------------------------------------------------


def _same_python(old: str, new: str, edits: Sequence[Edit]) -> bool:
    try:
        before, after = ast.parse(_bare(old)), ast.parse(_bare(new))
    except (SyntaxError, ValueError):
        return False
    lines = {_line_of(old, edit.span.start) for edit in edits}
    stack: list[tuple[object, object]] = [(before, after)]
    while stack:
        one, other = stack.pop()
        if isinstance(one, (ast.Constant, ast.JoinedStr)) and isinstance(
            other, (ast.Constant, ast.JoinedStr)
        ):
            if not _same_string(one, other, lines, stack):
                return False
        elif type(one) is not type(other):
            return False
        elif isinstance(one, ast.AST):
            stack.extend((getattr(one, name, None), getattr(other, name, None)) for name in one._fields)
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            stack.extend(zip(one, other, strict=True))
        elif one != other:
            return False
    return True


def _bare(text: str) -> str:
    return text.removeprefix("\ufeff")


def _line_of(text: str, position: int) -> int:
    return len(re.findall(r"\r\n|\r|\n", text[:position])) + 1


def _same_string(
    one: ast.Constant | ast.JoinedStr,
    other: ast.Constant | ast.JoinedStr,
    lines: set[int],
    stack: list[tuple[object, object]],
) -> bool:
    """Two strings are the same, or the old one holds an edit and both hold the same expressions."""
    text, slots = _string_parts(one)
    other_text, other_slots = _string_parts(other)
    if type(text) is not type(other_text) or len(slots) != len(other_slots):
        return False
    stack.extend(zip(slots, other_slots, strict=True))
    if text == other_text:
        return True
    last = one.end_lineno or one.lineno
    return isinstance(text, str) and any(one.lineno <= line <= last for line in lines)


def _string_parts(node: ast.Constant | ast.JoinedStr) -> tuple[object, list[ast.expr]]:
    if isinstance(node, ast.Constant):
        return node.value, []
    texts = [part.value for part in node.values if isinstance(part, ast.Constant)]
    slots = [part for part in node.values if not isinstance(part, ast.Constant)]
    return "".join(str(text) for text in texts), slots


# --- YAML and JSON --------------------------------------------------------------------------


def _same_data(source: Source, new: Source, edits: Sequence[Edit]) -> bool:
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
    from promptlint.syntax import jsonio, yamlio

    trees = yamlio.tree(source.text) if source.kind is SourceKind.YAML else (jsonio.parse(source.text),)
    for tree in trees:
        yield from _walk(tree)


def _walk(root: Node) -> Iterator[tuple[str, object, int, int]]:
    from promptlint.syntax.nodes import Mapping as MappingNode
    from promptlint.syntax.nodes import Scalar
    from promptlint.syntax.nodes import Sequence as SequenceNode

    stack: list[Node] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Scalar):
            yield "scalar", node.value, node.span.start, node.span.end
        elif isinstance(node, SequenceNode):
            yield "sequence", len(node.items), 0, 0
            stack.extend(reversed(node.items))
        elif isinstance(node, MappingNode):
            yield "mapping", len(node.entries), 0, 0
            for key, value in reversed(node.entries):
                stack.extend((value, key))
