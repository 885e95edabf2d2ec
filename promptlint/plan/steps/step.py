"""What one optimization is: a change of a prompt's workload, with when it applies and what it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from promptlint.plan.cases import Case, Known, Project
from promptlint.plan.quantity import Values
from promptlint.plan.workload import Workload
from promptlint.planned import Effort
from promptlint.records import dataclass

EFFORTS: tuple[Effort, ...] = ("none", "low", "medium", "high", "very high")
"""From least to most; of each optimization as in the strategy's tables, else promptlint's own judgement."""

MIN_USD: Mapping[Effort, float] = {
    "none": 0.01,
    "low": 1.0,
    "medium": 25.0,
    "high": 100.0,
    "very high": 500.0,
}
"""US dollars a month below which an optimization is not worth its effort. promptlint's own."""


@dataclass(frozen=True, slots=True)
class No:
    """Why an optimization is not for a prompt; `quiet` if nobody would ask, so that nothing is said."""

    reason: str = ""
    quiet: bool = False


QUIET = No(quiet=True)


@dataclass(frozen=True, slots=True)
class Step:
    """One optimization.

    Args:
        key: its name in JSON and in `--explain`.
        title: what to do, as an imperative.
        effort: what it takes to do.
        source: where what it saves is from.
        uses: the figures that it adds to those of the workload, by key.
        codes: rules whose findings are evidence for it.
        next: the command to run for it; `{paths}` are the files that it touches.
        refuse: why not for a prompt with this workload; None: it applies.
        change: what it makes of a workload, for values of its figures.
        known: figures of a prompt that replace what is assumed: counted or measured.
        proof: True if it may change answers, so that an eval has to accept it.
    """

    key: str
    title: str
    effort: Effort
    source: str
    uses: tuple[str, ...]
    codes: tuple[str, ...]
    next: str
    refuse: Callable[[Case, Workload, Project], No | None]
    change: Callable[[Case, Workload, Values, Project], Workload]
    known: Callable[[Case], Mapping[str, Known]] = lambda _case: {}
    proof: bool = False
