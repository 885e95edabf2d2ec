"""Who is asked for opinions, and what about: one assertion on one answer of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from promptlint.evals.exchange import Attempt, Request
from promptlint.evals.model import Answer, Assertion, Case
from promptlint.records import dataclass

Ask = Callable[[Sequence[Request]], Mapping[tuple[str, int], Attempt]]
"""Sends requests, all at once, and returns what became of them by key and repeat."""


Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Model:
    """A model that is asked: its name, and what goes into each request besides."""

    name: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Panel:
    """Who may be asked; None: nobody.

    Args:
        judge: answers the questions of `llm-rubric`.
        embedder: makes vectors for `similar`.
        python: whether code of the suite may be run.
        judge_model: what `judge` asks.
        embedder_model: what `embedder` asks.
    """

    judge: Ask | None = None
    embedder: Ask | None = None
    python: bool = False
    judge_model: Model = Model()
    embedder_model: Model = Model()


@dataclass(frozen=True, slots=True)
class Look:
    """One assertion that needs an opinion, on one answer.

    Args:
        assertion: what is asked.
        case: whose assertion it is.
        answers: of all sides to the same repeat; None where one is missing.
        side: whose answer it is about.
        repeat: which of a side's answers.
    """

    assertion: Assertion
    case: Case
    answers: tuple[Answer | None, ...]
    side: int
    repeat: int = 0

    @property
    def place(self) -> Place:
        """What tells the looks of one run apart, but for the side; no assertion goes while it lasts."""
        return (self.case.id, id(self.assertion), self.repeat)

    @property
    def answer(self) -> Answer:
        """The one that it is about."""
        found = self.answers[self.side]
        assert found is not None
        return found
