"""Knows the chat messages of scripts: objects with a role, `["role", "text"]` pairs, classes."""

from __future__ import annotations

from promptlint.extract.common.speakers import PAIR_ROLES, ROLES
from promptlint.extract.script.nodes import (
    CALLS,
    Script,
    arguments,
    bare,
    callee,
    dotted,
    fields,
    last_name,
    literal,
)
from promptlint.extract.script.shapes import MESSAGE_CLASSES
from promptlint.model import Role
from promptlint.records import dataclass
from promptlint.syntax.script import Node

_CONTENT = ("content", "parts")


@dataclass(frozen=True, slots=True)
class Turn:
    """A message's role and content; `template` says that the framework fills the content in."""

    role: Role | None
    content: Node | None
    template: bool = False


def is_chat(script: Script, node: Node) -> bool:
    """True for an array that holds a message; what else it holds are messages from elsewhere."""
    node = bare(node)
    if node.kind != "array":
        return False
    items = [bare(item) for item in node.children]
    return any(is_message(script, item) for item in items) or (
        bool(items) and any(is_pair(script, item) for item in items) and _templates(script)
    )


def _templates(script: Script) -> bool:
    return "angchain" in script.source.text or "ChatPromptTemplate" in script.source.text


def is_message(script: Script, node: Node) -> bool:
    """True for `{role: "user", content: ...}` and for `new SystemMessage(...)`."""
    node = bare(node)
    if node.kind in CALLS:
        return _class(script, node) in MESSAGE_CLASSES and turn(script, node).content is not None
    given = fields(script, node)
    role = given.get("role")
    if role is None or not any(name in given for name in _CONTENT):
        return False
    said = literal(script, role)
    return said in ROLES if said is not None else role.kind != "object"


def is_pair(script: Script, node: Node) -> bool:
    """True for `["system", ...]`, a message only in an array of such."""
    return (
        node.kind == "array" and len(node.children) == 2 and literal(script, node.children[0]) in PAIR_ROLES
    )


def turn(script: Script, node: Node) -> Turn:
    """The message; what is no literal message (`...history`) is content of an unknown role."""
    node = bare(node)
    if node.kind == "spread_element" and node.children:
        return Turn(None, node.children[0])
    if is_pair(script, node):
        return Turn(ROLES.get(literal(script, node.children[0]) or ""), node.children[1], template=True)
    name = _class(script, node) if node.kind in CALLS else ""
    if name in MESSAGE_CLASSES:
        given = arguments(node)
        inner = fields(script, given[0]) if given else {}
        content = inner.get("content", inner.get("template")) if inner else (given[0] if given else None)
        return Turn(MESSAGE_CLASSES[name], content, template=name.endswith("Template"))
    inner = fields(script, node)
    if "role" not in inner:
        return Turn(None, node)
    role = ROLES.get(literal(script, inner["role"]) or "")
    return Turn(role, inner.get("content", inner.get("parts")))


def _class(script: Script, node: Node) -> str:
    """The class that is made, or whose `fromTemplate` is called."""
    path = dotted(script, callee(node))
    if path.endswith(".fromTemplate"):
        return path.split(".")[-2]
    return path if path in MESSAGE_CLASSES else last_name(script, callee(node))
