"""An interval from a test: the differences that the test does not exclude."""

from __future__ import annotations

from collections.abc import Callable

_STEPS = 100
_HALVINGS = 45


def lower_bound(excludes: Callable[[float], bool], estimate: float) -> float:
    """The lowest difference, from -1 up, that is not excluded; at most `estimate`.

    The range is scanned from its far end, so that a test that is not monotone gives the wider interval.

    Args:
        excludes: whether the test excludes a true difference.
        estimate: a difference that the data do not speak against.
    """
    inside = -1.0
    width = (estimate + 1) / _STEPS
    for step in range(_STEPS + 1):
        inside = min(estimate, -1 + step * width)
        if not excludes(inside):
            break
    if inside <= -1:
        return -1.0
    outside = inside - width
    for _ in range(_HALVINGS):
        middle = (outside + inside) / 2
        outside, inside = (middle, inside) if excludes(middle) else (outside, middle)
    return inside
