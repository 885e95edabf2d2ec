"""What evals have shown of models: the share of cases that each passes, and its lower confidence bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from promptlint import models
from promptlint.evals.stats.distributions import chance_of_many
from promptlint.evaluation import EvalResult, Side
from promptlint.verdicts import Evaluated

_HALVINGS = 60


def lower_bound(passed: int, cases: int, confidence: float) -> float:
    """The exact one-sided lower bound of a share.

    Clopper and Pearson 1934, Biometrika 26, 404-413: the share at which so many passes have the probability
    1 - confidence.
    """
    if not 0 < passed <= cases:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if chance_of_many(passed, cases, middle) < 1 - confidence:
            low = middle
        else:
            high = middle
    return low


def found(results: Iterable[EvalResult], confidence: float) -> tuple[Evaluated, ...]:
    """What each result says of each of its prompts."""
    return tuple(row for result in results for row in _rows(result, confidence))


def _rows(result: EvalResult, confidence: float) -> Iterator[Evaluated]:
    sides = [("baseline", result.baseline), ("candidate", result.candidate)]
    for name, side in sides:
        if side is not None:
            passed, cases = _counts(result, name)
            yield _row(
                Evaluated(
                    result.source.model, side.content_hash, passed, cases, 0, 0, 1, _usd(side), result.suite
                ),
                confidence,
            )


def _row(counted: Evaluated, confidence: float) -> Evaluated:
    """The row with the figures that follow from its counts."""
    passed, cases = counted.passed, counted.cases
    return replace(
        counted,
        pass_rate=passed / cases if cases else 0.0,
        lower=lower_bound(passed, cases, confidence),
        upper=1 - lower_bound(cases - passed, cases, confidence),
    )


def again(rows: Iterable[Evaluated], confidence: float) -> tuple[Evaluated, ...]:
    """Rows of a manifest with the bounds of another confidence; each once."""
    return tuple(dict.fromkeys(_row(row, confidence) for row in rows))


def _counts(result: EvalResult, name: str) -> tuple[int, int]:
    """Passed and complete cases; those of one cluster are one, which passes if all of them do.

    A cluster that passes as a whole is rarer than a case that does, so the bound errs to the safe side.
    """
    groups: dict[str, bool] = {}
    for case in result.results:
        answers = getattr(case, name)
        if answers and all(answer.passed is not None for answer in answers):
            key = f"c:{case.cluster}" if case.cluster is not None else f"i:{case.id}"
            groups[key] = groups.get(key, True) and all(answer.passed for answer in answers)
    return sum(groups.values()), len(groups)


def _usd(side: Side) -> float | None:
    return side.cost.total if side.cost is not None else None


def by_hash(rows: Iterable[Evaluated]) -> Mapping[str, tuple[Evaluated, ...]]:
    """The rows of each text of a prompt."""
    grouped: dict[str, list[Evaluated]] = {}
    for row in rows:
        grouped.setdefault(row.content_hash, []).append(row)
    return {key: tuple(items) for key, items in grouped.items()}


def of_model(rows: Iterable[Evaluated], model: str) -> Evaluated | None:
    """The row of a model with the most cases; None if there is none."""
    wanted = models.canonical(model)
    fitting = [row for row in rows if models.canonical(row.model) == wanted]
    return max(fitting, key=lambda row: (row.cases, -row.lower), default=None)
