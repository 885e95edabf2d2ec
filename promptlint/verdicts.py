"""The document of measured results: what an eval says of a prompt's quality, and a route of its price."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from promptlint import documents
from promptlint.changes import Money
from promptlint.documents import said
from promptlint.errors import UsageError
from promptlint.records import dataclass

SCHEMA_VERSION = 1

MAX_BYTES = 5_000_000
"""Size of a file that is read: some 10,000 results."""

Interval = tuple[float, float]
Answer = Literal["accepted", "rejected", "undecided"]

ORDER: tuple[Answer, ...] = ("rejected", "undecided", "accepted")
"""The verdicts, worst first."""


@dataclass(frozen=True, slots=True)
class EvalVerdict:
    """What an eval says of one prompt by one metric."""

    suite: str = said("Name of the suite of cases.")
    prompt: str = said("Id of the prompt.")
    metric: str = said("What was scored.")
    verdict: Answer = said(
        "accepted: shown to be not worse by more than the margin; undecided: the cases show neither."
    )
    difference: float | None = said("Mean score, candidate - baseline; 0.01 is a point; null: no case ran.")
    interval: Interval | None = said("Confidence interval of the difference, [low, high]; null: none.")
    confidence: float = said("Of the interval and the verdict, between 0 and 1.")
    margin: float = said("The loss of score that was declared acceptable before the run.")
    cases: int = said("Cases that were scored on both sides.")
    needed: int | None = said("About how many more cases would decide; null: decided, or not known.")
    answers: Literal["recorded", "live"] = said("Whether the model's answers were recorded earlier.")
    recording: str | None = said(
        "Path of the recording from the top of its repository; null: live, or not known.", default=None
    )
    recording_sha256: str | None = said("Of the recording's bytes, in hex; null: as for it.", default=None)


@dataclass(frozen=True, slots=True)
class Route:
    """A prompt that goes to another model."""

    prompt: str = said("Id of the prompt.")
    from_model: str = said("The model before.")
    to_model: str = said("The model after.")
    usd_month_before: Money | None = said("US dollars a month, [cached, not cached]; null: unknown.")
    usd_month_after: Money | None = said("The same after the move.")
    proven: bool = said("True if an eval accepted the move.")


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The document."""

    schema_version: int = said("Of this kind of document.")
    promptlint: str = said("Version of promptlint.")
    generated_at: str = said("When it was made: RFC 3339, UTC.")
    evals: tuple[EvalVerdict, ...] = said("What evals say.")
    routes: tuple[Route, ...] = said("What is routed otherwise.")


def counts(item: EvalVerdict, on_base: frozenset[EvalVerdict]) -> bool:
    """Whether a verdict counts under a request: one of recorded answers does only if it is of `on_base`."""
    return item.answers == "live" or item in on_base


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What evals have shown of one model with one text of a prompt."""

    model: str = said("The model that was asked for.")
    content_hash: str = said("sha256 of the prompt's messages with their slots.")
    passed: int = said("Cases of which every answer passed.")
    cases: int = said("Complete cases; of clusters, the number of clusters.")
    pass_rate: float = said("passed / cases; 0: no cases.")
    lower: float = said("One-sided lower confidence bound of the share that passes.")
    upper: float = said("One-sided upper confidence bound of it.")
    usd_per_case: float | None = said("US dollars of a case, measured; null: not known.")
    suite: str = said("Path of the suite.")


def schema() -> dict[str, object]:
    """The JSON Schema of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"promptlint verdicts, version {SCHEMA_VERSION}",
        "description": "Results of evals and of routing, as the comment on a pull request shows them.",
        **documents.schema(Verdicts),
    }


def read(path: Path) -> Verdicts:
    """The document in a file, which may be hostile.

    Raises:
        UsageError: the file cannot be read, is too large, is no strict JSON, is of another version, or says
            what cannot be; the message names the file and the place.
    """
    return parse(documents.data_of(path, MAX_BYTES), str(path))


def parse(data: bytes, where: str = "verdicts") -> Verdicts:
    """The document that JSON spells; see `read`."""
    found = documents.parse(Verdicts, data, SCHEMA_VERSION, where)
    _check(found, where)
    return found


def _check(found: Verdicts, where: str) -> None:
    """What the types do not say: shares are shares, counts are counts, ends are in order."""
    for index, item in enumerate(found.evals):
        place = f"{where}.evals[{index}]"
        _hold(0 < item.confidence < 1, f"{place}.confidence: expected a share between 0 and 1")
        _hold(item.margin >= 0, f"{place}.margin: expected no negative number")
        _hold(item.cases >= 0, f"{place}.cases: expected no negative number")
        _hold(item.needed is None or item.needed >= 0, f"{place}.needed: expected no negative number")
        _ordered((item.interval,), f"{place}.interval")
        _hold(
            item.verdict == "undecided" or (item.difference is not None and item.interval is not None),
            f"{place}.verdict: `{item.verdict}` without a difference and its interval",
        )
    for index, route in enumerate(found.routes):
        _ordered((route.usd_month_before, route.usd_month_after), f"{where}.routes[{index}].usd_month")


def _ordered(ranges: Iterable[tuple[float, float] | None], place: str) -> None:
    _hold(all(ends is None or ends[0] <= ends[1] for ends in ranges), f"{place}: expected [low, high]")


def _hold(holds: bool, message: str) -> None:
    if not holds:
        raise UsageError(message)
