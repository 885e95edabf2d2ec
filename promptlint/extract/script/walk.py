"""Walks a script once: which names are bound to what, and where prompts are passed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from promptlint.extract.common.openings import LEAST
from promptlint.extract.script.chats import is_chat, is_message
from promptlint.extract.script.fold import TEMPLATES
from promptlint.extract.script.names import Binding, Names, Scope, Site
from promptlint.extract.script.nodes import (
    CALLS,
    CLASSES,
    FUNCTIONS,
    Script,
    arguments,
    bare,
    callee,
    dotted,
    entries,
    fields,
    key_of,
    last_name,
    literal,
    owner,
)
from promptlint.extract.script.shapes import BY_NAME, TOOL_METHODS, Argument, fits, sends, silent, silent_name
from promptlint.records import dataclass
from promptlint.syntax.script import Node

_TEXTUAL = frozenset({"string", "template_string", "binary_expression", "ternary_expression", *CALLS})
_SKIPPED = frozenset({"import_statement", "string", "regex", "number", "identifier", "jsx_text"})
_QUIET = frozenset({"throw_statement", "jsx_attribute", "jsx_expression", "subscript_expression"})
_PARTS = frozenset({"left", "object", "alternative"})  # of a chain, which is looked at as a whole
_COMPARISONS = frozenset({"==", "===", "!=", "!==", "<", ">", "in", "instanceof"})
_TEMPLATE = Argument("template", None, 3)
_DEFAULT = "export default"
_PROMPT = Argument("prompt", None, 3)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node stands: `home` is the path by which it can be named, if it is more than the scope."""

    scope: Scope = ()
    home: Scope = ()
    anchor: str = "<module>"
    around: tuple[Node, ...] = ()
    keys: frozenset[str] = frozenset()
    called: str = ""
    quiet: bool = False


_Step = tuple[Node, _Place]


@dataclass(frozen=True, slots=True)
class _Walk:
    script: Script
    names: Names


def walk(script: Script) -> Names:
    """Collect bindings and sites, in source order."""
    job = _Walk(script, Names())
    stack: list[_Step] = [(script.root, _Place())]
    while stack:
        node, place = stack.pop()
        part = node.field in _PARTS and node.kind not in ("string", "template_string")
        if node.kind in _TEXTUAL and not place.quiet and not part and node.end - node.start >= LEAST:
            job.names.sites.append(Site(place.scope, place.anchor, node, None, place.around, loose=True))
        if node.kind in _SKIPPED:
            continue
        visit = _VISITORS.get(node.kind, _children)
        stack.extend(reversed(list(visit(job, node, place))))
    return job.names


def _children(job: _Walk, node: Node, place: _Place) -> Iterator[_Step]:
    operator = node.child("operator")
    quiet = place.quiet or node.kind in _QUIET or (operator is not None and operator.kind in _COMPARISONS)
    inner = replace(place, quiet=quiet) if quiet != place.quiet else place
    yield from ((child, inner) for child in node.children)


def _named(place: _Place, path: Scope) -> _Place:
    return replace(place, home=path, anchor=".".join(path), quiet=silent_name(path[-1]))


# --- bindings -------------------------------------------------------------------------------


def _bind(job: _Walk, path: Scope, value: Node | None, place: _Place) -> Iterator[_Step]:
    """The path names the value; go on into it."""
    if value is not None and path:
        inner = _named(place, path)
        job.names.bindings.append(Binding(path[:-1], path[-1], inner.anchor, bare(value)))
        yield bare(value), inner


def _declared(job: _Walk, node: Node, place: _Place) -> Iterator[_Step]:
    """`x = value` of a declaration, a class or a default: the target is called name, pattern or left."""
    target = node.child("name") or node.child("pattern") or node.child("left") or node.child("property")
    value = node.child("value") or node.child("right")
    name = "*" if target is None else key_of(job.script, target)
    if target is not None and target.kind == "shorthand_property_identifier_pattern":
        name = job.script.spelling(target)
    if name == "*":
        yield from _children(job, node, place)
    else:
        yield from _bind(job, (*place.scope, name), value, place)


def _assigned(job: _Walk, node: Node, place: _Place) -> Iterator[_Step]:
    target, value = node.child("left"), node.child("right")
    path = _target(job, target, place.scope)
    if not path:
        yield from _children(job, node, place)
        return
    yield from _bind(job, path, value, place)


def _target(job: _Walk, target: Node | None, scope: Scope) -> Scope:
    """The path that an assignment binds; a member of `this` belongs to the class. Empty if it has none."""
    parts = dotted(job.script, target).split(".")
    if not all(part.isidentifier() or part.startswith("$") for part in parts):
        return ()
    if parts[0] == "this" and len(parts) > 1:
        home = next(
            (scope[:end] for end in range(len(scope), 0, -1) if scope[:end] in job.names.classes), scope
        )
        return (*home, *parts[1:])
    return (*scope, *parts)


def _statement(job: _Walk, node: Node, place: _Place) -> Iterator[_Step]:
    """A literal that is a statement says nothing: a directive, or text that is commented out."""
    if not all(child.kind in ("string", "template_string") for child in node.children):
        yield from _children(job, node, place)


def _exported(job: _Walk, node: Node, place: _Place) -> Iterator[_Step]:
    """`export default value` is known to other files as `default`."""
    value, declared = node.child("value"), node.child("declaration")
    name = None if declared is None else declared.child("name")
    opening = job.script.source.text[node.start : node.start + len(_DEFAULT)]
    if name is not None and opening == _DEFAULT:
        job.names.bindings.append(Binding((), "default", "default", name))
    if value is None:
        yield from (step for step in _children(job, node, place) if step[0].field != "source")
    else:
        yield from _bind(job, ("default",), value, place)


def _returned(job: _Walk, node: Node, place: _Place) -> Iterator[_Step]:
    scope = place.scope
    for child in node.children:
        anchor = f"{'.'.join(scope) or '<module>'}:return"
        if scope:
            job.names.bindings.append(Binding(scope[:-1], scope[-1], anchor, bare(child)))
        yield bare(child), replace(place, home=scope, anchor=anchor)


def _function(job: _Walk, node: Node, place: _Place) -> Iterator[_Step]:
    """Functions without a name are called like what they are bound to, or like the one around."""
    name = node.child("name")
    scope = place.home
    if name is not None:
        scope = (*place.home, key_of(job.script, name))
    inner = _Place(scope, scope, ".".join(scope) or "<module>")
    yield from ((child, inner) for child in node.children if child.field != "name")


def _class(job: _Walk, node: Node, place: _Place) -> Iterator[_Step]:
    name = node.child("name")
    scope = place.home if name is None else (*place.home, job.script.spelling(name))
    job.names.classes.add(scope)
    inner = _Place(scope, scope, ".".join(scope))
    yield from ((child, inner) for child in node.children if child.field != "name")


# --- objects and calls ----------------------------------------------------------------------


def _object(job: _Walk, node: Node, place: _Place) -> Iterator[_Step]:
    if is_message(job.script, node):
        job.names.sites.append(Site(place.scope, place.anchor, node, None, place.around))
        return
    keys = frozenset(name for name, _ in entries(job.script, node))
    inner = replace(place, around=(node, *place.around), keys=keys)
    for child in node.children:
        if child.kind == "shorthand_property_identifier":
            _passed(job, job.script.spelling(child), child, inner)
        yield child, inner


def _pair(job: _Walk, node: Node, place: _Place) -> Iterator[_Step]:
    name, value = key_of(job.script, node.child("key")), node.child("value")
    if value is None:
        return
    value = bare(value)
    path = (*place.home, name)
    quiet = place.quiet or silent_name(name)
    inner = replace(place, home=path, anchor=f"{place.anchor}.{name}", quiet=quiet)
    if name != "*":
        job.names.bindings.append(Binding(path[:-1], name, inner.anchor, value, entry=True))
        _passed(job, name, value, place)
    yield value, inner


def _passed(job: _Walk, name: str, value: Node, place: _Place) -> None:
    row = BY_NAME.get(name)
    if row is not None and fits(row, place.called, place.keys) and not is_chat(job.script, value):
        syntax = "format" if row.name == "template" else ""
        anchor = f"{place.anchor}.{name}"
        job.names.sites.append(Site(place.scope, anchor, value, row, place.around, syntax=syntax))


def _array(job: _Walk, node: Node, place: _Place) -> Iterator[_Step]:
    if is_chat(job.script, node):
        job.names.sites.append(Site(place.scope, place.anchor, node, None, place.around))
        return
    yield from _children(job, node, replace(place, home=place.scope))


def _call(job: _Walk, node: Node, place: _Place) -> Iterator[_Step]:
    if is_message(job.script, node):
        job.names.sites.append(Site(place.scope, place.anchor, node, None, place.around))
        return
    path, given = dotted(job.script, callee(node)), arguments(node)
    _called(job, node, path, given, place)
    function = ".".join(place.home) or "<module>"
    name = last_name(job.script, callee(node))
    quiet = place.quiet or silent(name)
    target = callee(node)
    titled = name in TOOL_METHODS or (place.home == place.scope and name.endswith(("Tool", "Agent", "tool")))
    title = _title(job, given) if titled else ""
    if target is not None:
        yield target, replace(place, home=place.scope)
    for number, item in enumerate(given):
        keyed = bare(item).kind == "object"
        said = f"{path}.{title}" if title else path
        anchor = f"{function}:{said}" if keyed else f"{function}:{path}.{number}"
        held = item.kind == "template_string" and item.field == "arguments"
        outer = _Place(place.scope, place.scope, anchor, (), frozenset(), path, quiet or held)
        yield bare(item), outer


def _called(job: _Walk, node: Node, path: str, given: tuple[Node, ...], place: _Place) -> None:
    """What a call takes by position: the template of LangChain, the description of an MCP tool."""
    name = path.rpartition(".")[2]
    if name in TEMPLATES and given and bare(given[0]).kind != "object":
        site = Site(place.scope, place.anchor, bare(given[0]), _TEMPLATE, place.around, syntax="format")
        job.names.sites.append(site)
    elif given and sends(path) and bare(given[0]).kind not in ("object", "array"):
        anchor = f"{'.'.join(place.home) or '<module>'}:{path}.0"
        job.names.sites.append(Site(place.scope, anchor, bare(given[0]), _PROMPT, given[1:2]))
    elif name in TOOL_METHODS and len(given) > 2 and owner(callee(node)) is not None:
        title = _title(job, given)
        if title:
            anchor = f"{'.'.join(place.scope) or '<module>'}:{path}.{title}"
            job.names.sites.append(Site(place.scope, anchor, bare(given[1]), BY_NAME["description"]))


def _title(job: _Walk, given: tuple[Node, ...]) -> str:
    """The name that a tool or agent is given, first or as an entry; empty if it is none."""
    first = fields(job.script, given[0]) if given else {}
    title = literal(job.script, first.get("name", first.get("id", given[0]))) if given else None
    return title if title is not None and re.fullmatch(r"[\w./-]{1,100}", title) else ""


_VISITORS: dict[str, Callable[[_Walk, Node, _Place], Iterator[_Step]]] = {
    **dict.fromkeys(
        (
            *("variable_declarator", "public_field_definition", "field_definition", "required_parameter"),
            *("optional_parameter", "object_assignment_pattern", "assignment_pattern", "enum_assignment"),
        ),
        _declared,
    ),
    "export_statement": _exported,
    "expression_statement": _statement,
    **dict.fromkeys(("assignment_expression", "augmented_assignment_expression"), _assigned),
    "return_statement": _returned,
    **dict.fromkeys(FUNCTIONS, _function),
    **dict.fromkeys(CLASSES, _class),
    "object": _object,
    "pair": _pair,
    "array": _array,
    **dict.fromkeys(CALLS, _call),
}
