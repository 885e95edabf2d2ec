"""What is known of the model call that sends a prompt, wherever the module says it.

In order of weight: what the call itself is given (by name, by place, by a spread or nested dictionary), what
tries it again (a decorator, a loop), and what the object was made with that it is a method of
(`llm = ChatOpenAI(model="gpt-4o")`, `.bind(...)`, `prompt | llm`). A constant's name stands for its value.
"""

from __future__ import annotations

import ast
import json
import operator
from collections.abc import Callable, Iterable, Iterator

from promptlint.extract.python.find.shapes import calls_model
from promptlint.extract.python.find.walk import Scope, dotted
from promptlint.extract.python.flow.answers import SHAPED, schema_of
from promptlint.extract.python.flow.around import around, forever
from promptlint.extract.python.flow.follow import Flow, function_of, resolve
from promptlint.extract.python.flow.index import Again
from promptlint.extract.python.flow.parameters import (
    BY_PLACE,
    GROUPS,
    LASTING,
    MACHINES,
    MEANING,
    NAMES_A_MODEL,
    OPEN_CALLEES,
    OWN,
    TRIES,
)
from promptlint.extract.python.module import span
from promptlint.extract.python.text.fold import called, literal
from promptlint.model import UNKNOWN, Call, Field, Value

_HOPS = 5  # objects that one call is made of
_MOST = 20_000  # objects that are looked into in one module
_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


def call_of(flow: Flow, scope: Scope, node: ast.expr | None) -> Call:
    """The parameters of a call, or of the dictionary of a request (see `parameters`).

    A dictionary such as `response_format={"type": "json_object"}` has its type as value, and gives its other
    entries as `response_format.name`. What is no literal is UNKNOWN.
    """
    if not isinstance(node, (ast.Call, ast.Dict)):
        return Call()
    fields = list(_own(flow, scope, node, _HOPS))
    if fields or (isinstance(node, ast.Call) and calls_model(dotted(node.func))):
        fields += _again(flow, scope, node)
        fields += around(flow, scope, node) if isinstance(node, ast.Call) else ()
    if isinstance(node, ast.Call):
        fields += machine(flow, scope, node.func)
    return _first(fields)


def machine(flow: Flow, scope: Scope, node: ast.expr, hops: int = _HOPS) -> Iterator[Field]:
    """What the object was made with that an expression stands for: a client, a model, a chain, an agent."""
    if hops <= 0 or len(flow.spent) > _MOST:
        return
    flow.spent.append(node)
    node, scope = resolve(flow, scope, node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from machine(flow, scope, node.left, hops - 1)
        yield from machine(flow, scope, node.right, hops - 1)
    elif isinstance(node, (ast.Attribute, ast.Await)):
        yield from machine(flow, scope, node.value, hops if isinstance(node, ast.Attribute) else hops - 1)
    elif isinstance(node, ast.Call):
        yield from (item for item in _own(flow, scope, node, hops) if _lasts(item))
        home = function_of(flow, scope, node)
        for value in flow.index.returned.get(home, ()) if home else ():
            yield from machine(flow, home or (), value, hops - 1)
        if isinstance(node.func, ast.Attribute):
            yield from machine(flow, scope, node.func.value, hops - 1)
        if node.args and (
            called(node.func).startswith("from_") or called(node.func) in ("patch", "Instructor")
        ):
            yield from machine(flow, scope, node.args[0], hops - 1)


def _lasts(field: Field) -> bool:
    return field.name.partition(".")[0] in LASTING


def merged(calls: Iterable[Call]) -> Call:
    """One call for a prompt that several calls send: what they agree on; UNKNOWN where they do not."""
    fields: dict[str, Field] = {}
    for call in calls:
        for field in call.fields:
            first = fields.setdefault(field.name, field)
            if first.value != field.value:
                fields[field.name] = Field(field.name, UNKNOWN, first.span, first.path)
    return Call(tuple(fields.values()))


def _first(fields: Iterable[Field]) -> Call:
    found: dict[str, Field] = {}
    for field in fields:
        found.setdefault(field.name, field)
    return Call(tuple(found.values()))


# --- what a call is given -------------------------------------------------------------------


def _own(flow: Flow, scope: Scope, node: ast.Call | ast.Dict, hops: int) -> Iterator[Field]:
    if isinstance(node, ast.Call):
        yield from _placed(flow, scope, node)
    for name, value in _pairs(node):
        yield from _given(flow, scope, name, value, hops)


def _pairs(node: ast.Call | ast.Dict) -> Iterator[tuple[str, ast.expr]]:
    """The arguments with a name, or the entries; `**` before what is spread."""
    if isinstance(node, ast.Call):
        yield from ((item.arg or "**", item.value) for item in node.keywords)
        return
    for key, value in zip(node.keys, node.values, strict=True):
        name = "**" if key is None else literal(key)
        if name is not None:
            yield name, value


def _given(flow: Flow, scope: Scope, name: str, value: ast.expr, hops: int) -> Iterator[Field]:
    if name == "**" or name in GROUPS:
        flow.spent.append(value)
        if len(flow.spent) > _MOST:
            return
        group, where = resolve(flow, scope, value)
        if isinstance(group, ast.Call) and called(group.func) == "dumps" and group.args:
            group, where = resolve(flow, where, group.args[0])
        if isinstance(group, (ast.Call, ast.Dict)) and hops > 0:
            yield from _own(flow, where, group, hops - 1)
        return
    if name in MACHINES:
        made, where = resolve(flow, scope, value)
        fields = [] if isinstance(made, ast.Constant) else list(machine(flow, where, made, hops - 1))
        yield from fields
        if not fields and (name == "model" or (name != "client" and literal(made))):
            yield from _fields(flow, scope, "model", value)
        return
    if name in MEANING:
        yield from _fields(flow, scope, name, value)


def _placed(flow: Flow, scope: Scope, node: ast.Call) -> Iterator[Field]:
    """What an argument without a name says: the model of `Agent("openai:gpt-4o")`."""
    name = called(node.func)
    if name == "with_retry":
        count = next((item.value for item in node.keywords if item.arg == "stop_after_attempt"), None)
        value = UNKNOWN if count is None else _value(flow, scope, count)
        yield Field("retries", value, span(flow.module, count or node))
    if name in BY_PLACE and len(node.args) > BY_PLACE[name][0]:
        place, field = BY_PLACE[name]
        yield from _fields(flow, scope, field, node.args[place])
    elif name in OPEN_CALLEES and node.args:
        model = _value(flow, scope, node.args[0])
        if isinstance(model, str) and NAMES_A_MODEL.fullmatch(model):
            yield Field("model", model, span(flow.module, node.args[0]))
        elif not isinstance(node.args[0], ast.Constant):
            yield from (item for item in machine(flow, scope, node.args[0]) if item.name == "model")


def _fields(flow: Flow, scope: Scope, name: str, value: ast.expr) -> Iterator[Field]:
    """The field of a parameter under its own name, and under that of its meaning."""
    place = span(flow.module, value)
    known = _value(flow, scope, value)
    made: list[Field] = []
    if isinstance(value, ast.Dict):
        rows = dict(_pairs(value))
        kind = rows.pop("type", None)
        known = UNKNOWN if kind is None else _value(flow, scope, kind)
        made = [
            Field(f"{name}.{key}", _value(flow, scope, row), span(flow.module, row))
            for key, row in rows.items()
        ]
        if name == "text" and isinstance(rows.get("format"), ast.Dict):
            yield from _fields(flow, scope, "response_format", rows["format"])
    if MEANING[name] == "response_format" and isinstance(value, ast.Name) and value.id == "str":
        known = "text"  # `output_type=str`: no form is enforced
    if name in OWN and name != "retries":
        yield Field(name, known, place)
    yield from made
    meaning = MEANING[name]
    if meaning == "retries" and isinstance(known, int):
        known += 1
    if known is not None and (meaning != name or name == "retries"):
        yield Field(meaning, known, place)
    if name in ("stop", "stop_sequences", "stopSequences"):
        yield from _stops(flow, scope, value)
    if meaning in SHAPED:
        yield from schema_of(flow, scope, meaning, value)


def _stops(flow: Flow, scope: Scope, node: ast.expr) -> Iterator[Field]:
    """The words of a list of stop sequences, as JSON."""
    made, where = resolve(flow, scope, node)
    items = made.elts if isinstance(made, (ast.List, ast.Tuple)) else []
    words = [_value(flow, where, item) for item in items]
    if words and all(isinstance(word, str) for word in words):
        yield Field("stop.words", json.dumps(words, ensure_ascii=False), span(flow.module, node))


def _value(flow: Flow, scope: Scope, node: ast.expr, hops: int = _HOPS) -> Value:
    if hops <= 0:
        return UNKNOWN
    node, scope = resolve(flow, scope, node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _value(flow, scope, node.operand, hops - 1)
        return -value if isinstance(value, (int, float)) and not isinstance(value, bool) else UNKNOWN
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        left = _value(flow, scope, node.left, hops - 1)
        right = _value(flow, scope, node.right, hops - 1)
        if isinstance(left, (int, float)) and isinstance(right, (int, float)):
            return _computed(node.op, left, right)
        return UNKNOWN
    if not isinstance(node, ast.Constant):
        return UNKNOWN
    constant = node.value
    return constant if constant is None or isinstance(constant, (str, int, float)) else UNKNOWN


def _computed(operation: ast.operator, left: float, right: float) -> Value:
    try:
        return _ARITHMETIC[type(operation)](left, right)
    except OverflowError:  # an integer too large for a float
        return UNKNOWN


# --- what tries again -----------------------------------------------------------------------


def _again(flow: Flow, scope: Scope, node: ast.Call | ast.Dict) -> Iterator[Field]:
    """The innermost loop or decorated function around a call, or the decorated function that it calls."""
    home = function_of(flow, scope, node) if isinstance(node, ast.Call) else None
    line = flow.index.functions[home].lineno if home else node.lineno
    around = [item for item in flow.index.again if item.first <= line <= item.last]
    around = around or [item for item in flow.index.again if item.first <= node.lineno <= item.last]
    if around:
        inner = max(around, key=lambda item: item.first)
        yield Field("retries", _tries(flow, inner), span(flow.module, inner.said))
        endless = forever(flow, inner)
        if endless is not None:
            yield endless


def _tries(flow: Flow, again: Again) -> Value:
    """How often at most; UNKNOWN if that is not counted, or not here."""
    said = again.said
    counts: list[tuple[ast.expr, int]] = []
    if isinstance(said, ast.Call) and called(said.func) == "range":
        low = _value(flow, again.where, said.args[0]) if len(said.args) > 1 else 0
        counts = [(said.args[min(1, len(said.args) - 1)], -low)] if isinstance(low, int) and said.args else []
    elif isinstance(said, ast.Compare) and len(said.ops) == 1 and isinstance(said.ops[0], ast.Lt):
        counts = [(said.comparators[0], 0)]
    else:
        for call in (item for item in ast.walk(said) if isinstance(item, ast.Call)):
            if called(call.func) == "stop_after_attempt" and call.args:
                counts.append((call.args[0], 0))
            counts += [(item.value, TRIES[item.arg]) for item in call.keywords if item.arg in TRIES]
    values = [(_value(flow, again.where, count), more) for count, more in counts[:1]]
    return next((value + more for value, more in values if type(value) is int), UNKNOWN)
