"""A prompt in the making, what making one needs, and the laws that all of a file keep together."""

from __future__ import annotations

import ast
from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import field

from promptlint.extract.common.values import Runs
from promptlint.extract.python.find.walk import Names, Scope
from promptlint.extract.python.flow.follow import Flow
from promptlint.extract.python.flow.index import Bound
from promptlint.extract.python.flow.reach import Use, reach
from promptlint.extract.python.flow.references import Mention
from promptlint.extract.python.module import Module
from promptlint.extract.python.text.building import Building
from promptlint.extract.python.text.slots import follows
from promptlint.extract.python.text.usage import Usage
from promptlint.model import Call, Role, SegmentKind
from promptlint.records import dataclass

NO_CALL = Call()


@dataclass(frozen=True, slots=True)
class Draft:
    """A prompt to be, and the expression that holds it, or those that it is `built_of`."""

    anchor: str
    node: ast.expr
    messages: tuple[tuple[Role | None, Runs], ...]
    call: Call = NO_CALL
    marks: tuple[str | None, ...] = ()
    built_of: tuple[ast.expr, ...] = ()

    @property
    def nodes(self) -> tuple[ast.expr, ...]:
        """The expressions whose texts are in it."""
        return (self.node, *self.built_of)


@dataclass(frozen=True, slots=True)
class Work:
    """What building needs, and what grows as uses are followed.

    `uses` are by identity of the expression that is used; `found` are expressions on the way that no name is
    bound to; `mentions` are names that other modules give.
    """

    module: Module
    names: Names
    flow: Flow
    known: Usage
    building: Building
    bound: frozenset[int]
    uses: dict[int, list[Use]] = field(default_factory=dict)
    found: dict[int, Bound] = field(default_factory=dict)
    mentions: list[Mention] = field(default_factory=list)


def refer(work: Work, scope: Scope, node: ast.expr, use: Use) -> None:
    """Say of all that an expression is made of what is said of it."""
    for step in reach(work.flow, scope, node, use):
        work.uses.setdefault(id(step.node), []).append(step.use)
        if step.bound and id(step.node) not in work.bound:
            work.found.setdefault(id(step.node), step.bound)
        if step.away or isinstance(step.node, ast.Call):
            work.mentions.append(Mention(step.node, step.scope, step.use, step.place))


def lawful(drafts: Iterable[Draft]) -> list[Draft]:
    """The drafts whose messages each stand in source order, and of which no two hold the same literal.

    Of several with the same text the one with most of it stays.
    """
    ordered = [draft for draft in drafts if all(follows(runs) for _, runs in draft.messages)]
    taken: list[tuple[int, int]] = []
    kept = []
    for draft in sorted(ordered, key=_size, reverse=True):
        spelt = _spelt(draft)
        if not any(_overlaps(taken, *place) for place in spelt):
            for place in spelt:
                insort(taken, place)
            kept.append(draft)
    return kept


def _size(draft: Draft) -> int:
    return sum(end - start for start, end in _spelt(draft))


def _spelt(draft: Draft) -> list[tuple[int, int]]:
    """Where the text stands that may be edited."""
    return [
        (run.start, run.end)
        for _, runs in draft.messages
        for run in runs
        if run.kind is SegmentKind.TEXT and run.end > run.start and (run.verbatim or run.codec.editable)
    ]


def _overlaps(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    """True if a range shares a character with one of these, which are sorted and share none."""
    place = bisect_left(taken, (start, end))
    return (place < len(taken) and taken[place][0] < end) or (place > 0 and taken[place - 1][1] > start)
