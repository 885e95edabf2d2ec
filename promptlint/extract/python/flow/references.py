"""What a module says of others (what it sends and passes on is theirs), and what they say of it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import replace

from promptlint.extract.common.wording import may_be_prompt
from promptlint.extract.python.find.walk import Scope
from promptlint.extract.python.flow.files import read_path
from promptlint.extract.python.flow.follow import Flow, imported, lookup
from promptlint.extract.python.flow.reach import Use
from promptlint.extract.python.module import span
from promptlint.extract.python.text.fold import called, literal
from promptlint.extract.python.text.usage import Usage
from promptlint.model import UNKNOWN, Call, Field, Reference, Role, Source, Span, Target
from promptlint.model import Use as Said
from promptlint.records import dataclass

_MARKS = re.compile(r"cache_?control|cache_?point", re.IGNORECASE)
_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]+")
_ABOUT = re.compile(r"prompt|message|instruction|template|system")
_STRONG = re.compile(r"prompt|instruction|system", re.IGNORECASE)
_CLASS = re.compile(r"[A-Z]\w*[a-z]\w*")
_TABLE = re.compile(r"\w*(?:Prompts|Instructions|Templates|Messages)")

_WHOLE = (Role.SYSTEM, Role.DEVELOPER)  # a file is a prompt of these even where a line stands before it


@dataclass(frozen=True, slots=True)
class Mention:
    """A name that another module may give, or a call that may read a file, where something is said of it."""

    node: ast.expr
    scope: Scope
    use: Use
    place: ast.expr


def references(flow: Flow, known: Usage, mentions: list[Mention]) -> tuple[Reference, ...]:
    """The references of a module, in source order, each thing said once."""
    found = [*_mentioned(flow, known, mentions), *_formatted(flow, known), *_named_files(flow)]
    if flow.module.source.path.rpartition("/")[2] == "__init__.py":
        found += passed_on(flow)
    said: dict[tuple[object, ...], Reference] = {}
    for item in found:
        key = item.kind, item.target, item.use.name, item.alias, item.use.role, item.use.syntax, item.use.call
        said.setdefault(key, item)
    told = {(item.target, item.use.name) for item in said.values() if item.use.call.fields or item.use.role}
    kept = (
        item
        for item in said.values()
        if item.alias or item.use.call.fields or item.use.role or (item.target, item.use.name) not in told
    )
    return tuple(sorted(kept, key=lambda item: (item.span, item.target, item.use.name)))


def _mentioned(flow: Flow, known: Usage, mentions: list[Mention]) -> Iterator[Reference]:
    path = flow.module.source.path
    marks = _marks(flow)
    for item in mentions:
        fields = (*item.use.call.fields, *marks) if item.use.call.fields else ()
        call = Call(tuple(replace(one, path=one.path or path) for one in fields))
        file = (
            None if item.use.part and item.use.role not in _WHOLE else read_path(flow, item.scope, item.node)
        )
        if file is not None:
            said = Said(role=item.use.role, call=call, path=path, syntax=file.syntax)
            yield Reference(Target.FILE, file.path, span(flow.module, item.place), said)
            continue
        away = _away(flow, item.scope, item.node)
        if away is None:
            continue
        module, name = away
        last = name.rpartition(".")[2]
        if item.use.part and not _CONSTANT.fullmatch(last) and not may_be_prompt(last):
            continue
        said = Said(name, item.use.role, call, known.syntaxes.get(last, ""), path)
        yield Reference(Target.MODULE, module, span(flow.module, item.place), said)


def _marks(flow: Flow) -> tuple[Field, ...]:
    """The field `cache_control` if the module marks what a provider is to cache; which prompt is not read."""
    found = _MARKS.search(flow.module.source.text)
    return (Field("cache_control", UNKNOWN, Span(*found.span())),) if found else ()


def _formatted(flow: Flow, known: Usage) -> Iterator[Reference]:
    """Imported names that are formatted here, sent or not."""
    path = flow.module.source.path
    for (_, local), found in flow.index.imports.items():
        syntax = known.syntaxes.get(local, "")
        if syntax and found.name and (_CONSTANT.fullmatch(local) or may_be_prompt(local)):
            place = re.search(rf"\b{re.escape(local)}\b", flow.module.source.text)
            said = Said(found.name, syntax=syntax, path=path)
            if place is not None and not _is_standard(found.module):
                yield Reference(Target.MODULE, found.module, Span(*place.span()), said)


def _named_files(flow: Flow) -> Iterator[Reference]:
    """Files whose text is bound to a name like a prompt's."""
    for (_, name), bounds in flow.index.bound.items():
        if not _STRONG.search(name) or not may_be_prompt(name):
            continue
        for bound in bounds:
            file = read_path(flow, bound.where, bound.value)
            if file is not None:
                said = Said(path=flow.module.source.path, syntax=file.syntax)
                yield Reference(Target.FILE, file.path, span(flow.module, bound.value), said)


def passed_on(flow: Flow) -> Iterator[Reference]:
    """The names, like those of prompts, that an `__init__.py` takes from elsewhere and so passes on."""
    for node, item in flow.index.passed_on:
        local = item.asname or item.name
        named = _TABLE.fullmatch(item.name) if _CLASS.fullmatch(item.name) else may_be_prompt(item.name)
        likely = item.name == "*" or _CONSTANT.fullmatch(item.name) or named
        module = "." * node.level + (node.module or "")
        if likely and not _is_standard(module):
            said = Said("" if item.name == "*" else item.name, path=flow.module.source.path)
            yield Reference(Target.MODULE, module, span(flow.module, node), said, alias=local)


def _away(flow: Flow, scope: Scope, node: ast.expr) -> tuple[str, str] | None:
    """The module and the name in it that an expression means, if it is imported: `p.Bot.SYSTEM`, `T["a"]`."""
    names: list[str] = []
    if isinstance(node, ast.Call):
        if not _ABOUT.search(called(node.func)):
            return None  # a class, or a function that says nothing of prompts
        node = node.func
        if any(_CLASS.fullmatch(name) for name in _names(node)):
            return None
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Subscript) and (key := literal(node.slice)):
            names.append(key)
            node = node.value
        else:
            return None
    found = imported(flow, scope, node.id)
    if found is None or _is_standard(found.module) or lookup(flow, scope, node):
        return None
    names.reverse()
    if len(names) > 1 and names[-1] == "value":
        names.pop()
    if found.name:
        names.insert(0, found.name)
    module = found.module
    while len(names) > 1 and not names[0][:1].isupper() and not names[0].startswith("_"):
        module += names[0] if module.endswith(".") else f".{names[0]}"
        names.pop(0)
    if not names or (len(names) == 1 and _CLASS.fullmatch(names[0])):
        return None
    return module, ".".join(names)


def _names(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Attribute):
        yield node.attr
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names


# --- what others say ------------------------------------------------------------------------


def named_by(source: Source) -> Iterator[tuple[Use, ast.expr]]:
    """What other files of the project say of constants of this one, with each as an expression."""
    for use in source.context.uses:
        names = use.name.split(".")
        if not all(names):
            continue
        told = Use(use.role, use.call)
        node: ast.expr = ast.Name(names[0])
        for name in names[1:-1]:
            node = ast.Attribute(node, name)
        if len(names) == 1:
            made: tuple[ast.expr, ...] = (node, ast.Call(node, [], []))
        else:
            made = (ast.Attribute(node, names[-1]), ast.Subscript(node, ast.Constant(names[-1])))
        for one in made:
            yield told, ast.fix_missing_locations(one)  # the start of the file: nothing in it is named
