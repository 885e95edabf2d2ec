"""Tells whether an expression gives a list in another order in each process."""

from __future__ import annotations

import ast

from promptlint.extract.python.find.walk import Scope
from promptlint.extract.python.flow.follow import Flow, resolve
from promptlint.extract.python.text.fold import called

_DEEPEST = 8
_DIRECTORIES = ("listdir", "scandir", "iterdir", "glob", "iglob", "rglob")


def unordered(flow: Flow, scope: Scope, node: ast.expr, depth: int) -> str:
    """What gives a list without a fixed order: "a set" or "a directory"; empty for any other list.

    `depth` counts the steps from the list; at 0 its names are looked up already.
    """
    value, where = resolve(flow, scope, node) if depth else (node, scope)
    if depth > _DEEPEST:
        return ""
    if isinstance(value, (ast.Set, ast.SetComp)):
        return "a set" if isinstance(value, ast.SetComp) or len(value.elts) > 1 else ""
    if isinstance(value, (ast.ListComp, ast.GeneratorExp)):
        return unordered(flow, where, value.generators[0].iter, depth + 1)
    if isinstance(value, ast.BinOp):
        return unordered(flow, where, value.left, depth + 1) or unordered(flow, where, value.right, depth + 1)
    name = called(value.func) if isinstance(value, ast.Call) else ""
    if not isinstance(value, ast.Call) or not name:
        return ""
    if name in ("list", "tuple", "filter", "map") and value.args:
        return unordered(flow, where, value.args[-1], depth + 1)
    if name in ("set", "frozenset") and value.args:
        return "a set"
    return "a directory" if name in _DIRECTORIES else ""
