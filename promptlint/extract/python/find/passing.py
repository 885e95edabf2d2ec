"""Says which arguments of a call, or entries of a request, are prompts, by the tables."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from promptlint.extract.python.find.chats import entries, is_chat
from promptlint.extract.python.find.frameworks import Callee, Given, callees
from promptlint.extract.python.find.loose import silent
from promptlint.extract.python.find.parts import Part, Site, blocks, given
from promptlint.extract.python.find.shapes import (
    BY_NAME,
    PROMPT_CLASS,
    REQUEST_KEYS,
    WORDED,
    Argument,
    calls_model,
)
from promptlint.extract.python.find.survey import Scope, origin, within
from promptlint.extract.python.text.fold import called
from promptlint.model import Role

Place = tuple[Scope, str]
"""The scope of a call, and what it stands in: `Bot.ask.answer`."""
_WORDS = 3  # of prose, in an argument that a framework's row names


def passed(
    call: ast.Call, callee: str, parts: list[tuple[str, ast.expr]], place: Place, imports: dict[str, str]
) -> Iterator[Site]:
    """The sites among the arguments of a call.

    Args:
        call: the call.
        callee: its dotted path.
        parts: its arguments by keyword or position.
        place: where it stands.
        imports: what the module's names are, if it imports a framework.
    """
    scope, context = place
    home = f"{'.'.join(scope) or '<module>'}:{callee}"
    taken: set[str] = set()
    for name, site in _named(call, callee, parts, (scope, home)):
        taken.add(name)
        yield site
    func = call.func.value if isinstance(call.func, ast.Subscript) else call.func  # Agent[Deps](...)
    last = origin(imports, func).rpartition(".")[2] or called(func)
    rows = callees(last)
    if isinstance(func, ast.Attribute):
        rows += callees(f"{called(func.value)}.{last}")
    for row in rows:
        if _comes_from(row, func, imports):
            yield from _framed(
                row, call, (scope, home if context == home.partition(":")[0] else context), home, taken
            )
    yield from _worded(call, [item for item in parts if item[0] not in taken], (scope, home))


def requested(node: ast.Dict, parts: list[tuple[str, ast.expr]], place: Place) -> Iterator[Site]:
    """The sites among the entries of a dictionary, if it is the request of a model."""
    if REQUEST_KEYS & {name for name, _ in parts}:
        for _, site in _named(node, "chat", parts, place):
            yield site


# --- by the name of the argument ------------------------------------------------------------


def _named(
    call: ast.Call | ast.Dict, callee: str, parts: list[tuple[str, ast.expr]], place: Place
) -> Iterator[tuple[str, Site]]:
    scope, context = place
    for name, value in parts:
        row = BY_NAME.get(name)
        anchor = f"{context}.{name}"
        if is_chat(value):
            continue
        if row is not None and (not row.models_only or calls_model(callee)):
            several = _several(row, value)
            yield name, Site(scope, anchor, value, None if several else row, call, parts=several)
        elif name == "messages":
            yield name, Site(scope, anchor, value, None, call)


def _worded(call: ast.Call, parts: list[tuple[str, ast.expr]], place: Place) -> Iterator[Site]:
    """The arguments of any call that are prompts if their text is an order."""
    scope, home = place
    callee = called(call.func)
    if silent(callee):
        return
    for name, value in parts:
        row = WORDED.get("prompt" if name == "0" and PROMPT_CLASS.fullmatch(callee) else name)
        if row is not None and not is_chat(value):
            yield Site(scope, f"{home}.{name}", value, row, call)


def _several(row: Argument, value: ast.expr) -> tuple[Part, ...]:
    """The parts of a list of instructions or text blocks, and of the variables of a stored prompt."""
    if isinstance(value, ast.List) and row.role is Role.SYSTEM:
        return tuple(blocks(row.role, value))
    if isinstance(value, ast.Dict) and row.name == "prompt":
        variables = dict(entries(value)).get("variables")
        if isinstance(variables, ast.Dict):
            return tuple(Part(Role.USER, item) for _, item in entries(variables))
    return ()


# --- by the framework of the callee ---------------------------------------------------------


def _comes_from(row: Callee, func: ast.expr, imports: dict[str, str]) -> bool:
    if row.homes:
        path = origin(imports, func)
        if not row.method or path:
            return within(path, row.homes)
        if not any(within(item, row.homes) for item in imports.values()):
            return False
    if not row.method:
        return True
    if not isinstance(func, ast.Attribute):
        return False
    owner = func.value.func if isinstance(func.value, ast.Call) else func.value
    return re.fullmatch(row.owner or ".*", called(owner).lower()) is not None


def _framed(row: Callee, call: ast.Call, place: Place, home: str, taken: set[str]) -> Iterator[Site]:
    """The sites of a row of the table of frameworks; `home` is the anchor of the call."""
    scope, context = place
    found = [(item, *pair) for item in row.given if (pair := argument(call, item)) is not None]
    if row.whole:
        parts = [part for item, _, value in found for part in given(item.role, value, item.shape)]
        parts.sort(key=lambda part: (part.node.lineno, part.node.col_offset))
        if parts:
            yield Site(scope, context, call, None, call, parts=tuple(parts))
        return
    for item, name, value in found:
        if name in taken or is_chat(value):
            continue
        taken.add(name)
        yield _framed_one(item, name, value, call, (scope, context), home)


def _framed_one(item: Given, name: str, value: ast.expr, call: ast.Call, place: Place, home: str) -> Site:
    scope, context = place
    row = Argument(name, item.role, False, _WORDS)
    if item.shape == "template":
        node = value if isinstance(value, (ast.Name, ast.Attribute)) else call  # the call says the language
        return Site(scope, context, node, row, None)
    parts = tuple(given(item.role, value, item.shape)) if item.shape != "text" else ()
    return Site(scope, f"{home}.{name}", value, None if parts else row, call, parts=parts)


def argument(call: ast.Call, item: Given) -> tuple[str, ast.expr] | None:
    """The name and value of an argument, if it is given."""
    for key in item.keys:
        if isinstance(key, str):
            found = next((one.value for one in call.keywords if one.arg == key), None)
        else:
            found = call.args[key] if key < len(call.args) else None
            if any(isinstance(one, ast.Starred) for one in call.args[: key + 1]):
                found = None
        if found is not None:
            return str(key), found
    return None


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
