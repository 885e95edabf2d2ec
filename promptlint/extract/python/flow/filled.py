"""Finds what fills the slots of a prompt where its text changes by itself: the clock, random ids, sets.

The field `slot.<name>` of the prompt's call has the expression as its value, and `before` the expression that
is put before the whole of it (`f"{now}" + SYSTEM`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import islice

from promptlint.changing import Pace, pace
from promptlint.extract.python.find.chats import entries
from promptlint.extract.python.find.walk import Scope
from promptlint.extract.python.flow.follow import Flow, on_lines, places, resolve
from promptlint.extract.python.flow.reach import Use, reach
from promptlint.extract.python.module import span
from promptlint.extract.python.text.fold import called, literal
from promptlint.model import Call, Field

PREFIX = "slot."
BEFORE = "before"
VOLATILE = (Pace.MOMENT, Pace.CALL)

_METHODS = frozenset(
    {
        *("format", "format_map", "render", "substitute", "safe_substitute", "partial", "format_messages"),
        *("format_prompt", "aformat", "invoke", "ainvoke", "replace", "compile"),
    }
)
_CHANGES = re.compile(r"now\(|today\(|uuid|time\(|token_hex|token_urlsafe|random|timestamp\(|set\(")
_MOST = 200  # calls that are read in one module
_MOST_NODES = 5_000  # of them, on lines with a sum
_LONGEST = 400  # code points of an expression that is read
_LINES = 12  # of one expression
_NOTHING = Use(None, Call())


def filled(flow: Flow) -> Iterator[tuple[int, Field]]:
    """The identity of an expression that is filled in, and what a slot of it is given or stands before it."""
    text = flow.module.source.text
    if not _CHANGES.search(text):
        return
    yield from _before(flow)
    count = 0
    for node, scope in on_lines(flow.module, places(text, *(f".{name}(" for name in sorted(_METHODS)))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if called(node.func) not in _METHODS:
            continue
        found = [field for name, value in _given(node) for field in _field(flow, scope, name, value)]
        if not found:
            continue
        count += 1
        if count > _MOST:
            return
        for step in reach(flow, scope, node.func.value, _NOTHING):
            for field in found:
                yield id(step.node), field


def _before(flow: Flow) -> Iterator[tuple[int, Field]]:
    """What changes by itself and is put before a text by `+`."""
    for node, scope in islice(on_lines(flow.module, places(flow.module.source.text, " + ")), _MOST_NODES):
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)):
            continue
        made, _ = resolve(flow, scope, node.left)
        values = _inserted(made)
        said = next((said for value in values if pace(said := _spelt(flow, scope, value)) in VOLATILE), "")
        if said:
            place = made if isinstance(made, ast.JoinedStr) else node.left
            field = Field(BEFORE, said, span(flow.module, place))
            yield from ((id(step.node), field) for step in reach(flow, scope, node.right, _NOTHING))


def _inserted(node: ast.expr) -> list[ast.expr]:
    """The expressions whose values a text takes in."""
    if isinstance(node, ast.JoinedStr):
        return [item.value for item in node.values if isinstance(item, ast.FormattedValue)]
    if isinstance(node, ast.Call) and called(node.func) == "format":
        return [*node.args, *(item.value for item in node.keywords)]
    return []


def _spelt(flow: Flow, scope: Scope, node: ast.expr) -> str:
    made, _ = resolve(flow, scope, node)
    return "" if isinstance(made, (ast.Constant, ast.Name)) else ast.unparse(made)[:_LONGEST]


def _given(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """The names that a call fills in, with what it gives them."""
    yield from ((item.arg, item.value) for item in node.keywords if item.arg)
    if called(node.func) == "replace" and len(node.args) == 2:
        name = literal(node.args[0])
        if name:
            yield name.strip("{}<>[]$% "), node.args[1]
    else:
        for item in node.args[:1]:
            if isinstance(item, ast.Dict):
                yield from entries(item)


def _field(flow: Flow, scope: Scope, name: str, value: ast.expr) -> Iterator[Field]:
    made, _ = resolve(flow, scope, value)
    if isinstance(made, ast.Constant) or (made.end_lineno or made.lineno) - made.lineno > _LINES:
        return
    said = ast.unparse(made)
    if not isinstance(made, ast.Name) and pace(said) is not None:
        yield Field(PREFIX + name, said, span(flow.module, value))
