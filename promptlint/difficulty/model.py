"""The trained model of tasks and difficulty: plain numbers in JSON, read and applied without any library."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from promptlint import documents
from promptlint.difficulty.features import FEATURES, Reading, read
from promptlint.documents import said
from promptlint.errors import UsageError
from promptlint.records import dataclass

if TYPE_CHECKING:
    from promptlint.view import View

SCHEMA_VERSION = 1
FILE = Path(__file__).parents[1] / "_data" / "difficulty.json"
SHOWN = 4
"""So many features are named as the reasons of a score."""

_MAX_BYTES = 1_000_000
_LEAST = 0.005  # a contribution that is not named


@dataclass(frozen=True, slots=True)
class Weights:
    """What one feature does: all weights are for a unit above its mean."""

    name: str = said("The feature; `difficulty.features` says what it counts.")
    mean: float = said("Its mean over the prompts of the training.")
    difficulty: float = said("What a unit more adds to the difficulty.")
    tasks: tuple[float, ...] = said("What a unit more adds to the logit of each task.")


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure of the model's quality; `docs/difficulty.md` says what each is."""

    name: str = said("What was measured.")
    value: float = said("The figure.")


@dataclass(frozen=True, slots=True)
class Model:
    """The document."""

    schema_version: int = said("Of this kind of document.")
    kind: Literal["difficulty-model"] = said("What this is.")
    data_sha256: str = said("Of the prompts and their labels.")
    prompts: int = said("Prompts that it was trained on.")
    scenarios: int = said("Scenarios that they are of.")
    tasks: tuple[str, ...] = said("The tasks, in the order of the weights.")
    difficulty: float = said("The difficulty at the means.")
    logits: tuple[float, ...] = said("The logit of each task at the means.")
    temperature: float = said("What logits are divided by, so that probabilities are calibrated.")
    coverage: float = said("Share of difficulties that the interval is meant to hold.")
    error: float = said("Half the width of the interval: that quantile of the cross-validated errors.")
    features: tuple[Weights, ...] = said("In the order in which they are computed.")
    words: tuple[Weights, ...] = said("Of words that the instructions hold (1) or not (0).")
    figures: tuple[Figure, ...] = said("How good it is.")


@dataclass(frozen=True, slots=True)
class Hint:
    """What the model says of a prompt, with its uncertainty.

    `low` and `high` are the interval of the difficulty; `because` names the features that move it most.
    """

    task: str
    probability: float
    difficulty: float
    low: float
    high: float
    because: tuple[str, ...]


def parsed(data: bytes, where: str) -> Model:
    """The model that JSON spells.

    Raises:
        UsageError: it is none of this version, or of other features.
    """
    found = documents.parse(Model, data, SCHEMA_VERSION, where)
    if tuple(row.name for row in found.features) != tuple(FEATURES):
        raise UsageError(f"{where}: of other features: train it again")
    rows = (*found.features, *found.words)
    if any(len(row) != len(found.tasks) for row in (found.logits, *(each.tasks for each in rows))):
        raise UsageError(f"{where}: a weight for each task is wanted")
    return found


@lru_cache(maxsize=1)
def shipped() -> Model:
    """The model of this installation."""
    return parsed(documents.data_of(FILE, _MAX_BYTES), FILE.name)


def hint(view: View) -> Hint:
    """What the shipped model says of a prompt."""
    return of_reading(read(view), shipped())


def of_reading(found: Reading, model: Model) -> Hint:
    """What a model says of what was read off a prompt; difficulties are cut to 0..1, rounded to 0.01."""
    above = _above(found, model)
    parts = [(row.difficulty * item, name) for row, item, name in above]
    score = model.difficulty + math.fsum(part for part, _ in parts)
    shares = probabilities(found, model)
    share, task = max(zip(shares, model.tasks, strict=True))
    strongest = sorted(parts, key=lambda pair: (-abs(pair[0]), pair[1]))[:SHOWN]
    return Hint(
        task=task,
        probability=round(share, 2),
        difficulty=round(_share(score), 2),
        low=round(_share(_share(score) - model.error), 2),
        high=round(_share(_share(score) + model.error), 2),
        because=tuple(f"{name} {part:+.2f}" for part, name in strongest if abs(part) >= _LEAST),
    )


def _above(found: Reading, model: Model) -> list[tuple[Weights, float, str]]:
    """Each weight with how far its feature is above the mean, and how it is shown: words in quotes."""
    pairs = zip(model.features, found.values, strict=True)
    counted = [(row, value - row.mean, row.name) for row, value in pairs]
    return counted + [(row, (row.name in found.words) - row.mean, f'"{row.name}"') for row in model.words]


def probabilities(found: Reading, model: Model) -> list[float]:
    """The probability of each task, in the order of the model's tasks."""
    above = _above(found, model)
    logits = [
        (start + math.fsum(row.tasks[place] * item for row, item, _ in above)) / model.temperature
        for place, start in enumerate(model.logits)
    ]
    top = max(logits)
    powers = [math.exp(logit - top) for logit in logits]
    return [power / math.fsum(powers) for power in powers]


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
