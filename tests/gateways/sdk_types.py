"""Run by the interpreter that has the makers' SDKs: their own types against our files; see test_sdks.

Standard input: {"cloudflare": [route...], "openrouter": [fragment...], "openai": [line...], "anthropic": [...]}.
Standard output: {name: [null or the first error ...]}.
Types of lists are lazy (`Iterable`): they are walked, or nothing in them is looked at.
"""

import json
import sys
from collections.abc import Iterable

from anthropic.types.messages.batch_create_params import Request
from cloudflare.types.ai_gateway.dynamic_routing_create_params import DynamicRoutingCreateParams
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from openrouter.components import ChatRequest
from pydantic import TypeAdapter, ValidationError


def snake(value):
    """The wire's names as the SDK's types have them."""
    if isinstance(value, dict):
        names = {"elementId": "element_id", "limitType": "limit_type", "element_id": "not the wire's"}
        return {names.get(key, key): snake(item) for key, item in value.items()}
    return [snake(item) for item in value] if isinstance(value, list) else value


def walked(value):
    if isinstance(value, dict):
        return {key: walked(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [walked(item) for item in value]
    return value


def cloudflare(route):
    checked = TypeAdapter(DynamicRoutingCreateParams).validate_python({"account_id": "a", **snake(route)})
    kept = walked(checked)
    assert kept["elements"] == snake(route["elements"]), "what it keeps is not what was given"


def openrouter(fragment):
    message = {"role": "user", "content": "hello"}
    checked = ChatRequest.model_validate({"messages": [message], **fragment})
    kept = checked.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert {key: kept[key] for key in fragment} == fragment, "what it keeps is not what was given"


def openai(line):
    walked(TypeAdapter(CompletionCreateParamsNonStreaming).validate_python(line["body"]))


def anthropic(line):
    walked(TypeAdapter(Request).validate_python(line))


def said(judge, given):
    try:
        judge(given)
    except (ValidationError, AssertionError, KeyError) as error:
        return " ".join(str(error).split())[:300]
    return None


judges = {"cloudflare": cloudflare, "openrouter": openrouter, "openai": openai, "anthropic": anthropic}
given = json.load(sys.stdin)
json.dump({name: [said(judges[name], item) for item in items] for name, items in given.items()}, sys.stdout)
