"""The JSON Schema of routing.yaml, for editors; the reader takes the keys that it knows from here."""

from __future__ import annotations

from collections.abc import Mapping

Schema = dict[str, object]

_TEXT: Schema = {"type": "string", "minLength": 1}
_SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_MONEY: Schema = {"type": "number", "minimum": 0}
_COUNT: Schema = {"type": "integer", "minimum": 1}
_FLAG: Schema = {"type": "boolean"}
_NAMES: Schema = {"type": "array", "items": _TEXT, "minItems": 1}

CACHES = ("none", "exact", "semantic")
KINDS = ("json", "json-schema", "regex", "labels", "confidence")


def _of(properties: Mapping[str, tuple[Schema, str]], *required: str) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: {**schema, "description": says} for name, (schema, says) in properties.items()},
        "required": list(required),
    }


PARTS: Mapping[str, Schema] = {
    "tier": _of(
        {
            "name": (_TEXT, "How the tier is called."),
            "below": (_SHARE, "Scores below this one belong to it; the last tier has none."),
            "model": (_TEXT, "The model, with who serves it: openai/gpt-4o-mini."),
        },
        "name",
        "model",
    ),
    "quality": _of(
        {
            "floor": (_SHARE, "The lower confidence bound of the pass rate must reach it. Default: 0.9."),
            "confidence": (_SHARE, "Of that one-sided bound. Default: 0.95."),
            "cases": (_COUNT, "Fewer cases show nothing. Default: 20."),
        }
    ),
    "budget": _of({"usd_month": (_MONEY, "US dollars a month for the volumes that prompts declare.")}),
    "validator": _of(
        {
            "kind": ({"enum": list(KINDS)}, "What is looked at."),
            "schema": ({"type": "object"}, "json-schema: the schema."),
            "pattern": (_TEXT, "regex: what the answer must match as a whole."),
            "labels": (_NAMES, "labels: one of which the answer must be."),
            "threshold": (_SHARE, "confidence: the least that will do."),
        },
        "kind",
    ),
    "cache": _of(
        {
            "mode": ({"enum": list(CACHES)}, "none, equal requests, or similar ones. Default: exact."),
            "threshold": (_SHARE, "semantic: the least similarity. Default: 0.95."),
            "ttl": (_COUNT, "Seconds that an answer is kept. Default: 3600."),
            "embedding": (_TEXT, "semantic: the embedding model."),
            "prefix": (_FLAG, "Mark prefixes that the provider caches. Default: true."),
        }
    ),
    "batch": _of({"window": (_COUNT, "Hours that a job may take. Default: 24.")}),
    "retries": _of(
        {
            "each": ({"type": "integer", "minimum": 0}, "Retries of one model. Default: 1."),
            "total": (_COUNT, "Calls at most for one request, over all models. Default: 6."),
        }
    ),
    "canary": _of({"share": (_SHARE, "Of the requests that try the cheaper model. Default: 0.05; 0: none.")}),
    "requests": _of(
        {"model": (_TEXT, "File of `promptlint route train`, beside the policy; its scores meet the tiers.")},
        "model",
    ),
    "model": _of(
        {
            "provider": (_TEXT, "Who serves it, as gateways call them."),
            "context": (_COUNT, "Tokens that it takes at once."),
            "structured": (_FLAG, "Whether it can be held to a JSON Schema."),
            "input": (_MONEY, "US dollars a million tokens of input."),
            "output": (_MONEY, "US dollars a million tokens of output."),
        }
    ),
    "prompt": _of(
        {
            "match": (_TEXT, "Id of a prompt, or a glob of ids."),
            "like": (_TEXT, "The `match` of another entry, whose keys hold where this one has none."),
            "tier": (_TEXT, "The tier that it goes to, whatever its score."),
            "model": (_TEXT, "The model that it goes to."),
            "keep": (_FLAG, "Keep the model in use, without a canary."),
            "cascade": (
                {"anyOf": [_FLAG, _NAMES]},
                "Whether to escalate; or the tiers, from the first to the last.",
            ),
            "validators": (_NAMES, "What an answer must pass."),
            "cache": ({"enum": list(CACHES)}, "The kind of cache."),
            "batch": (_FLAG, "Whether it may wait for a batch job."),
            "personal": (_FLAG, "Whether its answers are about one person."),
            "latency": (_TEXT, "realtime, interactive, background."),
        },
        "match",
    ),
}

_PLACES: Mapping[str, Schema] = {name: {"$ref": f"#/$defs/{name}"} for name in PARTS}


def _each(part: str) -> Schema:
    return {"type": "object", "additionalProperties": _PLACES[part]}


TOP: Schema = _of(
    {
        "version": ({"const": 1}, "Of this format. Default: 1."),
        "tiers": ({"type": "array", "items": _PLACES["tier"], "minItems": 1}, "From the cheapest on."),
        "cascade": (_FLAG, "Start with the cheapest that is viable, validate, escalate. Default: false."),
        "quality": (_PLACES["quality"], "What an eval must show."),
        "budget": (_PLACES["budget"], "What all may cost."),
        "latency": (
            {"type": "object", "additionalProperties": _NAMES},
            "The tiers that prompts of a latency class may use.",
        ),
        "validators": (_each("validator"), "By name."),
        "cache": (_PLACES["cache"], "For every prompt that it is right for."),
        "batch": (_PLACES["batch"], "Jobs for prompts that may wait."),
        "retries": (_PLACES["retries"], "After errors."),
        "canary": (_PLACES["canary"], "For prompts without an eval result."),
        "models": (_each("model"), "What is not known of a model, or otherwise here."),
        "evals": (_NAMES, "Files of `promptlint eval --format json`, beside the policy."),
        "requests": (_PLACES["requests"], "For callers that route each request by what its user asks."),
        "prompts": ({"type": "array", "items": _PLACES["prompt"]}, "What holds for some prompts."),
    },
    "tiers",
)


def keys(part: str = "") -> tuple[str, ...]:
    """The keys of a part, of the whole policy without a name."""
    found = (PARTS[part] if part else TOP)["properties"]
    assert isinstance(found, dict)
    return tuple(found)


def schema() -> Schema:
    """The JSON Schema of a policy."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "promptlint routing policy, version 1",
        "description": "routing.yaml: which prompts may go to which models, and what must be shown first.",
        **TOP,
        "$defs": dict(PARTS),
    }
