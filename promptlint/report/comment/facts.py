"""The numbers of one prompt in the comment, each with its mark."""

from __future__ import annotations

from collections.abc import Callable

from promptlint.changes import Money, PromptChange, State
from promptlint.deltas import assumed_mark, states, tokens_of, usd_basis, with_mark
from promptlint.markdown import code, plain, row, table_head
from promptlint.model import Basis
from promptlint.style import number, usd

NONE = "–"


def table(change: PromptChange) -> str:
    """The numbers of both sides, each with its mark."""
    sides = states(change)
    heads = [name for name, side in (("before", change.before), ("after", change.after)) if side is not None]
    rows = []
    for label, words in _FACTS:
        cells = [words(side) for side in sides]
        if any(cell != NONE for cell in cells):
            rows.append(row((label, *cells)))
    return table_head(("", *heads), right=range(1, len(heads) + 1)) + "".join(rows)


def _money(get: Callable[[State], Money | None], end: int) -> Callable[[State], str]:
    def words(side: State) -> str:
        ends = get(side)
        return NONE if ends is None else plain(with_mark(usd(sorted(ends)[end]), usd_basis(side)))

    return words


def _count(get: Callable[[State], int | None], basis: Basis = Basis.EXACT) -> Callable[[State], str]:
    def words(side: State) -> str:
        value = get(side)
        return plain(with_mark(number(value), basis)) if value else NONE

    return words


def _model(side: State) -> str:
    return code(side.model, 40, cell=True) + assumed_mark(side) if side.model else NONE


_FACTS: tuple[tuple[str, Callable[[State], str]], ...] = (
    ("Static tokens a call", lambda side: plain(tokens_of(side))),
    ("Tokens in slots", _count(lambda side: side.slot_tokens, Basis.ASSUMED)),
    ("Budget", _count(lambda side: side.budget)),
    ("Tokens a cache can hold", _count(lambda side: side.cacheable_tokens)),
    ("1,000 calls, prefix cached", _money(lambda side: side.usd_per_1000, 0)),
    ("1,000 calls, not cached", _money(lambda side: side.usd_per_1000, 1)),
    ("A month, prefix cached", _money(lambda side: side.usd_month, 0)),
    ("A month, not cached", _money(lambda side: side.usd_month, 1)),
    ("Calls a month, declared", _count(lambda side: side.calls_per_month)),
    ("Model", _model),
    ("Counted with", lambda side: code(side.tokenizer, 40, cell=True)),
)
