"""Compares two versions of a Python file: the same syntax tree, but for the strings that were edited."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from promptlint.model import Edit, Source


def same(source: Source, new: Source, edits: Sequence[Edit]) -> bool:
    """True if nothing but edited strings differs; `edits` are in coordinates of `source`, sorted."""
    return _same(source.text, new.text, edits)


def _same(old: str, new: str, edits: Sequence[Edit]) -> bool:
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
