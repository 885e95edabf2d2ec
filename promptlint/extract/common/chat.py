"""Finds what a data file sends to a model: chat messages, prompt fields, and the fields of the call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from promptlint.extract.common import declared, fields
from promptlint.extract.common.openings import addresses
from promptlint.model import UNKNOWN, Field, Role
from promptlint.records import dataclass
from promptlint.syntax.nodes import Mapping, Node, Scalar, Sequence, children

ROLES = {role.value: role for role in Role if role is not Role.TOOL_DEFINITION}
ROLES |= {"human": Role.USER, "ai": Role.ASSISTANT, "model": Role.ASSISTANT, "function": Role.TOOL}

_SYSTEM = (
    *("system", "system_prompt", "systemPrompt", "system_message", "systemMessage"),
    *("system_instruction", "systemInstruction", "instructions"),
)
_KEY_ROLES: dict[str, Role | None] = {
    **dict.fromkeys(("system", "system_prompt", "system_message", "system_instruction"), Role.SYSTEM),
    **dict.fromkeys(("instructions", "instruction", "system_instructions"), Role.SYSTEM),
    "developer": Role.DEVELOPER,
    **dict.fromkeys(("user", "user_prompt", "human_prompt", "user_message"), Role.USER),
    **dict.fromkeys(("prompt", "template", "prompts"), None),
}
_CHAT_KEY = re.compile(r"(?:\w+_)?messages|prompts?|chat|conversation|input|template")
_NO_PROMPT = {"description", "comment", "summary", "title", "name", "notes", "note", "about", "license"}
_NOT_SENT = {"tools", "functions", "response_format", "json_schema", "input_schema", "properties"}

_MODEL_SIGNS = {
    *("model", "models", "model_name", "llm", "providers", "temperature", "max_tokens", "top_p"),
    *("model_parameters", "model_config", "generation_config", "execution_settings", "reasoning_effort"),
    *("input_variables", "template_format", "response_format"),
}
_NUMBERS = {"temperature", "max_tokens", "top_p"}
_TEMPLATE_SIGNS = _MODEL_SIGNS | {"variables", "inputs"}
_INPUTS = ("input_variables", "inputs", "variables", "input")
_SYNTAXES = {
    **dict.fromkeys(("jinja", "jinja2", "nunjucks", "liquid"), "jinja"),
    **dict.fromkeys(("mustache", "handlebars", "semantic-kernel"), "mustache"),
    **dict.fromkeys(("f-string", "fstring", "format", "python"), "format"),
    **dict.fromkeys(("dollar", "string-template"), "dollar"),
    "none": "none",
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Turn:
    """One message: its role, its parts (a Scalar is text, anything else media) and its cache mark."""

    role: Role | None
    parts: tuple[Node, ...]
    cache_mark: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One prompt of a document; `syntax` is its template language if the document says."""

    path: tuple[str | int, ...]
    turns: tuple[Turn, ...]
    chat: bool
    fields: tuple[Field, ...] = ()
    inputs: tuple[Field, ...] | None = None
    syntax: str | None = None


@dataclass(frozen=True, slots=True)
class _Spot:
    """A node, the way to it, and the mappings around it, outermost first."""

    path: tuple[str | int, ...]
    node: Node
    around: tuple[Mapping, ...] = ()

    @property
    def key(self) -> str:
        """The nearest key above, in snake case; empty if there is none."""
        return next((_snake(step) for step in reversed(self.path) if isinstance(step, str)), "")


def find(root: Node, says_prompt: bool, all_strings: bool = False) -> tuple[Found, ...]:
    """The prompts of a document, in order.

    Args:
        root: of the document.
        says_prompt: the name of the file or of its folder says that it holds prompts.
        all_strings: every text at the top level is a prompt too, whatever its key.
    """
    chats: list[_Spot] = []
    named: list[_Spot] = []
    places: dict[tuple[str | int, ...], int] = {}
    for place, spot in enumerate(_walk(root)):
        if _is_chat(spot):
            chats.append(spot)
        elif _is_field(spot, all_strings):
            named.append(spot)
        else:
            continue
        places[spot.path] = place
    used = {id(turn) for spot in chats for turn in _leading(spot)}
    chosen = [spot for spot in named if id(spot.node) not in used]
    if not says_prompt and not chats:
        homes = {id(spot.around[-1]) for spot in named if _speaks(spot)}
        chosen = [item for item in chosen if id(item.around[-1]) in homes or _signed(item, _MODEL_SIGNS)]
    beside = [id(spot.around[-1]) for spot in chosen]
    found = [_chat(spot) for spot in chats]
    found += [_field(spot, alone=beside.count(id(spot.around[-1])) == 1) for spot in chosen]
    return tuple(sorted(found, key=lambda item: places[item.path]))


def _snake(name: str) -> str:
    return _CAMEL.sub("_", name).replace("-", "_").lower()


def _walk(root: Node) -> Iterator[_Spot]:
    """All nodes in document order, but nothing inside chat messages and what only describes a call."""
    stack = [_Spot((), root)]
    while stack:
        spot = stack.pop()
        yield spot
        if _is_chat(spot):
            continue
        around = (*spot.around, spot.node) if isinstance(spot.node, Mapping) else spot.around
        below = [
            _Spot((*spot.path, step), node, around)
            for step, node in children(spot.node)
            if not (isinstance(step, str) and _snake(step) in _NOT_SENT)
        ]
        stack.extend(reversed(below))


# --- chats ----------------------------------------------------------------------------------


def _is_chat(spot: _Spot) -> bool:
    return (not spot.key or bool(_CHAT_KEY.fullmatch(spot.key))) and _is_turns(spot.node)


def _is_turns(node: Node) -> bool:
    """True for a list of messages."""
    if not isinstance(node, Sequence):
        return False
    turns = [item for item in node.items if isinstance(item, Mapping)]
    roles = [_text(turn.get("role")) for turn in turns]
    if len(turns) < len(node.items) or None in roles:
        return False
    return any(
        role in ROLES and turn.get("content", "parts") for role, turn in zip(roles, turns, strict=True)
    )


def _chat(spot: _Spot) -> Found:
    assert isinstance(spot.node, Sequence)
    turns = [_turn(ROLES.get(_text(item.get("role")) or ""), item) for item in _maps(spot.node.items)]
    role = _KEY_ROLES["system"]
    first = [Turn(role, _parts(node), _mark_in(node)) for node in _leading(spot)]
    return Found(
        spot.path, (*first, *turns), True, _call(spot.around), _inputs(spot.around), _syntax(spot.around)
    )


def _leading(spot: _Spot) -> list[Node]:
    """The system text that stands beside a list of messages, and is sent before it."""
    if not spot.around or not spot.path or not isinstance(spot.path[-1], str):
        return []
    beside = spot.around[-1].get(*_SYSTEM)
    return [beside] if beside is not None and _parts(beside) else []


def _maps(nodes: Iterable[Node]) -> Iterator[Mapping]:
    return (node for node in nodes if isinstance(node, Mapping))


def _turn(role: Role | None, item: Mapping) -> Turn:
    content = item.get("content", "parts")
    mark = _mark(item) or (_mark_in(content) if content is not None else None)
    return Turn(role, _parts(content) if content is not None else (), mark)


def _parts(content: Node) -> tuple[Node, ...]:
    """Texts and media of a content: a string, or a list of strings and of maps with a text."""
    if isinstance(content, Scalar):
        return (content,) if _text(content) is not None else ()
    if isinstance(content, Mapping):
        text = content.get("text")
        return (text,) if isinstance(text, Scalar) and _text(text) is not None else (content,)
    return tuple(part for item in content.items for part in _parts(item))


def _mark(item: Mapping) -> str | None:
    control = item.get("cache_control", "cacheControl")
    if control is None:
        return None
    said = control.get("ttl", "type") if isinstance(control, Mapping) else control
    return _text(said) or "ephemeral"


def _mark_in(content: Node) -> str | None:
    items = content.items if isinstance(content, Sequence) else (content,)
    marks = [_mark(item) for item in _maps(items)]
    return next((mark for mark in reversed(marks) if mark), None)


def _text(node: Node | None) -> str | None:
    return node.text if isinstance(node, Scalar) and not node.tag else None


# --- fields ---------------------------------------------------------------------------------


def _is_field(spot: _Spot, all_strings: bool) -> bool:
    if not spot.around or not any(fields.is_prose(_text(part)) for part in _parts(spot.node)):
        return False
    last = spot.path[-1]
    named = isinstance(last, str) and (
        _snake(last) in _KEY_ROLES or bool(fields.PROMPT_KEY.fullmatch(_snake(last))) or _speaks_up(spot)
    )
    listed = "prompts" in spot.path[-2:-1]
    top = all_strings and len(spot.path) == 1 and spot.key not in _NO_PROMPT
    if not isinstance(spot.node, Scalar) and not (named and _KEY_ROLES.get(spot.key) is Role.SYSTEM):
        return False
    if last == "template" and not (all_strings or _speaks(spot) or _signed(spot, _TEMPLATE_SIGNS)):
        return False
    return named or listed or top


def _speaks_up(spot: _Spot) -> bool:
    """True if the text makes a prompt of a key that others use too (`system_template`), or of any key."""
    likely = fields.LIKELY_KEY.fullmatch(spot.key) is not None
    plain = 1 < len(spot.path) < 5 and all(isinstance(step, str) for step in spot.path)
    if not likely and (not plain or spot.key in _NO_PROMPT):
        return False
    beside = (node for key, node in spot.around[-1].entries if fields.LIKELY_KEY.fullmatch(_snake(key.key)))
    own = _text(spot.node) or ""
    told = fields.is_long(own) and addresses(own)
    return told or (likely and any(addresses(_text(node) or "") for node in beside))


def _speaks(spot: _Spot) -> bool:
    return fields.speaks(spot.key, "\n".join(_text(part) or "" for part in _parts(spot.node)))


def _signed(spot: _Spot, signs: set[str]) -> bool:
    """True if a mapping around holds what only a call of a model has, and not just a word for it."""
    return any(
        _is_sign(_snake(key.key), node, signs) for mapping in spot.around for key, node in mapping.entries
    )


def _is_sign(name: str, node: Node, signs: set[str]) -> bool:
    text = _text(node)
    return name in signs and (text is None or (name not in _NUMBERS and not re.search(r"\s", text)))


def _field(spot: _Spot, alone: bool) -> Found:
    turn = Turn(_KEY_ROLES.get(spot.key), _parts(spot.node), _mark_in(spot.node))
    inputs = _inputs(spot.around) if alone else None
    return Found(spot.path, (turn,), False, _call(spot.around), inputs, _syntax(spot.around))


# --- the call -------------------------------------------------------------------------------


def _call(around: tuple[Mapping, ...]) -> tuple[Field, ...]:
    """The fields of the call beside a prompt; the model may stand further out."""
    found: dict[str, Field] = {}
    for distance, mapping in enumerate(reversed(around)):
        for field in declared.call(mapping).fields:
            if distance == 0 or field.name == "model":
                found.setdefault(field.name, _literal(field))
    return tuple(found.values())


def _literal(field: Field) -> Field:
    """The field; a value that a template or the environment fills in is not known."""
    filled = isinstance(field.value, str) and re.search(r"[{$]", field.value)
    return replace(field, value=UNKNOWN) if filled else field


def _inputs(around: tuple[Mapping, ...]) -> tuple[Field, ...] | None:
    node = around[-1].get(*_INPUTS) if around else None
    if node is None or _is_turns(node):
        return None
    key = Scalar("inputs", node.span)
    return declared.inputs(Mapping(((key, node),), node.span))


def _syntax(around: tuple[Mapping, ...]) -> str | None:
    for mapping in reversed(around):
        said = mapping.get("template_format", "templateFormat")
        template = mapping.get("template")
        if said is None and isinstance(template, Mapping):
            said = template.get("format")
        if said is not None:
            return _SYNTAXES.get((_text(said) or "").lower())
    return None
