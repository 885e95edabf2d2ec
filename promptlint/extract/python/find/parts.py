"""Puts together the prompts that are made of several expressions: docstrings, tools, few-shot templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from promptlint.extract.common import values
from promptlint.extract.common.speakers import ROLES
from promptlint.extract.common.values import Runs
from promptlint.extract.python.find.chats import block, entries
from promptlint.extract.python.find.shapes import Argument
from promptlint.extract.python.find.survey import Scope
from promptlint.extract.python.module import Module
from promptlint.extract.python.text.fold import fold, fold_or_slot, literal
from promptlint.model import Role
from promptlint.records import dataclass

_TURN = re.compile(r"^[ \t]*(SYSTEM|USER|ASSISTANT|MESSAGES):[ \t]*", re.MULTILINE)
_MAPS = ("properties", "$defs", "definitions")  # of schemas by name
_SCHEMAS = ("items", "additionalProperties", "anyOf", "allOf", "oneOf", "json", "schema")
_DISTINCT = ("input_schema", "inputSchema")  # said of tools only
_FUNCTION = frozenset({"name", "description", "parameters", "strict"})
_INPUTS = (*_DISTINCT, "parameters", "parametersJsonSchema", "parameters_json_schema")
_DEEPEST = 20
LEAST_OF_PARTS = 3  # words of prose
Said = tuple[Role | None, Runs, str | None]
"""A message to be: its role, its runs, its cache breakpoint."""


@dataclass(frozen=True, slots=True)
class Part:
    """An expression that is a message of a prompt.

    `shape` is `text`, `doc` (a docstring), the name of a template language, or `roles` (a text with lines
    `SYSTEM:`, `USER:`). `mark` is the cache breakpoint after it.
    """

    role: Role | None
    node: ast.expr
    shape: str = "text"
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """An expression that is passed as a prompt (`row`), or that is a chat message or a list of them.

    `call` is the call, or the dictionary of a request, that it is passed to. `loose` is a text of which
    nothing but its wording can say that it is a prompt. `parts` are the messages, if `node` is not the text.
    """

    scope: Scope
    anchor: str
    node: ast.expr
    row: Argument | None
    call: ast.Call | ast.Dict | None
    loose: bool = False
    parts: tuple[Part, ...] = ()


def said(module: Module, part: Part) -> list[Said]:
    """The messages of a part; what is no text in the source is a slot."""
    if part.shape == "doc":
        return [(part.role, _documented(module, part.node), part.mark)]
    runs = fold_or_slot(module, part.node)
    if part.shape == "roles":
        return list(_turns(values.cleandoc(runs) or values.fixed(runs)))
    if part.shape != "text":
        runs = values.templated(runs, part.shape) or runs
    return [(part.role, runs, part.mark)]


def _documented(module: Module, node: ast.expr) -> Runs:
    """A docstring as `inspect.cleandoc` gives it; with tabs, as it stands, not to be edited."""
    runs = fold(module, node) or ()
    clean = values.cleandoc(runs)
    return values.fixed(runs) if clean is None else clean


def _turns(runs: Runs) -> Iterator[Said]:
    """The messages of a Mirascope template; without a role it is the user's."""
    text = values.masked(runs)
    marks = list(_TURN.finditer(text))
    places = [(match.end(), ROLES.get(match[1].lower()), match.start()) for match in marks]
    if not places or text[: places[0][2]].strip():
        places.insert(0, (0, Role.USER, 0))
    ends = [start for _, _, start in places[1:]] + [len(text)]
    for (start, role, _), end in zip(places, ends, strict=True):
        said = values.strip(values.keep(runs, [(start, end)]), "strip", None)
        yield role, values.templated(said, "format") or said, None


# --- what arguments hold --------------------------------------------------------------------


def given(role: Role | None, node: ast.expr, shape: str) -> Iterator[Part]:
    """The parts of an argument of that shape (see `frameworks.Given`)."""
    if shape == "blocks":
        yield from blocks(role, node)
    elif shape == "schema":
        yield from schema(node)
    elif shape == "examples":
        items = node.elts if isinstance(node, (ast.List, ast.Tuple)) else []
        for item in items:
            for _, value in entries(item) if isinstance(item, ast.Dict) else ():
                yield Part(role, value)
    else:
        yield Part(role, node, shape)


def blocks(role: Role | None, node: ast.expr) -> Iterator[Part]:
    """The parts of a text, or of a list of texts and content blocks; a cache mark stays with its block."""
    if not isinstance(node, (ast.List, ast.Tuple)):
        yield Part(role, node)
        return
    for item in node.elts:
        fields = block(item)
        if "text" in fields:
            yield Part(role, fields["text"], mark=cache_mark(fields.get("cache_control")))
        elif not fields:
            yield Part(role, item)


def cache_mark(node: ast.expr | None) -> str | None:
    """The time to live of an explicit cache breakpoint, or its type."""
    fields = dict(entries(node)) if isinstance(node, ast.Dict) else {}
    return literal(fields.get("ttl")) or literal(fields.get("type"))


def schema(node: ast.expr, depth: int = 0) -> Iterator[Part]:
    """The descriptions in a JSON schema that is written as a dictionary, in source order."""
    if isinstance(node, ast.List):
        for item in node.elts:
            yield from schema(item, depth)
    if not isinstance(node, ast.Dict) or depth > _DEEPEST:
        return
    for name, value in entries(node):
        if name == "description" and not isinstance(value, ast.Dict):
            yield Part(Role.TOOL_DEFINITION, value)
        elif name in _MAPS and isinstance(value, ast.Dict):
            for inner in value.values:
                yield from schema(inner, depth + 1)
        elif name in _SCHEMAS:
            yield from schema(value, depth + 1)


def tool(node: ast.Dict) -> tuple[str, tuple[Part, ...]] | None:
    """The name of a tool that is defined by a dictionary, and the parts of its prompt; None if it is none.

    The forms are those of OpenAI (nested or flat), Anthropic, Bedrock (`toolSpec`), Gemini and MCP.
    """
    fields = dict(entries(node))
    function = fields.get("function") if literal(fields.get("type")) == "function" else None
    inner = function or fields.get("toolSpec")
    if isinstance(inner, ast.Dict):
        fields = dict(entries(inner))
    elif literal(fields.get("type")) != "function" and not any(_is_schema(fields, key) for key in _INPUTS):
        return None
    if not {"name", "description"} <= fields.keys():
        return None
    parts = [Part(Role.TOOL_DEFINITION, fields["description"])]
    for key in _INPUTS:
        if key in fields:
            parts.extend(schema(fields[key]))
    return literal(fields["name"]) or "*", tuple(parts)


def _is_schema(fields: dict[str, ast.expr], key: str) -> bool:
    """True if a key holds a JSON schema, or what may be one."""
    value = fields.get(key)
    if not isinstance(value, ast.Dict):
        sure = key in _DISTINCT or fields.keys() <= _FUNCTION
        return value is not None and sure and not isinstance(value, (ast.List, ast.Constant))
    return any(name in ("type", "properties", "json", "*") for name, _ in entries(value)) or not value.keys
