"""Finds the prompts in definitions: docstrings of tools and signatures, what prompt functions return."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from promptlint.extract.python.find.chats import is_chat, is_message
from promptlint.extract.python.find.frameworks import BASES, DECORATORS, Base, Decorator
from promptlint.extract.python.find.parts import Part, Site, given, schema
from promptlint.extract.python.find.passing import argument
from promptlint.extract.python.find.schemas import descriptions, sent_classes, sent_functions
from promptlint.extract.python.find.shapes import Argument
from promptlint.extract.python.find.survey import Function, Scope, Survey, docstring, origin, returned, within
from promptlint.extract.python.module import Module
from promptlint.extract.python.text.fold import called
from promptlint.model import Role

_WORDS = 3
_DESCRIPTION = ("description",)
Objects = dict[str, list[ast.expr]]
"""By name of an object: the calls that make it, the annotations of parameters of that name."""


def declared(module: Module, seen: Survey, made: Objects) -> Iterator[Site]:
    """The sites of decorated functions, and of classes that frameworks or model calls read.

    Args:
        module: the file.
        seen: what it defines and imports; empty if it imports no framework.
        made: by name of an object, the calls that made it.
    """
    taken: set[int] = set()
    objects = _annotated(seen, made)
    for scope, function in seen.functions:
        for row, decorator in _decorators(seen, function, objects):
            taken.add(id(function))
            yield from _decorated(function, scope, row, decorator)
    rows: dict[str, Base] = {}
    for scope, node in seen.classes:
        base = next((row for row in (_base(seen, item, rows) for item in node.bases) if row), None)
        if base is not None:
            rows[node.name] = base
            taken.add(id(node))
            yield from _derived(node, scope, base)
    schemas = Base("", (), Role.TOOL_DEFINITION, fields=_DESCRIPTION)
    for scope, node in sent_classes(module, seen):
        if id(node) not in taken:
            yield from _derived(node, scope, schemas)
    for scope, function in sent_functions(module, seen):
        if id(function) not in taken:
            yield from _documented(function, scope, Role.TOOL_DEFINITION, None)


# --- functions ------------------------------------------------------------------------------


def _annotated(seen: Survey, made: Objects) -> Objects:
    """What is known of objects, with the parameters that say their class: `def add(mcp: FastMCP)`."""
    objects = {name: list(values) for name, values in made.items()}
    for _, function in seen.functions:
        for item in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs):
            if item.annotation is not None:
                objects.setdefault(item.arg, []).append(item.annotation)
    return objects


def _decorators(seen: Survey, function: Function, objects: Objects) -> Iterator[tuple[Decorator, ast.expr]]:
    """The rows of a function's decorators."""
    for decorator in function.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        last, path = called(target), origin(seen.imports, target)
        names = {path.rpartition(".")[2] or last: path}
        if isinstance(target, ast.Attribute):
            for value in objects.get(called(target.value), []):
                made = origin(seen.imports, value)
                names[f"{made.rpartition('.')[2]}.{last}"] = made
        for row in DECORATORS:
            if row.name in names and (not row.homes or within(names[row.name], row.homes)):
                yield row, decorator
                break


def _decorated(function: Function, scope: Scope, row: Decorator, decorator: ast.expr) -> Iterator[Site]:
    call = decorator if isinstance(decorator, ast.Call) else None
    name = ".".join((*scope, function.name))
    own = argument(call, row.given) if call and row.given else None
    results = [value for value in returned(function) if not is_chat(value) and not is_message(value)]
    if own is not None and row.given is not None:
        parts = (*given(row.given.role, own[1], row.given.shape), *_parameters(function))
        yield Site(scope, f"{name}.{own[0]}", own[1], None, call, parts=parts)
    elif row.doc and not (row.lone and results):
        yield from _documented(function, scope, row.doc, call)
    if row.returns:
        for value in results:
            said = Argument("return", row.returns, False, _WORDS)
            yield Site((*scope, function.name), f"{name}:return", value, said, call)


def _documented(function: Function, scope: Scope, role: Role, call: ast.Call | None) -> Iterator[Site]:
    """The site of a docstring, with what the function's annotations say of its parameters."""
    text = docstring(function)
    if text is not None:
        parts = (Part(role, text, "doc"), *_parameters(function))
        yield Site(scope, ".".join((*scope, function.name, "__doc__")), text, None, call, parts=parts)


def _parameters(function: Function) -> Iterator[Part]:
    for item in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs):
        if item.annotation is not None:
            for text in descriptions(item.annotation, _DESCRIPTION):
                yield Part(Role.TOOL_DEFINITION, text)
    for value in (*function.args.defaults, *function.args.kw_defaults):
        if value is not None:
            yield from (Part(Role.TOOL_DEFINITION, text) for text in descriptions(value, _DESCRIPTION))


# --- classes --------------------------------------------------------------------------------


def _base(seen: Survey, node: ast.expr, rows: dict[str, Base]) -> Base | None:
    """The row of a base class, or of the class of this module that it is."""
    name, path = called(node), origin(seen.imports, node)
    if not path and isinstance(node, ast.Name):
        return rows.get(node.id)
    return next((row for row in BASES if row.name == name and within(path, row.homes)), None)


def _derived(node: ast.ClassDef, scope: Scope, row: Base) -> Iterator[Site]:
    anchor = ".".join((*scope, node.name))
    text = docstring(node) if row.doc else None
    parts = [Part(row.role, text, "doc")] if text is not None else []
    if text is not None:
        anchor += ".__doc__"
    for item in node.body:
        if not isinstance(item, (ast.Assign, ast.AnnAssign)):
            continue
        target = item.targets[0] if isinstance(item, ast.Assign) else item.target
        name = target.id if isinstance(target, ast.Name) else ""
        if row.fields:
            parts += [Part(row.role, one) for one in descriptions(item, row.fields)]
        elif item.value is not None and name and name == row.attribute:
            parts += [Part(row.role, one) for one in _description(item.value)]
            anchor += f".{name}"
        elif isinstance(item.value, ast.Dict) and name and name == row.schemas:
            parts += [part for one in item.value.values for part in schema(one)]
    if parts:
        yield Site((*scope, node.name), anchor, parts[0].node, None, None, parts=tuple(parts))


def _description(value: ast.expr) -> Iterator[ast.expr]:
    """The value of an attribute, or the default of its `Field(...)`."""
    if isinstance(value, ast.Call) and called(value.func) == "Field":
        yield from (item.value for item in value.keywords if item.arg == "default")
    else:
        yield value
