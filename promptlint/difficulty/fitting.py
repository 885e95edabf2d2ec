"""Fits small linear models; the only module that imports scikit-learn, which is an extra."""

from __future__ import annotations

import random
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from promptlint.errors import UsageError
from promptlint.records import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Inverse strengths of the penalty that are tried."""

Rows = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Linear:
    """A value: `base` at the means, and so much more for each unit that a feature is above its mean."""

    base: float
    means: tuple[float, ...]
    weights: tuple[float, ...]


def folds(groups: Sequence[str], count: int, seed: int) -> Iterator[tuple[list[int], list[int]]]:
    """(to learn from, to judge by), so that no group is in both: the largest first, into the least fold."""
    sizes: dict[str, list[int]] = {}
    for index, group in enumerate(groups):
        sizes.setdefault(group, []).append(index)
    names = sorted(sizes)
    random.Random(seed).shuffle(names)  # noqa: S311  # no secret
    parts: list[list[int]] = [[] for _ in range(count)]
    for name in sorted(names, key=lambda name: -len(sizes[name])):
        min(parts, key=len).extend(sizes[name])
    for part in parts:
        held = frozenset(part)
        yield [index for index in range(len(groups)) if index not in held], sorted(part)


def ridge(rows: Rows, targets: Sequence[float], strength: float) -> Linear:
    """Least squares with a quadratic penalty of 1 / strength on weights of features of unit variance."""
    linear = _library()
    scaled, means, scales = _scaled(rows)
    found = linear.Ridge(alpha=1 / strength, solver="cholesky").fit(scaled, list(targets))
    return _linear(float(found.intercept_), found.coef_, means, scales)


def logistic(rows: Rows, shares: Sequence[float], strength: float) -> Linear:
    """The logit of a share from 0 to 1, with a quadratic penalty as in `ridge`.

    A share between 0 and 1 counts as both outcomes, weighed. Papke and Wooldridge 1996, J. Appl. Econom. 11,
    619-632. Where all outcomes are alike, nothing but their share is learned, as if half a row more were of
    each kind.
    """
    import numpy as np

    linear = _library()
    scaled, means, scales = _scaled(rows)
    target = np.asarray(shares, dtype=np.float64)
    if target.min() == target.max() and target[0] in (0, 1):
        share = (target.sum() + 0.5) / (len(target) + 1)
        return _linear(float(np.log(share / (1 - share))), np.zeros_like(means), means, scales)
    weight = np.concatenate([target, 1 - target])
    kept = weight > 0
    both = np.concatenate([scaled, scaled])[kept]
    outcome = np.concatenate([np.ones(len(target)), np.zeros(len(target))])[kept]
    model = _regression(linear, strength)
    found = _fitted(model, both, outcome, weight[kept])
    return _linear(float(found.intercept_[0]), found.coef_[0], means, scales)


def softmax(rows: Rows, labels: Sequence[str], classes: Sequence[str], strength: float) -> tuple[Linear, ...]:
    """One value a class, whose softmax is its probability.

    Raises:
        UsageError: a class has no row, or scikit-learn is not installed.
    """
    linear = _library()
    scaled, means, scales = _scaled(rows)
    places = {name: index for index, name in enumerate(classes)}
    model = linear.LogisticRegression(C=strength, tol=1e-6, max_iter=5000)
    found = _fitted(model, scaled, [places[label] for label in labels], None)
    if list(found.classes_) != list(range(len(classes))):
        raise UsageError("a class has no example")
    return tuple(
        _linear(float(base), row, means, scales)
        for base, row in zip(found.intercept_, found.coef_, strict=True)
    )


def _regression(linear: Any, strength: float) -> Any:  # of a library without types
    return linear.LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-6, max_iter=200)


def _fitted(model: Any, rows: Matrix, outcomes: Any, weights: Matrix | None) -> Any:  # the same
    """The model, fitted; where rounding ends its search early, the library goes on by another method."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Line search of Newton solver")
        return model.fit(rows, outcomes, sample_weight=weights)


def value(model: Linear, row: Sequence[float]) -> float:
    """What the model says of a row."""
    pairs = zip(model.weights, row, model.means, strict=True)
    return model.base + sum(weight * (item - mean) for weight, item, mean in pairs)


def _scaled(rows: Rows) -> tuple[Matrix, Matrix, Matrix]:
    """Rows of zero mean and unit variance, with means and scales; what is constant stays at zero."""
    import numpy as np

    matrix = np.asarray(rows, dtype=np.float64)
    means, scales = matrix.mean(axis=0), matrix.std(axis=0)
    scales[scales < 1e-12] = 1.0
    return (matrix - means) / scales, means, scales


def _linear(base: float, weights: Matrix, means: Matrix, scales: Matrix) -> Linear:
    return Linear(base, tuple(map(float, means)), tuple(map(float, weights / scales)))


def _library() -> Any:
    """scikit-learn's linear models, of which there are no types.

    Raises:
        UsageError: it is not installed.
    """
    try:
        from sklearn import linear_model  # type: ignore[import-untyped,import-not-found,unused-ignore]
    except ImportError as error:
        raise UsageError("training needs scikit-learn: pip install 'promptlint-toolchain[train]'") from error
    return linear_model
