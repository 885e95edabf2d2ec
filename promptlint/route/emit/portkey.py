"""A Portkey config: a condition a prompt, and cascades that escalate when a guardrail denies an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from promptlint import jsondoc
from promptlint.route.compiled import Plan, Route, Step, Validator
from promptlint.route.emit import Feature, Made, keys
from promptlint.route.notes import Note, note
from promptlint.route.slugs import slug

CAPABILITIES = frozenset(
    (
        *(Feature.FALLBACK, Feature.ESCALATE, Feature.JSON, Feature.JSON_SCHEMA, Feature.REGEX),
        *(
            Feature.LABELS,
            Feature.CANARY,
            Feature.RETRIES,
            Feature.EXACT,
            Feature.SEMANTIC,
            Feature.NAMESPACE,
        ),
    )
)
CHECKED_WITH = "@portkey-ai/gateway 1.15.2"

STATUS = (408, 429, 446, 500, 502, 503, 504)
"""After which the next model is asked; 446 is a guardrail that denies."""

MAX_HEADER = 14_000
"""Bytes of a config that fits into a header: Node takes 16 KiB of headers in all."""

_PROVIDERS: Mapping[str, str] = {"gemini": "google", "azure": "azure-openai", "together_ai": "together-ai"}
_UNKNOWN = "unknown-prompt"
_OBJECT = r"^\s*\{[\s\S]*\}\s*$"
_JSON = r"^\s*(?:\{[\s\S]*\}|\[[\s\S]*\])\s*$"
_LOOSE = "its guardrail would deny valid answers of this schema: only the outer braces are checked"
_HOSTED = "caches are of the hosted product; the open gateway keeps no answers"
_WHERE = "the namespace is the header x-portkey-cache-namespace: see the target `client`"


def notes(plan: Plan) -> Iterator[Note]:
    """Placeholders, the limit of a header, and what only the hosted product does."""
    yield note(
        "RTE110", "keys are placeholders ($NAME): fill them in, or use virtual keys; never in the file"
    )
    cached = [route for route in plan.routes if route.cache is not None]
    for route in cached:
        yield note("RTE103", _HOSTED, route.prompt, route.path)
    if cached:
        yield note("RTE104", _WHERE)
    kinds = {item.name: item for item in plan.validators}
    for route in plan.routes:
        for item in (kinds[name] for name in route.validators):
            if item.kind == "json" or (item.kind == "json-schema" and not is_flat(json.loads(item.schema))):
                yield note("RTE113", f"{item.name}: {_LOOSE}", route.prompt, route.path)
    size = len(json.dumps(_config(plan), separators=(",", ":")))
    if size > MAX_HEADER:
        message = f"{size:,} bytes do not fit into a header ({MAX_HEADER:,}): store it as a saved config"
        yield note("RTE111", message)


def emit(plan: Plan, header: Sequence[str], name: str) -> Made:
    """The JSON; JSON has no comments, so the header is a key that the gateway passes over."""
    return Made(jsondoc.dumps({"_promptlint": list(header), **_config(plan)}) + "\n")


def _config(plan: Plan) -> dict[str, object]:
    checks = {item.name: item for item in plan.validators}
    conditions = [
        {"query": {"metadata.prompt_id": {"$eq": slug(route.prompt)}}, "then": slug(route.prompt)}
        for route in plan.routes
    ]
    return {
        "strategy": {"mode": "conditional", "conditions": conditions, "default": _UNKNOWN},
        "targets": [*(_target(route, checks) for route in plan.routes), _last(plan)],
    }


def _last(plan: Plan) -> dict[str, object]:
    """Requests that name no prompt go to the last tier: none is cheaper than it may be."""
    return {"name": _UNKNOWN, **_model(plan.tiers[-1])}


def _target(route: Route, checks: Mapping[str, Validator]) -> dict[str, object]:
    guards = [_guard(checks[name]) for name in route.validators if checks[name].kind != "confidence"]
    targets = [_guarded(step, guards, route) for step in route.steps]
    if route.canary is not None:
        share = round(route.canary.share, 6)
        tried = {**_guarded(route.canary.step, guards, route), "weight": share}
        first = {**targets[0], "weight": round(1 - share, 6)}
        targets[0] = {"strategy": {"mode": "loadbalance"}, "targets": [first, tried]}
    cache = {"cache": _cache(route)} if route.cache is not None else {}
    if len(targets) == 1:
        return {"name": slug(route.prompt), **cache, **targets[0]}
    strategy = {"mode": "fallback", "on_status_codes": list(STATUS)}
    return {"name": slug(route.prompt), **cache, "strategy": strategy, "targets": targets}


def _guarded(step: Step, guards: Sequence[dict[str, object]], route: Route) -> dict[str, object]:
    found = _model(step)
    if route.retries:
        found["retry"] = {"attempts": route.retries}
    if guards:
        found["output_guardrails"] = list(guards)
    return found


def _model(step: Step) -> dict[str, object]:
    variable = keys.variable(step.provider)
    return {
        "provider": _PROVIDERS.get(step.provider, step.provider.replace("_", "-")) or "openai",
        **({"api_key": f"${variable}"} if variable else {}),
        "override_params": {"model": step.name},
    }


def _guard(item: Validator) -> dict[str, object]:
    """The checks of a validator: all must pass, or the answer is denied."""
    if item.kind == "labels":
        return {**_matches(_one_of(item.labels)), "deny": True}
    if item.kind == "regex":
        return {**_matches(f"^(?:{item.pattern})$"), "deny": True}
    schema = json.loads(item.schema) if item.kind == "json-schema" else None
    checks = {"default.jsonSchema": {"schema": schema}} if schema is not None and is_flat(schema) else {}
    return {**checks, **_matches(_OBJECT if schema is not None else _JSON), "deny": True}


def _matches(rule: str) -> dict[str, object]:
    return {"default.regexMatch": {"rule": rule}}


def is_flat(schema: object) -> bool:
    """True if no answer of an object's schema can hold a brace inside of its own.

    The guardrail looks for `{` and the next `}` and parses what is between: it would deny a valid answer with
    an object in it, or with a text that has a brace.
    """
    if not isinstance(schema, dict) or schema.get("type") != "object":
        return False
    properties = schema.get("properties")
    if schema.get("additionalProperties") is not False or not isinstance(properties, dict):
        return False
    return all(_is_plain(item) for item in properties.values())


def _is_plain(schema: object) -> bool:
    if not isinstance(schema, dict):
        return False
    words = schema.get("enum")
    if isinstance(words, list):
        return not any("}" in str(word) for word in words)
    if schema.get("type") == "array":
        return _is_plain(schema.get("items"))
    return schema.get("type") in {"number", "integer", "boolean", "null"}


def _one_of(labels: Sequence[str]) -> str:
    return r"^\s*(?:" + "|".join(re.escape(label) for label in labels) + r")\s*$"


def _cache(route: Route) -> dict[str, object]:
    assert route.cache is not None
    return {"mode": "simple" if route.cache.mode == "exact" else "semantic", "max_age": route.cache.ttl}
