"""Finds in the expressions of a statement where prompts are passed: arguments, messages, tools, texts."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from promptlint.extract.python.find.chats import entries, is_chat, is_message
from promptlint.extract.python.find.loose import TEXTUAL, is_textual, may_be_loose, silent, silent_name
from promptlint.extract.python.find.parts import Site, tool
from promptlint.extract.python.find.passing import dotted, passed, requested
from promptlint.extract.python.find.survey import BODIES, Scope
from promptlint.extract.python.text.fold import called
from promptlint.extract.python.text.operands import operands


def sites(node: ast.AST, scope: Scope, imports: dict[str, str]) -> Iterator[Site]:
    """The sites in the expressions of one statement, in source order."""
    if isinstance(node, ast.Assert):
        return  # what a model is expected to be sent or to say
    function = ".".join(scope) or "<module>"
    context, quiet = function, isinstance(node, ast.Raise)
    if isinstance(node, ast.Expr) and not isinstance(node.value, (ast.Call, ast.Await, ast.Yield)):
        quiet = True  # a docstring, or text that is commented out
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        context = ".".join((*scope, dotted(target)))
        quiet = silent_name(context.rpartition(".")[2])
    elif isinstance(node, ast.Return):
        context = f"{function}:return"
    for name, value in ast.iter_fields(node):
        for item in value if isinstance(value, list) else [value]:
            if name not in BODIES and isinstance(item, ast.AST):
                yield from _search(item, scope, context, quiet, imports)


def _search(
    root: ast.AST, scope: Scope, context: str, quiet: bool, imports: dict[str, str]
) -> Iterator[Site]:
    function = ".".join(scope) or "<module>"
    stack: list[tuple[ast.AST, str, ast.Call | ast.Dict | None, bool]] = [(root, context, None, quiet)]
    while stack:
        node, context, call, quiet = stack.pop()
        if not quiet and isinstance(node, TEXTUAL) and may_be_loose(node) and is_textual(node):
            yield Site(scope, context, node, None, call, loose=True)
        if isinstance(node, (ast.JoinedStr, ast.Constant, ast.Name)):
            continue  # on 3.11 nothing inside an f-string has a true position
        if isinstance(node, ast.expr) and (is_chat(node) or is_message(node)):
            yield Site(scope, context, node, None, call)
        elif isinstance(node, ast.Call):
            callee = dotted(node.func)
            parts = [(str(number), item) for number, item in enumerate(node.args)]
            parts += [(item.arg or "**", item.value) for item in node.keywords]
            yield from passed(node, callee, parts, (scope, context), imports)
            stack.append((node.func, context, None, quiet))
            hush = quiet or silent(called(node.func))
            stack.extend(
                (item, f"{function}:{callee}.{name}", node, hush or silent_name(name))
                for name, item in reversed(parts)
            )
        elif isinstance(node, ast.Dict) and (parts := list(entries(node))):
            if (found := tool(node)) is not None:
                yield Site(scope, f"{context}.{found[0]}", node, None, call, parts=found[1])
                continue
            yield from requested(node, parts, (scope, context))
            stack.extend(
                (item, f"{context}.{name}", node, quiet or silent_name(name))
                for name, item in reversed(parts)
            )
        else:
            quiet = quiet or isinstance(node, ast.Compare)
            stack.extend((child, context, call, quiet) for child in reversed(_parts(node)))


def _parts(node: ast.AST) -> list[ast.AST]:
    """The nodes in a node; all operands of a sum at once."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return list(operands(node))
    return list(ast.iter_child_nodes(node))
