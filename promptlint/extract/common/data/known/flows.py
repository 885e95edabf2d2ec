"""Reads flows of nodes that call models: prompt flow, Dify, Flowise, Langflow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from promptlint.extract.common.data.known.base import (
    Format,
    Item,
    called,
    file,
    items,
    keys,
    mapping,
    named,
    one,
    prose,
    said,
)
from promptlint.extract.common.data.turns import Found, Spot, Turn, is_turns, parts, turns
from promptlint.extract.common.speakers import ROLES
from promptlint.model import Field, Role
from promptlint.syntax.nodes import Mapping, Node, Sequence

_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9})?")

# --- prompt flow ----------------------------------------------------------------------------


def _is_dag(root: Mapping, _path: str) -> bool:
    nodes = items(root.get("nodes"))
    return any(mapping(node, "source") is not None or "use_variants" in keys(node) for node in nodes)


def _dag(spot: Spot) -> Iterator[Item]:
    """The template of each node that calls a model; it stands in a file beside the flow."""
    root = spot.node
    assert isinstance(root, Mapping)
    nodes = [node for node in items(root.get("nodes")) if isinstance(node, Mapping)]
    variants = mapping(root, "node_variants")
    for _, node in variants.entries if variants else ():
        listed = mapping(node, "variants")
        inner = (mapping(value, "node") for _, value in listed.entries) if listed else ()
        nodes += [node for node in inner if node is not None]
    for node in nodes:
        source = mapping(node, "source")
        path = source.get("path") if source else None
        if said(node.get("type")) in ("llm", "prompt") and path is not None and said(path):
            yield file(said(path), path.span, _node_call(node), "jinja")


def _node_call(node: Mapping) -> tuple[Field, ...]:
    inputs = mapping(node, "inputs")
    if inputs is None:
        return ()
    name = named(inputs.get("deployment_name")) or named(inputs.get("model"))
    rest = (_number(field) for field in called(inputs) if field.name != "model" and field.value != "")
    return (*name, *rest)


def _number(field: Field) -> Field:
    """The field; a number is often kept as a string there."""
    if isinstance(field.value, str) and _NUMBER.fullmatch(field.value):
        return replace(field, value=float(field.value) if "." in field.value else int(field.value))
    return field


# --- Dify -----------------------------------------------------------------------------------


def _is_dify_node(node: Mapping, _path: str) -> bool:
    return mapping(node, "model") is not None and node.get("prompt_template", "instruction") is not None


def _dify_node(spot: Spot) -> Iterator[Item]:
    """What a node of a workflow sends: messages, or one text, or the instruction of a classifier."""
    node = spot.node
    assert isinstance(node, Mapping)
    fields = called(mapping(node, "model"), node)
    for key in ("prompt_template", "instruction", "instructions"):
        value = node.get(key)
        if isinstance(value, Sequence):
            found = tuple(_dify_turn(item) for item in value.items if isinstance(item, Mapping))
            if any(turn.parts for turn in found):
                yield Found((*spot.path, key), found, True, fields, None, "dify")
        elif isinstance(value, Mapping):
            text = value.get("text")
            if text is not None and said(text):
                yield one((*spot.path, key, "text"), None, text, fields, "dify")
        elif value is not None and said(value):
            yield one((*spot.path, key), Role.SYSTEM, value, fields, "dify")


def _dify_turn(item: Mapping) -> Turn:
    text = item.get("jinja2_text") if said(item.get("edition_type")) == "jinja2" else None
    text = text or item.get("text")
    own = parts(text) if text is not None and said(text) else ()
    return Turn(ROLES.get(said(item.get("role"))), own)


def _is_dify_chat(node: Mapping, _path: str) -> bool:
    return "model" in keys(node) and isinstance(node.get("model"), Mapping)


def _dify_chat(spot: Spot) -> Iterator[Item]:
    node = spot.node
    assert isinstance(node, Mapping)
    value = node.get("pre_prompt")
    if value is not None and said(value):
        yield one(
            (*spot.path, "pre_prompt"), Role.SYSTEM, value, called(node, mapping(node, "model")), "dify"
        )


def _is_dify_agent(node: Mapping, _path: str) -> bool:
    return mapping(node, "agent_parameters", "instruction") is not None


def _dify_agent(spot: Spot) -> Iterator[Item]:
    node = spot.node
    instruction = mapping(node, "agent_parameters", "instruction")
    assert instruction is not None
    value = instruction.get("value")
    if value is not None and said(value):
        fields = called(mapping(node, "agent_parameters", "model", "value"))
        path = (*spot.path, "agent_parameters", "instruction", "value")
        yield one(path, Role.SYSTEM, value, fields, "dify")


# --- Flowise and Langflow -------------------------------------------------------------------

_FLOWISE = {
    "systemMessagePrompt": Role.SYSTEM,
    "systemMessage": Role.SYSTEM,
    "humanMessagePrompt": Role.USER,
    **dict.fromkeys(
        ("template", "prefix", "suffix", "workerPrompt", "supervisorPrompt", "agentPrompt"), None
    ),
    **dict.fromkeys(("responsePrompt", "rephrasePrompt", "systemPrompt", "conditionAgentInstructions"), None),
}
_LISTED = ("agentMessages", "llmMessages")
_LANGFLOW = {
    **dict.fromkeys(("system_prompt", "system_message", "agent_description"), Role.SYSTEM),
    **dict.fromkeys(("template", "prompt", "instructions", "user_prompt", "prefix", "suffix"), None),
}


def _is_flowise(node: Mapping, _path: str) -> bool:
    return mapping(node, "inputs") is not None and bool(said(node.get("category")))


def _flowise(spot: Spot) -> Iterator[Item]:
    """The prompts that a node is given."""
    node = spot.node
    inputs = mapping(node, "inputs")
    assert inputs is not None
    path = (*spot.path, "inputs")
    for key, value in inputs.entries:
        if key.key in _FLOWISE and prose(value):
            yield one((*path, key.key), _FLOWISE[key.key], value, (), None)
        elif key.key in _LISTED and isinstance(value, Sequence) and is_turns(value):
            yield Found((*path, key.key), turns(value), True, (), None, "braces")


def _is_langflow(node: Mapping, _path: str) -> bool:
    return {"show", "advanced"} <= keys(node) and said(node.get("name")) in _LANGFLOW


def _langflow(spot: Spot) -> Iterator[Item]:
    node = spot.node
    assert isinstance(node, Mapping)
    value: Node | None = node.get("value")
    if value is not None and prose(value):
        role = _LANGFLOW[said(node.get("name"))]
        syntax = "format" if said(node.get("type")) == "prompt" else None
        yield one((*spot.path, "value"), role, value, (), syntax)


FORMATS = (
    Format("a prompt flow", "nodes", _is_dag, _dag, root=True),
    Format("a Dify node", "prompt_template", _is_dify_node, _dify_node),
    Format("a Dify node", "instruction", _is_dify_node, _dify_node),
    Format("a Dify node", "agent_parameters", _is_dify_agent, _dify_agent),
    Format("a Dify app", "pre_prompt", _is_dify_chat, _dify_chat),
    Format("a Flowise node", "baseClasses", _is_flowise, _flowise),
    Format("a Langflow field", "advanced", _is_langflow, _langflow),
)
