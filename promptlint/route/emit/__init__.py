"""One module a target: what it can express, and its configuration as text; what is lost is said."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Protocol

from promptlint.records import dataclass
from promptlint.route.compiled import Plan, Route
from promptlint.route.notes import Note, grouped, note

MANIFEST = "promptlint-manifest: "
POLICY = "promptlint-policy: "
"""What the lines of a header begin with that say what a file was made from."""


class Feature(str, Enum):
    """What a route may need of a target."""

    FALLBACK = "fallback to another model after an error"
    ESCALATE = "escalation when an answer is invalid"
    JSON = "the validator json"
    JSON_SCHEMA = "the validator json-schema"
    REGEX = "the validator regex"
    LABELS = "the validator labels"
    CONFIDENCE = "the validator confidence"
    EXACT = "an exact cache"
    SEMANTIC = "a semantic cache"
    NAMESPACE = "a cache namespace of a prompt"
    CANARY = "a share of requests for a canary"
    BATCH = "batch jobs"
    PREFIX = "marks for a provider's prefix cache"
    RETRIES = "retries"
    REQUESTS = "a classifier of requests"


_CODES: Mapping[Feature, str] = {
    Feature.FALLBACK: "RTE108",
    Feature.ESCALATE: "RTE101",
    Feature.JSON: "RTE102",
    Feature.JSON_SCHEMA: "RTE102",
    Feature.REGEX: "RTE102",
    Feature.LABELS: "RTE102",
    Feature.CONFIDENCE: "RTE102",
    Feature.EXACT: "RTE103",
    Feature.SEMANTIC: "RTE103",
    Feature.NAMESPACE: "RTE104",
    Feature.CANARY: "RTE105",
    Feature.BATCH: "RTE106",
    Feature.PREFIX: "RTE107",
    Feature.RETRIES: "RTE109",
    Feature.REQUESTS: "RTE115",
}
_VALIDATORS = {
    "json": Feature.JSON,
    "json-schema": Feature.JSON_SCHEMA,
    "regex": Feature.REGEX,
    "labels": Feature.LABELS,
    "confidence": Feature.CONFIDENCE,
}

TARGETS: Mapping[str, str] = {
    "agentgateway": "agentgateway",
    "batch": "batch",
    "client": "client",
    "cloudflare": "cloudflare",
    "envoy": "envoy",
    "json": "plan_json",
    "litellm": "litellm",
    "openrouter": "openrouter",
    "portkey": "portkey",
    "pydantic-ai": "pydantic_ai",
    "vllm-sr": "vllm_sr",
}
"""The module of each target."""


@dataclass(frozen=True, slots=True)
class Emitted:
    """A configuration; `beside` are further files, as (end of the name, text)."""

    text: str
    notes: tuple[Note, ...]
    beside: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """What an emitter writes; its notes go into the header, so they are found first."""

    text: str
    beside: tuple[tuple[str, str], ...] = ()


class Emitter(Protocol):
    """What every module of a target has."""

    CAPABILITIES: frozenset[Feature]
    CHECKED_WITH: str

    def notes(self, plan: Plan) -> Iterator[Note]:
        """What else the target cannot express, or asks its user to do."""
        ...

    def emit(self, plan: Plan, header: Sequence[str], name: str) -> Made:
        """The configuration; `name` is that of the file it is for."""
        ...


def emitter(target: str) -> Emitter:
    """The module of a target."""
    found: Emitter = importlib.import_module(f"{__name__}.{TARGETS[target]}")
    return found


def emitted(plan: Plan, target: str, name: str) -> Emitted:
    """The configuration of a target, with all that it cannot express.

    Args:
        plan: what is expressed.
        target: one of `TARGETS`.
        name: of the file that it is for; its suffix may choose the format.
    """
    module = emitter(target)
    notes = (*lost(plan, module.CAPABILITIES), *module.notes(plan))
    made = module.emit(plan, tuple(_header(plan, target, module.CHECKED_WITH, notes)), name)
    return Emitted(made.text, notes, made.beside)


def lost(plan: Plan, known: Iterable[Feature]) -> Iterator[Note]:
    """What of the plan no target with these capabilities expresses: a note a route and feature."""
    able = frozenset(known)
    kinds = {item.name: _VALIDATORS[item.kind] for item in plan.validators}
    for route in plan.routes:
        for feature in needs(route, kinds):
            if feature not in able:
                yield note(_CODES[feature], f"not expressed: {feature.value}", route.prompt, route.path)
    if plan.requests is not None and Feature.REQUESTS not in able:
        yield note(
            _CODES[Feature.REQUESTS], "not expressed: the classifier of requests; callers ask `client`"
        )


def needs(route: Route, kinds: Mapping[str, Feature]) -> Iterator[Feature]:
    """What a route needs of a target."""
    several = len(route.steps) > 1
    wanted = {
        Feature.FALLBACK: several,
        Feature.ESCALATE: several and bool(route.validators),
        Feature.EXACT: route.cache is not None and route.cache.mode == "exact",
        Feature.SEMANTIC: route.cache is not None and route.cache.mode == "semantic",
        Feature.NAMESPACE: route.cache is not None,
        Feature.CANARY: route.canary is not None,
        Feature.BATCH: route.batch,
        Feature.PREFIX: route.prefix_tokens is not None and route.steps[0].provider == "anthropic",
        Feature.RETRIES: route.retries > 0,
    }
    yield from (feature for feature, is_wanted in wanted.items() if is_wanted)
    yield from dict.fromkeys(kinds[name] for name in route.validators)


def _header(plan: Plan, target: str, checked_with: str, notes: Iterable[Note]) -> Iterator[str]:
    yield f"Made by promptlint {plan.promptlint} for {target} ({checked_with}); do not edit."
    yield MANIFEST + plan.manifest_sha256
    yield POLICY + plan.policy_sha256
    unproven = sum(route.basis == "unproven" for route in plan.routes)
    if unproven:
        yield f"UNPROVEN: {unproven} of {len(plan.routes)} prompts are routed by their score alone."
    yield from grouped((*plan.notes, *notes))
