"""Anthropic's messages: what chat completions say, said in its words, and the answer back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from promptlint.evals.exchange import Reply, Request, Usage
from promptlint.evals.model import ToolCall
from promptlint.evals.providers.hostile import MalformedError, arguments, count, mapping, name, text

PATH = "/v1/messages"
VERSION = "2023-06-01"
"""Of the protocol, sent in `anthropic-version`."""

MOST_OUTPUT = 4096
"""`max_tokens` where the request has none: the protocol asks for one."""

UNSAYABLE = ("seed", "presence_penalty", "frequency_penalty", "reasoning_effort", "response_format")
"""Parameters that the protocol has no word for."""

_SAYS_SYSTEM = frozenset({"system", "developer"})
_FINISHES = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
_CHOICES = {"auto": {"type": "auto"}, "none": {"type": "none"}, "required": {"type": "any"}}

Block = Mapping[str, object]


class UnsayableError(Exception):
    """The protocol has no words for a request; the message says for what."""


def body(request: Request) -> dict[str, object]:
    """What is sent.

    Turns of `system` and `developer` go, joined by an empty line, into `system`, wherever they stand; turns
    of one role that follow one another become one.

    Raises:
        UnsayableError: there are no words for it.
    """
    if request.endpoint == "embeddings":
        raise UnsayableError("Anthropic has no embeddings")
    found: dict[str, object] = {"model": request.model, "max_tokens": MOST_OUTPUT}
    for key, value in request.parameters.items():
        if key in UNSAYABLE:
            raise UnsayableError(f"Anthropic has no `{key}`")
        said, spelt = _PARAMETERS.get(key, (key, _as_it_is))
        found[said] = spelt(value)
    turns = [turn for turn in request.messages if turn.get("role") not in _SAYS_SYSTEM]
    system = [text(turn.get("content")) for turn in request.messages if turn.get("role") in _SAYS_SYSTEM]
    if any(system):
        found["system"] = "\n\n".join([each for each in system if each])
    found["messages"] = _turns(turns)
    return found


def _turns(turns: list[Mapping[str, object]]) -> list[dict[str, object]]:
    found: list[tuple[str, list[Block]]] = []
    for turn in turns:
        role = "assistant" if turn.get("role") == "assistant" else "user"
        if not found or found[-1][0] != role:
            found.append((role, []))
        found[-1][1].extend(_blocks(turn))
    return [{"role": role, "content": _plain(blocks)} for role, blocks in found]


def _plain(blocks: list[Block]) -> object:
    """A lone text as such."""
    return blocks[0]["text"] if len(blocks) == 1 and blocks[0].get("type") == "text" else blocks


def _blocks(turn: Mapping[str, object]) -> list[Block]:
    role, content = turn.get("role"), turn.get("content")
    if role == "tool":
        return [
            {"type": "tool_result", "tool_use_id": turn.get("tool_call_id"), "content": text(content) or ""}
        ]
    parts = content if isinstance(content, list) else [{"type": "text", "text": content}] if content else []
    calls = turn.get("tool_calls")
    return [*map(_block, parts), *map(_use, calls if isinstance(calls, list | tuple) else [])]


def _block(item: object) -> Block:
    found = mapping(item)
    if found.get("type") != "image_url":
        if found.get("type") not in ("text", "image", "document"):
            raise UnsayableError(f"Anthropic has no content of type {name(found.get('type'))!r}")
        return found
    url = _image(found)
    head, comma, data = url.partition(",")
    if head.startswith("data:") and comma:
        kind = head.removeprefix("data:").removesuffix(";base64")
        return {"type": "image", "source": {"type": "base64", "media_type": kind, "data": data}}
    return {"type": "image", "source": {"type": "url", "url": url}}


def _image(item: Mapping[str, object]) -> str:
    url = mapping(item.get("image_url")).get("url")
    if not isinstance(url, str):
        raise UnsayableError("an image without an address")
    return url


def _use(call: object) -> Block:
    function = mapping(mapping(call).get("function"))
    given = arguments(function.get("arguments"))
    used = given if isinstance(given, dict) else {}
    return {"type": "tool_use", "id": mapping(call).get("id"), "name": function.get("name"), "input": used}


# --- parameters -----------------------------------------------------------------------------


def _as_it_is(value: object) -> object:
    return value


def _stops(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _tools(value: object) -> object:
    return [_tool(mapping(item)) for item in value] if isinstance(value, list | tuple) else value


def _tool(item: Mapping[str, object]) -> Mapping[str, object]:
    function = mapping(item.get("function"))
    if not function:
        return item
    schema = function.get("parameters") or {"type": "object", "properties": {}}
    described = {"description": function["description"]} if function.get("description") else {}
    return {"name": function.get("name"), **described, "input_schema": schema}


def _choice(value: object) -> object:
    if isinstance(value, str):
        if value not in _CHOICES:
            raise UnsayableError(f"Anthropic has no `tool_choice` {value[:40]!r}")
        return _CHOICES[value]
    function = mapping(mapping(value).get("function"))
    return {"type": "tool", "name": function.get("name")} if function else value


_PARAMETERS: Mapping[str, tuple[str, Callable[[object], object]]] = {
    "max_completion_tokens": ("max_tokens", _as_it_is),
    "stop": ("stop_sequences", _stops),
    "tools": ("tools", _tools),
    "tool_choice": ("tool_choice", _choice),
}


# --- the answer -----------------------------------------------------------------------------


def reply(answer: dict[str, object]) -> Reply:
    """The reply in what was answered; its latency is not known here.

    Raises:
        MalformedError: it is none.
    """
    content, reason = answer.get("content"), name(answer.get("stop_reason"))
    if not isinstance(content, list) or not all(isinstance(block, dict) for block in content):
        raise MalformedError("an answer without content")
    if not reason:
        raise MalformedError("an answer without the reason why it ended")
    uses = [block for block in content if block.get("type") == "tool_use"]
    if not all(isinstance(use.get("name"), str) for use in uses):
        raise MalformedError("an answer with a tool call that has no name")
    return Reply(
        text=text(content) or "",
        calls=tuple([ToolCall(name(use["name"]), arguments(use.get("input"))) for use in uses]),
        usage=usage(answer.get("usage")),
        model=name(answer.get("model")),
        finish=_FINISHES.get(reason, reason),
    )


def usage(value: object) -> Usage | None:
    """The tokens of a call; None: they are not told, or cannot be.

    `input_tokens` is without what came from the cache or went into it.
    """
    told = mapping(value)
    given, made = count(told.get("input_tokens")), count(told.get("output_tokens"))
    if given is None or made is None:
        return None
    cached = count(told.get("cache_read_input_tokens")) or 0
    written = count(told.get("cache_creation_input_tokens")) or 0
    return Usage(given + cached + written, made, cached, written)
