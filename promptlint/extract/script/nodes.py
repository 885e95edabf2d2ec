"""Takes the nodes of TypeScript and JavaScript apart: names, calls, entries of objects, plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from promptlint.model import UNKNOWN, Source, Span, Value
from promptlint.records import dataclass
from promptlint.syntax.literals import Run
from promptlint.syntax.script import Node
from promptlint.syntax.scripttext import scan

FUNCTIONS = frozenset(
    {"function_declaration", "function_expression", "arrow_function", "method_definition"}
    | {"generator_function_declaration", "generator_function"}
)
CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})
CALLS = frozenset({"call_expression", "new_expression"})
NAMES = frozenset({"identifier", "shorthand_property_identifier"})
_WRAPPED = frozenset(
    {"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"}
    | {"await_expression", "type_assertion"}
)
_DIGITS = 20
_MAX_PARTS = 20  # of a dotted path: more say nothing
_KEYS = frozenset({"property_identifier", "private_property_identifier", "identifier", "number"})


@dataclass(frozen=True, slots=True, eq=False)
class Script:
    """A file, its tree, and the line break that a new line of it takes.

    `folded` are the texts of expressions that were asked for, by identity.
    """

    source: Source
    root: Node
    newline: str
    folded: dict[int, tuple[Run, ...] | None] = field(default_factory=dict)

    def spelling(self, node: Node) -> str:
        """The source of a node."""
        return self.source.text[node.start : node.end]


def bare(node: Node) -> Node:
    """The expression without parentheses, casts and `await` around it."""
    while node.kind in _WRAPPED and node.children:
        node = node.children[-1 if node.kind == "type_assertion" else 0]
    return node


def slots(node: Node) -> tuple[Node, ...]:
    """The substitutions of a template literal."""
    return tuple(item for item in node.children if item.kind == "template_substitution")


def span(node: Node) -> Span:
    """The range of a node."""
    return Span(node.start, node.end)


def literal(script: Script, node: Node | None) -> str | None:
    """The value of a string, or of a template literal without slots."""
    node = None if node is None else bare(node)
    if node is None or node.kind not in ("string", "template_string") or slots(node):
        return None
    runs = scan(script.source.text, span(node))
    return None if runs is None else "".join(run.text for run in runs)


def value(script: Script, node: Node) -> Value:
    """The value of a literal; UNKNOWN for anything else."""
    node = bare(node)
    text = literal(script, node)
    if text is not None:
        return text
    if node.kind in ("true", "false"):
        return node.kind == "true"
    if node.kind in ("null", "undefined"):
        return None
    if node.kind not in ("number", "unary_expression") or node.end - node.start > _DIGITS:
        return UNKNOWN
    try:
        number = float(script.spelling(node).replace("_", ""))
    except ValueError:
        return UNKNOWN
    return int(number) if number.is_integer() else number


def callee(node: Node) -> Node | None:
    """What a call calls, or `new` makes."""
    found = node.child("function") or node.child("constructor")
    return None if found is None else bare(found)


def arguments(node: Node) -> tuple[Node, ...]:
    """The arguments of a call; of a tagged template, its literal."""
    found = node.child("arguments")
    if found is None:
        return ()
    return (found,) if found.kind == "template_string" else found.children


def last_name(script: Script, node: Node | None) -> str:
    """The last name of a callee: `create` of `client.messages.create`; empty if it has none."""
    node = None if node is None else bare(node)
    if node is None:
        return ""
    if node.kind == "member_expression":
        node = node.child("property")
    return script.spelling(node) if node is not None and node.kind in NAMES | _KEYS else ""


def owner(node: Node | None) -> Node | None:
    """What a method is called on."""
    node = None if node is None else bare(node)
    found = node.child("object") if node is not None and node.kind == "member_expression" else None
    return None if found is None else bare(found)


def dotted(script: Script, node: Node | None) -> str:
    """A callee or target as a dotted path; calls keep their parentheses, indices become `[]`."""
    parts: list[str] = []
    while node is not None and len(parts) < _MAX_PARTS:
        node = bare(node)
        if node.kind == "member_expression":
            parts.append(f".{last_name(script, node)}")
            node = node.child("object")
        elif node.kind in CALLS:
            parts.append("()")
            node = callee(node)
        elif node.kind == "subscript_expression":
            parts.append("[]")
            node = node.child("object")
        else:
            known = node.kind in NAMES | {"this", "super", "type_identifier"}
            parts.append(script.spelling(node) if known else "?")
            break
    return "".join(reversed(parts))


def key_of(script: Script, node: Node | None) -> str:
    """The name that a key of an object, or a member of a class, has; `*` for a computed one."""
    if node is None:
        return "*"
    if node.kind == "string":
        return literal(script, node) or "*"
    return script.spelling(node).lstrip("#") if node.kind in _KEYS else "*"


def entries(script: Script, node: Node) -> Iterator[tuple[str, Node]]:
    """The values of an object by their keys; `{system}` has the name as its value."""
    for item in node.children:
        if item.kind == "pair":
            given = item.child("value")
            if given is not None:
                yield key_of(script, item.child("key")), bare(given)
        elif item.kind == "shorthand_property_identifier":
            yield script.spelling(item), item


def fields(script: Script, node: Node | None) -> dict[str, Node]:
    """The entries of an object, none for anything else."""
    node = None if node is None else bare(node)
    return dict(entries(script, node)) if node is not None and node.kind == "object" else {}
