"""Finds much reasoning bought for a task that has one short right answer."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.calling import effort, there
from promptlint.model import Hit
from promptlint.records import dataclass
from promptlint.tasks import Kind, simple_task
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Params:
    """What is much.

    Attributes:
        min_budget: tokens of a thinking budget from which it is high.
        low: the efforts that are not high.
    """

    min_budget: int
    low: tuple[str, ...]


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit, at the effort or the budget."""
    asked = effort(view.prompt.call, params.min_budget, params.low)
    if asked is None:
        return
    field, amount = asked
    task = simple_task(view)
    if task is not None and task.kind is not Kind.SCORING:  # a judgement may need reasons
        message = f"reasoning ({amount}) for {task.kind.value}: it is paid as output; low or minimal will do"
        yield Hit(field, message + there(field), related=(task.at,))
