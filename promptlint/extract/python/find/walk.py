"""Walks a module once: which names are bound to what, and where prompts are passed."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import TypeVar

from promptlint.extract.common.wording import may_be_prompt
from promptlint.extract.python.find.declared import declared
from promptlint.extract.python.find.frameworks import ROOTS, imports_framework
from promptlint.extract.python.find.loose import holds_prompts, is_textual
from promptlint.extract.python.find.parts import Site
from promptlint.extract.python.find.passing import dotted
from promptlint.extract.python.find.sites import sites
from promptlint.extract.python.find.survey import BODIES, Scope, Survey, survey, within
from promptlint.extract.python.module import Module
from promptlint.records import dataclass

__all__ = ["Binding", "Names", "Scope", "Site", "dotted", "walk"]

# A statement without any of these holds no prompt and no use of one; * stands for more of the word.
_WORDS_TEXT = """
*prompt* *instruction* *template* *tmpl* *system* *message *messages role input you your act given following
below human contents inputtext *"description"* *'description'*
"""
_WORDS = tuple((word.strip("*"), word.startswith("*"), word.endswith("*")) for word in _WORDS_TEXT.split())
_SENDERS = r"(?:run|run_sync|invoke|ainvoke|complete|acomplete|generate_content\w*|send_message|as_tool)"
_CONTENT = re.compile(r"\bcontent\s{0,9}=\s{0,40}\(?\s{0,40}[rbufRBUF]{0,2}[\"'](?:[\"']{2}|\w[^\"'\n]{30})")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NOTHING = Survey({}, (), ())
_Node = TypeVar("_Node", bound=ast.expr | ast.stmt)


@dataclass(frozen=True, slots=True)
class Binding:
    """A name bound to an expression: an assignment, or the default of a parameter."""

    scope: Scope
    name: str
    anchor: str
    value: ast.expr


@dataclass(frozen=True, slots=True)
class Names:
    """All that a walk gives; `classes` are the scopes that are classes."""

    bindings: tuple[Binding, ...]
    sites: tuple[Site, ...]
    classes: frozenset[Scope]


def walk(module: Module) -> Names:
    """Collect bindings and sites, in source order within each scope."""
    seen = survey(module.tree) if imports_framework(module.source.text) else _NOTHING
    lines = _lines(module, seen)
    bindings: list[Binding] = []
    found: list[Site] = []
    classes: set[Scope] = set()
    stack: list[tuple[ast.AST, Scope]] = [(node, ()) for node in reversed(_joined(module.tree.body))]
    while stack:
        node, scope = stack.pop()
        hit = _touched(node, lines)
        if isinstance(node, ast.stmt):
            bindings.extend(_bound(node, scope, classes))
        if hit:
            found.extend(sites(node, scope, seen.imports))
        inner = scope
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            inner = (*scope, node.name)
            if isinstance(node, ast.ClassDef):
                classes.add(inner)
        if hit or not isinstance(node, _FUNCTIONS):
            stack.extend((child, inner) for child in reversed(_children(node)))
    made: dict[str, list[ast.expr]] = {}
    for item in bindings:
        if isinstance(item.value, ast.Call):
            made.setdefault(item.name, []).append(item.value)
    found.extend(declared(module, seen, made))
    return Names(tuple(bindings), tuple(found), frozenset(classes))


def _lines(module: Module, seen: Survey) -> list[int]:
    """The lines that may say something of a prompt."""
    if holds_prompts(module.source.path):
        return list(range(1, len(module.starts) + 1))
    text = module.source.text
    places = [*_hits(text), *(match.start() for match in _CONTENT.finditer(text))]
    names = [name for name, path in seen.imports.items() if within(path, ROOTS)]
    if names:
        called = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})\b[\w.]*\(|\.{_SENDERS}\(")
        places += [match.start() for match in called.finditer(text)]
    return sorted({bisect_right(module.starts, place) for place in places})


def _hits(text: str) -> Iterator[int]:
    """Where the words stand; plain searches are many times faster than one pattern."""
    lower = text.lower()
    if len(lower) != len(text):  # a capital of two code points in lower case
        lower = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    for word, before, after in _WORDS:
        place = lower.find(word)
        while place >= 0:
            end = place + len(word)
            if (before or not _in_word(lower, place - 1)) and (after or not _in_word(lower, end)):
                yield place
                end = lower.find("\n", end)  # the line is known; the next one
            place = lower.find(word, end) if end >= 0 else -1


def _in_word(text: str, place: int) -> bool:
    return 0 <= place < len(text) and (text[place] == "_" or text[place].isalnum())


def _touched(node: ast.AST, lines: list[int]) -> bool:
    if not isinstance(node, (ast.stmt, ast.ExceptHandler)):
        return True  # a case of a match statement
    decorators = node.decorator_list if isinstance(node, (*_FUNCTIONS, ast.ClassDef)) else []
    first = min([node.lineno, *(item.lineno for item in decorators)])
    index = bisect_left(lines, first)
    return index < len(lines) and lines[index] <= (node.end_lineno or node.lineno)


def _children(node: ast.AST) -> list[ast.AST]:
    """The statements within a statement."""
    bodies = (getattr(node, name, ()) for name in BODIES)
    return [child for body in bodies if isinstance(body, list) for child in _joined(body)]


def _joined(body: Sequence[ast.AST]) -> list[ast.AST]:
    """The statements of a body; `x = "a"` and the `x += "b"` right after it become one: `x = "a" + "b"`."""
    result: list[ast.AST] = []
    for node in body:
        before = result[-1] if result else None
        if _continues(node, before):
            assert isinstance(node, ast.AugAssign)
            assert isinstance(before, (ast.Assign, ast.AugAssign))
            whole = ast.BinOp(before.value, ast.Add(), node.value)
            result[-1] = _over(
                type(before)(**{**vars(before), "value": _over(whole, before.value, node.value)}),
                before,
                node,
            )
        else:
            result.append(node)
    return result


def _continues(node: ast.AST, before: ast.AST | None) -> bool:
    if not isinstance(node, ast.AugAssign) or not isinstance(node.op, ast.Add):
        return False
    if isinstance(before, ast.Assign) and len(before.targets) == 1:
        target: ast.expr = before.targets[0]
    elif isinstance(before, ast.AugAssign) and isinstance(before.op, ast.Add):
        target = before.target
    else:
        return False
    same = isinstance(target, ast.Name) and isinstance(node.target, ast.Name) and target.id == node.target.id
    return same and is_textual(before.value) and is_textual(node.value)


def _over(node: _Node, first: ast.expr | ast.stmt, last: ast.expr | ast.stmt) -> _Node:
    """The new node, placed from the start of one to the end of another."""
    node.lineno, node.col_offset = first.lineno, first.col_offset
    node.end_lineno, node.end_col_offset = last.end_lineno, last.end_col_offset
    return node


# --- bindings -------------------------------------------------------------------------------


def _bound(node: ast.stmt, scope: Scope, classes: set[Scope]) -> Iterator[Binding]:
    if isinstance(node, ast.Assign):
        targets: list[ast.expr] = node.targets
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
        targets = [node.target]
    else:
        if isinstance(node, _FUNCTIONS):
            yield from _defaults(node, (*scope, node.name))
        return
    for target in targets:
        if node.value is not None and (found := _target(target, scope, classes)) is not None:
            home, name = found
            yield Binding(home, name, ".".join((*home, name)), node.value)


def _target(target: ast.expr, scope: Scope, classes: set[Scope]) -> tuple[Scope, str] | None:
    """The scope and name that a target binds; an attribute of `self` belongs to the class."""
    if isinstance(target, ast.Name):
        return scope, target.id
    if not isinstance(target, ast.Attribute):
        return None
    if not isinstance(target.value, ast.Name):
        return ((*scope, dotted(target.value)), target.attr) if may_be_prompt(target.attr) else None
    owner = target.value.id
    if owner in ("self", "cls"):
        home = next((scope[:end] for end in range(len(scope), 0, -1) if scope[:end] in classes), None)
        return None if home is None else (home, target.attr)
    return (*scope, owner), target.attr


def _defaults(node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Iterator[Binding]:
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args]
    pairs: list[tuple[ast.arg, ast.expr | None]] = []
    pairs.extend(zip(named[len(named) - len(arguments.defaults) :], arguments.defaults, strict=True))
    pairs.extend(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
    for parameter, value in pairs:
        if value is not None:
            yield Binding(scope, parameter.arg, ".".join((*scope, parameter.arg)), value)
