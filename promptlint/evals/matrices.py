"""The confusion matrices of a run: which label was answered for which, on both sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from promptlint.evals.assertions import SET
from promptlint.evals.assertions.labels import folded, known
from promptlint.evals.model import Answer, Assertion, Case
from promptlint.evals.numbers import shown
from promptlint.evaluation import Confusion

_LABEL = "label"
MOST_LABELS = 200
"""A matrix of more labels is not made: nobody could read it."""

_Sides = tuple[tuple[Answer | None, ...], ...]
_Group = list[tuple[Assertion, _Sides]]


def single(asked: Iterable[Assertion]) -> Iterator[Assertion]:
    """The assertions, those of sets in the place of the set."""
    for assertion in asked:
        if assertion.type == SET:
            yield from single(assertion.parts)
        else:
            yield assertion


def matrices(cases: Sequence[Case], answers: Mapping[str, _Sides]) -> tuple[Confusion, ...]:
    """A matrix for each metric of assertions `label`; of those without one, for each list of labels.

    Assertions that list no labels go together, with the labels that any of them wants.
    """
    groups: dict[tuple[str, tuple[str, ...]], _Group] = {}
    for case in cases:
        for assertion in () if case.unsupported else single(case.assertions):
            if assertion.type == _LABEL and not assertion.negated:
                listed = known(assertion) if "labels" in assertion.config and not assertion.metric else ()
                groups.setdefault((assertion.metric, listed), []).append((assertion, answers[case.id]))
    made = (_matrix(metric or _LABEL, group) for (metric, _), group in groups.items())
    return tuple([matrix for matrix in made if matrix])


def _matrix(name: str, group: _Group) -> Confusion | None:
    labels = tuple(dict.fromkeys(label for assertion, _ in group for label in known(assertion)))
    if len(labels) > MOST_LABELS:
        return None
    rows = {label: row for row, label in enumerate(labels)}
    columns = {folded(label): column for column, label in reversed(list(enumerate(labels)))}
    sides = max(len(given) for _, given in group)
    counts = [[[0] * (len(labels) + 1) for _ in labels] for _ in range(max(sides, 2))]
    for assertion, given in group:
        row = rows[shown(assertion.value)]
        for side, repeats in enumerate(given):
            for answer in repeats:
                if answer is not None:
                    counts[side][row][columns.get(folded(answer.text), len(labels))] += 1
    baseline, candidate = (tuple([tuple(row) for row in side]) for side in counts[:2])
    return Confusion(name, labels, baseline, candidate if sides > 1 else ())
