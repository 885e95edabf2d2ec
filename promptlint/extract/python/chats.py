"""Knows the chat messages of Python code: dictionaries, (role, text) pairs, the classes of frameworks."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from promptlint.extract.python.fold import called, literal
from promptlint.extract.python.shapes import MESSAGE_CLASSES, PAIR_ROLES, ROLES
from promptlint.model import Role
from promptlint.records import dataclass

_CONTENT = ("content", "parts")
_TEXT = ("content", "template", "text", "prompt")


@dataclass(frozen=True, slots=True)
class Turn:
    """A message's role and content; `template` says that the framework fills the content in."""

    role: Role | None
    content: ast.expr | None
    template: bool = False


def is_chat(node: ast.expr) -> bool:
    """True for a list that holds a message; what else it holds are messages from elsewhere."""
    return isinstance(node, (ast.List, ast.Tuple)) and any(
        is_message(item) or is_pair(item) for item in node.elts
    )


def is_message(node: ast.expr) -> bool:
    """True for `{"role": "user", "content": ...}` and for `SystemMessage(...)`."""
    if isinstance(node, ast.Call):
        given = {item.arg for item in node.keywords}
        named = _class(node) in MESSAGE_CLASSES or (_class(node) in ("dict", "Message") and "role" in given)
        return named and turn(node).content is not None
    if not isinstance(node, ast.Dict):
        return False
    fields = dict(entries(node))
    role = fields.get("role")
    known = literal(role) in ROLES if isinstance(role, ast.Constant) else role is not None
    return known and any(name in fields for name in _CONTENT)


def is_pair(node: ast.expr) -> bool:
    """True for `("system", ...)`, a message only in a list of such."""
    return isinstance(node, ast.Tuple) and len(node.elts) == 2 and literal(node.elts[0]) in PAIR_ROLES


def turn(node: ast.expr) -> Turn:
    """The message; what is no literal message (`*history`) is content of an unknown role."""
    if isinstance(node, ast.Starred):
        return Turn(None, node.value)
    if is_pair(node):
        assert isinstance(node, ast.Tuple)
        return Turn(ROLES.get(literal(node.elts[0]) or ""), node.elts[1], template=True)
    if isinstance(node, ast.Call) and (
        (name := _class(node)) in MESSAGE_CLASSES or name in ("dict", "Message")
    ):
        given = {item.arg: item.value for item in node.keywords}
        content = next((given[key] for key in _TEXT if key in given), node.args[0] if node.args else None)
        role = MESSAGE_CLASSES.get(name) or ROLES.get(_role(given.get("role")))
        return Turn(role, content, template=name.endswith("Template"))
    if not isinstance(node, ast.Dict):
        return Turn(None, node)
    fields = dict(entries(node))
    return Turn(ROLES.get(literal(fields.get("role")) or ""), fields.get("content", fields.get("parts")))


def entries(node: ast.Dict) -> Iterator[tuple[str, ast.expr]]:
    """The values of a dictionary by their keys; `*` for a key that is no plain string."""
    for key, value in zip(node.keys, node.values, strict=True):
        yield literal(key) or "*", value


def _class(node: ast.Call) -> str:
    """The class that is called, or whose `from_template` is."""
    if isinstance(node.func, ast.Attribute) and node.func.attr == "from_template":
        return called(node.func.value)
    return called(node.func)


def _role(node: ast.expr | None) -> str:
    """`"system"`, or the `SYSTEM` of an enumeration."""
    return literal(node) or (node.attr.lower() if isinstance(node, ast.Attribute) else "")
