"""The assertion `similar`: how near the vector of an answer is to that of a text."""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import mul
from typing import NoReturn, TypeAlias

from promptlint.errors import ScoringError
from promptlint.evals.exchange import Attempt, Request
from promptlint.evals.model import Score
from promptlint.evals.opinions.panel import Look, Model, Panel
from promptlint.records import dataclass

_THRESHOLD = 0.75
_MOST = 100_000
"""Numbers of a vector."""

_LARGEST = 1e100
"""Of one number of a vector: the square of no more than _MOST of them overflows."""

Vector: TypeAlias = "array[float]"  # Python 3.11 has no array[float] at run time


@dataclass(frozen=True, slots=True)
class Vectors:
    """The vectors of all texts, by the key of the request; or why there is none."""

    model: Model
    found: Mapping[str, Vector | str]

    def score(self, look: Look) -> Score:
        """How near the answer is to the nearest of the texts.

        Raises:
            ScoringError: there are no vectors that can be compared.
        """
        text = look.answer.text
        if not text.strip():
            return Score(0.0, False, "the answer is empty")
        measure = _MEASURES[look.assertion.type]
        least = _THRESHOLD if look.assertion.threshold is None else look.assertion.threshold
        mine = self._vector(text)
        return max(
            (measure(mine, self._vector(other), least) for other in _wanted(look)),
            key=lambda score: (score.passed, score.value),
        )

    def _vector(self, text: str) -> Vector:
        found = self.found[_request(text, self.model).key]
        if isinstance(found, str):
            raise ScoringError(found)
        return found


def asked(looks: Sequence[Look], panel: Panel) -> Vectors:
    """The vectors of all texts, each asked for once, all at once."""
    if panel.embedder is None:
        raise ValueError("there is no embedder")
    texts = dict.fromkeys(text for look in looks for text in _texts(look))
    requests = [_request(text, panel.embedder_model) for text in texts]
    attempts = panel.embedder(requests) if requests else {}
    keys = [request.key for request in requests]
    return Vectors(panel.embedder_model, {key: _read(attempts.get((key, 0))) for key in keys})


def _texts(look: Look) -> Iterator[str]:
    if look.answer.text.strip():
        yield look.answer.text
        yield from _wanted(look)


def _wanted(look: Look) -> list[str]:
    value = look.assertion.value
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _request(text: str, model: Model) -> Request:
    return Request(model.name, ({"role": "user", "content": text},), model.parameters, endpoint="embeddings")


def _read(attempt: Attempt | None) -> Vector | str:
    if attempt is None or attempt.reply is None:
        failure = attempt.failure if attempt else None
        return f"the embedder did not answer: {failure.message if failure else 'no call was made'}"
    try:
        found = json.loads(attempt.reply.text, parse_constant=_constant)
    except (ValueError, RecursionError):
        return "the embedder's reply is no vector"
    usual = isinstance(found, list) and 0 < len(found) <= _MOST and all(map(_is_usual, found))
    return array("d", found) if usual else "the embedder's reply is no vector"


def _is_usual(value: object) -> bool:
    return type(value) in (int, float) and abs(value) < _LARGEST  # type: ignore[arg-type]  # a number


def _constant(name: str) -> NoReturn:
    raise ValueError(name)


def _dot(one: Vector, other: Vector) -> float:
    if len(one) != len(other):
        raise ScoringError("the vectors of the embedder have different lengths")
    return math.fsum(map(mul, one, other))


def _cosine(one: Vector, other: Vector, least: float) -> Score:
    size = math.sqrt(_dot(one, one)) * math.sqrt(_dot(other, other))
    if not size:
        raise ScoringError("a vector of the embedder is zero")
    return _near(_dot(one, other) / size, least, "cosine")


def _product(one: Vector, other: Vector, least: float) -> Score:
    return _near(_dot(one, other), least, "dot product")


def _near(value: float, least: float, what: str) -> Score:
    held = value >= least - 1e-12  # of rounding: a text is as near to itself as can be
    return Score(min(1.0, max(0.0, value)), held, f"the {what} is {value:.3f}, wanted {least:g}")


def _euclidean(one: Vector, other: Vector, most: float) -> Score:
    if len(one) != len(other):
        raise ScoringError("the vectors of the embedder have different lengths")
    value = math.dist(one, other)
    return Score(1 / (1 + value), value <= most + 1e-12, f"the distance is {value:.3f}, allowed {most:g}")


_MEASURES: Mapping[str, Callable[[Vector, Vector, float], Score]] = {
    "similar": _cosine,
    "similar:cosine": _cosine,
    "similar:dot": _product,
    "similar:euclidean": _euclidean,
}
