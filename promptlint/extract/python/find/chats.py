"""Knows the chat messages of Python code: dictionaries, (role, text) pairs, the classes of frameworks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from promptlint.extract.common.speakers import PAIR_ROLES, ROLES
from promptlint.extract.python.find.shapes import (
    BLOCK_CLASSES,
    MESSAGE_CLASSES,
    MESSAGE_METHODS,
    TEMPLATE_CLASSES,
)
from promptlint.extract.python.text.fold import called, literal
from promptlint.model import Role
from promptlint.records import dataclass

_CONTENT = ("content", "parts")
_TEXT = ("content", "parts", "template", "text", "prompt", "content_template")
_WITH_ROLE = re.compile(r"dict|Content|(?!Streaming)\w*Message(?:Param|Content)?")


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
        return _speaker(node) is not None and turn(node).content is not None
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
    if isinstance(node, ast.Call) and (name := _speaker(node)) is not None:
        given = {item.arg: item.value for item in node.keywords}
        content = next((given[key] for key in _TEXT if key in given), node.args[0] if node.args else None)
        role = MESSAGE_CLASSES.get(name) or MESSAGE_METHODS.get(name) or ROLES.get(_role(given.get("role")))
        return Turn(role, content, template=name in TEMPLATE_CLASSES)
    if not isinstance(node, ast.Dict):
        return Turn(None, node)
    fields = dict(entries(node))
    return Turn(ROLES.get(_role(fields.get("role"))), fields.get("content", fields.get("parts")))


def block(node: ast.expr) -> dict[str, ast.expr]:
    """The fields of a content block: `{"type": "text", "text": ...}`, `Part(text=...)`, `Part.from_text()`.

    Empty for what is no block; a block without `text` is an image, a file or the like.
    """
    if isinstance(node, ast.Dict):
        return dict(entries(node))
    if not isinstance(node, ast.Call):
        return {}
    name = called(node.func)
    if isinstance(node.func, ast.Attribute) and name.startswith("from_"):
        name = called(node.func.value)
    if name not in BLOCK_CLASSES:
        return {}
    fields = {item.arg: item.value for item in node.keywords if item.arg}
    first = node.args[0] if node.args else None
    if first is not None and (called(node.func) in ("from_text", name)):
        fields.setdefault("text", first)
    return fields or {"*": node}


def entries(node: ast.Dict) -> Iterator[tuple[str, ast.expr]]:
    """The values of a dictionary by their keys; `*` for a key that is no plain string."""
    for key, value in zip(node.keys, node.values, strict=True):
        yield literal(key) or "*", value


def _speaker(node: ast.Call) -> str | None:
    """The class, or `Class.method`, of a message that is made by a call; None if it makes none."""
    name = called(node.func)
    if isinstance(node.func, ast.Attribute):
        owner = called(node.func.value)
        if name == "from_template":
            name = owner
        elif f"{owner}.{name}" in MESSAGE_METHODS:
            return f"{owner}.{name}"
    if name in MESSAGE_CLASSES:
        return name
    said = any(item.arg == "role" for item in node.keywords)
    return name if said and _WITH_ROLE.fullmatch(name) else None


def _role(node: ast.expr | None) -> str:
    """`"system"`, or the `SYSTEM` of an enumeration."""
    return literal(node) or (node.attr.lower() if isinstance(node, ast.Attribute) else "")
