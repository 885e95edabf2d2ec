"""Finds all that an expression is made of that is sent to a model: constants, messages, names of others."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from promptlint.extract.python.find.chats import entries, is_chat, is_message, turn
from promptlint.extract.python.find.walk import Scope
from promptlint.extract.python.flow.follow import Flow, function_of, lookup
from promptlint.extract.python.flow.index import Bound
from promptlint.extract.python.text.fold import called
from promptlint.model import Call, Role
from promptlint.records import dataclass

_STEPS = 400  # expressions on the ways from one place
_STEPS_IN_ALL = (
    100_000  # from all places of a module: from then on only what stands there itself is looked at
)
_DEPTH = 12

# Methods of which the receiver is what is sent.
_METHODS = frozenset(
    {
        *(
            "strip",
            "lstrip",
            "rstrip",
            "format",
            "format_map",
            "replace",
            "join",
            "substitute",
            "safe_substitute",
        ),
        *(
            "render",
            "format_messages",
            "format_prompt",
            "to_messages",
            "to_string",
            "aformat",
            "partial",
            "copy",
        ),
        *("compile", "format_template", "encode", "title", "upper", "lower", "removeprefix", "removesuffix"),
        *("model_copy", "ainvoke", "invoke", "from_messages", "from_template"),
    }
)
_FILLED = frozenset({"format", "format_map", "partial", "format_messages", "substitute", "safe_substitute"})
# Callees of which the arguments are what is sent.
_MAKERS = re.compile(
    r"(?:\w*Template|\w*Message|\w*MessagePrompt|from_messages|from_template|from_strings|dedent|cleandoc|str|list|"
    r"deepcopy|copy|fill|indent|join|Part|from_text|Content|TextBlock|TextBlockParam|Prompt)"
)
_MADE_OF = frozenset(
    {"template", "messages", "prompt", "content", "text", "parts", "prefix", "suffix", "template_str", None}
)


@dataclass(frozen=True, slots=True)
class Use:
    """What a place says of an expression that goes into it; `part`: only as a part of a longer text."""

    role: Role | None
    call: Call
    part: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """An expression on the way, what is said of it, and how it was bound, if it was.

    `away` is False for what this module knows; else the expression is a name that another may give, and
    `place` is where the module says it (the whole of an f-string, which has no places inside).
    """

    node: ast.expr
    scope: Scope
    use: Use
    bound: Bound | None
    place: ast.expr
    away: bool = False


def reach(flow: Flow, scope: Scope, node: ast.expr, use: Use) -> Iterator[Step]:
    """Each expression that `node` is made of, itself included, once."""
    ways: list[Iterator[Step]] = [iter((Step(node, scope, use, None, node),))]
    seen: set[tuple[int, Role | None]] = set()
    most = min(_STEPS, max(1, _STEPS_IN_ALL - flow.steps[0]))
    while ways and len(seen) < most:
        step = next(ways[-1], None)
        if step is None:
            ways.pop()
            continue
        if (id(step.node), step.use.role) in seen:
            continue
        seen.add((id(step.node), step.use.role))
        found = lookup(flow, step.scope, step.node)
        inner = list(_inner(flow, step))
        yield replace(step, away=not found and _may_be_away(step.node))
        ways += iter(inner), _values(step, found)
    flow.steps[0] += len(seen)


def _values(step: Step, found: list[Bound]) -> Iterator[Step]:
    """What a name stands for; made one by one, as most of thousands are never looked at."""
    for bound in found:
        if bound.value is not step.node:
            yield Step(bound.value, bound.where, step.use, bound, bound.value)


def _may_be_away(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    if isinstance(node, ast.Subscript):
        return _may_be_away(node.value)
    return isinstance(node, ast.Name) and node.id not in ("self", "cls")


def _inner(flow: Flow, step: Step) -> Iterator[Step]:
    node = step.node
    for item in flow.appended.get(id(node), ()):
        yield from _of_message(step, item) if is_message(item) else (_step(step, item),)
    if is_message(node):
        yield from _of_message(step, node)
    elif isinstance(node, (ast.List, ast.Tuple)):
        chat = is_chat(node)
        for item in node.elts:
            yield from _of_message(step, item) if chat else (_step(step, item),)
    elif isinstance(node, ast.Dict):
        fields = dict(entries(node))
        if "text" in fields:
            yield _step(step, fields["text"])
    elif isinstance(node, ast.Call):
        yield from _of_call(flow, step, node)
    else:
        yield from _of_operator(step, node)


def _of_operator(step: Step, node: ast.expr) -> Iterator[Step]:
    if isinstance(node, (ast.Await, ast.Starred, ast.NamedExpr)):
        yield _step(step, node.value)
    elif isinstance(node, ast.IfExp):
        yield _step(step, node.body)
        yield _step(step, node.orelse)
    elif isinstance(node, ast.BoolOp):
        yield from (_step(step, item) for item in node.values)
    elif isinstance(node, ast.BinOp):
        whole = isinstance(node.op, (ast.Mod, ast.BitOr))
        yield _step(step, node.left, part=not whole and not _is_list(node.left))
        if isinstance(node.op, ast.Add):
            yield _step(step, node.right, part=not _is_list(node.right))
    elif isinstance(node, ast.JoinedStr):
        fields = (item.value for item in node.values if isinstance(item, ast.FormattedValue))
        yield from (_step(step, item, part=True, place=step.place) for item in fields)


def _step(
    step: Step, node: ast.expr, *, part: bool = False, role: Role | None = None, place: ast.expr | None = None
) -> Step:
    use = step.use
    if part or role:
        use = Use(role or use.role, use.call, use.part or part)
    return Step(node, step.scope, use, None, place or node)


def _is_list(node: ast.expr) -> bool:
    return isinstance(node, (ast.List, ast.Tuple))


def _of_message(step: Step, node: ast.expr) -> Iterator[Step]:
    said = turn(node)
    if said.content is not None and said.content is not node:
        yield _step(step, said.content, role=said.role)
    elif said.content is node:
        yield _step(step, node.value if isinstance(node, ast.Starred) else node)


def _of_call(flow: Flow, step: Step, node: ast.Call) -> Iterator[Step]:
    home = function_of(flow, step.scope, node)
    if home is not None:
        for value in flow.index.returned.get(home, ()):
            anchor = f"{'.'.join(home)}:return"
            yield Step(value, home, step.use, Bound(value, home, anchor), value)
        return
    name = called(node.func)
    if isinstance(node.func, ast.Attribute) and name in _METHODS:
        yield _step(step, node.func.value)
        if name in _FILLED:
            yield from (_step(step, item.value, part=True) for item in node.keywords)
        if name == "join":
            items = node.args[0] if node.args else None
            yield from (
                _step(step, item, part=True) for item in getattr(items, "elts", [items] if items else [])
            )
    if _MAKERS.fullmatch(name):
        yield from (_step(step, item) for item in node.args)
        yield from (_step(step, item.value) for item in node.keywords if item.arg in _MADE_OF)
