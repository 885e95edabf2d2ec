"""Finds what a tool says of its parameters: `z.string().describe(...)`, descriptions in a JSON schema."""

from __future__ import annotations

from promptlint.extract.script.nodes import (
    CALLS,
    FUNCTIONS,
    Script,
    arguments,
    bare,
    callee,
    fields,
    last_name,
)
from promptlint.syntax.script import Node

_INPUTS = ("inputSchema", "input_schema", "parameters", "argsSchema", "schema")
_MOST = 2_000  # nodes of a schema that are looked at


def parameters(script: Script, tool: Node) -> list[Node]:
    """The expressions that describe the parameters of a tool that an object defines, in source order."""
    given = fields(script, tool)
    stack = [given[name] for name in _INPUTS if name in given]
    found: list[Node] = []
    for _ in range(_MOST):
        if not stack:
            break
        node = bare(stack.pop())
        said = _said(script, node)
        if said is not None:
            found.append(bare(said))
        if node.kind not in FUNCTIONS:
            stack.extend(child for child in node.children if child is not said)
    return sorted(found, key=lambda node: node.start)


def _said(script: Script, node: Node) -> Node | None:
    if node.kind in CALLS:
        given = arguments(node)
        return given[0] if len(given) == 1 and last_name(script, callee(node)) == "describe" else None
    if node.kind != "pair":
        return None
    key, value = node.child("key"), node.child("value")
    is_text = value is not None and bare(value).kind in ("string", "template_string", "binary_expression")
    named = key is not None and script.spelling(key).strip("\"'") == "description"
    return value if named and is_text else None
