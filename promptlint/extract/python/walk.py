"""Walks a module once: which names are bound to what, and where prompts are passed."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import TypeVar

from promptlint.extract.python.chats import entries, is_chat, is_message
from promptlint.extract.python.fold import called
from promptlint.extract.python.loose import (
    TEXTUAL,
    holds_prompts,
    is_textual,
    may_be_loose,
    silent,
    silent_name,
)
from promptlint.extract.python.module import Module
from promptlint.extract.python.shapes import BY_NAME, Argument, calls_model
from promptlint.records import dataclass

# A statement without any of these words holds no prompt and no use of one.
_HIT = re.compile(
    r"prompt|instruction|template|tmpl|system|messages?\b|\brole\b|\binput\s*=|\byou\b|\byour\b|\bact as\b"
    r"|\bgiven\b|\bfollowing\b|\bbelow\b|\bhuman\b",
    re.IGNORECASE,
)
_BODIES = frozenset({"body", "orelse", "finalbody", "handlers", "cases"})
_SAYS_NOTHING = (ast.Raise, ast.Assert)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Scope = tuple[str, ...]
_Node = TypeVar("_Node", bound=ast.expr | ast.stmt)


@dataclass(frozen=True, slots=True)
class Binding:
    """A name bound to an expression: an assignment, or the default of a parameter."""

    scope: Scope
    name: str
    anchor: str
    value: ast.expr


@dataclass(frozen=True, slots=True)
class Site:
    """An expression that is passed as a prompt (`row`), or that is a chat message or a list of them.

    `call` is the call, or the dictionary of a request, that it is passed to. `loose` is a text of which
    nothing but its wording can say that it is a prompt.
    """

    scope: Scope
    anchor: str
    node: ast.expr
    row: Argument | None
    call: ast.Call | ast.Dict | None
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """All that a walk gives; `classes` are the scopes that are classes."""

    bindings: tuple[Binding, ...]
    sites: tuple[Site, ...]
    classes: frozenset[Scope]


def walk(module: Module) -> Names:
    """Collect bindings and sites, in source order within each scope."""
    at_home = holds_prompts(module.source.path)
    lines = list(range(1, len(module.starts) + 1)) if at_home else _hit_lines(module)
    bindings: list[Binding] = []
    sites: list[Site] = []
    classes: set[Scope] = set()
    stack: list[tuple[ast.AST, Scope]] = [(node, ()) for node in reversed(_joined(module.tree.body))]
    while stack:
        node, scope = stack.pop()
        hit = _touched(node, lines)
        if isinstance(node, ast.stmt):
            bindings.extend(_bound(node, scope, classes))
        if hit:
            sites.extend(_sites(node, scope))
        inner = scope
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            inner = (*scope, node.name)
            if isinstance(node, ast.ClassDef):
                classes.add(inner)
        if hit or not isinstance(node, _FUNCTIONS):
            stack.extend((child, inner) for child in reversed(_children(node)))
    return Names(tuple(bindings), tuple(sites), frozenset(classes))


def _hit_lines(module: Module) -> list[int]:
    places = (match.start() for match in _HIT.finditer(module.source.text))
    return sorted({bisect_right(module.starts, place) for place in places})


def _touched(node: ast.AST, lines: list[int]) -> bool:
    if not isinstance(node, (ast.stmt, ast.ExceptHandler)):
        return True  # a case of a match statement
    decorators = node.decorator_list if isinstance(node, (*_FUNCTIONS, ast.ClassDef)) else []
    first = min([node.lineno, *(item.lineno for item in decorators)])
    index = bisect_left(lines, first)
    return index < len(lines) and lines[index] <= (node.end_lineno or node.lineno)


def _children(node: ast.AST) -> list[ast.AST]:
    """The statements within a statement."""
    bodies = (getattr(node, name, ()) for name in _BODIES)
    return [child for body in bodies if isinstance(body, list) for child in _joined(body)]


def _joined(body: Sequence[ast.AST]) -> list[ast.AST]:
    """The statements of a body; `x = "a"` and the `x += "b"` right after it become one: `x = "a" + "b"`."""
    result: list[ast.AST] = []
    for node in body:
        before = result[-1] if result else None
        if _continues(node, before):
            assert isinstance(node, ast.AugAssign)
            assert isinstance(before, (ast.Assign, ast.AugAssign))
            whole = ast.BinOp(before.value, ast.Add(), node.value)
            result[-1] = _over(
                type(before)(**{**vars(before), "value": _over(whole, before.value, node.value)}),
                before,
                node,
            )
        else:
            result.append(node)
    return result


def _continues(node: ast.AST, before: ast.AST | None) -> bool:
    if not isinstance(node, ast.AugAssign) or not isinstance(node.op, ast.Add):
        return False
    if isinstance(before, ast.Assign) and len(before.targets) == 1:
        target: ast.expr = before.targets[0]
    elif isinstance(before, ast.AugAssign) and isinstance(before.op, ast.Add):
        target = before.target
    else:
        return False
    same = isinstance(target, ast.Name) and isinstance(node.target, ast.Name) and target.id == node.target.id
    return same and is_textual(before.value) and is_textual(node.value)


def _over(node: _Node, first: ast.expr | ast.stmt, last: ast.expr | ast.stmt) -> _Node:
    """The new node, placed from the start of one to the end of another."""
    node.lineno, node.col_offset = first.lineno, first.col_offset
    node.end_lineno, node.end_col_offset = last.end_lineno, last.end_col_offset
    return node


# --- bindings -------------------------------------------------------------------------------


def _bound(node: ast.stmt, scope: Scope, classes: set[Scope]) -> Iterator[Binding]:
    if isinstance(node, ast.Assign):
        targets: list[ast.expr] = node.targets
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
        targets = [node.target]
    else:
        if isinstance(node, _FUNCTIONS):
            yield from _defaults(node, (*scope, node.name))
        return
    for target in targets:
        if node.value is not None and (found := _target(target, scope, classes)) is not None:
            home, name = found
            yield Binding(home, name, ".".join((*home, name)), node.value)


def _target(target: ast.expr, scope: Scope, classes: set[Scope]) -> tuple[Scope, str] | None:
    """The scope and name that a target binds; an attribute of `self` belongs to the class."""
    if isinstance(target, ast.Name):
        return scope, target.id
    if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Name):
        return None
    owner = target.value.id
    if owner in ("self", "cls"):
        home = next((scope[:end] for end in range(len(scope), 0, -1) if scope[:end] in classes), None)
        return None if home is None else (home, target.attr)
    return (*scope, owner), target.attr


def _defaults(node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Iterator[Binding]:
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args]
    pairs: list[tuple[ast.arg, ast.expr | None]] = []
    pairs.extend(zip(named[len(named) - len(arguments.defaults) :], arguments.defaults, strict=True))
    pairs.extend(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
    for parameter, value in pairs:
        if value is not None:
            yield Binding(scope, parameter.arg, ".".join((*scope, parameter.arg)), value)


# --- sites ----------------------------------------------------------------------------------


def _sites(node: ast.AST, scope: Scope) -> Iterator[Site]:
    function = ".".join(scope) or "<module>"
    context, quiet = function, isinstance(node, _SAYS_NOTHING)
    if isinstance(node, ast.Expr) and not isinstance(node.value, (ast.Call, ast.Await, ast.Yield)):
        quiet = True  # a docstring, or text that is commented out
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        context = ".".join((*scope, dotted(target)))
        quiet = silent_name(context.rpartition(".")[2])
    elif isinstance(node, ast.Return):
        context = f"{function}:return"
    for name, value in ast.iter_fields(node):
        for item in value if isinstance(value, list) else [value]:
            if name not in _BODIES and isinstance(item, ast.AST):
                yield from _search(item, scope, context, quiet)


def _search(root: ast.AST, scope: Scope, context: str, quiet: bool) -> Iterator[Site]:
    function = ".".join(scope) or "<module>"
    stack: list[tuple[ast.AST, str, ast.Call | ast.Dict | None, bool]] = [(root, context, None, quiet)]
    while stack:
        node, context, call, quiet = stack.pop()
        if not quiet and isinstance(node, TEXTUAL) and may_be_loose(node) and is_textual(node):
            yield Site(scope, context, node, None, call, loose=True)
        if isinstance(node, (ast.JoinedStr, ast.Constant, ast.Name)):
            continue  # on 3.11 nothing inside an f-string has a true position
        if isinstance(node, ast.expr) and (is_chat(node) or is_message(node)):
            yield Site(scope, context, node, None, call)
        elif isinstance(node, ast.Call):
            callee = dotted(node.func)
            parts = [(str(number), item) for number, item in enumerate(node.args)]
            parts += [(item.arg or "**", item.value) for item in node.keywords]
            yield from _passed(node, callee, parts, scope)
            stack.append((node.func, context, None, quiet))
            hush = quiet or silent(called(node.func))
            stack.extend(
                (item, f"{function}:{callee}.{name}", node, hush or silent_name(name))
                for name, item in reversed(parts)
            )
        elif isinstance(node, ast.Dict) and (parts := list(entries(node))):
            if {"model", "messages"} & {name for name, _ in parts}:
                yield from _passed(node, "chat", parts, scope, context)
            stack.extend(
                (item, f"{context}.{name}", node, quiet or silent_name(name))
                for name, item in reversed(parts)
            )
        else:
            quiet = quiet or isinstance(node, ast.Compare)
            stack.extend(
                (child, context, call, quiet) for child in reversed(list(ast.iter_child_nodes(node)))
            )


def _passed(
    call: ast.Call | ast.Dict, callee: str, parts: list[tuple[str, ast.expr]], scope: Scope, context: str = ""
) -> Iterator[Site]:
    """The arguments of a call, or the entries of a request, that a row of the table names."""
    context = context or f"{'.'.join(scope) or '<module>'}:{callee}"
    for name, value in parts:
        row = BY_NAME.get(name)
        if row is not None and not is_chat(value) and (not row.models_only or calls_model(callee)):
            yield Site(scope, f"{context}.{name}", value, row, call)
        elif name == "messages" and not is_chat(value):
            yield Site(scope, f"{context}.{name}", value, None, call)


def dotted(node: ast.expr) -> str:
    """A callee or target as a dotted path; calls keep their parentheses, indices their brackets."""
    parts: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            parts.append(f".{node.attr}")
            node = node.value
        elif isinstance(node, ast.Call):
            parts.append("()")
            node = node.func
        elif isinstance(node, ast.Subscript):
            key = node.slice.value if isinstance(node.slice, ast.Constant) else ""
            parts.append(f"[{key}]" if isinstance(key, (str, int)) else "[]")
            node = node.value
        else:
            break
    parts.append(node.id if isinstance(node, ast.Name) else "?")
    return "".join(reversed(parts))
