"""Finds lists of tools whose order changes from process to process: the cached prefix breaks with it."""

from __future__ import annotations

from collections.abc import Iterator

from promptlint.model import Hit
from promptlint.records import dataclass
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Params:
    """Nothing to set."""


def check(view: View, _params: Params) -> Iterator[Hit]:
    """One hit a call, at its tools."""
    field = view.prompt.call.get("tools.order")
    if field is not None:
        origin = field.value if isinstance(field.value, str) else "a set or a directory"
        yield Hit(
            field, f"The tools come out of {origin}, in another order in each process: sort them by name"
        )
