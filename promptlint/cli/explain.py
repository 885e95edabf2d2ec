"""`promptlint explain`: the page of a rule, from its card."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from promptlint.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promptlint.cards import Card


@click.command("explain")
@click.argument("codes", nargs=-1, required=True, metavar="CODE...")
def command(codes: tuple[str, ...]) -> int:
    """Explain rules, by code (RED001) or name (repeated-sentence)."""
    from promptlint import card_page, cards, prices, tokens

    known = cards.load_cards()
    tokenizer = tokens.tokenizer(prices.DEFAULT_MODEL)
    for code in codes:
        click.echo(card_page.page(_find(known, code), lambda text: tokens.count(text, tokenizer)))
    return 0


def _find(cards: Sequence[Card], wanted: str) -> Card:
    for card in cards:
        if wanted.upper() == card.code or wanted.lower() == card.name:
            return card
    names = [name for card in cards for name in (card.code, card.name)]
    close = get_close_matches(wanted.upper(), names, 1) or get_close_matches(wanted.lower(), names, 1)
    hint = f"; did you mean {close[0]}?" if close else ""
    raise UsageError(f"there is no rule {wanted!r}{hint}")
