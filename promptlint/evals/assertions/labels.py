"""The assertion `label`: an answer that is one of some labels; the confusion matrix of many such answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from promptlint.evals.assertions.kind import Kind, quoted, verdict
from promptlint.evals.model import Answer, Assertion, Score
from promptlint.evals.numbers import shown
from promptlint.records import dataclass

OTHER = "(other)"
"""The column of answers that are none of the labels."""

_WRAPPING = " \t\r\n\"'`*_.:"


@dataclass(frozen=True, slots=True)
class Row:
    """What a confusion matrix says of one label; None where nothing was expected, or answered, as it."""

    label: str
    expected: int
    answered: int
    right: int

    @property
    def precision(self) -> float | None:
        """Of the answers with this label, the share that is right."""
        return self.right / self.answered if self.answered else None

    @property
    def recall(self) -> float | None:
        """Of the cases with this label, the share that is found."""
        return self.right / self.expected if self.expected else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both; 0 if nothing is right."""
        return 2 * self.right / (self.expected + self.answered) if self.expected else None


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each label was answered where each was expected.

    `labels` are sorted, OTHER last if it was answered. `counts` has the pairs (expected, answered) that were
    seen.
    """

    labels: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]

    @property
    def cases(self) -> int:
        """How many answers were counted."""
        return sum(self.counts.values())

    @property
    def accuracy(self) -> float | None:
        """The share of right answers; None without any."""
        right = sum(count for (wanted, given), count in self.counts.items() if wanted == given)
        return right / self.cases if self.cases else None

    def rows(self) -> tuple[Row, ...]:
        """What is said of each label, in the order of `labels`."""
        expected, answered = Counter[str](), Counter[str]()
        for (wanted, given), count in self.counts.items():
            expected[wanted] += count
            answered[given] += count
        return tuple(
            [
                Row(label, expected[label], answered[label], self.counts.get((label, label), 0))
                for label in self.labels
            ]
        )


def folded(text: str) -> str:
    """What a label is compared by: without its case, quotes, emphasis and full stop."""
    return text.strip(_WRAPPING).casefold()


def answered(text: str, labels: Sequence[str]) -> str:
    """The label that an answer is, whatever its case, quotes, emphasis and full stop; OTHER if none."""
    bare = folded(text)
    return next((label for label in labels if folded(label) == bare), OTHER)


def confusion(pairs: Iterable[tuple[str, str]], labels: Iterable[str] = ()) -> Confusion:
    """The matrix of pairs (expected, answered).

    Args:
        pairs: one for each answer, as `pair` gives it.
        labels: those that are shown even if no pair has them.
    """
    counts = Counter(pairs)
    seen = {*labels, *(label for pair in counts for label in pair)}
    return Confusion((*sorted(seen - {OTHER}), *({OTHER} & seen)), dict(counts))


def known(assertion: Assertion) -> tuple[str, ...]:
    """The labels of an assertion: its `config.labels`, or else only the one that is right."""
    listed = assertion.config.get("labels")
    return tuple(map(str, listed)) if isinstance(listed, list) else (shown(assertion.value),)


def pair(assertion: Assertion, answer: Answer) -> tuple[str, str]:
    """The label that is right and the one that was answered, for `confusion`."""
    return shown(assertion.value), answered(answer.text, known(assertion))


def _label(assertion: Assertion, answer: Answer) -> Score:
    wanted, given = pair(assertion, answer)
    said = quoted(answer.text) if given == OTHER else quoted(given)
    return verdict(given == wanted, f"the answer is {said}, wanted {quoted(wanted)}")


def _check(assertion: Assertion) -> str:
    if not isinstance(assertion.value, str | int | float) or not shown(assertion.value).strip(_WRAPPING):
        return "expected a label as `value`"
    listed = assertion.config.get("labels")
    if listed is None:
        return ""
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        return "`config.labels`: expected a list of texts"
    folded = Counter(str(item).strip(_WRAPPING).casefold() for item in listed)
    if "" in folded or len(folded) < len(listed):
        return "`config.labels`: two labels are alike, or one is empty"
    if shown(assertion.value) not in listed:
        return f"`value`: {quoted(shown(assertion.value))} is none of `config.labels`"
    return ""


KINDS = {"label": Kind(_label, _check, config=("labels",))}
