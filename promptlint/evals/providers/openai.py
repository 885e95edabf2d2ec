"""Chat completions and embeddings, as OpenAI and the many servers of its protocol speak them."""

from __future__ import annotations

import json

from promptlint.evals.exchange import Endpoint, Reply, Request, Usage
from promptlint.evals.model import ToolCall
from promptlint.evals.providers.hostile import MalformedError, arguments, count, mapping, name, part, text

PATHS = {"chat": "/chat/completions", "embeddings": "/embeddings"}
"""Below the base address."""

_MOST_DIMENSIONS = 100_000
_MOST_VALUE = 1e100
_MAY_BE_EMPTY = frozenset({"length", "content_filter"})


def body(request: Request) -> dict[str, object]:
    """What is sent."""
    own: dict[str, object] = {"model": request.model}
    if request.endpoint == "embeddings":
        own["input"] = request.messages[0].get("content", "") if request.messages else ""
    else:
        own["messages"] = list(request.messages)
    return {**request.parameters, **own}


def reply(answer: dict[str, object], endpoint: Endpoint) -> Reply:
    """The reply in what was answered; its latency is not known here.

    Raises:
        MalformedError: it is none.
    """
    return _embedding(answer) if endpoint == "embeddings" else _completion(answer)


def _completion(answer: dict[str, object]) -> Reply:
    choices = answer.get("choices")
    if not isinstance(choices, list) or not choices or not mapping(choices[0]).get("message"):
        raise MalformedError("an answer without choices")
    choice = mapping(choices[0])
    message, finish = mapping(choice.get("message")), name(choice.get("finish_reason"))
    calls = _calls(message.get("tool_calls"))
    said = text(message.get("content"))
    if said is None and message.get("content") is not None:
        raise MalformedError("an answer whose content is no text")
    if said is None:
        said = text(message.get("refusal"))
    if said is None and not calls and finish not in _MAY_BE_EMPTY:
        raise MalformedError("an answer without content")
    return Reply(
        text=said or "",
        calls=calls,
        usage=usage(answer.get("usage")),
        model=name(answer.get("model")),
        fingerprint=name(answer.get("system_fingerprint")),
        finish=finish,
    )


def _calls(value: object) -> tuple[ToolCall, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise MalformedError("an answer whose tool calls are no list")
    functions = [mapping(mapping(item).get("function")) for item in value]
    if not all(isinstance(function.get("name"), str) for function in functions):
        raise MalformedError("an answer with a tool call that has no name")
    return tuple([ToolCall(name(each.get("name")), arguments(each.get("arguments"))) for each in functions])


def _embedding(answer: dict[str, object]) -> Reply:
    data = answer.get("data")
    vector = mapping(data[0]).get("embedding") if isinstance(data, list) and data else None
    if not isinstance(vector, list) or not 0 < len(vector) <= _MOST_DIMENSIONS:
        raise MalformedError("an answer without a vector")
    if not all(type(each) in (int, float) and abs(each) < _MOST_VALUE for each in vector):
        raise MalformedError("a vector that holds what is no number")
    return Reply(
        json.dumps(vector), usage=usage(answer.get("usage")), model=name(answer.get("model")), finish="stop"
    )


def usage(value: object) -> Usage | None:
    """The tokens of a call; None: they are not told, or cannot be.

    `prompt_tokens` holds what came from the cache, which DeepSeek tells under a name of its own. Where the
    total is more than prompt and completion (xAI, Gemini), the rest is reasoning, billed as output.
    """
    told = mapping(value)
    given, made = count(told.get("prompt_tokens")), count(told.get("completion_tokens", 0))
    if given is None or made is None:
        return None
    before, after = mapping(told.get("prompt_tokens_details")), mapping(told.get("completion_tokens_details"))
    total = count(told.get("total_tokens")) or 0
    hidden = max(0, total - given - made)
    cached = part(before.get("cached_tokens", told.get("prompt_cache_hit_tokens")), given)
    written = before.get("cache_write_tokens", told.get("cache_creation_input_tokens"))
    return Usage(
        input=given,
        output=made + hidden,
        cached=cached,
        cache_write=part(written, given - cached),
        reasoning=max(hidden, part(after.get("reasoning_tokens"), made + hidden)),
    )
