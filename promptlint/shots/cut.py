"""An example cut into its parts, and which of them are its input and its output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from promptlint.model import Span
from promptlint.shots.names import Means, judges, settles
from promptlint.shots.shot import Form, Part, Worth


class Cut(NamedTuple):
    """An example cut into parts; `span` may be less than the block that it was found in."""

    span: Span
    form: Form
    parts: tuple[Part, ...]
    input: Span | None
    output: Span | None
    worth: Worth = Worth.MODEL
    follows: bool = False


def in_turns(parts: Sequence[Part]) -> Iterator[tuple[int, int]]:
    """Ranges of parts that make one example: a new one begins with an input after an output."""
    low = 0
    names: set[str] = set()
    answered = False
    settled = any(settles(part.name) for part in parts)
    for index, part in enumerate(parts):
        name = part.name.lower()
        again = name in names and (answered or (name == parts[low].name.lower() and not settled))
        if (part.means is Means.INPUT and answered) or (again and index > low):
            yield low, index
            low, names, answered = index, set(), False
        names.add(name)
        answered = answered or part.means is Means.OUTPUT
    yield low, len(parts)


def sought(parts: Sequence[Part], known: frozenset[str]) -> tuple[Span | None, Span | None]:
    """The input and the output among parts."""
    outputs = [index for index, part in enumerate(parts) if part.means is Means.OUTPUT]
    inputs = [index for index, part in enumerate(parts) if part.means is Means.INPUT]
    if not outputs and len(parts) > 1 and (inputs or parts[0].name.lower() in known):
        last = len(parts) - 1
        if parts[last].name.lower() in known and last not in inputs:
            outputs = [last]
    final = parts[outputs[-1]].name if outputs else ""
    if judges(final) or settles(final):
        apart = judges if judges(final) else settles
        inputs = sorted([*inputs, *(index for index in outputs if not apart(parts[index].name))])
        outputs = [index for index in outputs if apart(parts[index].name)]
    if not outputs:
        return (_hull(parts, inputs), None) if inputs else (None, None)
    first = min(inputs, default=0)
    before = [i for i in range(first, outputs[0]) if parts[i].means is not Means.ASIDE]
    return _hull(parts, before), _hull(parts, outputs)


def _hull(parts: Sequence[Part], chosen: Sequence[int]) -> Span | None:
    spans = [parts[index].span for index in chosen if parts[index].span.end > parts[index].span.start]
    return Span(spans[0].start, spans[-1].end) if spans else None
