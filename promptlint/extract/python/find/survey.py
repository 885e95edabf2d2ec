"""Knows what a module imports, defines and decorates: where its names come from, as dotted paths."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from promptlint.records import dataclass

Scope = tuple[str, ...]
Function = ast.FunctionDef | ast.AsyncFunctionDef
BODIES = ("body", "orelse", "finalbody", "handlers", "cases")


@dataclass(frozen=True, slots=True)
class Survey:
    """The imports of a module (local name -> dotted path), its functions and classes with their scopes."""

    imports: dict[str, str]
    functions: tuple[tuple[Scope, Function], ...]
    classes: tuple[tuple[Scope, ast.ClassDef], ...]


def survey(tree: ast.Module) -> Survey:
    """All statements of a module looked at once; nothing inside expressions."""
    imports: dict[str, str] = {}
    functions: list[tuple[Scope, Function]] = []
    classes: list[tuple[Scope, ast.ClassDef]] = []
    stack: list[tuple[ast.AST, Scope]] = [(node, ()) for node in reversed(tree.body)]
    while stack:
        node, scope = stack.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imports.update(_imported(node))
            continue
        if isinstance(node, ast.ClassDef):
            classes.append((scope, node))
            scope = (*scope, node.name)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            functions.append((scope, node))
            scope = (*scope, node.name)
        for name in BODIES:
            body = getattr(node, name, None)
            if isinstance(body, list):
                stack.extend((child, scope) for child in reversed(body))
    return Survey(imports, tuple(functions), tuple(classes))


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        for item in node.names:
            yield (item.asname, item.name) if item.asname else (item.name.partition(".")[0],) * 2
    else:
        home = "." * node.level + (node.module or "")
        for item in node.names:
            yield item.asname or item.name, f"{home}.{item.name}"


def origin(imports: dict[str, str], node: ast.AST) -> str:
    """The dotted path of a name, or of an attribute of one, that is imported; "" for all else.

    A call stands for what is called, `Agent[Deps]` for `Agent`.
    """
    names: list[str] = []
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        else:
            break
    if not isinstance(node, ast.Name) or node.id not in imports:
        return ""
    return ".".join((imports[node.id], *reversed(names)))


def within(path: str, homes: tuple[str, ...]) -> bool:
    """True if a dotted path lies in one of these packages, or in one named after it: `langchain_core`."""
    return any(path == home or path.startswith((f"{home}.", f"{home}_")) for home in homes)


def docstring(node: Function | ast.ClassDef) -> ast.Constant | None:
    """The docstring of a function or class."""
    first = node.body[0] if node.body else None
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return None
    return first.value if isinstance(first.value.value, str) else None


def returned(node: Function) -> Iterator[ast.expr]:
    """What a function returns, in source order; functions and classes inside it return for themselves."""
    stack: list[ast.AST] = list(reversed(node.body))
    while stack:
        child = stack.pop()
        if isinstance(child, ast.Return):
            if child.value is not None:
                yield child.value
        elif not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for name in reversed(BODIES):
                body = getattr(child, name, None)
                if isinstance(body, list):
                    stack.extend(reversed(body))
