"""Finds what a data file of no known format sends to a model: chat messages and prompt fields."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Set

from promptlint.extract.common import declared
from promptlint.extract.common.data import fields
from promptlint.extract.common.data.turns import (
    TEST_DATA,
    Found,
    Spot,
    Turn,
    call,
    examples_of,
    is_turns,
    mark_in,
    parts,
    snake,
    text,
)
from promptlint.extract.common.data.turns import turns as turns_of
from promptlint.extract.common.openings import LEAST, addresses, opens_like_prompt
from promptlint.model import Field, Role
from promptlint.syntax.nodes import Mapping, Node, Scalar, Sequence, children

_SYSTEM = (
    *("system", "system_prompt", "systemPrompt", "system_message", "systemMessage"),
    *("system_instruction", "systemInstruction", "instructions"),
)
_KEY_ROLES: dict[str, Role | None] = {
    **dict.fromkeys(("system", "system_prompt", "system_message", "system_instruction"), Role.SYSTEM),
    **dict.fromkeys(("instructions", "instruction", "system_instructions"), Role.SYSTEM),
    "custom_instructions": Role.SYSTEM,
    "developer": Role.DEVELOPER,
    **dict.fromkeys(("user", "user_prompt", "human_prompt", "user_message"), Role.USER),
    **dict.fromkeys(("prompt", "template", "prompts"), None),
}
_CHAT_KEY = re.compile(r"(?:\w+_)?messages|prompts?|chat|conversation|contents|input|template")
_NO_PROMPT = {"description", "comment", "summary", "title", "name", "notes", "note", "about", "license"}
_NOT_SENT = {
    *("tools", "functions", "response_format", "json_schema", "input_schema", "properties", "request_body"),
    *TEST_DATA,
}

_MODEL_SIGNS = {
    *("model", "models", "model_name", "llm", "providers", "temperature", "max_tokens", "top_p"),
    *("model_parameters", "model_config", "generation_config", "execution_settings", "reasoning_effort"),
    *("input_variables", "template_format", "response_format"),
}
_EXAMPLES = (
    "examples",
    "few_shot",
    "few_shots",
    "few_shot_examples",
    "fewshot_examples",
    "shots",
    "demonstrations",
)
_SHOWN = 3  # examples beside a text that make a prompt of it
_MANY = 8  # prompts that make a file a collection
_NUMBERS = {"temperature", "max_tokens", "top_p"}
_TEMPLATE_SIGNS = _MODEL_SIGNS | {"variables", "inputs"}
_INPUTS = ("input_variables", "inputs", "variables", "input")
_CODE = ("module", "class_name", "function")  # beside what a function takes, and not its template
_SYNTAXES = {
    **dict.fromkeys(("jinja", "jinja2", "nunjucks", "liquid"), "jinja"),
    **dict.fromkeys(("mustache", "handlebars", "semantic-kernel"), "mustache"),
    **dict.fromkeys(("f-string", "fstring", "format", "python"), "format"),
    **dict.fromkeys(("dollar", "string-template"), "dollar"),
    "none": "none",
}


def find(
    root: Node, says_prompt: bool, all_strings: bool = False, taken: Set[int] = frozenset()
) -> tuple[Found, ...]:
    """The prompts of a document, in order.

    Args:
        root: of the document.
        says_prompt: the name of the file or of its folder says that it holds prompts.
        all_strings: every text at the top level is a prompt too, whatever its key.
        taken: the `id` of nodes that are of a known format: nothing is looked for in them.
    """
    chats: list[Spot] = []
    named: list[Spot] = []
    others: list[Spot] = []
    places: dict[tuple[str | int, ...], int] = {}
    for place, spot in enumerate(_walk(root, taken)):
        if _is_chat(spot):
            if not says_prompt and _is_kept(spot):
                continue
            chats.append(spot)
        elif _is_field(spot, all_strings):
            named.append(spot)
        elif _is_long(spot):
            others.append(spot)
        else:
            continue
        places[spot.path] = place
    used = {id(turn) for spot in chats for turn in _leading(spot)}
    chosen = [spot for spot in named if id(spot.node) not in used]
    if not says_prompt and not chats:
        homes = {id(spot.around[-1]) for spot in named if _speaks(spot)}
        chosen = [item for item in chosen if id(item.around[-1]) in homes or _is_sent(item)]
    chosen += _kin(chosen, others)
    beside = [id(spot.around[-1]) for spot in chosen]
    found = [_chat(spot) for spot in chats]
    found += [_field(spot, alone=beside.count(id(spot.around[-1])) == 1) for spot in chosen]
    return tuple(sorted(found, key=lambda item: places[item.path]))


def _walk(root: Node, taken: Set[int]) -> Iterator[Spot]:
    """All nodes in document order, but nothing inside chat messages and what only describes a call."""
    stack = [Spot((), root)]
    while stack:
        spot = stack.pop()
        if id(spot.node) in taken:
            continue
        yield spot
        if _is_chat(spot):
            continue
        around = (*spot.around, spot.node) if isinstance(spot.node, Mapping) else spot.around
        below = [
            Spot((*spot.path, step), node, around)
            for step, node in children(spot.node)
            if _may_say(node)
            and not (isinstance(step, str) and (snake(step) in _NOT_SENT or _is_shown(step, spot.node)))
        ]
        stack.extend(reversed(below))


def _may_say(node: Node) -> bool:
    """False for what is surely no prose and holds none: most values of most files."""
    return not isinstance(node, Scalar) or (node.text is not None and fields.may_be_prose(node.text))


# --- chats ----------------------------------------------------------------------------------


def _is_chat(spot: Spot) -> bool:
    return is_turns(spot.node) and (not spot.key or bool(_CHAT_KEY.fullmatch(spot.key)))


def _chat(spot: Spot) -> Found:
    assert isinstance(spot.node, Sequence)
    first = [Turn(Role.SYSTEM, parts(node), mark_in(node)) for node in _leading(spot)]
    turns = (*first, *turns_of(spot.node))
    return Found(spot.path, turns, True, call(spot.around), _inputs(spot.around), _syntax(spot.around))


def _leading(spot: Spot) -> list[Node]:
    """The system text that stands beside a list of messages, and is sent before it."""
    if not spot.around or not spot.path or not isinstance(spot.path[-1], str):
        return []
    beside = spot.around[-1].get(*_SYSTEM)
    return [beside] if beside is not None and parts(beside) else []


def _is_kept(spot: Spot) -> bool:
    """True for a conversation that somebody kept: nothing tells a model what to do, and it has its answer.

    Questions without more are what tests and samples ask.
    """
    assert isinstance(spot.node, Sequence)
    found = turns_of(spot.node)
    if _leading(spot) or any(turn.role in (Role.SYSTEM, Role.DEVELOPER) for turn in found):
        return False
    said = [own for turn in found for part in turn.parts if isinstance(part, Node) and (own := text(part))]
    if any(fields.has_slots(own) or addresses(own) or opens_like_prompt(own) for own in said):
        return False
    answered = found[-1].role in (Role.ASSISTANT, Role.TOOL)
    return answered or (bool(said) and all(fields.is_question(own) for own in said))


# --- fields ---------------------------------------------------------------------------------


def _is_field(spot: Spot, all_strings: bool) -> bool:
    if not spot.around or not any(fields.is_prose(text(part)) for part in parts(spot.node)):
        return False
    last = spot.path[-1]
    named = (
        isinstance(last, str)
        and not last.startswith("test")
        and (snake(last) in _KEY_ROLES or bool(fields.PROMPT_KEY.fullmatch(snake(last))) or _speaks_up(spot))
    )
    listed = "prompts" in spot.path[-2:-1]
    top = all_strings and len(spot.path) == 1 and spot.key not in _NO_PROMPT
    top = top and fields.says_words(text(spot.node) or "")
    if fields.is_question(text(spot.node) or "") and not _has_sign(spot.around[-1], _MODEL_SIGNS):
        return False
    if not isinstance(spot.node, Scalar) and not (named and _KEY_ROLES.get(spot.key) is Role.SYSTEM):
        return False
    if last == "template" and not (all_strings or _speaks(spot) or _signed(spot, _TEMPLATE_SIGNS)):
        return False
    return named or listed or top


def _speaks_up(spot: Spot) -> bool:
    """True if the text makes a prompt of a key that others use too (`system_template`), or of any key."""
    likely = fields.LIKELY_KEY.fullmatch(spot.key) is not None
    plain = 1 < len(spot.path) < 5 and all(isinstance(step, str) for step in spot.path)
    if not likely and (not plain or spot.key in _NO_PROMPT):
        return False
    beside = (node for key, node in spot.around[-1].entries if fields.LIKELY_KEY.fullmatch(snake(key.key)))
    own = text(spot.node) or ""
    told = fields.is_long(own) and addresses(own)
    return told or (likely and any(addresses(text(node) or "") for node in beside))


def _is_long(spot: Spot) -> bool:
    own = text(spot.node) or ""
    return len(own) >= LEAST and fields.is_prose(own) and spot.key not in _NO_PROMPT


def _kin(chosen: list[Spot], others: list[Spot]) -> list[Spot]:
    """The other texts with slots of a collection: a file where many that stand as deep are prompts."""
    depths = Counter(len(spot.path) for spot in chosen if _is_entry(spot))
    rest = Counter(len(spot.path) for spot in others if _is_entry(spot))
    sure = {depth for depth, number in depths.items() if number >= _MANY and 4 * number >= rest[depth]}
    filled = (spot for spot in others if _is_entry(spot) and fields.has_slots(text(spot.node) or ""))
    return [spot for spot in filled if len(spot.path) in sure]


def _is_entry(spot: Spot) -> bool:
    return _is_long(spot) and all(isinstance(step, str) for step in spot.path)


def _speaks(spot: Spot) -> bool:
    return fields.speaks(spot.key, "\n".join(text(part) or "" for part in parts(spot.node)))


def _signed(spot: Spot, signs: set[str]) -> bool:
    """True if a mapping around holds what only a call of a model has, and not just a word for it."""
    return any(_has_sign(mapping, signs) for mapping in spot.around)


def _has_sign(mapping: Mapping, signs: set[str]) -> bool:
    return any(_is_sign(snake(key.key), node, signs) for key, node in mapping.entries)


def _is_sign(name: str, node: Node, signs: set[str]) -> bool:
    said = text(node)
    return name in signs and (said is None or (name not in _NUMBERS and not re.search(r"\s", said)))


def _is_sent(spot: Spot) -> bool:
    """True if what stands around a text is of a call: settings of a model, examples for it."""
    return _signed(spot, _MODEL_SIGNS) or len(_shown(spot)) >= _SHOWN * 2


def _is_shown(key: str, home: Node) -> bool:
    """True for a list of examples beside the text that they are sent with."""
    return (
        key in _EXAMPLES
        and isinstance(home, Mapping)
        and home.get(*_SYSTEM) is not None
        and bool(examples_of(home.get(key)))
    )


def _shown(spot: Spot) -> tuple[Turn, ...]:
    """The few-shot examples that are sent after a system text."""
    if not spot.around or spot.around[-1].get(*_SYSTEM) is not spot.node:
        return ()
    return examples_of(spot.around[-1].get(*_EXAMPLES))


def _field(spot: Spot, alone: bool) -> Found:
    turn = Turn(_KEY_ROLES.get(spot.key), parts(spot.node), mark_in(spot.node))
    inputs = _inputs(spot.around) if alone else None
    return Found(spot.path, (turn, *_shown(spot)), False, call(spot.around), inputs, _syntax(spot.around))


# --- inputs and syntax -------------------------------------------------------------------------------


def _inputs(around: tuple[Mapping, ...]) -> tuple[Field, ...] | None:
    node = around[-1].get(*_INPUTS) if around else None
    if node is None or is_turns(node) or around[-1].get(*_CODE) is not None:
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
            return _SYNTAXES.get((text(said) or "").lower())
    return None
