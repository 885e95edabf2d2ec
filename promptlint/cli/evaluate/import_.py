"""`promptlint eval import`: cases of logged calls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptlint.evals.importing import Imported
    from promptlint.evals.template import Template


@click.command("import")
@click.argument("log", type=click.Path(path_type=Path))
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), required=True, metavar="FILE", help="A new JSONL file."
)
@click.option("--prompt", metavar="ID", help="The prompt that the calls were made with: tells their values.")
@click.option("--expect", is_flag=True, help="Take the logged answers for right. They need not be.")
@click.option("--no-mask", is_flag=True, help="Keep e-mail addresses and secrets.")
def command(log: Path, output: Path, prompt: str | None, expect: bool, no_mask: bool) -> int:
    """Take the logged calls in LOG (JSONL) as cases: requests and responses, or inputs and outputs.

    Each question becomes one case. With --prompt it has `vars`, without it `messages`. Only e-mail addresses
    and secrets are masked: other personal data stay.
    Exit codes: 0 written, 2 nothing was.
    """
    from promptlint.errors import UsageError
    from promptlint.evals import importing
    from promptlint.evals.newfile import write
    from promptlint.style import visible

    template = _template(prompt) if prompt is not None else None
    found = importing.imported(log, importing.Wanted(template, expect, not no_mask))
    for line in _left(found):
        click.echo(line, err=True)
    if not found.cases:
        raise UsageError(f"{log}: no call became a case")
    write(output, found.text, mode=0o600)
    masked = f"; {found.masked:,} addresses and secrets masked" if found.masked else ""
    click.echo(f"wrote {visible(str(output))}: {len(found.cases):,} cases of {found.calls:,} calls{masked}")
    if expect:
        click.echo("the expected answers are what a model once said: read them before you trust them")
    return 0


def _template(prompt: str) -> Template:
    from promptlint import config
    from promptlint.evals import prompting
    from promptlint.evals.folder import Folder
    from promptlint.evals.model import PromptRef

    here = Path.cwd().resolve()
    place = Path(prompt.partition("::")[0])
    root = config.root_of(place if place.exists() else here).resolve()
    return prompting.template(PromptRef(prompt), Folder(root, here), "eval import")


def _left(found: Imported) -> Iterator[str]:
    from promptlint.style import plural, visible

    for reason, (count, first) in found.left.items():
        yield f"left out: {plural(count, 'call')}, {visible(reason)} (first in line {first})"
