"""Compares the variables that a template reads with the inputs that its container declares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from promptlint.locate import tiles
from promptlint.model import Hit, SegmentKind, Span
from promptlint.patterns import lazy
from promptlint.records import dataclass
from promptlint.view import View

_WORD = lazy(r"(?<![\w.])\w+")
_MOST = 200  # names to compare with


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
    read = frozenset(view.prompt.variables)
    declared = frozenset(field.name for field in inputs)
    unread = sorted(declared - read)
    unknown = [name for name in view.prompt.variables if name not in declared and name not in params.given]
    if len(declared) > 1 and unknown and not declared & read and not any(_close(n, unread) for n in unknown):
        return  # the inputs are of something else, of a tool say
    uses = _first_uses(view)
    for name in unknown:
        close = _close(name, unread)
        hint = f"; did you mean {close[0]}?" if close else ""
        yield Hit(uses.get(_word(name)), f"{name} is read but not declared{hint}")
    for field in inputs:
        if field.name not in read and _word(field.name) not in uses:
            yield Hit(field, f"{field.name} is declared but never read")


def _close(name: str, others: Sequence[str]) -> list[str]:
    return get_close_matches(name, others, 1) if len(others) <= _MOST else []


def _first_uses(view: View) -> dict[str, Span]:
    """Where each word first stands in a slot or a statement, also where a block gives it another meaning."""
    uses: dict[str, Span] = {}
    for tile in tiles(view.prompt):
        if tile.segment.kind in (SegmentKind.SLOT, SegmentKind.CONTROL):
            for word in _WORD.findall(tile.segment.name):
                uses.setdefault(word, tile.span)
    return uses


def _word(name: str) -> str:
    """The word by which `name` is looked up: its first one, for a name such as `turn.text`."""
    found = _WORD.search(name)
    return found.group() if found else name
