"""What evals have shown of models: the share of cases that each passes, and its lower confidence bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from promptlint import models
from promptlint.documents import said
from promptlint.evals.stats.distributions import chance_of_many
from promptlint.evaluation import EvalResult, Side
from promptlint.records import dataclass

_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One model with one text of a prompt."""

    model: str = said("The model that was asked for.")
    content_hash: str = said("sha256 of the prompt's messages with their slots.")
    passed: int = said("Cases of which every answer passed.")
    cases: int = said("Complete cases; of clusters, the number of clusters.")
    lower: float = said("One-sided lower confidence bound of the share that passes.")
    usd_per_case: float | None = said("US dollars of a case, measured; null: not known.")
    suite: str = said("Path of the suite.")


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
            yield Evaluated(
                model=result.source.model,
                content_hash=side.content_hash,
                passed=passed,
                cases=cases,
                lower=lower_bound(passed, cases, confidence),
                usd_per_case=_usd(side),
                suite=result.suite,
            )


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
