"""What tuning the threshold of a semantic cache has found, as the document that it is written as."""

from __future__ import annotations

from typing import Literal

from promptlint import documents
from promptlint.documents import said
from promptlint.records import dataclass

VERSION = 1


@dataclass(frozen=True, slots=True)
class Point:
    """What a cache with this threshold would do."""

    threshold: float = said("Least cosine at which it answers.")
    hits: float = said("Share of all questions that it would answer, equal ones left out; counted.")
    false_hits: float | None = said(
        "Share of those answers that are wrong, estimated; null: a stratum has no judged pair."
    )
    low: float = said("One-sided 95 % lower bound of that share.")
    high: float = said("One-sided 95 % upper bound of that share.")
    judged: int = said("Pairs that were judged.")
    wrong: int = said("Of those, pairs where the earlier answer would not have done.")


@dataclass(frozen=True, slots=True)
class Curve:
    """The thresholds of one prompt."""

    prompt: str = said("The prompt's id, or the hash of its system text.")
    in_repository: bool = said("Whether the repository has the prompt.")
    questions: int = said("First questions that were compared, each with all earlier ones of its model.")
    equal: float = said("Share of them that are equal to an earlier one: an exact cache answers those.")
    open: int = said("Pairs that were sampled and not judged.")
    points: tuple[Point, ...] = said("By threshold, the lowest first; only those where a question lies.")
    recommended: float | None = said("The lowest threshold that keeps the limit for sure; null: none does.")


@dataclass(frozen=True, slots=True)
class Tuned:
    """The document."""

    schema_version: int = said("Of this document.")
    judged_by: Literal["people", "answers"] = said("Whether pairs were judged, or logged answers compared.")
    vectors: str = said("What cosines are of: `tfidf`, or the folder of a model. Others have other scales.")
    limit: float = said("The share of false hits that the user accepts.")
    confidence: float = said("Of the bounds, and of each recommended threshold.")
    curves: tuple[Curve, ...] = said("By prompt.")
    threshold: float | None = said("The highest recommended: it keeps the limit for all of them. null: none.")


def schema() -> dict[str, object]:
    """The JSON Schema of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "promptlint traffic threshold --format json",
        **documents.schema(Tuned),
    }
