"""Reads agents that frameworks build from data: CrewAI, AutoGen components, saved DSPy programs."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.extract.common.data.known.base import (
    Format,
    Item,
    called,
    items,
    keys,
    mapping,
    named,
    one,
    prose,
    said,
)
from promptlint.extract.common.data.turns import Found, Hole, Path, Spot, Turn, parts
from promptlint.model import Field, Role
from promptlint.syntax.nodes import Mapping, Node, Scalar

# --- CrewAI ---------------------------------------------------------------------------------

_AGENT = ("role", "goal", "backstory")
_TASK = ("description", "expected_output")


def _is_agent(node: Mapping, _path: str) -> bool:
    return all(isinstance(node.get(name), Scalar) for name in _AGENT) and prose(node.get("backstory"))


def _is_task(node: Mapping, _path: str) -> bool:
    return all(isinstance(node.get(name), Scalar) for name in _TASK) and prose(node.get("description"))


def _crew(spot: Spot) -> Iterator[Item]:
    """One prompt a text: the framework puts words of its own between them."""
    node = spot.node
    assert isinstance(node, Mapping)
    fields = named(node.get("llm", "model"))
    for key, value in node.entries:
        if key.key in (*_AGENT, *_TASK) and prose(value):
            role = Role.SYSTEM if key.key in _AGENT else Role.USER
            yield one((*spot.path, key.key), role, value, fields)


# --- AutoGen --------------------------------------------------------------------------------


def _is_component(node: Mapping, _path: str) -> bool:
    return isinstance(node.get("provider"), Scalar) and mapping(node, "config") is not None


def _component(spot: Spot) -> Iterator[Item]:
    """An agent, a team or a tool with those that it holds."""
    stack: list[tuple[Path, Node]] = [(spot.path, spot.node)]
    while stack:
        path, node = stack.pop()
        own = mapping(node, "config")
        if isinstance(node, Mapping) and "component_type" in keys(node) and own is not None:
            yield from _component_prompts((*path, "config"), node, own)
        below = node.entries if isinstance(node, Mapping) else ()
        stack += [((*path, key.key), value) for key, value in reversed(below)]
        listed = list(enumerate(items(node)))
        stack += [((*path, number), item) for number, item in reversed(listed)]


_COMPONENT = {
    "system_message": Role.SYSTEM,
    "selector_prompt": Role.SYSTEM,
    "description": Role.SYSTEM,
}


def _component_prompts(path: Path, node: Mapping, own: Mapping) -> Iterator[Found]:
    kind = said(node.get("component_type"))
    fields = called(mapping(own, "model_client", "config"))
    for name, role in _COMPONENT.items():
        value = own.get(name)
        if value is None or not said(value):
            continue
        if kind == "tool" and name == "description":
            yield one((*path, name), Role.TOOL_DEFINITION, value, (), "none")
        elif kind in ("agent", "team") and (name != "description" or (kind == "agent" and prose(value))):
            syntax = "format" if name == "selector_prompt" else "none"
            yield one((*path, name), role, value, fields, syntax)


# --- DSPy -----------------------------------------------------------------------------------


def _is_predictor(node: Mapping, _path: str) -> bool:
    return bool(said(_instructions(node))) and bool(keys(node) & {"demos", "train", "traces", "lm"})


def _instructions(node: Mapping) -> Node | None:
    signature = mapping(node, "signature") or mapping(node, "extended_signature")
    if signature is not None:
        return signature.get("instructions")
    return node.get("extended_signature_instructions", "signature_instructions")


def _predictor(spot: Spot) -> Iterator[Item]:
    """The instructions, what describes the fields, and a place for the examples that were found."""
    node = spot.node
    assert isinstance(node, Mapping)
    instructions = _instructions(node)
    signature = mapping(node, "signature") or mapping(node, "extended_signature")
    assert instructions is not None
    turns = [Turn(Role.SYSTEM, parts(instructions))]
    for field in items(signature.get("fields") if signature else None):
        about = field.get("description") if isinstance(field, Mapping) else None
        if about is not None and said(about) and not said(about).startswith("${"):
            turns.append(Turn(Role.SYSTEM, parts(about)))
    demos = node.get("demos")
    if demos is not None and items(demos):
        turns.append(Turn(None, (Hole("demos", demos.span),)))
    yield Found(spot.path, tuple(turns), False, _lm(spot), None, "none")


def _lm(spot: Spot) -> tuple[Field, ...]:
    """The call of a predictor; the model may be that of the whole program."""
    homes = [spot.node, *reversed(spot.around)]
    return called(*(mapping(home, "lm") for home in homes))


FORMATS = (
    Format("a CrewAI agent", "backstory", _is_agent, _crew),
    Format("a CrewAI task", "expected_output", _is_task, _crew),
    Format("an AutoGen component", "component_type", _is_component, _component),
    Format("a DSPy program", "signature", _is_predictor, _predictor),
    Format("a DSPy program", "extended_signature", _is_predictor, _predictor),
    Format("a DSPy program", "signature_instructions", _is_predictor, _predictor),
)
