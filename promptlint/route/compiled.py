"""The document of a routing plan: what every emitter reads, and what `--target json` writes."""

from __future__ import annotations

from typing import Literal

from promptlint import documents
from promptlint.documents import said
from promptlint.records import dataclass
from promptlint.route.notes import Note
from promptlint.route.requests.model import RequestClassifier
from promptlint.verdicts import Evaluated

SCHEMA_VERSION = 1

Basis = Literal["kept", "proven", "unproven", "declared"]


@dataclass(frozen=True, slots=True)
class Step:
    """A model, and the tier that it is of."""

    tier: str = said("Name of the tier; empty: the model in use, or one of an override.")
    model: str = said("The model, with who serves it.")
    provider: str = said("Who serves it; empty: not known.")
    name: str = said("What it is called there.")
    context: int | None = said("Tokens that it takes at once; null: not known.")
    structured: bool | None = said("Whether it can be held to a JSON Schema; null: not known.")
    usd_per_1000: float | None = said("US dollars for 1,000 calls, estimated; null: no price.")


@dataclass(frozen=True, slots=True)
class Validator:
    """What an answer must pass before it is handed on."""

    name: str = said("As the policy calls it.")
    kind: str = said("json, json-schema, regex, labels or confidence.")
    schema: str = said("json-schema: the schema, as JSON.")
    pattern: str = said("regex: what the answer must match as a whole.")
    labels: tuple[str, ...] = said("labels: the answers that there are.")
    threshold: float | None = said("confidence: the least that will do.")


@dataclass(frozen=True, slots=True)
class Cache:
    """How answers are kept."""

    mode: str = said("exact or semantic.")
    namespace: str = said("What answers may be shared under: the prompt and the hash of its instructions.")
    ttl: int = said("Seconds.")
    threshold: float | None = said("semantic: the least similarity.")


@dataclass(frozen=True, slots=True)
class Canary:
    """A cheaper model that some requests try, so that it becomes known."""

    step: Step = said("The model.")
    share: float = said("Of the requests.")


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: str = said("system, user or assistant.")
    text: str = said("Its text, with slots as the prompt spells them.")


@dataclass(frozen=True, slots=True)
class Route:
    """Where the requests of one prompt go."""

    prompt: str = said("Id.")
    path: str = said("Its file.")
    content_hash: str = said("Of its messages with their slots.")
    owner: str = said("Who answers for it; empty: not declared.")
    task: str = said("What is asked for; empty: not known.")
    difficulty: float | None = said("From 0 to 1: a hint; null: not known.")
    latency: str = said("realtime, interactive or background.")
    output: str = said("What the call enforces: text, json or schema.")
    basis: Basis = said("Why the first model: kept in use, proven by evals, by score alone, by the author.")
    reason: str = said("The same in words.")
    steps: tuple[Step, ...] = said("The models, in the order in which they are tried.")
    validators: tuple[str, ...] = said("What an answer must pass, or the next model is asked.")
    retries: int = said("Of each model, after an error.")
    cache: Cache | None = said("null: answers are not kept.")
    uncacheable: tuple[str, ...] = said("Why answers are not kept.")
    prefix_tokens: int | None = said("Tokens of the prefix to mark for the provider's cache; null: none.")
    batch: bool = said("Whether requests may go into a batch job.")
    canary: Canary | None = said("null: none.")
    settle: str = said("The commands that would show whether a cheaper model is good enough; empty: none.")
    evaluated: tuple[Evaluated, ...] = said("What evals have shown for this text.")
    calls_per_month: int | None = said("Declared volume; null: not known.")
    input_tokens: int = said("Static tokens, and those assumed in slots.")
    messages: tuple[Message, ...] = said(
        "For the target batch: what is sent; none: a manifest has no texts, or code decides.", default=()
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """The document."""

    schema_version: int = said("Of this kind of document.")
    promptlint: str = said("Version of promptlint.")
    kind: Literal["route-plan"] = said("What this is.")
    manifest_sha256: str = said("Of all that is known of the prompts; another one: the plan is stale.")
    policy_sha256: str = said("Of the policy's values.")
    policy: str = said("Path of the policy.")
    price_date: str = said("Date of the price snapshot.")
    cascade: bool = said("Whether the policy escalates.")
    tiers: tuple[Step, ...] = said("The models of the policy's tiers, in order.")
    below: tuple[float | None, ...] = said("The upper end of each tier's scores; null: the last.")
    validators: tuple[Validator, ...] = said("All that a route names.")
    batch_hours: int | None = said("How long a batch job may take; null: no jobs.")
    embedding: str = said("The embedding model of the semantic cache; empty: none.")
    routes: tuple[Route, ...] = said("By id of the prompt.")
    notes: tuple[Note, ...] = said("What is to know of the plan.")
    requests: RequestClassifier | None = said("For routing each request; null: none.", default=None)


def schema() -> dict[str, object]:
    """The JSON Schema of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"promptlint route plan, version {SCHEMA_VERSION}",
        "description": "What `promptlint route compile --target json` writes: where requests go, and why.",
        **documents.schema(Plan),
    }
