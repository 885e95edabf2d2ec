"""Reads what is exported from Bedrock: agents, the prompts of their steps, kept prompts, nodes of flows."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.extract.common.data import nested
from promptlint.extract.common.data.known.base import (
    Format,
    Item,
    called,
    items,
    keys,
    mapping,
    named,
    one,
    said,
)
from promptlint.extract.common.data.turns import Found, Spot, Turn, is_turns, mark_in, model, parts, turns
from promptlint.model import Field, Role
from promptlint.syntax.nodes import Mapping, Node, Scalar, Sequence


def _is_agent(node: Mapping, _path: str) -> bool:
    return bool(said(node.get("foundationModel", "FoundationModel"))) and bool(said(_instruction(node)))


def _instruction(node: Mapping) -> Node | None:
    return node.get("instruction", "Instruction")


def _agent(spot: Spot) -> Iterator[Item]:
    """The instruction of an agent, and the steps whose prompts it replaces."""
    node = spot.node
    assert isinstance(node, Mapping)
    fields = named(node.get("foundationModel", "FoundationModel"))
    for key, value in node.entries:
        if value is _instruction(node) and key.key in ("instruction", "Instruction"):
            yield one((*spot.path, key.key), Role.SYSTEM, value, fields, "none")
        elif key.key in ("promptOverrideConfiguration", "PromptOverrideConfiguration"):
            for inner, steps in value.entries if isinstance(value, Mapping) else ():
                for number, step in enumerate(items(steps)):
                    path = (*spot.path, key.key, inner.key, number)
                    if isinstance(step, Mapping) and _is_agent_prompt(step, ""):
                        yield from _agent_prompt(Spot(path, step, (*spot.around, node)))


_BASE = ("basePromptTemplate", "BasePromptTemplate")


def _is_agent_prompt(node: Mapping, _path: str) -> bool:
    return bool(keys(node) & {"promptType", "PromptType"}) and _is_text(node.get(*_BASE))


def _is_text(node: Node | None) -> bool:
    """True for more than one word: a dotted name is none."""
    return len(said(node).split()) > 1


def _agent_prompt(spot: Spot) -> Iterator[Item]:
    """One step of an agent: a text, or a request in JSON."""
    node = spot.node
    assert isinstance(node, Mapping)
    base = node.get(*_BASE)
    assert isinstance(base, Scalar)
    fields = (*_foundation(spot.around), *(field for field in called(node) if field.name != "model"))
    path = (*spot.path, next(name for name in _BASE if name in keys(node)))
    tree = nested.document(base)
    chat = tree.get("messages") if isinstance(tree, Mapping) else None
    if isinstance(tree, Mapping) and isinstance(chat, Sequence) and is_turns(chat):
        yield Found(path, (*_system(tree), *turns(chat)), True, fields, None, "bedrock")
    else:
        yield one(path, None, base, fields, "bedrock")


def _foundation(around: tuple[Mapping, ...]) -> tuple[Field, ...]:
    found = (named(home.get("foundationModel", "FoundationModel")) for home in reversed(around))
    return next((fields for fields in found if fields), model(around))


def _system(home: Mapping) -> tuple[Turn, ...]:
    system = home.get("system")
    return (
        (Turn(Role.SYSTEM, parts(system), mark_in(system)),) if system is not None and parts(system) else ()
    )


def _is_variant(node: Mapping, _path: str) -> bool:
    return mapping(node, "templateConfiguration") is not None


def _variant(spot: Spot) -> Iterator[Item]:
    """A variant of a kept prompt, or the prompt of a node of a flow."""
    node = spot.node
    assert isinstance(node, Mapping)
    fields = (*named(node.get("modelId")), *called(mapping(node, "inferenceConfiguration", "text")))
    path = (*spot.path, "templateConfiguration")
    text = mapping(node, "templateConfiguration", "text")
    chat = mapping(node, "templateConfiguration", "chat")
    own: Node | None = text.get("text") if text else None
    if text is not None and own is not None and said(own):
        yield one((*path, "text", "text"), None, own, fields, "curly", _variables(text))
    messages = chat.get("messages") if chat else None
    if chat is not None and isinstance(messages, Sequence) and is_turns(messages):
        found = (*_system(chat), *turns(messages))
        yield Found((*path, "chat"), found, True, fields, _variables(chat), "curly")


def _variables(home: Mapping) -> tuple[Field, ...] | None:
    listed = home.get("inputVariables")
    if not isinstance(listed, Sequence):
        return None
    names = (item.get("name") for item in listed.items if isinstance(item, Mapping))
    return tuple(Field(said(name), None, name.span) for name in names if name is not None and said(name))


FORMATS = (
    *(Format("a Bedrock agent", key, _is_agent, _agent) for key in ("foundationModel", "FoundationModel")),
    *(Format("a prompt of a Bedrock agent", key, _is_agent_prompt, _agent_prompt) for key in _BASE),
    Format("a Bedrock prompt", "templateConfiguration", _is_variant, _variant),
)
