"""What decides between the arms of a choice, as the source says it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from promptlint.extract.common.values import condition
from promptlint.extract.python.module import Module, spelling


def of_choice(module: Module, node: ast.expr) -> tuple[str, ...]:
    """Of each arm of `a if x else b`, or of `a or b`."""
    if isinstance(node, ast.IfExp):
        return _in_turn([f"if {spelling(module, node.test)}"], 2)
    if isinstance(node, ast.BoolOp):
        # A text is always there: what it says is no condition of those behind it.
        texts = (ast.Constant, ast.JoinedStr)
        given = ("" if isinstance(item, texts) else spelling(module, item) for item in node.values)
        return ("or", *_in_turn((f"{item} or" if item else "or" for item in given), len(node.values) - 1))
    return ()


def of_statement(module: Module, node: ast.stmt, arms: int) -> tuple[str, ...]:
    """Of each arm of a statement that has so many."""
    return _in_turn(_words(module, node), arms)


def elif_of(node: ast.If) -> ast.If | None:
    """The `elif` of a condition; an `if` within its `else` begins in another column."""
    first = node.orelse[0] if node.orelse else None
    return first if isinstance(first, ast.If) and first.col_offset == node.col_offset else None


def _in_turn(words: Iterable[str], arms: int) -> tuple[str, ...]:
    """The arms in order, each with all that was asked before it; those that nothing is said of are `else`."""
    made = []
    asked = ""
    for word in words:
        asked = condition(f"{asked} / {word}" if asked else word)
        made.append(asked)
    made += [condition(f"{asked} / else")] * (arms - len(made))
    return tuple(made[:arms])


def _words(module: Module, node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.If):
        below: ast.If | None = node
        while below is not None:
            yield f"if {spelling(module, below.test)}"
            below = elif_of(below)
    elif isinstance(node, ast.Match):
        head = f"match {spelling(module, node.subject)} "
        for case in node.cases:
            guard = f" if {spelling(module, case.guard)}" if case.guard else ""
            yield f"{head}case {spelling(module, case.pattern)}{guard}"
            head = ""
    elif isinstance(node, ast.Try):
        yield "try"
        for handler in node.handlers:
            yield f"except {spelling(module, handler.type)}" if handler.type else "except"
    elif isinstance(node, (ast.For, ast.AsyncFor)):
        yield f"for {spelling(module, node.target)} in {spelling(module, node.iter)}"
    elif isinstance(node, ast.While):
        yield f"while {spelling(module, node.test)}"
