"""Makes prompts of what a walk found: texts folded, references followed, ids given."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from promptlint.extract.python.calls import call_of, merged
from promptlint.extract.python.fold import base, fold, fold_or_slot, literal, slot
from promptlint.extract.python.module import Module
from promptlint.extract.python.shapes import ROLES, is_prompt, is_prose, may_be_prompt, role_of
from promptlint.extract.python.usage import Usage, decided, usage, variables
from promptlint.extract.python.values import Runs, static
from promptlint.extract.python.walk import Binding, Names, Scope, Site, is_chat, is_message, walk
from promptlint.identity import unique
from promptlint.model import Call, Message, Prompt, Role, SegmentKind
from promptlint.syntax.literals import Run, segments

_NO_CALL = Call()
_REFERENCED = 2  # words that make a constant a prompt if a call or a message names it


@dataclass(frozen=True, slots=True)
class _Use:
    """A message or call that a bound expression goes into."""

    role: Role | None
    call: Call


@dataclass(frozen=True, slots=True)
class _Draft:
    """A prompt to be, and the expression that holds it."""

    anchor: str
    node: ast.expr
    messages: tuple[tuple[Role | None, Runs], ...]
    call: Call = _NO_CALL
    marks: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class _Work:
    """What building needs: `uses` by identity of the bound expression grows as sites are read."""

    module: Module
    names: Names
    known: Usage
    index: dict[tuple[Scope, str], list[Binding]]
    uses: dict[int, list[_Use]] = field(default_factory=dict)


def prompts(module: Module) -> tuple[Prompt, ...]:
    """All prompts of a module, in source order."""
    names = walk(module)
    index: dict[tuple[Scope, str], list[Binding]] = {}
    for binding in names.bindings:
        index.setdefault((binding.scope, binding.name), []).append(binding)
    work = _Work(module, names, usage(module.source.text), index)
    drafts = [draft for site in names.sites for draft in _of_site(work, site)]
    drafts += [draft for binding in names.bindings for draft in _of_binding(work, binding)]
    drafts.sort(key=lambda draft: (draft.node.lineno, draft.node.col_offset))
    ids = unique(f"{module.source.path}::{draft.anchor}" for draft in drafts)
    return tuple(_prompt(work, draft, name) for draft, name in zip(drafts, ids, strict=True))


def _prompt(work: _Work, draft: _Draft, name: str) -> Prompt:
    uses = work.uses.get(id(draft.node), [])
    call = draft.call if draft.call.fields else merged([use.call for use in uses])
    marks = draft.marks or (None,) * len(draft.messages)
    messages = tuple(
        Message(role, segments(runs), mark) for (role, runs), mark in zip(draft.messages, marks, strict=True)
    )
    runs = tuple(run for _, runs in draft.messages for run in runs)
    found = variables(work.module.source.text, runs)
    return Prompt(name, work.module.source, messages, call, variables=found)


# --- references -----------------------------------------------------------------------------


def _bindings(work: _Work, scope: Scope, node: ast.expr) -> list[Binding]:
    """What a name, or an attribute of `self` or of a class, was bound to in this module."""
    found = base(node)
    if found is None:
        return []
    owner, name = found
    if owner in ("self", "cls"):
        homes = [scope[:end] for end in range(len(scope), 0, -1) if scope[:end] in work.names.classes]
    elif owner:
        homes = [(*scope[:end], owner) for end in range(len(scope), -1, -1)]
    else:
        homes = [scope[:end] for end in range(len(scope), -1, -1)]
    return next((work.index[home, name] for home in homes if (home, name) in work.index), [])


def _value(work: _Work, scope: Scope, node: ast.expr) -> ast.expr:
    """The expression that a name stands for, if it was bound once; else the node."""
    found = _bindings(work, scope, node) if isinstance(node, (ast.Name, ast.Attribute)) else []
    return found[0].value if len(found) == 1 else node


def _refer(work: _Work, scope: Scope, node: ast.expr, use: _Use) -> None:
    for binding in _bindings(work, scope, node):
        work.uses.setdefault(id(binding.value), []).append(use)


# --- sites ----------------------------------------------------------------------------------


def _of_site(work: _Work, site: Site) -> Iterator[_Draft]:
    call = call_of(work.module, site.call, lambda node: _value(work, site.scope, node))
    if is_chat(site.node) or is_message(site.node):
        yield from _of_chat(work, site, call)
        return
    role = site.row.role if site.row else None
    runs = fold(work.module, site.node)
    if runs is None:
        _refer(work, site.scope, site.node, _Use(role, call))
    elif site.row and is_prose(static(runs), site.row.words):
        yield _Draft(site.anchor, site.node, ((role, decided(runs, "", work.known)),), call)


def _of_chat(work: _Work, site: Site, call: Call) -> Iterator[_Draft]:
    nodes = site.node.elts if isinstance(site.node, (ast.List, ast.Tuple)) else [site.node]
    messages: list[tuple[Role | None, Runs]] = []
    marks: list[str | None] = []
    for node in nodes:
        role, content = _message(node)
        runs, mark = _content(work, site.scope, content)
        if content is not None:
            _refer(work, site.scope, content, _Use(role, call))
        messages.append((role, runs))
        marks.append(mark)
    if any(is_prose(static(runs), 1) for _, runs in messages):
        yield _Draft(site.anchor, site.node, tuple(messages), call, tuple(marks))


def _message(node: ast.expr) -> tuple[Role | None, ast.expr | None]:
    """Role and content; what is no literal message (`*history`) is content of an unknown role."""
    if isinstance(node, ast.Starred):
        return None, node.value
    if not isinstance(node, ast.Dict):
        return None, node
    fields = _entries(node)
    return ROLES.get(literal(fields.get("role")) or ""), fields.get("content", fields.get("parts"))


def _entries(node: ast.Dict) -> dict[str | None, ast.expr]:
    return {literal(key): value for key, value in zip(node.keys, node.values, strict=True)}


def _content(work: _Work, scope: Scope, node: ast.expr | None) -> tuple[Runs, str | None]:
    """The runs of a message's content, and its cache breakpoint."""
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return (), None
    if not isinstance(node, ast.List):
        return _text(work, node), None
    mark = None
    runs: list[Run] = []
    for item in node.elts:
        fields = _entries(item) if isinstance(item, ast.Dict) else {}
        if "text" in fields:
            runs.extend(_text(work, fields["text"]))
        elif fields:
            runs.append(replace(slot(work.module, item), kind=SegmentKind.MEDIA, text="", name=""))
        else:
            runs.extend(_text(work, item))
        mark = _mark(fields.get("cache_control")) or mark
    return tuple(runs), mark


def _text(work: _Work, node: ast.expr) -> Runs:
    return fold_or_slot(work.module, node)


def _mark(node: ast.expr | None) -> str | None:
    """The time to live of an explicit cache breakpoint, or its type."""
    fields = _entries(node) if isinstance(node, ast.Dict) else {}
    return literal(fields.get("ttl")) or literal(fields.get("type"))


# --- bindings -------------------------------------------------------------------------------


def _of_binding(work: _Work, binding: Binding) -> Iterator[_Draft]:
    if is_chat(binding.value) or is_message(binding.value):
        return  # a site of its own
    uses = work.uses.get(id(binding.value), [])
    if not uses and not may_be_prompt(binding.name):
        return
    runs = fold(work.module, binding.value)
    if runs is None:
        return
    text = static(runs)
    if is_prose(text, _REFERENCED) if uses else is_prompt(binding.name, text):
        role = next((use.role for use in uses if use.role), None) or role_of(binding.name)
        yield _Draft(binding.anchor, binding.value, ((role, decided(runs, binding.name, work.known)),))
