"""`promptlint eval purge`: deletes stored answers, which nothing else does."""

from __future__ import annotations

import re

import click

_UNITS = {"h": 3_600, "d": 86_400, "w": 604_800}
_AGE = re.compile(r"([0-9]{1,6})([hdw])")


def _seconds(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    """An age as `30d`, in seconds."""
    if value is None:
        return None
    found = _AGE.fullmatch(value)
    if not found:
        raise click.BadParameter("expected a number and h, d or w, as 30d")
    return int(found[1]) * _UNITS[found[2]]


@click.command("purge")
@click.option("--older-than", callback=_seconds, metavar="AGE", help="Only answers older than 12h, 30d, 8w.")
@click.option("--provider", metavar="TEXT", help="Only answers of providers with this text in their name.")
@click.option("--all", "everything", is_flag=True, help="All answers.")
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
def command(older_than: int | None, provider: str | None, everything: bool, dry_run: bool) -> int:
    """Delete stored answers of models for good.

    The store keeps every answer until it is purged: it was paid for. A name of a provider is its kind and
    address, as `openai https://api.openai.com/v1`.
    Exit codes: 0 done, 2 usage, or the store cannot be used.
    """
    from promptlint.evals import store
    from promptlint.style import number, plural, visible

    chosen = older_than is not None or provider is not None
    if chosen == everything:
        raise click.UsageError("say which answers: --older-than, --provider or both; or --all")
    folder = store.directory()
    if not (folder / store.FILE).exists():
        click.echo(f"no answers are stored in {visible(str(folder))}")
        return 0
    with store.Store(folder) as opened:
        found = opened.purge(older_than, provider, dry_run=dry_run)
    done = "would be deleted from" if dry_run else "deleted from"
    what = f"{plural(found.answers, 'answer')} ({number(found.bytes)} bytes)"
    click.echo(f"{what} {done} {visible(str(folder))}; {number(found.left)} left")
    return 0
