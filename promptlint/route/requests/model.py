"""The document of a request classifier: what `route train` writes and a policy names."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import Literal

from promptlint import documents
from promptlint.documents import said
from promptlint.errors import UsageError
from promptlint.records import dataclass
from promptlint.route.requests import scorer

SCHEMA_VERSION = 1
MAX_BYTES = 1_000_000

Outcome = Literal["passed", "score", "tier"]


@dataclass(frozen=True, slots=True)
class Weight:
    """What one count, or one word, does to the score."""

    name: str = said("The count, or the word.")
    weight: float = said("Added to the logit for each unit; of a word if it occurs.")
    mean: float = said("Its mean in the log.")


@dataclass(frozen=True, slots=True)
class Range:
    """Requests whose score lies in a range: what was said, and what came out."""

    low: float = said("Where the range begins.")
    high: float = said("Where it ends.")
    requests: int = said("How many.")
    score: float = said("Their mean score.")
    hard: float = said("How hard they were: their mean outcome.")


@dataclass(frozen=True, slots=True)
class Judged:
    """How good the classifier is on requests it has not seen: cross-validated, no group on both sides."""

    folds: int = said("How many parts.")
    brier: float = said("Mean squared error of the score; less is better.")
    brier_constant: float = said("The same, if the mean of the log is said of every request.")
    brier_length: float = said("The same, by the length of the text alone.")
    gain_low: float = said("Lower 95 % bound of the constant's error less the classifier's, by groups.")
    accuracy: float = said("Share of right tiers; of passed or not, split at 0.5.")
    accuracy_majority: float = said("The same, if the commonest is always said.")
    accuracy_length: float = said("The same, by the length of the text alone.")
    calibration_error: float = said("Expected calibration error, ten bins.")
    reliability: tuple[Range, ...] = said("The ten bins, without empty ones.")
    bands: tuple[Range, ...] = said("The ranges of the default tiers, 0.3 and 0.7.")


@dataclass(frozen=True, slots=True)
class RequestClassifier:
    """The document."""

    schema_version: int = said("Of this kind of document.")
    promptlint: str = said("Version of promptlint.")
    kind: Literal["request-classifier"] = said("What this is.")
    outcome: Outcome = said("What the log says of each request; the score is the chance that it fails.")
    model: str = said("Whose outcomes they are; empty: not said.")
    tiers: tuple[str, ...] = said("tier: the names, from the easiest on; the score is the place among them.")
    requests: int = said("Requests of the log.")
    groups: int = said("Conversations or users; requests, if the log has neither.")
    grouped: bool = said("Whether the log says what belongs together.")
    hard: float = said("The mean outcome: 0 all passed, 1 all failed.")
    data_sha256: str = said("Of the texts, outcomes and groups.")
    intercept: float = said("The logit of an empty request.")
    shapes: tuple[Weight, ...] = said("Of what is counted of every request.")
    words: tuple[Weight, ...] = said("Of words, the commonest first.")
    judged: Judged = said("How good it is.")


def schema() -> dict[str, object]:
    """The JSON Schema of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"promptlint request classifier, version {SCHEMA_VERSION}",
        "description": "What `promptlint route train` writes: how hard a request is, as a linear model.",
        **documents.schema(RequestClassifier),
    }


def read(path: Path) -> RequestClassifier:
    """The classifier in a file.

    Raises:
        UsageError: it cannot be read, or is none of this version; the message names the file.
    """
    found = documents.parse(RequestClassifier, documents.data_of(path, MAX_BYTES), SCHEMA_VERSION, str(path))
    if tuple(row.name for row in found.shapes) != scorer.SHAPES:
        raise UsageError(f"{path}: of another promptlint: train it again")
    if len({row.name for row in found.words}) != len(found.words):
        raise UsageError(f"{path}.words: a word is there twice")
    if not all(map(math.isfinite, [found.intercept, *(row.weight for row in found.shapes)])):
        raise UsageError(f"{path}: a weight is not finite")
    return found


@lru_cache(maxsize=8)
def weights(found: RequestClassifier) -> scorer.RequestModel:
    """What the scorer needs of it."""
    words = {row.name: row.weight for row in found.words}
    return scorer.RequestModel(found.intercept, tuple(row.weight for row in found.shapes), words)


def score(text: str, model: RequestClassifier) -> float:
    """How hard a request is, from 0 to 1; tiers are ranges of it."""
    return scorer.score(text, weights(model))
