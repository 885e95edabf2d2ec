"""What stands around a model call: loops without limit or over data, and what is done with the answer.

| field  | meaning                                                                                          |
|--------|--------------------------------------------------------------------------------------------------|
| loop   | `retry`: the call is made until its answer fits, without limit                                   |
| rows   | `data`: the call is made for each row of a file, one after the other                             |
| answer | what reads the answer: `json` (then the keys that are read: `json label`), `json-tail` (from its |
|        | first brace on), `part` (a short pattern), `code`, `last line`, `label` (compared), `speech`     |

A loop counts if it stands in the function that makes the call, or (over data) around a call of that function.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from promptlint.extract.python.find.walk import Scope, dotted
from promptlint.extract.python.flow.follow import Flow, callers
from promptlint.extract.python.flow.index import Again, Loop
from promptlint.extract.python.flow.reading import STEPS, answer_of, assigned, flat, holds
from promptlint.extract.python.module import span
from promptlint.extract.python.text.fold import called
from promptlint.model import Field, Span
from promptlint.words import table

_DATA = re.compile(
    r"\b(?:DictReader|csv\.reader|(?:i|r)?glob|iterdir|iterrows|itertuples|to_dicts?|readlines|jsonlines|load_dataset"
    r"|read_(?:csv|json|jsonl|excel|parquet|table)|open)\("
)
_WAITS = table(
    "input listen recv receive receive_text receive_json readline get_nowait subscribe poll ask prompt_user "
    "read_line get_message next_message iter_messages wait_for accept dequeue blpop"
)
_UNTIL_STOPPED = {
    "tenacity": ({"retry"}, ("stop",)),
    "backoff": ({"on_exception", "on_predicate"}, ("max_tries", "max_time")),
}
"""Decorators that try for ever unless one of these is given."""


def around(flow: Flow, scope: Scope, node: ast.Call) -> Iterator[Field]:
    """The fields of what stands around a call."""
    yield from _loop(flow, scope, node)
    yield from answer_of(flow, scope, node)


# --- loops ------------------------------------------------------------------------------------------


def _loop(flow: Flow, scope: Scope, node: ast.Call) -> Iterator[Field]:
    own = _innermost(flow, scope, node)
    if own is not None and _is_endless_retry(own.node, node):
        yield Field("loop", "retry", span(flow.module, _said(own.node)))
    elif own is not None:
        if _is_over_data(flow, own.node):
            yield Field("rows", "data", _lines(flow, own.node, node))
            return
        if not _tries(own.node, node):
            return
    if not scope:
        return
    for call, where in callers(flow, scope[-1]):
        if _is_in_list(flow, call, scope[-1]):
            yield Field("rows", "data", span(flow.module, call))
            return
        outer = _innermost(flow, where, call)
        if outer is not None and where != scope and _is_over_data(flow, outer.node):
            yield Field("rows", "data", _lines(flow, outer.node, call))
            return


def _tries(loop: ast.stmt, call: ast.expr) -> bool:
    """True for a loop over a range of numbers that makes one call again when it fails."""
    if not (
        isinstance(loop, ast.For) and isinstance(loop.iter, ast.Call) and called(loop.iter.func) == "range"
    ):
        return False
    blocks = (item for item in ast.walk(loop) if isinstance(item, ast.Try))
    return any(item.lineno < call.lineno <= (item.end_lineno or 0) for item in blocks)


def _is_in_list(flow: Flow, call: ast.expr, name: str) -> bool:
    """True for `[label(row) for row in rows]` where the rows are those of a file."""
    start = flow.module.starts[call.lineno - 1]
    line = flow.module.source.text[start : flow.module.source.text.find("\n", start) % (1 << 62)]
    made = re.search(
        rf"[\[(][^\[\n]{{0,60}}\b{name}\([^\n]{{1,200}}\)[^\n]{{0,40}}\sfor\s+[\w, ]+\s+in\s+([\w.]+)",
        line[:1_000],
    )
    if made is None:
        return False
    home = _innermost_function(flow, call)
    return any(_DATA.search(bound) for bound in _bindings_of(home, made[1], call.lineno))


def forever(flow: Flow, again: Again) -> Field | None:
    """The field of a decorator that tries again for ever."""
    said = again.said
    name = dotted(said.func if isinstance(said, ast.Call) else said)
    head, _, last = name.rpartition(".")
    given = flow.index.imports.get(((), head or last))
    module = given.module if given is not None else ""
    names, limits = _UNTIL_STOPPED.get(module, (set(), ()))
    if last not in names:
        return None
    if isinstance(said, ast.Call) and any(item.arg is None or item.arg in limits for item in said.keywords):
        return None
    return Field("loop", "retry", span(flow.module, said))


def _innermost(flow: Flow, scope: Scope, node: ast.expr) -> Loop | None:
    line = node.lineno
    held = (item for item in flow.index.loops if item.where == scope and item.first < line <= item.last)
    return max(held, key=lambda item: item.first, default=None)


def _said(loop: ast.For | ast.AsyncFor | ast.While) -> ast.expr:
    return loop.test if isinstance(loop, ast.While) else loop.iter


def _lines(flow: Flow, loop: ast.stmt, call: ast.expr) -> Span:
    """From the loop's first line to the end of the call."""
    whole = span(flow.module, call)
    start = flow.module.starts[loop.lineno - 1] + loop.col_offset
    return Span(min(start, whole.start), whole.end)


def _is_endless_retry(loop: ast.stmt, call: ast.expr) -> bool:
    """True for `while True` around a call whose good answer leaves it, where nothing counts or waits."""
    if not isinstance(loop, ast.While):
        return False
    leaves = tries = _asks_of(loop, call)
    if not leaves and not (isinstance(loop.test, ast.Constant) and loop.test.value in (True, 1)):
        return False
    for item in ast.walk(loop):
        if _goes_on(item, call):
            return False
        if isinstance(item, (ast.Return, ast.Break)) and item.lineno >= call.lineno:
            leaves = True
        if isinstance(item, ast.Try) and any(not _leaves(handler.body) for handler in item.handlers):
            tries = True
        if isinstance(item, ast.If) and item.lineno >= call.lineno and _leaves(item.body) and not item.orelse:
            tries = True
    return leaves and tries


def _goes_on(item: ast.AST, call: ast.expr) -> bool:
    """True for what says that a loop counts, waits, gives something each round, or takes steps."""
    if isinstance(item, ast.AugAssign):
        return not isinstance(item.value, ast.List)
    if isinstance(item, ast.Assign):
        return _counts(item)
    if isinstance(item, ast.Call):
        return called(item.func) in _WAITS and item.lineno <= call.lineno
    if isinstance(item, (ast.Attribute, ast.Name)):
        return STEPS.search(item.attr if isinstance(item, ast.Attribute) else item.id) is not None
    return isinstance(item, (ast.Yield, ast.YieldFrom))


def _asks_of(loop: ast.While, call: ast.expr) -> bool:
    """True if the condition asks for nothing but the call's answer: `while label not in LABELS`."""
    test = loop.test
    if isinstance(test, ast.Compare):
        asks = isinstance(test.ops[0], (ast.NotIn, ast.Is, ast.NotEq))
    else:
        asks = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    if not asks or not isinstance(call, ast.Call):
        return False
    made: set[str] = set()
    for statement in flat(loop.body):
        for name, value in assigned(statement):
            if holds(value, call, made):
                made.add(name)
    asked = {item.id for item in ast.walk(test) if isinstance(item, ast.Name) and not item.id.isupper()}
    return bool(asked) and asked <= made


def _counts(node: ast.Assign) -> bool:
    """`n = n + 1`."""
    target = node.targets[0]
    return (
        isinstance(target, ast.Name)
        and isinstance(node.value, ast.BinOp)
        and any(isinstance(item, ast.Name) and item.id == target.id for item in ast.walk(node.value))
    )


def _leaves(body: list[ast.stmt]) -> bool:
    return isinstance(body[-1], (ast.Return, ast.Break, ast.Raise))


def _is_over_data(flow: Flow, loop: ast.stmt) -> bool:
    """True for a loop over the rows of a file, or over files."""
    if not isinstance(loop, ast.For):
        return False
    text = flow.module.source.text
    said = span(flow.module, loop.iter)
    spelt = text[said.start : min(said.end, said.start + 400)]
    if _DATA.search(spelt):
        return True
    name = next((item.id for item in ast.walk(loop.iter) if isinstance(item, ast.Name)), "")
    if not name or spelt.startswith("range("):
        return False
    home = _innermost_function(flow, loop)
    return any(_DATA.search(line) for line in _bindings_of(home, name, loop.lineno))


def _innermost_function(flow: Flow, loop: ast.stmt | ast.expr) -> ast.AST:
    holds = [
        item
        for item in flow.index.functions.values()
        if item.lineno < loop.lineno <= (item.end_lineno or item.lineno)
    ]
    return max(holds, key=lambda item: item.lineno, default=flow.module.tree)


def _bindings_of(home: ast.AST, name: str, before: int) -> Iterator[str]:
    """What a name is bound to by the statements of a body before a line, as text."""
    stack = list(getattr(home, "body", ()))
    while stack:
        node = stack.pop()
        if node.lineno > before:
            continue
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if node.targets[0].id == name and (node.end_lineno or 0) - node.lineno < 5:
                yield ast.unparse(node.value)
        elif isinstance(node, ast.With):
            for item in node.items:
                if isinstance(item.optional_vars, ast.Name) and item.optional_vars.id == name:
                    yield ast.unparse(item.context_expr)
            stack.extend(node.body)
        elif isinstance(node, (ast.If, ast.Try)):
            stack.extend(node.body)
