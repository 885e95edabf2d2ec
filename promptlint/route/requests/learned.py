"""Says in a few lines what a request classifier has learned, and how good it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptlint.route.requests.model import Range, RequestClassifier, Weight
from promptlint.style import visible

_SHOWN = 6


def text(found: RequestClassifier) -> str:
    """The lines for a terminal; words of the log are shown, made harmless."""
    return "".join(f"{visible(line)}".rstrip() + "\n" for line in _lines(found))


def _lines(found: RequestClassifier) -> Iterator[str]:
    judged, unit = found.judged, "conversations or users" if found.grouped else "requests"
    of = f" of {found.model}" if found.model else ""
    yield f"{found.requests:,} requests, {found.groups:,} {unit}; outcome: {found.outcome}{of}"
    yield f"mean outcome {found.hard:.2f} (0: the cheapest will do, 1: it will not)"
    yield ""
    yield f"Measured, cross-validated in {judged.folds} parts, none of the {unit} in two:"
    yield f"{'':24}{'squared error':>14}{'right':>8}"
    yield f"{'the same for all':24}{judged.brier_constant:14.3f}{judged.accuracy_majority:8.0%}"
    yield f"{'by length alone':24}{judged.brier_length:14.3f}{judged.accuracy_length:8.0%}"
    yield f"{'classifier':24}{judged.brier:14.3f}{judged.accuracy:8.0%}"
    yield f"error less than that of the same for all by at least {judged.gain_low:.3f} (95 %, one-sided)"
    if judged.brier >= judged.brier_length:
        yield "NO BETTER than the length alone: its words and other counts add nothing that this log shows"
    yield f"calibration error {judged.calibration_error:.3f}"
    yield ""
    yield f"{'score':14}{'requests':>10}{'mean score':>12}{'outcome':>9}"
    yield from map(_range, judged.bands)
    yield ""
    weights = sorted((*found.shapes, *found.words), key=lambda row: (row.weight, row.name))
    yield f"harder: {_names([row for row in weights[::-1][:_SHOWN] if row.weight > 0])}"
    yield f"easier: {_names([row for row in weights[:_SHOWN] if row.weight < 0])}"


def _range(row: Range) -> str:
    name = f"{row.low:g} to {row.high:g}"
    return f"{name:14}{row.requests:10,}{row.score:12.2f}{row.hard:9.2f}"


def _names(rows: Sequence[Weight]) -> str:
    return ", ".join(f"{row.name} {row.weight:+.2f}" for row in rows) or "nothing"
