"""Compares the variables that a template reads with the inputs that its container declares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from promptlint.locate import tiles
from promptlint.model import Hit, SegmentKind, Span
from promptlint.records import dataclass
from promptlint.view import View


@dataclass(frozen=True, slots=True)
class Params:
    """What to let pass.

    Attributes:
        given: variables that a runtime sets without a declaration.
    """

    given: tuple[str, ...]


def check(view: View, params: Params) -> Iterator[Hit]:
    """One hit for each undeclared variable, at its first use, and for each input that nothing reads."""
    inputs = view.prompt.inputs
    if inputs is None:
        return
    declared = [field.name for field in inputs]
    for name in view.prompt.variables:
        if name not in declared and name not in params.given:
            unread = [other for other in declared if other not in view.prompt.variables]
            close = get_close_matches(name, unread, 1)
            hint = f"; did you mean {close[0]}?" if close else ""
            yield Hit(_first_use(view, name), f"{name} is read but not declared{hint}")
    for field in inputs:
        if field.name not in view.prompt.variables:
            yield Hit(field, f"{field.name} is declared but never read")


def _first_use(view: View, name: str) -> Span | None:
    word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
    for tile in tiles(view.prompt):
        if tile.segment.kind in (SegmentKind.SLOT, SegmentKind.CONTROL) and word.search(tile.segment.name):
            return tile.span
    return None
