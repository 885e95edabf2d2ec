"""The sentences of a prompt that may instruct, each with the list or paragraph that it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from promptlint.model import Arm, Block, BlockKind, Edit, Hit, Safety, Span
from promptlint.places import Places, arms, exclusive, has_slot, numbered, removal, tile_at

_SHUT = frozenset(
    {
        BlockKind.EXAMPLES,
        BlockKind.EXAMPLE,
        BlockKind.CODE,
        BlockKind.DATA,
        BlockKind.TABLE,
        BlockKind.HEADING,
        BlockKind.RULER,
    }
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence outside examples, code, data, tables and headings.

    `home` is the outermost list, or the paragraph, around it; `order` counts the statements.
    """

    text: str
    span: Span
    home: Span
    order: int
    branch: tuple[Arm, ...]


def statements(blocks: Iterable[Block], ground: Places) -> tuple[Statement, ...]:
    """All statements but lines that introduce what follows (`... like this:`) and boxes to tick."""
    found = []
    for order, (span, home) in enumerate(_sentences(blocks, None)):
        text = ground.text[span.start : span.end]
        if not text.rstrip("*_ ").endswith(":") and not text.startswith(("[ ]", "[x]")):
            found.append(Statement(text, span, home, order, arms(ground, span)))
    return tuple(found)


def _sentences(blocks: Iterable[Block], home: Span | None) -> Iterator[tuple[Span, Span]]:
    for block in blocks:
        if block.kind is BlockKind.SENTENCE:
            yield block.span, home or block.span
        elif block.kind not in _SHUT:
            inner = home
            if home is None and block.kind in (BlockKind.LIST, BlockKind.PARAGRAPH):
                inner = block.span
            yield from _sentences(block.children, inner)


def twin(statement: Statement, earlier: Iterable[Statement]) -> Statement | None:
    """The first of the earlier ones that can be in one request with `statement`."""
    return next((each for each in earlier if not exclusive(each.branch, statement.branch)), None)


def is_near(one: Statement, later: Statement, ground: Places) -> bool:
    """True if two statements are neighbours, or share a list or paragraph, with no slot between them."""
    if tile_at(ground, one.span.start).message != tile_at(ground, later.span.start).message:
        return False
    if one.branch != later.branch or has_slot(ground, Span(one.span.end, later.span.start)):
        return False
    return one.home == later.home or later.order - one.order == 1


def without(
    later: Statement, survivor: Statement, ground: Places, claim: Safety
) -> tuple[tuple[Edit, ...], Safety]:
    """The edit that deletes the later of two statements, and what it may claim.

    No edit where the survivor is not in every request that the later one is in, or where a slot would go.
    """
    span = removal(ground, later.span)
    if span is None or has_slot(ground, span) or not set(survivor.branch) <= set(later.branch):
        return (), Safety.DISPLAY
    return (Edit(span, ""),), Safety.UNSAFE if numbered(ground, later.span) else claim


def shortened(text: str) -> str:
    """A sentence short enough for a message."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:57].rstrip() + "..."


def restated(later: Statement, survivor: Statement, what: str, fix: tuple[tuple[Edit, ...], Safety]) -> Hit:
    """The hit for a statement that says what an earlier one said."""
    edits, safety = fix
    drops = (
        ""
        if safety is Safety.SAFE
        else "the second mention, which may be meant to reinforce or to hold elsewhere"
    )
    message = f'{what}: "{shortened(survivor.text)}"'
    return Hit(later.span, message, edits, (survivor.span,), safety, drops if edits else "")
