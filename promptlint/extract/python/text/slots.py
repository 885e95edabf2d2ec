"""Keeps the texts that an expression is made of in the order of the source; what is not becomes a slot."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from promptlint.extract.common.values import Runs
from promptlint.extract.python.module import Module, span, spelling
from promptlint.model import Codec, SegmentKind
from promptlint.syntax.literals import Run

Pair = tuple[ast.expr, Runs | None]
"""An expression and its text; None if nothing is known of it."""


def slot(module: Module, node: ast.expr) -> Run:
    """An expression as a slot, spelt like the field of an f-string."""
    place, spelt = span(module, node), spelling(module, node)
    codec = Codec(editable=False)
    return Run(f"{{{spelt}}}", place.start, place.end, codec, place.start, False, SegmentKind.SLOT, spelt)


def in_order(module: Module, pairs: Iterable[Pair], mark: int = 0) -> list[Runs]:
    """The texts of expressions that follow each other, none of them from a place before the one before it.

    A text that was built elsewhere (`"\\n".join(lines)`) stands where it was built. Where that is too early,
    the expression is a slot.

    Args:
        module: the file.
        pairs: each expression with its text.
        mark: an offset before which nothing may stand.
    """
    result: list[Runs] = []
    for node, runs in pairs:
        said = (slot(module, node),) if runs is None or not follows(runs, mark) else runs
        mark = max([mark, *(run.end for run in said)])
        result.append(said)
    return result


def follows(runs: Runs, mark: int = 0) -> bool:
    """True if runs stand in source order, behind the offset `mark`."""
    for run in runs:
        if run.start < mark:
            return False
        mark = max(mark, run.end)
    return True


def extent(module: Module, node: ast.expr, runs: Runs) -> tuple[int, int]:
    """From where to where the text of an expression is spelt; the expression itself, if it holds it."""
    place = span(module, node)
    if not runs:
        return place.start, place.end
    start, end = min(run.start for run in runs), max(run.end for run in runs)
    return (place.start, place.end) if place.start <= start and end <= place.end else (start, end)
