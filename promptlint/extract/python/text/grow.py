"""Finds texts and lists that are built statement by statement: `prompt += ...`, `messages.append(...)`.

What is added under a condition stands in an arm of its own, and so does what a loop adds, once.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from promptlint.extract.python.find.walk import Scope
from promptlint.extract.python.flow.follow import lines_of, places, touches
from promptlint.extract.python.module import Module, span
from promptlint.extract.python.text.adding import (
    SCOPES,
    Branch,
    Part,
    added_by,
    added_to,
    growing,
    items_of,
    makes_list,
    statements_of,
)
from promptlint.extract.python.text.conditions import elif_of, of_statement
from promptlint.extract.python.text.fold import base
from promptlint.model import Arm
from promptlint.records import dataclass

_GROWS = re.compile(r"\+=|\.(?:append|extend)\(|(\b\w+)\s*=\s*\1\s*\+")
_MOST = 4_000  # parts of all that one scope joins
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


@dataclass(frozen=True, slots=True)
class Growth:
    """What a name comes to hold; `first` is the value that it was bound to at first, if it was.

    `joined` is the expression `separator.join(name)` if that is what it is for.
    """

    name: str
    scope: Scope
    first: ast.expr
    parts: tuple[Part, ...]
    is_list: bool
    joined: ast.Call | None = None


@dataclass(frozen=True, slots=True)
class _State:
    """What a name holds at a point; not `whole` if what it held before an arm or a loop is part of it."""

    parts: tuple[Part, ...] = ()
    is_list: bool = False
    whole: bool = False
    first: ast.expr | None = None


_Known = dict[str, _State]


def growths(module: Module) -> Iterator[Growth]:
    """All that grows, scope by scope, in source order of its end."""
    if not _GROWS.search(module.source.text):
        return
    text = module.source.text
    lines = lines_of(module, [match.start() for match in _GROWS.finditer(text)])
    joins = lines_of(module, places(text, ".join("))
    stack: list[tuple[list[ast.stmt], Scope]] = [(module.tree.body, ())]
    while stack:
        body, scope = stack.pop()
        statements = list(statements_of(body))
        names = frozenset(growing(statements))
        if names:
            found: list[Growth] = []
            builder = _Builder(module, scope, names, joins, found)
            for name, state in builder.run(body, {}).items():
                builder.finish(name, state)
            yield from found
        stack.extend(
            (node.body, (*scope, node.name))
            for node in reversed(statements)
            if isinstance(node, SCOPES) and touches(node, lines)
        )


@dataclass(frozen=True, slots=True)
class _Builder:
    """Runs through the statements of one scope as Python would, with every branch taken."""

    module: Module
    scope: Scope
    names: frozenset[str]
    joins: list[int]
    found: list[Growth]

    def finish(self, name: str, state: _State) -> None:
        """Note what a name has come to, if anything was added to it."""
        if len(state.parts) > 1 or (state.parts and state.is_list):
            self.found.append(self._growth(name, state))

    def _growth(self, name: str, state: _State, joined: ast.Call | None = None) -> Growth:
        shared = _shared([part.branch for part in state.parts])
        parts = tuple(replace(part, branch=part.branch[shared:]) for part in state.parts)
        return Growth(name, self.scope, state.first or parts[0].node, parts, state.is_list, joined)

    def run(self, body: list[ast.stmt], known: _Known) -> _Known:
        """What the names hold after these statements, if they held `known` before."""
        for node in body:
            self._join(node, known)
            if isinstance(node, (ast.With, ast.AsyncWith)):
                known = self.run(node.body, known)
            elif isinstance(node, ast.If):
                known = self._arms(node, self._conditional(node, known), known)
            elif isinstance(node, ast.Match):
                known = self._arms(node, [*(case.body for case in node.cases), []], known)
            elif isinstance(node, ast.Try):
                known = self.run(node.body, known)
                known = self._arms(node, [[], *(item.body for item in node.handlers)], known)
                known = self.run([*node.orelse, *node.finalbody], known)
            elif isinstance(node, _LOOPS):
                known = self._arms(node, [node.body, []], known)
                known = self.run(node.orelse, known)
            else:
                self._simple(node, known)
        return known

    def _conditional(self, node: ast.If, known: _Known) -> list[list[ast.stmt]]:
        """The arms of `if` with all its `elif`."""
        bodies = [node.body]
        while (inner := elif_of(node)) is not None:
            node = inner
            self._join(node, known)
            bodies.append(node.body)
        return [*bodies, node.orelse]

    def _simple(self, node: ast.stmt, known: _Known) -> None:
        if isinstance(node, ast.Assign) and (more := added_to(node)) and more[0] in self.names:
            for leaf in more[1]:
                self._add(more[0], leaf, known, node.value)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name) and target.id in self.names:
                    self._bind(target.id, node.value, known)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            if isinstance(node.op, ast.Add):
                self._add(node.target.id, node.value, known)
        elif isinstance(node, ast.Expr) and (added := added_by(node.value)):
            name, method, value = added
            state = known.get(name)
            if state is not None and state.is_list:
                more_parts = (Part(value),) if method == "append" else items_of(value)
                known[name] = replace(state, parts=(*state.parts, *more_parts))

    def _bind(self, name: str, value: ast.expr, known: _Known) -> None:
        if name in known and base(value) == ("", name):
            return  # formatted, stripped: the same text
        if name in known:
            self.finish(name, known[name])
        is_list = makes_list(value)
        parts = items_of(value) if is_list else (Part(value),)
        known[name] = _State(parts, is_list, True, value)

    def _add(self, name: str, value: ast.expr, known: _Known, whole: ast.expr | None = None) -> None:
        state = known.get(name)
        if state is None:
            state = _State(is_list=makes_list(value), first=value)
        added = items_of(value) if state.is_list else (Part(value, (), whole),)
        known[name] = replace(state, parts=(*state.parts, *added))

    def _arms(self, node: ast.stmt, bodies: list[list[ast.stmt]], known: _Known) -> _Known:
        """Run each arm on its own, and put its parts behind what was known before."""
        group = span(self.module, node).start
        ends = [
            self.run(body, {name: _State(is_list=state.is_list) for name, state in known.items()})
            for body in bodies
        ]
        grown = any(state.parts or state.whole for end in ends for state in end.values())
        said = of_statement(self.module, node, len(ends)) if grown else ("",) * len(ends)
        result = dict(known)
        for name in dict.fromkeys(name for end in ends for name in end):
            states = [end.get(name, _State()) for end in ends]
            before = known.get(name, _State())
            kept = [number for number, state in enumerate(states) if not state.whole]
            parts = before.parts
            if len(kept) == 1 and len(ends) > 1 and parts and not isinstance(node, _LOOPS):
                parts = _within(parts, Arm(group, kept[0], said[kept[0]]))
            elif len(kept) < len(states) and (len(kept) != 1 or parts):
                self.finish(name, before)
                parts = ()
            for number, state in enumerate(states):
                parts += _within(state.parts, Arm(group, number, said[number]))
            is_list = any(state.is_list for state in (before, *states))
            first = (before.first if before.parts else None) or next(
                (state.first for state in states if state.first), None
            )
            whole = before.whole or len(kept) < len(states)
            result[name] = _State(parts, is_list, whole, first or before.first)
        return result

    def _join(self, node: ast.stmt, known: _Known) -> None:
        """Note each `separator.join(name)` in a statement with what the name holds then."""
        if not touches(node, self.joins) or not any(state.is_list for state in known.values()):
            return
        if sum(len(growth.parts) for growth in self.found) > _MOST:
            return
        for root in _expressions(node):
            for item in ast.walk(root):
                if (
                    not isinstance(item, ast.Call)
                    or len(item.args) != 1
                    or not isinstance(item.func, ast.Attribute)
                ):
                    continue
                given = item.args[0]
                if item.func.attr != "join" or not isinstance(given, ast.Name):
                    continue
                state = known.get(given.id)
                if state is not None and state.is_list and state.parts:
                    self.found.append(self._growth(given.id, state, item))


def _shared(branches: list[Branch]) -> int:
    """How many arms all begin with: what all parts have in common says nothing."""
    count = 0
    while all(len(branch) > count and branch[count] == branches[0][count] for branch in branches):
        count += 1
    return count


def _within(parts: tuple[Part, ...], arm: Arm) -> tuple[Part, ...]:
    return tuple(replace(part, branch=(arm, *part.branch)) for part in parts)


def _expressions(node: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement itself, without those of the statements in it."""
    if isinstance(node, SCOPES):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
