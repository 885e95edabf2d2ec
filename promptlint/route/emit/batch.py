"""A batch plan, and the beginning of each provider's JSONL: one model a file, no stream, no fallback."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence

from promptlint import jsondoc
from promptlint.route.compiled import Plan, Route
from promptlint.route.emit import Feature, Made, keys, spelling
from promptlint.route.notes import Note, note
from promptlint.route.slugs import slug

CAPABILITIES = frozenset((Feature.BATCH,))
CHECKED_WITH = "the types of openai 3.54.0 and anthropic 2.12.0; not run"

_ASSUMED = 4096
_NO_ID = re.compile(r"[^A-Za-z0-9_-]")
_ENDPOINTS: Mapping[str, str] = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages/batches"}


def notes(plan: Plan) -> Iterator[Note]:
    """Providers whose form of a job is not known."""
    for route in _batched(plan):
        if route.steps[0].provider not in _ENDPOINTS:
            message = (
                f"the form of a batch job of {route.steps[0].provider or route.steps[0].model} is not known"
            )
            yield note("RTE106", message, route.prompt, route.path)
        if not route.messages:
            message = "the messages are left to the caller: no text in a manifest, or code decides on it"
            yield note("RTE116", message, route.prompt, route.path)
        if route.steps[0].provider == "anthropic":
            message = f"`max_tokens` is assumed to be {_ASSUMED:,}: its API wants one"
            yield note("RTE118", message, route.prompt, route.path)


def emit(plan: Plan, header: Sequence[str], name: str) -> Made:
    """The plan, and beside it a template a model: the caller repeats its line for each request."""
    stem = name.rpartition(".")[0] or "batch"
    files: dict[str, list[Route]] = {}
    for route in _batched(plan):
        if route.steps[0].provider in _ENDPOINTS:
            files.setdefault(route.steps[0].model, []).append(route)
    jobs = [_job(stem, model, routes, plan.batch_hours or 24) for model, routes in sorted(files.items())]
    beside = tuple((_end(model), "".join(map(_line, routes))) for model, routes in sorted(files.items()))
    return Made(spelling.yaml({"jobs": jobs}, header), beside)


def _batched(plan: Plan) -> Iterator[Route]:
    return (route for route in plan.routes if route.batch)


def _end(model: str) -> str:
    return "." + slug(model).replace("/", "-").replace(":", "-") + ".template.jsonl"


def _job(stem: str, model: str, routes: Sequence[Route], hours: int) -> dict[str, object]:
    step = routes[0].steps[0]
    return {
        "model": model,
        "provider": step.provider,
        "endpoint": _ENDPOINTS[step.provider],
        "api_key_env": keys.variable(step.provider),
        "completion_window": f"{hours}h",
        "template": stem + _end(model),
        "prompts": [
            {"id": route.prompt, "content_hash": route.content_hash, "calls_per_month": route.calls_per_month}
            for route in routes
        ],
    }


def _line(route: Route) -> str:
    """`{n}` is the number of the request; slots stand as the prompt spells them."""
    step = route.steps[0]
    messages = [{"role": item.role, "content": item.text} for item in route.messages]
    body = {"model": step.name, "messages": messages, "metadata": {"prompt_id": slug(route.prompt)}}
    if step.provider == "anthropic":
        system = "\n\n".join(item.text for item in route.messages if item.role == "system")
        turns = [item for item in messages if item["role"] != "system"]
        params: dict[str, object] = {"model": step.name, "messages": turns, "max_tokens": _ASSUMED}
        params |= {"system": system} if system else {}
        return jsondoc.dumps({"custom_id": _short(route.prompt) + "-{n}", "params": params}, None) + "\n"
    custom = f"{slug(route.prompt)}-{{n}}"
    request = {"custom_id": custom, "method": "POST", "url": _ENDPOINTS[step.provider], "body": body}
    return jsondoc.dumps(request, None) + "\n"


def _short(prompt: str) -> str:
    """An id of letters, digits, `_` and `-`, with room for a number: Anthropic takes 64 characters.

    Source: the API's answer to a longer one (anthropics/anthropic-sdk-python#984), and its reference.
    """
    digest = hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{_NO_ID.sub('_', prompt)[:40]}-{digest}"
