"""Tables of what a module's statements define: names, functions, imports, and what tries again."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import field

from promptlint.extract.python.find.walk import Binding, Names, Scope, dotted
from promptlint.extract.python.module import Module
from promptlint.extract.python.text.fold import called
from promptlint.records import dataclass

Function = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")
_AGAIN = re.compile(r"(?:^|[._])(?:re)?(?:try|tries|trying|backoff)(?:$|[._(])", re.IGNORECASE)
_COUNTED = re.compile(r"(?:^|_)(?:retry|retries|attempts?|try|tries|trial)(?:_|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bound:
    """An expression that a name stands for; `where` is the scope that its own names are looked up in."""

    value: ast.expr
    where: Scope
    anchor: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A name that another module gives: `name` there, empty if it is that module itself."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Again:
    """Lines that are run again when they fail; `said` says so: a decorator, or the loop's condition."""

    first: int
    last: int
    said: ast.expr
    where: Scope


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop, its lines, and the scope that it stands in."""

    first: int
    last: int
    node: ast.For | ast.AsyncFor | ast.While
    where: Scope


@dataclass(frozen=True, slots=True)
class Index:
    """What the statements of a module define, by scope and name; `held` says what `bound` has, by id."""

    bound: dict[tuple[Scope, str], list[Bound]] = field(default_factory=dict)
    held: set[tuple[Scope, str, int]] = field(default_factory=set)
    functions: dict[Scope, Function] = field(default_factory=dict)
    returned: dict[Scope, list[ast.expr]] = field(default_factory=dict)
    classes: set[Scope] = field(default_factory=set)
    imports: dict[tuple[Scope, str], Imported] = field(default_factory=dict)
    passed_on: list[tuple[ast.ImportFrom, ast.alias]] = field(default_factory=list)
    again: list[Again] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)


def index(module: Module, names: Names) -> Index:
    """Walk all statements of a module once; what `names` has bound already keeps its node."""
    result = Index()
    known: dict[tuple[int, int], Binding] = {}
    for binding in names.bindings:
        known.setdefault((binding.value.lineno, binding.value.col_offset), binding)
    homes = {position: binding.scope for position, binding in known.items()}
    stack: list[tuple[ast.AST, Scope]] = [(node, ()) for node in reversed(module.tree.body)]
    while stack:
        node, scope = stack.pop()
        for target, value in _bindings(node):
            position = value.lineno, value.col_offset
            if position in known:
                homes[position] = scope
            elif not isinstance(node, ast.AugAssign) and (home := _home(target, scope, result.classes)):
                _bind(result, home, value, scope)
        inner = _define(result, node, scope)
        for name in reversed(_BODIES):
            children = getattr(node, name, ())
            if isinstance(children, list):
                stack.extend((child, inner) for child in reversed(children))
    for binding in names.bindings:
        position = binding.value.lineno, binding.value.col_offset
        _bind(result, (binding.scope, binding.name), binding.value, homes[position])
    return result


def _bind(result: Index, home: tuple[Scope, str], value: ast.expr, where: Scope) -> None:
    place, name = home
    if (*home, id(value)) not in result.held:
        result.held.add((*home, id(value)))
        result.bound.setdefault(home, []).append(Bound(value, where, ".".join((*place, name))))


def _bindings(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Each target of a statement with its value."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield target, node.value
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
        if node.value is not None:
            yield node.target, node.value
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        for item in node.items:
            if item.optional_vars is not None:
                yield item.optional_vars, item.context_expr


def defaults(node: Function) -> Iterator[tuple[str, ast.expr]]:
    """The parameters of a function that have a default, with it."""
    named = [*node.args.posonlyargs, *node.args.args]
    given = node.args.defaults
    yield from ((one.arg, value) for one, value in zip(named[len(named) - len(given) :], given, strict=True))
    for one, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        if value is not None:
            yield one.arg, value


def _home(target: ast.expr, scope: Scope, classes: set[Scope]) -> tuple[Scope, str] | None:
    """The scope and name that a target binds; an attribute of `self` belongs to the class."""
    if isinstance(target, ast.Name):
        return scope, target.id
    if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Name):
        return None
    if target.value.id not in ("self", "cls"):
        return (*scope, target.value.id), target.attr
    home = next((scope[:end] for end in range(len(scope), 0, -1) if scope[:end] in classes), None)
    return None if home is None else (home, target.attr)


def _define(result: Index, node: ast.AST, scope: Scope) -> Scope:
    """Enter what a statement defines; the scope of the statements within it."""
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        inner = (*scope, node.name)
        if isinstance(node, ast.ClassDef):
            result.classes.add(inner)
            return inner
        result.functions[inner] = node
        for name, value in defaults(node):
            _bind(result, (inner, name), value, scope)
        result.again.extend(_decorated(node, scope))
        return inner
    if isinstance(node, ast.Return) and node.value is not None:
        result.returned.setdefault(scope, []).append(node.value)
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        _import(result, node, scope)
    elif isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
        result.again.extend(_looped(node, scope))
        result.loops.append(Loop(node.lineno, node.end_lineno or node.lineno, node, scope))
    return scope


def _import(result: Index, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
    for item in node.names:
        local = item.asname or item.name
        if isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            result.imports[scope, local] = Imported(module, item.name)
            if not scope:
                result.passed_on.append((node, item))
        elif item.asname:
            result.imports[scope, local] = Imported(item.name, "")
        else:
            root = item.name.partition(".")[0]
            result.imports.setdefault((scope, root), Imported(root, ""))


# --- what tries again -----------------------------------------------------------------------


def _decorated(node: Function, scope: Scope) -> Iterator[Again]:
    """`@retry(...)`, `@backoff.on_exception(...)` and their like."""
    for item in node.decorator_list:
        name = dotted(item.func if isinstance(item, ast.Call) else item)
        if _AGAIN.search(name) or name.rpartition(".")[2].startswith("retry_"):
            yield Again(node.lineno, node.end_lineno or node.lineno, item, scope)


def _looped(node: ast.For | ast.AsyncFor | ast.While, scope: Scope) -> Iterator[Again]:
    """A loop whose body is tried until it succeeds: `for attempt in range(3): try: ...`."""
    tries = [item for item in node.body if isinstance(item, ast.Try)]
    said = node.test if isinstance(node, ast.While) else node.iter
    named = isinstance(said, ast.Call) and called(said.func) in ("Retrying", "AsyncRetrying")
    if named or (tries and _is_retry(node, tries)):
        yield Again(node.lineno, node.end_lineno or node.lineno, said, scope)


def _is_retry(node: ast.For | ast.AsyncFor | ast.While, tries: list[ast.Try]) -> bool:
    """True if success ends the loop, or its names say so; a loop over a batch goes on."""
    if isinstance(node, ast.While):
        words = [item.id for item in ast.walk(node.test) if isinstance(item, ast.Name)]
        return any(map(_COUNTED.search, words))
    if not isinstance(node.iter, ast.Call) or called(node.iter.func) != "range":
        return False
    if isinstance(node.target, ast.Name) and _COUNTED.search(node.target.id):
        return True
    return any(
        isinstance(item, (ast.Return, ast.Break)) for one in tries for item in (*one.body, *one.orelse)
    )
