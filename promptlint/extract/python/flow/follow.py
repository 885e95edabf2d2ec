"""Follows an expression to what it stands for: through names, parameters, attributes, helpers, entries."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import field

from promptlint.extract.python.find.chats import entries
from promptlint.extract.python.find.walk import Scope
from promptlint.extract.python.flow.index import Bound, Function, Imported, Index
from promptlint.extract.python.module import Module
from promptlint.extract.python.text.fold import called, literal
from promptlint.records import dataclass

_HOPS = 6  # names on the way from a call to a constant
_CALLERS = 30  # calls of one function that are read for what they give it
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Flow:
    """A module and its tables.

    `appended` is what is added to a list, by identity of its first value; `calls` remembers, by name of a
    function, where it is called; `spent` counts the objects that were looked into, `steps` the expressions
    that were reached. `definitions` are the classes and functions by name, found when first asked for.
    """

    module: Module
    index: Index
    appended: dict[int, list[ast.expr]] = field(default_factory=dict)
    calls: dict[str, list[tuple[ast.Call, Scope]]] = field(default_factory=dict)
    spent: list[ast.expr] = field(default_factory=list)
    steps: list[int] = field(default_factory=lambda: [0])
    definitions: dict[str, Function | ast.ClassDef] = field(default_factory=dict)


def lookup(flow: Flow, scope: Scope, node: ast.expr) -> list[Bound]:
    """All that a name, an attribute, or an entry of a constant table was bound to in this module.

    A parameter stands for its default and for what the module's own calls give it.
    """
    return _lookup(flow, scope, node, _HOPS)


def _lookup(flow: Flow, scope: Scope, node: ast.expr, hops: int) -> list[Bound]:
    if hops <= 0:
        return []
    if isinstance(node, ast.Name):
        return _named(flow, scope, node.id)
    if isinstance(node, ast.Attribute):
        if isinstance(node.value, ast.Name):
            found = _attribute(flow, scope, node.value.id, node.attr)
            if found:
                return found
        return _lookup(flow, scope, node.value, hops - 1) if node.attr == "value" else []
    if isinstance(node, ast.Subscript):
        return _entries(flow, scope, node.value, node.slice, hops)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        return _entries(flow, scope, node.func.value, node.args[0], hops) if node.args else []
    return []


def _named(flow: Flow, scope: Scope, name: str) -> list[Bound]:
    for end in range(len(scope), -1, -1):
        home = scope[:end]
        bound = flow.index.bound.get((home, name), [])
        function = flow.index.functions.get(home)
        if function is not None and (position := _position(function, name)) is not None:
            return [*bound, *_given(flow, home, function, name, position)]
        if bound:
            return bound
    return []


def _attribute(flow: Flow, scope: Scope, owner: str, name: str) -> list[Bound]:
    if owner in ("self", "cls"):
        homes = [scope[:end] for end in range(len(scope), 0, -1) if scope[:end] in flow.index.classes]
    else:
        homes = [(*scope[:end], owner) for end in range(len(scope), -1, -1)]
    return next((flow.index.bound[home, name] for home in homes if (home, name) in flow.index.bound), [])


def _entries(flow: Flow, scope: Scope, table: ast.expr, key: ast.expr, hops: int) -> list[Bound]:
    """The entry of a table of constants, or all if the key is not known."""
    result: list[Bound] = []
    for bound in _lookup(flow, scope, table, hops - 1):
        if isinstance(bound.value, ast.Dict):
            wanted = literal(key)
            pairs: list[tuple[str, ast.expr]] = list(entries(bound.value))
        elif isinstance(bound.value, (ast.List, ast.Tuple)):
            wanted = str(key.value) if isinstance(key, ast.Constant) else None
            pairs = [(str(number), item) for number, item in enumerate(bound.value.elts)]
        else:
            continue
        result += [
            Bound(value, bound.where, f"{bound.anchor}.{name}")
            for name, value in pairs
            if wanted is None or name == wanted
        ]
    return result


def resolve(flow: Flow, scope: Scope, node: ast.expr) -> tuple[ast.expr, Scope]:
    """The expression that a node stands for if there is no doubt, and its scope; else the node."""
    for _ in range(_HOPS):
        fallback = _default(node)
        if fallback is not None:
            node = fallback
            continue
        found = lookup(flow, scope, node)
        if not found or found[0].value is node or not _agree(found):
            break
        node, scope = found[0].value, found[0].where
    return node, scope


def _agree(found: list[Bound]) -> bool:
    """True for one expression, or for the same constant said several times."""
    first = found[0].value
    return len(found) == 1 or (
        isinstance(first, ast.Constant)
        and all(isinstance(item.value, ast.Constant) and item.value.value == first.value for item in found)
    )


def _default(node: ast.expr) -> ast.expr | None:
    """What an expression gives if nobody says otherwise: `os.getenv("MODEL", "x")`, `given or "x"`."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        return node.values[-1] if isinstance(node.values[-1], (ast.Constant, ast.Call)) else None
    if not isinstance(node, ast.Call):
        return None
    name = called(node.func)
    if name == "getenv" or (name == "get" and _is_of_environment(node.func)):
        return node.args[1] if len(node.args) == 2 else None
    if name == "Field":
        given = next((item.value for item in node.keywords if item.arg == "default"), None)
        return given or (node.args[0] if node.args else None)
    return None


def _is_of_environment(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and called(node.value) == "environ"


def imported(flow: Flow, scope: Scope, name: str) -> Imported | None:
    """What another module gives under that name, if this one does not bind it itself."""
    homes = (scope[:end] for end in range(len(scope), -1, -1))
    return next(
        (flow.index.imports[home, name] for home in homes if (home, name) in flow.index.imports), None
    )


# --- functions of the module ------------------------------------------------------------------


def function_of(flow: Flow, scope: Scope, node: ast.Call) -> Scope | None:
    """The scope of the function or method of this module that is called."""
    func = node.func
    if isinstance(func, ast.Name):
        places = [(*scope[:end], func.id) for end in range(len(scope), -1, -1)]
    elif isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
        if func.value.id in ("self", "cls"):
            classes = [scope[:end] for end in range(len(scope), 0, -1) if scope[:end] in flow.index.classes]
            places = [(*home, func.attr) for home in classes]
        else:
            places = [(func.value.id, func.attr)]
    else:
        return None
    return next((place for place in places if place in flow.index.functions), None)


def _position(function: Function, name: str) -> int | None:
    """The place of a parameter among those that may be given by place; -1 if by name only."""
    given = [*function.args.posonlyargs, *function.args.args]
    place = next((number for number, item in enumerate(given) if item.arg == name), None)
    if place is None and any(item.arg == name for item in function.args.kwonlyargs):
        return -1
    return place


def _given(flow: Flow, home: Scope, function: Function, name: str, position: int) -> Iterator[Bound]:
    """What the calls of a function in this module give for a parameter."""
    owned = home[:-1] in flow.index.classes
    static = any(called(item) == "staticmethod" for item in function.decorator_list)
    if owned and not static:
        position -= position > 0
    callee = home[-2] if owned and function.name == "__init__" else function.name
    for call, where in callers(flow, callee):
        value = next((item.value for item in call.keywords if item.arg == name), None)
        number = position
        if value is None and 0 <= position < len(call.args):
            value = call.args[position]
        else:
            number = -1
        if value is not None and not isinstance(value, ast.Starred):
            spelt = str(number) if number >= 0 else name
            yield Bound(value, where, f"{'.'.join(where) or '<module>'}:{callee}.{spelt}")


def callers(flow: Flow, name: str) -> list[tuple[ast.Call, Scope]]:
    """The calls, in this module, of whatever has that last name."""
    if name not in flow.calls:
        found = (
            (node, scope)
            for node, scope in on_lines(flow.module, places(flow.module.source.text, f"{name}("))
            if isinstance(node, ast.Call) and called(node.func) == name
        )
        flow.calls[name] = [pair for _, pair in zip(range(_CALLERS), found, strict=False)]
    return flow.calls[name]


def places(text: str, *words: str) -> list[int]:
    """Where any of the words is found; much faster than one pattern for all."""
    result: list[int] = []
    for word in words:
        place = text.find(word)
        while place >= 0:
            result.append(place)
            place = text.find(word, place + len(word))
    return result


def on_lines(module: Module, offsets: list[int]) -> Iterator[tuple[ast.AST, Scope]]:
    """The nodes, in source order, that touch a line of one of these offsets; with their scopes."""
    lines = lines_of(module, offsets)
    if not lines:
        return
    stack: list[tuple[ast.AST, Scope]] = [(node, ()) for node in reversed(module.tree.body)]
    while stack:
        node, scope = stack.pop()
        if isinstance(node, (ast.expr, ast.stmt)):
            if not touches(node, lines):
                continue
            yield node, scope
            if isinstance(node, (ast.Constant, ast.Name)):
                continue
        inner = (*scope, node.name) if isinstance(node, _DEFINITIONS) else scope
        stack.extend((child, inner) for child in reversed(list(ast.iter_child_nodes(node))))


def lines_of(module: Module, offsets: list[int]) -> list[int]:
    """The numbers of the lines that these offsets are in, sorted."""
    return sorted({bisect_right(module.starts, offset) for offset in offsets})


def touches(node: ast.expr | ast.stmt, lines: list[int]) -> bool:
    """True if a node, its decorators included, has one of these lines."""
    first = node.lineno
    if isinstance(node, _DEFINITIONS):
        first = min([first, *(item.lineno for item in node.decorator_list)])
    place = bisect_left(lines, first)
    return place < len(lines) and lines[place] <= (node.end_lineno or node.lineno)
