"""Follows names to the expressions that they stand for: in the file, and where it says so, in others."""

from __future__ import annotations

from dataclasses import field, replace

from promptlint.extract.script.fold import fold
from promptlint.extract.script.imports import Import, exports, imports
from promptlint.extract.script.names import Binding, Names, Scope
from promptlint.extract.script.nodes import CALLS, NAMES, Script, bare, callee, dotted
from promptlint.extract.script.walk import walk
from promptlint.model import Call, Reference, Role, Target
from promptlint.model import Use as Said
from promptlint.records import dataclass
from promptlint.syntax.script import Node

_HOPS = 4  # names for names, at most
_MAX_USES = 100  # of one text: more tell no more of it
_METHODS = frozenset(
    {"trim", "trimStart", "trimEnd", "replace", "replaceAll", "format", "concat", "toString"}
)


@dataclass(frozen=True, slots=True)
class Use:
    """A message or call that a bound expression goes into, and the language that it is filled in with."""

    role: Role | None
    call: Call
    syntax: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """What building needs: `uses` by identity of the bound expression grows as sites are read.

    `calls` are those that were read, by identity of the innermost object.
    """

    script: Script
    names: Names
    index: dict[tuple[Scope, str], list[Binding]]
    imports: dict[str, Import]
    uses: dict[int, dict[Use, None]] = field(default_factory=dict)
    references: dict[Reference, None] = field(default_factory=dict)
    calls: dict[int, Call] = field(default_factory=dict)


def survey(script: Script) -> Work:
    """The names of a script, and what other files say of them."""
    names = walk(script)
    index: dict[tuple[Scope, str], list[Binding]] = {}
    for binding in names.bindings:
        index.setdefault((binding.scope, binding.name), []).append(binding)
    work = Work(script, names, index, imports(script))
    _foreign(work)
    for alias, origin in exports(script):
        said = Reference(Target.FILE, origin.target, origin.span, Said(origin.name), alias)
        work.references[said] = None
    return work


def _foreign(work: Work) -> None:
    """What other files say of the names of this one."""
    for use in work.script.source.context.uses:
        call = Call(tuple(item if item.path else replace(item, path=use.path) for item in use.call.fields))
        scope, _, name = use.name.rpartition(".")
        for binding in work.index.get((tuple(scope.split(".")) if scope else (), name), []):
            _say(work, binding, Use(use.role, call, use.syntax), _HOPS)


def _base(work: Work, node: Node) -> list[str]:
    """The path of the variable or function whose text an expression is; empty if it is none."""
    node = bare(node)
    while node.kind in CALLS:
        target = callee(node)
        if target is None:
            return []
        inner = target.child("object") if target.kind == "member_expression" else None
        last = dotted(work.script, target).rpartition(".")[2]
        node = bare(inner) if inner is not None and last in _METHODS else target
    if node.kind in NAMES:
        return [work.script.spelling(node)]
    path = dotted(work.script, node).split(".") if node.kind == "member_expression" else []
    return path if all(part and part not in "?[]()" for part in path) else []


def _bindings(work: Work, scope: Scope, node: Node) -> list[Binding]:
    """What a name, or a member of `this` or of an object, was bound to in this file."""
    path = _base(work, node)
    if not path:
        return []
    if path[0] == "this":
        homes = [scope[:end] for end in range(len(scope), 0, -1) if scope[:end] in work.names.classes]
        path = path[1:]
    else:
        homes = [scope[:end] for end in range(len(scope), -1, -1)]
    if not path:
        return []
    keys = (((*home, *path[:-1]), path[-1]) for home in homes)
    return next((work.index[key] for key in keys if key in work.index), [])


def value_of(work: Work, scope: Scope, node: Node) -> Node:
    """The expression that a name stands for, if it was bound once; else the node."""
    known = node.kind in NAMES or node.kind == "member_expression"
    found = _bindings(work, scope, node) if known else []
    return found[0].value if len(found) == 1 else node


def _say(work: Work, binding: Binding, use: Use, hops: int) -> None:
    """Note a use of a binding, and of what that is only another name for."""
    known = work.uses.setdefault(id(binding.value), {})
    if not hops or len(known) >= _MAX_USES or use in known:
        return
    known[use] = None
    if fold(work.script, binding.value) is None:
        refer(work, (*binding.scope, binding.name), binding.value, use, hops - 1)


def refer(work: Work, scope: Scope, node: Node, use: Use, hops: int = _HOPS) -> None:
    """Say of all that a name may stand for, here or in the file that it is imported from, how it is used."""
    found = _bindings(work, scope, node)
    for binding in found:
        _say(work, binding, use, hops)
    path = [] if found else _base(work, node)
    origin = work.imports.get(path[0]) if path else None
    if origin is not None:
        name = ".".join(part for part in (origin.name, *path[1:]) if part)
        said = Said(name, use.role, use.call, use.syntax)
        work.references[Reference(Target.FILE, origin.target, origin.span, said)] = None
