"""Takes a chain of one operator apart without recursion: a table of code may add a thousand strings."""

from __future__ import annotations

import ast


def operands(node: ast.expr, operator: type[ast.operator] = ast.Add) -> list[ast.expr]:
    """The operands of `a + b + c`, in source order; the node itself if it is no such chain."""
    found: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, operator):
        found.append(node.right)
        node = node.left
    return [node, *reversed(found)]
