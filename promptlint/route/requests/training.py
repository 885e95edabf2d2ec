"""Trains a request classifier on logged outcomes, and judges it on requests that it has not seen."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

from promptlint import __version__, jsondoc
from promptlint.difficulty import fitting, measures
from promptlint.difficulty.fitting import Linear
from promptlint.evals.stats import means
from promptlint.records import dataclass
from promptlint.route.requests.logs import Log, Logged
from promptlint.route.requests.model import SCHEMA_VERSION, Judged, Outcome, Range, RequestClassifier, Weight
from promptlint.route.requests.scorer import SHAPES, probability, shapes_of, words_of

LEAST_REQUESTS = 100
LEAST_GROUPS = 10
LEAST_OF_EACH = 20
"""Fewer requests, groups, or outcomes of one kind (in sum) show nothing. promptlint's own."""

MOST_WORDS = 200
WORD_GROUPS = 20
"""A word counts if it is in so many groups: a rare one is noise, and may be a name."""

BANDS = (0.0, 0.3, 0.7, 1.0)
"""The strategy's tiers."""

_FOLDS, _INNER, _SEED = 5, 3, 9
_ALPHA = 0.05
_STRENGTHS = (0.001, 0.01, 0.1, 1.0)

Guesses = Callable[[Sequence[int]], list[float]]


@dataclass(frozen=True, slots=True)
class Learned:
    """A fitted model, and the words that it counts."""

    linear: Linear
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Data:
    """The log as numbers, a row a request."""

    shapes: tuple[tuple[float, ...], ...]
    words: tuple[frozenset[str], ...]
    hard: tuple[float, ...]
    groups: tuple[str, ...]


def lacking(log: Log) -> str:
    """Why a log is too little to learn from; empty if it is enough."""
    size, failed = len(log.rows), math.fsum(row.hard for row in log.rows)
    groups = len({row.group for row in log.rows})
    if size < LEAST_REQUESTS:
        return f"{size} requests: at least {LEAST_REQUESTS} are needed"
    if groups < LEAST_GROUPS:
        return f"{groups} conversations or users: at least {LEAST_GROUPS} are needed"
    if min(failed, size - failed) < LEAST_OF_EACH:
        less = "hard" if failed < size - failed else "easy"
        return (
            f"the outcomes are nearly all alike: {min(failed, size - failed):g} of {size:,} requests "
            f"are {less}, at least {LEAST_OF_EACH} are needed"
        )
    return ""


def trained(log: Log) -> RequestClassifier:
    """The classifier of a log that is enough (see `lacking`), with how good it is.

    Raises:
        UsageError: scikit-learn is not installed.
    """
    data = _Data(
        tuple(shapes_of(row.text) for row in log.rows),
        tuple(words_of(row.text) for row in log.rows),
        tuple(row.hard for row in log.rows),
        tuple(row.group for row in log.rows),
    )
    learned = _learned(data, range(len(data.hard)))
    base, columns = learned.linear, (*SHAPES, *learned.words)
    rows = [
        Weight(name, weight, mean)
        for name, weight, mean in zip(columns, base.weights, base.means, strict=True)
    ]
    outcome: Outcome = "tier" if log.outcome == "tier" else "score" if log.outcome == "score" else "passed"
    return RequestClassifier(
        schema_version=SCHEMA_VERSION,
        promptlint=__version__,
        kind="request-classifier",
        outcome=outcome,
        model=log.model,
        tiers=log.tiers,
        requests=len(log.rows),
        groups=len(set(data.groups)),
        grouped=log.grouped,
        hard=math.fsum(data.hard) / len(data.hard),
        data_sha256=_hash(log.rows),
        intercept=base.base - math.fsum(row.weight * row.mean for row in rows),
        shapes=tuple(rows[: len(SHAPES)]),
        words=tuple(rows[len(SHAPES) :]),
        judged=_judged(data, edges(len(log.tiers) or 2)),
    )


def is_better(found: RequestClassifier) -> bool:
    """True if the classifier is surely better than saying the same of every request."""
    return found.judged.gain_low > 0


def edges(classes: int) -> tuple[float, ...]:
    """Where the ranges of so many classes meet: the strategy's 0.3 and 0.7 for three, else in the middle."""
    return (
        BANDS[1:3] if classes == 3 else tuple((index + 0.5) / (classes - 1) for index in range(classes - 1))
    )


def _hash(rows: Sequence[Logged]) -> str:
    lines = (jsondoc.dumps([row.text, row.hard, row.model, row.group], None) for row in rows)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


# --- learning ---------------------------------------------------------------------------------


def _vocabulary(data: _Data, among: Sequence[int]) -> tuple[str, ...]:
    """The words that enough groups use, those of the most groups first."""
    seen: dict[str, set[str]] = {}
    for index in among:
        for word in data.words[index]:
            seen.setdefault(word, set()).add(data.groups[index])
    ranked = sorted((-len(groups), word) for word, groups in seen.items() if len(groups) >= WORD_GROUPS)
    return tuple(word for _, word in ranked[:MOST_WORDS])


def _rows(data: _Data, among: Sequence[int], words: Sequence[str]) -> list[list[float]]:
    return [[*data.shapes[at], *(float(word in data.words[at]) for word in words)] for at in among]


def _learned(data: _Data, among: Sequence[int]) -> Learned:
    """The model of some requests; how much it is held back is chosen by cross-validation among them."""
    words = _vocabulary(data, among)
    rows, hard = _rows(data, among, words), [data.hard[at] for at in among]
    groups = [data.groups[at] for at in among]
    parts = list(fitting.folds(groups, _INNER, _SEED))

    def error(strength: float) -> float:
        total = 0.0
        for train, test in parts:
            linear = fitting.logistic([rows[at] for at in train], [hard[at] for at in train], strength)
            total += sum((probability(fitting.value(linear, rows[at])) - hard[at]) ** 2 for at in test)
        return total

    best = min(_STRENGTHS, key=error)
    return Learned(fitting.logistic(rows, hard, best), words)


# --- judging ------------------------------------------------------------------------------------


def _judged(data: _Data, cuts: tuple[float, ...]) -> Judged:
    size = len(data.hard)
    full, length, constant, common = ([0.0] * size for _ in range(4))
    for train, test in fitting.folds(data.groups, _FOLDS, _SEED):
        learned = _learned(data, train)
        hard = [data.hard[at] for at in train]
        short = fitting.logistic([data.shapes[at][:1] for at in train], hard, 1.0)
        mean, most = math.fsum(hard) / len(hard), Counter(_class(value, cuts) for value in hard)
        for at, row in zip(test, _rows(data, test, learned.words), strict=True):
            full[at] = probability(fitting.value(learned.linear, row))
            length[at] = probability(fitting.value(short, data.shapes[at][:1]))
            constant[at], common[at] = mean, float(most.most_common(1)[0][0])
    truths = [_class(value, cuts) for value in data.hard]
    table = measures.reliability(data.hard, full)
    return Judged(
        folds=_FOLDS,
        brier=measures.brier(data.hard, full),
        brier_constant=measures.brier(data.hard, constant),
        brier_length=measures.brier(data.hard, length),
        gain_low=_gain_low(data, full, constant),
        accuracy=measures.accuracy(truths, [_class(value, cuts) for value in full]),
        accuracy_majority=measures.accuracy(truths, common),
        accuracy_length=measures.accuracy(truths, [_class(value, cuts) for value in length]),
        calibration_error=measures.calibration_error(table),
        reliability=_ranges(data.hard, full, tuple(at / measures.BINS for at in range(measures.BINS + 1))),
        bands=_ranges(data.hard, full, BANDS),
    )


def _class(value: float, cuts: Sequence[float]) -> int:
    return sum(value >= cut for cut in cuts)


def _gain_low(data: _Data, full: Sequence[float], constant: Sequence[float]) -> float:
    """The lower bound of how much less the classifier's squared error is, by groups; -1 if there is none."""
    gains: dict[str, list[float]] = {}
    for hard, group, one, other in zip(data.hard, data.groups, full, constant, strict=True):
        gains.setdefault(group, []).append((other - hard) ** 2 - (one - hard) ** 2)
    found = means.interval(list(gains.values()), _ALPHA)
    return found[0] if found else -1.0


def _ranges(truths: Sequence[float], guesses: Sequence[float], ends: Sequence[float]) -> tuple[Range, ...]:
    """What was said and what came out in each range of scores, without empty ones; a 1 is of the last."""
    found = []
    for low, high in pairwise(ends):
        last = high == ends[-1]
        at = [i for i, guess in enumerate(guesses) if low <= guess < high or (last and guess >= high)]
        if at:
            said, hard = (math.fsum(each[i] for i in at) / len(at) for each in (guesses, truths))
            found.append(Range(low, high, len(at), said, hard))
    return tuple(found)
