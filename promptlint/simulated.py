"""The document of `promptlint route simulate`: what traffic costs, and how good answers are, as routed."""

from __future__ import annotations

from typing import Literal

from promptlint import documents
from promptlint.documents import said
from promptlint.planned import Range
from promptlint.records import dataclass

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Flow:
    """The requests of one prompt that start at one tier."""

    prompt: str = said("Id of the prompt.")
    tier: str = said("Name of the tier that is asked first; empty: a model of no tier.")
    models: tuple[str, ...] = said("The models, in the order in which they are tried.")
    in_use: str = said("The model that answers now.")
    why: str = said("Why they start there.")
    requests: Range = said("Requests.")
    input_tokens: Range = said("Of a request.")
    output_tokens: Range = said("Of an answer.")
    escalated: Range = said("Share of first answers that the next model has to give again; 0: none can.")
    now: Range = said("US dollars if all of it goes to the model in use.")
    after: Range = said("US dollars as routed.")
    quality_now: Range | None = said("Share of answers that pass, of the model in use; null: not known.")
    quality: Range | None = said("Share of answers that pass, as routed; null: not known.")
    derivation: str = said("How the likely dollars come about.")


@dataclass(frozen=True, slots=True)
class TierSum:
    """All requests that start at one tier."""

    tier: str = said("Name of the tier; empty: models of no tier.")
    models: tuple[str, ...] = said("The models that are asked first there.")
    share: Range = said("Of all requests.")
    requests: Range = said("Requests.")
    escalated: Range = said("Share of them that a further model answers.")
    now: Range = said("US dollars of these requests with the models in use.")
    after: Range = said("US dollars as routed.")
    quality: Range | None = said("Share of answers that pass; null: not known for all of them.")


@dataclass(frozen=True, slots=True)
class Simulation:
    """The document."""

    schema_version: int = said("Of this kind of document.")
    promptlint: str = said("Version of promptlint.")
    kind: Literal["route-simulation"] = said("What this is.")
    manifest_sha256: str = said("Of the manifest, as in the plan.")
    policy_sha256: str = said("Of the policy, as in the plan.")
    policy: str = said("Path of the policy.")
    price_date: str = said("Date of the price snapshot.")
    traffic: Literal["logged", "assumed"] = said("Where the requests come from: logs, or volumes.")
    period: Literal["log", "month"] = said("What the dollars are of.")
    requests: Range = said("All requests that are counted.")
    now: Range = said("US dollars with everything on the model in use.")
    after: Range = said("US dollars as routed.")
    saved: Range = said("Share of the dollars that routing saves; negative: it costs more.")
    quality_now: Range | None = said("Share of answers that pass now; null: not known for all requests.")
    quality: Range | None = said("Share that passes as routed; null: not known for all requests.")
    tiers: tuple[TierSum, ...] = said("In the order of the policy; models of no tier last.")
    flows: tuple[Flow, ...] = said("The dearest now first.")
    notes: tuple[str, ...] = said("What to know before the figures are used.")


def schema() -> dict[str, object]:
    """The JSON Schema of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"promptlint route simulation, version {SCHEMA_VERSION}",
        "description": "What `promptlint route simulate` shows: dollars and quality as routed, against now.",
        **documents.schema(Simulation),
    }
