"""Counts what the tools of a call, or of a server, and the schema of its answer take of each request."""

from __future__ import annotations

import json
from collections.abc import Iterator

from promptlint.model import Field, Hit, Profile
from promptlint.records import dataclass
from promptlint.view import View

_SHOWN = 3  # tools that are named, the longest first


@dataclass(frozen=True, slots=True)
class Params:
    """From where on it is worth a word.

    Attributes:
        min_tokens: of all tools together.
        min_response: of the schema of the answer.
    """

    min_tokens: int
    min_response: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for the tools, and one for the schema of the answer."""
    call = view.prompt.call
    if view.prompt.profile is Profile.AGENT_DOCUMENT or not call.fields:
        return
    tools = _text(call.get("tools.schema"))
    if tools is not None and view.may_reach(tools[1], params.min_tokens):
        named = [(_name(item), json.dumps(item, ensure_ascii=False)) for item in json.loads(tools[1])]
        yield from _tools(view, tools[0], named, params.min_tokens)
    served = _text(call.get("tool.set"))
    if served is not None and view.may_reach(served[1], params.min_tokens):
        yield from _tools(view, served[0], json.loads(served[1]), params.min_tokens)
    answer = _text(call.get("response_format.schema"))
    if answer is not None and view.may_reach(answer[1], params.min_response):
        tokens = view.count(answer[1])
        if tokens >= params.min_response:
            yield Hit(
                answer[0], f"The schema of the answer takes {tokens:,} tokens (estimated) of each request"
            )


def _text(field: Field | None) -> tuple[Field, str] | None:
    return None if field is None or not isinstance(field.value, str) else (field, field.value)


def _name(tool: object) -> str:
    inner = tool.get("function", tool) if isinstance(tool, dict) else None
    name = inner.get("name") if isinstance(inner, dict) else None
    return name if isinstance(name, str) else ""


def _tools(view: View, at: Field, tools: list[tuple[str, str]], least: int) -> Iterator[Hit]:
    """The tools with their sum; `tools` are names and texts."""
    counted = sorted(((view.count(text), name) for name, text in tools), reverse=True)
    total = sum(tokens for tokens, _ in counted)
    if total < least or len(counted) < 2:
        return
    longest = ", ".join(f"`{name or 'unnamed'}` {tokens:,}" for tokens, name in counted[:_SHOWN])
    message = (
        f"{len(counted)} tools take {total:,} tokens (estimated) of each request; the longest: {longest}"
    )
    yield Hit(at, message)
