"""What is known of the model call that sends a prompt: its literal parameters."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import chain

from promptlint.extract.python.module import Module, span
from promptlint.extract.python.shapes import PARAMETERS
from promptlint.model import UNKNOWN, Call, Field, Span, Value

Resolve = Callable[[ast.expr], ast.expr]


def call_of(module: Module, node: ast.Call | ast.Dict | None, resolve: Resolve) -> Call:
    """The parameters of a call, or of the dictionary of a request.

    A dictionary such as `response_format={"type": "json_object"}` has its type as value, and gives its other
    entries as `response_format.name`. What is no literal is UNKNOWN; `resolve` looks up a constant.
    """
    if node is None:
        return Call()
    fields = (_fields(module, name, value, resolve) for name, value in _given(node))
    return Call(tuple(chain.from_iterable(fields)))


def _given(node: ast.Call | ast.Dict) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Call):
        pairs = [(item.arg, item.value) for item in node.keywords]
    else:
        pairs = [
            (key.value, value)
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant) and isinstance(key.value, str)
        ]
    for name, value in pairs:
        if name in PARAMETERS:
            yield name, value


def _fields(module: Module, name: str, value: ast.expr, resolve: Resolve) -> Iterator[Field]:
    place = span(module, value)
    if not isinstance(value, ast.Dict):
        yield Field(name, _value(resolve(value)), place)
        return
    entries = {
        key.value: item
        for key, item in zip(value.keys, value.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    kind = entries.pop("type", None)
    yield Field(name, UNKNOWN if kind is None else _value(resolve(kind)), place)
    for key, item in entries.items():
        yield Field(f"{name}.{key}", _value(resolve(item)), span(module, item))


def _value(node: ast.expr) -> Value:
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node, sign = node.operand, -1
    if not isinstance(node, ast.Constant):
        return UNKNOWN
    value = node.value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return sign * value
    return value if value is None or isinstance(value, (str, bool)) else UNKNOWN


def merged(calls: list[Call]) -> Call:
    """One call for a prompt that several calls send: what they agree on; UNKNOWN where they do not."""
    fields: dict[str, Field] = {}
    for call in calls:
        for field in call.fields:
            first = fields.setdefault(field.name, field)
            if first.value != field.value:
                fields[field.name] = Field(field.name, UNKNOWN, Span(first.span.start, first.span.end))
    return Call(tuple(fields.values()))
