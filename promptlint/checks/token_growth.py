"""Says whether a prompt has grown too much since the base of a comparison: what `promptlint diff` asks."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.model import Hit
from promptlint.records import dataclass
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Params:
    """How much is too much; both must be passed.

    Attributes:
        percent: by which the static tokens may grow.
        min_tokens: by which a short prompt may grow, whatever share that is.
    """

    percent: int
    min_tokens: int


def check(_view: View, _params: Params) -> Iterator[Hit]:
    """No hit: a single state of a prompt has not grown."""
    yield from ()


def growth(before: int, after: int, params: Params) -> int:
    """By how many per cent a prompt has grown, if that is too much; otherwise 0."""
    more = after - before
    if before <= 0 or more <= params.min_tokens or more * 100 <= params.percent * before:
        return 0
    return round(more * 100 / before)
