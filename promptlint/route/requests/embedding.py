"""Writes a request classifier into a Python module for callers, who need none of promptlint."""

from __future__ import annotations

import inspect
from collections.abc import Sequence

from promptlint.records import dataclass
from promptlint.route.requests import scorer
from promptlint.route.requests.model import RequestClassifier

_START = "READ = "


@dataclass(frozen=True, slots=True)
class Embedded:
    """A part of a module: lines of imports, which belong at its top, and what comes after them."""

    imports: tuple[str, ...]
    body: str


_ROUTED = '''

REQUEST_MODEL: Final = RequestModel(
    intercept={intercept},
    shapes=({shapes},),
    words={{
{words}    }},
)
"""{says}"""

TIERS: Final = (
{tiers})
"""The tiers: name, upper end of its scores (None: the last), model."""


@dataclass(frozen=True)
class Routed:
    """Where a request goes, and the score that says so: an estimate, not a verdict."""

    tier: str
    model: str
    score: float


def route_request(text: str) -> Routed:
    """The tier of a request, by what its user asks."""
    found = score(text, REQUEST_MODEL)
    for tier, below, model in TIERS[:-1]:
        if below is not None and found < below:
            return Routed(tier, model, found)
    return Routed(TIERS[-1][0], TIERS[-1][2], found)
'''


def embedded(found: RequestClassifier, tiers: Sequence[tuple[str, float | None, str]]) -> Embedded:
    """The scorer, the weights and `route_request`, for the tiers of a policy: (name, below, model)."""
    head, start, tail = inspect.getsource(scorer).partition(_START)
    imports = [line.partition("  #")[0] for line in head.split("\n") if line.startswith(("import", "from"))]
    words = "".join(f"        {row.name!a}: {row.weight!r},\n" for row in found.words)
    rows = "".join(f"    ({name!a}, {below!r}, {model!a}),\n" for name, below, model in tiers)
    routed = _ROUTED.format(
        intercept=repr(found.intercept),
        shapes=", ".join(repr(row.weight) for row in found.shapes),
        words=words,
        tiers=rows,
        says=_says(found),
    )
    return Embedded(
        tuple([line for line in imports if "__future__" not in line] + ["from typing import Final"]),
        start + tail.rstrip("\n") + "\n" + routed,
    )


def _says(found: RequestClassifier) -> str:
    """What the model is, in a docstring: nothing of a log stands in it but numbers."""
    return (
        f"Trained on {found.requests} requests; cross-validated squared error {found.judged.brier:.3f}, "
        f"{found.judged.brier_constant:.3f} if the same is said of all."
    )
