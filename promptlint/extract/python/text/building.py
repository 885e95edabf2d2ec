"""Turns what grows statement by statement (`grow`) into texts and chats, found in one piece."""

from __future__ import annotations

import ast
from dataclasses import field

from promptlint.extract.common.values import Runs
from promptlint.extract.python.find.chats import is_message
from promptlint.extract.python.module import Module
from promptlint.extract.python.text.fold import fold, in_arms, joined
from promptlint.extract.python.text.grow import Growth, growths
from promptlint.extract.python.text.slots import in_order
from promptlint.model import SegmentKind
from promptlint.records import dataclass

Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is built, and the expressions that it is built of."""

    growth: Growth
    runs: Runs


@dataclass(frozen=True, slots=True)
class Building:
    """All that a module builds, by place of the expressions that are its parts.

    `texts` are by the place of any part, `chats` by its identity; `appended` gives, by identity of the first
    value of a list, what is added to it, and `joined` the parts of one by identity of the call that joins it.
    """

    texts: dict[Position, Text] = field(default_factory=dict)
    chats: dict[int, Growth] = field(default_factory=dict)
    appended: dict[int, list[ast.expr]] = field(default_factory=dict)
    joined: dict[int, tuple[ast.expr, ...]] = field(default_factory=dict)


def building(module: Module) -> Building:
    """Read all that grows; a `separator.join(name)` folds to its text from then on."""
    result = Building()
    for growth in growths(module):
        if growth.joined is not None:
            _join(module, growth, growth.joined, result)
        elif growth.is_list:
            _list(growth, result)
        else:
            _text(module, growth, result)
    return result


def position(node: ast.expr) -> Position:
    """Where a node begins: what is put together of several nodes begins where its first does."""
    return node.lineno, node.col_offset


def _text(module: Module, growth: Growth, result: Building) -> None:
    folded = [(part.node, fold(module, part.node)) for part in growth.parts]
    texts = in_order(module, folded)
    if not any(run.kind is SegmentKind.TEXT for runs in texts for run in runs):
        return
    runs = tuple(
        run for part, text in zip(growth.parts, texts, strict=True) for run in in_arms(text, part.branch)
    )
    text = Text(growth, runs)
    result.texts.update((position(part.node), text) for part in growth.parts)
    result.texts.update((position(part.whole), text) for part in growth.parts if part.whole)


def _list(growth: Growth, result: Building) -> None:
    nodes = [part.node for part in growth.parts]
    own = {id(child) for child in ast.walk(growth.first)}
    added = [node for node in nodes if id(node) not in own]
    if not added:
        return
    result.appended.setdefault(id(growth.first), []).extend(added)
    if any(is_message(node) for node in nodes):
        result.chats.update((id(node), growth) for node in nodes)


def _join(module: Module, growth: Growth, call: ast.Call, result: Building) -> None:
    assert isinstance(call.func, ast.Attribute)
    separator = fold(module, call.func.value)
    if separator is None or any(run.kind is SegmentKind.SLOT for run in separator):
        return
    pairs = [(part.node, fold(module, part.node)) for part in growth.parts]
    runs = joined(module, separator, pairs, [part.branch for part in growth.parts])
    if any(run.kind is SegmentKind.TEXT and run.verbatim for run in runs):
        module.built[id(call)] = runs
        result.joined[id(call)] = tuple(part.node for part in growth.parts)
