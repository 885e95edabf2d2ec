"""What is done with the answer of a model call, in the function that makes it (the field `answer`)."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterator
from operator import attrgetter

from promptlint.extract.python.find.walk import Scope, dotted
from promptlint.extract.python.flow.follow import Flow
from promptlint.extract.python.module import span
from promptlint.extract.python.text.fold import called, literal
from promptlint.model import Field
from promptlint.words import table

_LONGEST = 300  # lines of a function that is read for what it does with an answer
_NEAR = 40  # lines after a call at the top of a module that are read for that
_PARSES = table(
    "loads parse_json parse_raw model_validate_json validate_json parse_json_markdown extract_json "
    "safe_json_loads"
)
_COMPILES = frozenset({"parse", "exec", "compile", "literal_eval"})
_SPEAKS = table("say speak tts synthesize synthesize_speech text_to_speech")
_FROM_BRACE = re.compile(r"\.(?:index|find)\(['\"][{\[]['\"]\)")
_WIDE = re.compile(r"`|\\{|\\[\[]|\.[*+]|\[\^")  # a pattern that may take much of the answer
_NO_CALL = ast.Call(ast.Name("no"), [], [])
_BODIES = ("body", "handlers", "orelse", "finalbody")
STEPS = re.compile(
    r"tool|function_call|finish_reason|stop_reason|next_page|cursor|continuation|user_input|query",
    re.IGNORECASE,
)
"""In the names of what takes steps rather than tries again."""


def answer_of(flow: Flow, scope: Scope, node: ast.Call) -> Iterator[Field]:
    """The field of what reads the answer of a call, if that is seen."""
    body = [item for item in _near(flow, scope, node) if (item.end_lineno or item.lineno) >= node.lineno]
    names: set[str] = set()
    parsed: set[str] = set()
    found: tuple[str, ast.expr] | None = None
    keys: list[str] = []
    for statement in body:
        for item in ast.walk(statement):
            if isinstance(item, ast.expr):
                kind = _use(item, node, names, parsed)
                if kind and found is None:
                    found = kind, item
                keys += _key(item, node, names, parsed)
        for target, value in assigned(statement):
            if holds(value, node, names):
                (parsed if _is_parsed(value) else names).add(target)
            if holds(value, _NO_CALL, parsed):
                parsed.add(target)
    if found is not None:
        kind = found[0]
        said = " ".join([kind, *dict.fromkeys(keys)]) if kind == "json" else kind
        yield Field("answer", said, span(flow.module, found[1]))


def _near(flow: Flow, scope: Scope, node: ast.Call) -> list[ast.stmt]:
    """The statements of the function that makes the call, in order; few of the module's own."""
    home = flow.index.functions.get(scope)
    if home is None:
        body, line = flow.module.tree.body, attrgetter("lineno")
        first = max(0, bisect_right(body, node.lineno, key=line) - 1)
        near = body[first : bisect_right(body, node.lineno + _NEAR, key=line)]
    elif (home.end_lineno or home.lineno) - home.lineno > _LONGEST:
        return []
    else:
        near = home.body
    return [item for item in flat(near) if (item.end_lineno or item.lineno) >= node.lineno]


def flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The simple statements within some, in order; of the others their heads."""
    for item in body:
        inner = [part for name in _BODIES for part in getattr(item, name, ())]
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if not inner:
            yield item
            continue
        if isinstance(item, (ast.If, ast.While)):
            yield ast.copy_location(ast.Expr(item.test), item)
        elif isinstance(item, (ast.For, ast.AsyncFor)):
            yield ast.copy_location(ast.Expr(item.iter), item)
        elif isinstance(item, (ast.With, ast.AsyncWith)):
            for held in item.items:
                yield ast.copy_location(ast.Expr(held.context_expr), item)
        yield from flat([part for part in inner if isinstance(part, ast.stmt)])
        for handler in inner:
            if isinstance(handler, ast.ExceptHandler):
                yield from flat(handler.body)


def assigned(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """The names that a statement binds, with their values."""
    if isinstance(node, ast.Assign):
        yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.AnnAssign) and node.value is not None and isinstance(node.target, ast.Name):
        yield node.target.id, node.value


def holds(node: ast.expr, call: ast.Call, names: set[str]) -> bool:
    """True if an expression is made of the call's answer: by access, by methods, by a slice; by `await`."""
    while True:
        if node is call:
            return True
        if isinstance(node, ast.Name):
            return node.id in names
        if isinstance(node, (ast.Attribute, ast.Subscript, ast.Await)):
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if any(holds(item, call, names) for item in node.args[:2]):
                return True
            node = node.func.value
        elif isinstance(node, ast.Call) and node.args:
            node = node.args[0]
        else:
            return False


def _is_parsed(node: ast.expr) -> bool:
    return any(isinstance(item, ast.Call) and called(item.func) in _PARSES for item in ast.walk(node))


def _use(node: ast.expr, call: ast.Call, names: set[str], parsed: set[str]) -> str:
    """What an expression does with the answer; empty if nothing that says how it is read."""
    if isinstance(node, ast.Call) and node.args and holds(node.args[0], call, names):
        name = called(node.func)
        if name in _PARSES:
            return "json-tail" if _FROM_BRACE.search(ast.unparse(node.args[0])) else "json"
        if name in _COMPILES and dotted(node.func) in ("ast.parse", "exec", "compile", "ast.literal_eval"):
            return "code"
        if name in _SPEAKS:
            return "speech"
    if isinstance(node, ast.Call) and len(node.args) > 1 and holds(node.args[1], call, names):
        pattern = literal(node.args[0]) if dotted(node.func) in ("re.search", "re.match") else None
        if pattern and len(pattern) < 60 and not _WIDE.search(pattern):
            return "part"
    if isinstance(node, ast.Subscript) and _is_last(node) and holds(node.value, call, names):
        return "last line"
    if (
        isinstance(node, ast.Compare)
        and isinstance(node.ops[0], ast.Eq)
        and holds(node.left, call, names - parsed)
        and (word := literal(node.comparators[0]))
        and len(word) < 30
        and not STEPS.search(ast.unparse(node.left)[-80:])
        and ".role" not in ast.unparse(node.left)[-20:]
    ):
        return "label"
    return ""


def _is_last(node: ast.Subscript) -> bool:
    """`.splitlines()[-1]`, `.split("\\n")[-1]`."""
    of = node.value
    last = isinstance(node.slice, ast.UnaryOp) and ast.unparse(node.slice) == "-1"
    return last and isinstance(of, ast.Call) and called(of.func) in ("splitlines", "split", "rsplit")


def _key(node: ast.expr, call: ast.Call, names: set[str], parsed: set[str]) -> Iterator[str]:
    """The keys that are read of a parsed answer."""
    if isinstance(node, ast.Subscript):
        owner, key = node.value, node.slice
    elif isinstance(node, ast.Call) and called(node.func) == "get" and isinstance(node.func, ast.Attribute):
        owner, key = node.func.value, (node.args[0] if node.args else node.func.value)
    else:
        return
    is_parsed = (isinstance(owner, ast.Name) and owner.id in parsed) or (
        isinstance(owner, ast.Call) and called(owner.func) in _PARSES and holds(owner, call, names)
    )
    name = literal(key)
    if is_parsed and name and name.isidentifier():
        yield name
