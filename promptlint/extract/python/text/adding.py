"""Reads the statements that add to a name: what they add, and to which name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from promptlint.extract.python.text.operands import operands
from promptlint.model import Arm
from promptlint.records import dataclass

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
Branch = tuple[Arm, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """An expression that is added, or an item of a list, and the arms that it stands in.

    `whole` is what the name is bound to where it is added, if that is more: `name + added`.
    """

    node: ast.expr
    branch: Branch = ()
    whole: ast.expr | None = None


def statements_of(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of one scope."""
    stack: list[ast.AST] = list(reversed(body))
    while stack:
        node = stack.pop()
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, SCOPES):
            for name in ("cases", "finalbody", "orelse", "handlers", "body"):
                children = getattr(node, name, ())
                stack.extend(reversed(children if isinstance(children, list) else []))


def growing(statements: list[ast.stmt]) -> Iterator[str]:
    """The names that something is added to."""
    for node in statements:
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.Expr) and (added := added_by(node.value)):
            yield added[0]
        elif isinstance(node, ast.Assign) and (more := added_to(node)):
            yield more[0]


def added_by(node: ast.expr) -> tuple[str, str, ast.expr] | None:
    """The name, the method and the argument of `name.append(x)` and `name.extend(xs)`."""
    if not isinstance(node, ast.Call) or len(node.args) != 1 or not isinstance(node.func, ast.Attribute):
        return None
    owner, method = node.func.value, node.func.attr
    if not isinstance(owner, ast.Name) or method not in ("append", "extend"):
        return None
    return owner.id, method, node.args[0]


def added_to(node: ast.Assign) -> tuple[str, list[ast.expr]] | None:
    """The name and what is added to it in `name = name + a + b`."""
    target = node.targets[0]
    leaves = operands(node.value)
    if len(node.targets) > 1 or not isinstance(target, ast.Name) or len(leaves) < 2:
        return None
    first = leaves[0]
    return (target.id, leaves[1:]) if isinstance(first, ast.Name) and first.id == target.id else None


def makes_list(node: ast.expr) -> bool:
    """True for a list, or a sum with one."""
    return any(isinstance(leaf, ast.List) for leaf in operands(node)) or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "list"
    )


def items_of(node: ast.expr) -> tuple[Part, ...]:
    """The items of a list, or of several in a row; what is no literal list is one item `*name`."""
    result: list[Part] = []
    for leaf in operands(node):
        if isinstance(leaf, (ast.List, ast.Tuple)):
            result.extend(Part(item) for item in leaf.elts)
        elif not (isinstance(leaf, ast.Call) and not leaf.args):  # list()
            starred = ast.Starred(leaf, ast.Load())
            result.append(Part(ast.copy_location(starred, leaf)))
    return tuple(result)
