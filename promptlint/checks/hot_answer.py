"""Finds a high temperature where one answer is right."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.calling import number, there
from promptlint.model import Hit
from promptlint.records import dataclass
from promptlint.tasks import simple_task
from promptlint.view import View

_EVEN = 1e-9


@dataclass(frozen=True, slots=True)
class Params:
    """What is high.

    Attributes:
        min_percent: the temperature from which on, times 100.
    """

    min_percent: int


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit, at the temperature; none where several answers are asked for at once, as for a vote."""
    call = view.prompt.call
    field, heat = call.get("temperature"), number(call, "temperature")
    if field is None or heat is None or heat + _EVEN < params.min_percent / 100:
        return
    if (number(call, "n") or 1) > 1:
        return
    task = simple_task(view)
    if task is not None:
        message = f"temperature {heat:g} for {task.kind.value}, where one answer is right: use 0"
        yield Hit(field, message + there(field), related=(task.at,))
