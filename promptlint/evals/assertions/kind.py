"""What one type of assertion consists of: how its value is checked, and how it judges an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from promptlint.evals.model import Answer, Assertion, Score
from promptlint.records import dataclass

Helper = Literal["", "judge", "embedder", "python"]
"""Whose opinion an assertion needs, besides the answer: a model's, or that of the suite's code."""


def no_check(assertion: Assertion) -> str:
    """For a type that takes no value."""
    return ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of assertion; both functions see it without its negation.

    `judge` may raise ScoringError. `check` returns a clause that says what is wrong with value, threshold or
    config, or an empty text; it is asked when a suite is read. `config` names the keys that it knows.
    `missing` returns what must be installed for it to run, as a clause, or an empty text. `needs` says whose
    opinion it needs; `judge` is then what is said where nobody can be asked.
    """

    judge: Callable[[Assertion, Answer], Score]
    check: Callable[[Assertion], str] = no_check
    config: tuple[str, ...] = ()
    missing: Callable[[Assertion], str] = no_check
    needs: Helper = ""


def verdict(passed: bool, reason: str) -> Score:
    """The score of what is either so or not."""
    return Score(1.0 if passed else 0.0, passed, reason)


def graded(value: float, assertion: Assertion, default: float, what: str) -> Score:
    """The score of a measure from 0 to 1 that must reach a threshold."""
    least = default if assertion.threshold is None else assertion.threshold
    return Score(value, value >= least, f"{what} is {value:.3f}, wanted {least:g}")


def quoted(text: str, most: int = 80) -> str:
    """A text for a reason, cut to its first characters."""
    return repr(text if len(text) <= most else text[: most - 3] + "...")
