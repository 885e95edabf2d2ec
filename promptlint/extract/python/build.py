"""Makes prompts of what a walk found: texts folded, references followed, ids given."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import field, replace

from promptlint.extract.common.openings import addresses
from promptlint.extract.python.calls import call_of, merged
from promptlint.extract.python.chats import entries, is_chat, is_message, turn
from promptlint.extract.python.fold import base, fold, fold_or_slot, literal, slot
from promptlint.extract.python.loose import holds_prompts, is_loose_prompt
from promptlint.extract.python.module import Module
from promptlint.extract.python.shapes import is_filler, is_prompt, is_prose, may_be_prompt, role_of
from promptlint.extract.python.usage import Usage, decided, usage, variables
from promptlint.extract.python.values import Runs, static
from promptlint.extract.python.walk import Binding, Names, Scope, Site, walk
from promptlint.identity import unique
from promptlint.model import Call, Message, Prompt, Role, SegmentKind
from promptlint.records import dataclass
from promptlint.syntax.literals import Run, segments

_NO_CALL = Call()


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
    drafts = [draft for site in names.sites if not site.loose for draft in _of_site(work, site)]
    drafts += [draft for binding in names.bindings for draft in _of_binding(work, binding)]
    drafts += list(_of_wording(work, drafts))
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
        said = turn(node)
        runs, mark = _content(work, site.scope, said.content)
        if said.content is not None:
            _refer(work, site.scope, said.content, _Use(said.role, call))
        messages.append((said.role, decided(runs, "", work.known) if said.template else runs))
        marks.append(mark)
    lone = len(messages) == 1 and messages[0][0] in (Role.ASSISTANT, Role.TOOL)
    if not lone and any(_speaks(runs, role) for role, runs in messages):
        yield _Draft(site.anchor, site.node, tuple(messages), call, tuple(marks))


def _speaks(runs: Runs, role: Role | None) -> bool:
    """False for the "Hello" and "test" that a message holds to be there."""
    text = static(runs)
    if addresses(text):
        return True
    slots = any(run.kind is SegmentKind.SLOT for run in runs)
    least = 2 if slots or role in (Role.SYSTEM, Role.DEVELOPER) else 3
    return is_prose(text, least) and not is_filler(text)


def _content(work: _Work, scope: Scope, node: ast.expr | None) -> tuple[Runs, str | None]:
    """The runs of a message's content, and its cache breakpoint."""
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return (), None
    if not isinstance(node, ast.List):
        return _text(work, node), None
    mark = None
    runs: list[Run] = []
    for item in node.elts:
        fields = dict(entries(item)) if isinstance(item, ast.Dict) else {}
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
    fields = dict(entries(node)) if isinstance(node, ast.Dict) else {}
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
    if is_prompt(binding.name, text) or (is_prose(text, 2) and _is_sent(uses, runs)):
        yield _bound(work, binding, runs)


def _is_sent(uses: list[_Use], runs: Runs) -> bool:
    """True if a call or message names it; the result of a tool is no prompt."""
    return any(use.role is not Role.TOOL and _speaks(runs, use.role) for use in uses)


def _bound(work: _Work, binding: Binding, runs: Runs) -> _Draft:
    uses = work.uses.get(id(binding.value), [])
    role = next((use.role for use in uses if use.role), None) or role_of(binding.name)
    return _Draft(binding.anchor, binding.value, ((role, decided(runs, binding.name, work.known)),))


# --- by wording alone -----------------------------------------------------------------------


def _of_wording(work: _Work, drafts: list[_Draft]) -> Iterator[_Draft]:
    """What opens like a prompt and is no part of one that was found; the outermost expression counts."""
    at_home = holds_prompts(work.module.source.path)
    roots = {id(draft.node) for draft in drafts}
    taken = {id(child) for draft in drafts for child in ast.walk(draft.node)}
    bound = {id(binding.value): binding for binding in work.names.bindings}
    for site in work.names.sites:
        if not site.loose or id(site.node) in taken:
            continue
        inner = {id(child) for child in ast.walk(site.node)}
        runs = None if inner & roots else fold(work.module, site.node)
        if runs is None:
            continue
        slots = any(run.kind is SegmentKind.SLOT for run in runs)
        if is_loose_prompt(static(runs).strip(), slots, at_home):
            taken |= inner
            binding = bound.get(id(site.node))
            anonymous = _Draft(site.anchor, site.node, ((None, decided(runs, "", work.known)),))
            yield _bound(work, binding, runs) if binding else anonymous
