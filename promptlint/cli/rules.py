"""`promptlint rules`: the catalogue, one line a rule."""

from __future__ import annotations

import click


@click.command("rules")
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="Default: text."
)
def command(format_: str) -> int:
    """List all rules with severity, fix and default."""
    from promptlint import cards
    from promptlint.report import catalogue

    click.echo(catalogue.render(cards.load_cards(), format_), nl=False)
    return 0
