"""`promptlint explain`: the page of a rule, from its card."""

from __future__ import annotations

import click


@click.command("explain")
@click.argument("codes", nargs=-1, required=True, metavar="CODE...")
def command(codes: tuple[str, ...]) -> int:
    """Explain rules, by code (RED001) or name (repeated-sentence)."""
    from promptlint import cards, prices, tokens
    from promptlint.cards import page as card_page

    known = cards.load_cards()
    tokenizer = tokens.tokenizer(prices.DEFAULT_MODEL)
    for code in codes:
        click.echo(card_page.page(cards.find(known, code), lambda text: tokens.count(text, tokenizer)))
    return 0
