"""Fits and judges the model of tasks and difficulty: nested cross-validation, no scenario on both sides."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from promptlint.difficulty import fitting, measures
from promptlint.difficulty.features import FEATURES
from promptlint.difficulty.fitting import Linear
from promptlint.difficulty.model import Model, Weights

FOLDS, INNER, SEED = 10, 3, 9
TASK_STRENGTHS = (0.01, 0.03, 0.1)
DIFFICULTY_STRENGTHS = (0.003, 0.01, 0.03, 0.1)
COVERAGE = 0.8
DIGITS = 6

Row = Sequence[float]


@dataclass(frozen=True)
class Case:
    """A labelled prompt: its features, then whether it has each word; a label of each pass."""

    id: str
    group: str
    row: tuple[float, ...]
    tasks: tuple[str, str]
    levels: tuple[float, float]

    @property
    def level(self) -> float:
        """The mean of both passes."""
        return sum(self.levels) / 2


@dataclass(frozen=True)
class Guess:
    """What was said of a prompt: logits by task, the most probable task, the difficulty."""

    logits: tuple[float, ...]
    task: str
    level: float


def classes(cases: Sequence[Case]) -> tuple[str, ...]:
    """The tasks, sorted."""
    return tuple(sorted({task for case in cases for task in case.tasks}))


def fitted(
    cases: Sequence[Case], names: Sequence[str], columns: Sequence[int]
) -> tuple[list[Linear], Linear]:
    """The models of task and difficulty; how much each is held back is chosen by inner cross-validation."""
    rows = [pick(case.row, columns) for case in cases]
    parts = list(fitting.folds([case.group for case in cases], INNER, SEED))

    def task_loss(strength: float) -> float:
        total = 0.0
        for train, test in parts:
            found = _tasks([rows[at] for at in train], [cases[at] for at in train], names, strength)
            total += math.fsum(loss(logits_of(found, rows[at]), cases[at], names) for at in test)
        return total

    def level_loss(strength: float) -> float:
        total = 0.0
        for train, test in parts:
            found = fitting.ridge([rows[at] for at in train], [cases[at].level for at in train], strength)
            total += math.fsum((share(fitting.value(found, rows[at])) - cases[at].level) ** 2 for at in test)
        return total

    tasks = _tasks(rows, cases, names, min(TASK_STRENGTHS, key=task_loss))
    strength = min(DIFFICULTY_STRENGTHS, key=level_loss)
    return tasks, fitting.ridge(rows, [case.level for case in cases], strength)


def pick(row: Row, columns: Sequence[int]) -> list[float]:
    """Some features of a prompt."""
    return [row[at] for at in columns]


def _tasks(rows: Sequence[Row], cases: Sequence[Case], names: Sequence[str], strength: float) -> list[Linear]:
    """Each prompt counts once for each label: where the passes differ, both are half right."""
    both = [(row, task) for row, case in zip(rows, cases, strict=True) for task in case.tasks]
    return list(fitting.softmax([row for row, _ in both], [task for _, task in both], names, strength / 2))


def logits_of(found: Sequence[Linear], row: Row) -> tuple[float, ...]:
    """The logit of each task."""
    return tuple(fitting.value(linear, row) for linear in found)


def loss(logits: Sequence[float], case: Case, names: Sequence[str], temperature: float = 1.0) -> float:
    """The mean negative logarithm of the probability of both labels."""
    shares = softmax(logits, temperature)
    return -sum(math.log(max(shares[names.index(task)], 1e-12)) for task in case.tasks) / 2


def softmax(logits: Sequence[float], temperature: float) -> list[float]:
    """The probabilities of logits."""
    top = max(logits)
    powers = [math.exp((logit - top) / temperature) for logit in logits]
    return [power / math.fsum(powers) for power in powers]


def share(value: float) -> float:
    """The value, cut to 0..1."""
    return min(1.0, max(0.0, value))


def guess(models: tuple[Sequence[Linear], Linear], row: Row, names: Sequence[str]) -> Guess:
    """What two models say of the features of a prompt."""
    logits = logits_of(models[0], row)
    return Guess(logits, names[logits.index(max(logits))], share(fitting.value(models[1], row)))


def unseen(cases: Sequence[Case], columns: Sequence[int]) -> list[Guess]:
    """What is said of each prompt by a model that has seen no prompt of its scenario."""
    names = classes(cases)
    found: list[Guess | None] = [None] * len(cases)
    for train, test in fitting.folds([case.group for case in cases], FOLDS, SEED):
        models = fitted([cases[at] for at in train], names, columns)
        for at in test:
            found[at] = guess(models, pick(cases[at].row, columns), names)
    return [item for item in found if item is not None]


def said(cases: Sequence[Case], others: Sequence[Case], columns: Sequence[int]) -> list[Guess]:
    """What the model of all cases says of prompts that are none of them."""
    names = classes(cases)
    models = fitted(cases, names, columns)
    return [guess(models, pick(other.row, columns), names) for other in others]


def temperature(names: Sequence[str], met: Sequence[tuple[Case, Guess]]) -> float:
    """What logits are divided by so that the loss is least. Guo et al. 2017, ICML; by golden section."""

    def total(logarithm: float) -> float:
        return math.fsum(loss(item.logits, case, names, math.exp(logarithm)) for case, item in met)

    low, high, ratio = math.log(0.2), math.log(5.0), (math.sqrt(5) - 1) / 2
    for _ in range(40):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, right) if total(left) < total(right) else (left, high)
    return math.exp((low + high) / 2)


def model_of(
    cases: Sequence[Case], met: Sequence[tuple[Case, Guess]], words: Sequence[str], data_sha256: str
) -> Model:
    """The model of all prompts; temperature and error are those of `met`, unseen ones as they are met."""
    names, every = classes(cases), range(len(FEATURES) + len(words))
    tasks, level = fitted(cases, names, every)
    errors = [abs(item.level - case.level) for case, item in met]
    rows = tuple(
        Weights(
            name,
            round(level.means[at], DIGITS),
            round(level.weights[at], DIGITS),
            tuple(round(linear.weights[at], DIGITS) for linear in tasks),
        )
        for at, name in enumerate((*FEATURES, *words))
    )
    return Model(
        schema_version=1,
        kind="difficulty-model",
        data_sha256=data_sha256,
        prompts=len(cases),
        scenarios=len({case.group for case in cases}),
        tasks=names,
        difficulty=round(level.base, DIGITS),
        logits=tuple(round(linear.base, DIGITS) for linear in tasks),
        temperature=round(temperature(names, met), 4),
        coverage=COVERAGE,
        error=round(measures.quantile(errors, COVERAGE), 4),
        features=rows[: len(FEATURES)],
        words=rows[len(FEATURES) :],
        figures=(),
    )
