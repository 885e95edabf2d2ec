"""Reads definitions of tools: MCP lists, and the schemas of OpenAI, Anthropic, Gemini and Bedrock."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.extract.common.data.known.base import Format, Item, keys, mapping, said
from promptlint.extract.common.data.turns import Found, Spot, Turn, model, parts
from promptlint.model import Role
from promptlint.syntax.nodes import Mapping, Node

_DEEP = 12  # levels of parameters inside parameters
_BESIDE = {
    *("name", "description", "parameters", "strict", "type", "title", "annotations", "returns", "response"),
    *("behavior", "required", "cache_control", "additionalProperties", "examples"),
}


def _schema(node: Mapping) -> Mapping | None:
    names = ("inputSchema", "input_schema", "parameters", "parametersJsonSchema")
    found = next((home for name in names if (home := mapping(node, name))), None)
    return mapping(found, "json") or found if found is not None else None


def _is_tool(node: Mapping, _path: str) -> bool:
    """True for what has a name, a description and a schema of its parameters."""
    schema = _schema(node)
    if not said(node.get("name")) or schema is None:
        return False
    if "parameters" in keys(node) and not keys(node) <= _BESIDE:
        return False
    typed = said(schema.get("type")).lower() == "object" or mapping(schema, "properties") is not None
    return typed and bool(said(node.get("description")))


def _tool(spot: Spot) -> Iterator[Item]:
    """One prompt: the description, then those of the parameters in order, each a text of its own."""
    node = spot.node
    assert isinstance(node, Mapping)
    texts = [text for text in (node.get("description"), *_described(_schema(node), _DEEP)) if said(text)]
    turns = tuple(Turn(Role.TOOL_DEFINITION, parts(text)) for text in texts if text is not None)
    yield Found(spot.path, turns, False, model(spot.around), None, "none")


def _described(schema: Node | None, depth: int) -> Iterator[Node]:
    """The descriptions of the properties below a schema, in document order."""
    if not isinstance(schema, Mapping) or depth == 0:
        return
    properties = mapping(schema, "properties")
    for _, value in properties.entries if properties else ():
        about = value.get("description") if isinstance(value, Mapping) else None
        if about is not None:
            yield about
        yield from _described(value, depth - 1)
    inner = schema.get("items")
    if isinstance(inner, Mapping):
        about = inner.get("description")
        if about is not None:
            yield about
        yield from _described(inner, depth - 1)


FORMATS = tuple(
    Format("a definition of a tool", key, _is_tool, _tool)
    for key in ("inputSchema", "input_schema", "parameters", "parametersJsonSchema")
)
