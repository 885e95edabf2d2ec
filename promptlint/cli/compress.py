"""`promptlint compress`: a prompt made shorter, with the proof attached."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click


@click.command("compress")
@click.argument("target", metavar="PATH[::ID]")
@click.option("--budget", type=click.IntRange(min=1), metavar="TOKENS", help="Come down to so many tokens.")
@click.option(
    "--ratio",
    type=click.FloatRange(min=0.0, max=1.0, min_open=True),
    metavar="SHARE",
    help="Come down to this share of the tokens.",
)
@click.option("--apply", "apply_", is_flag=True, help="Write the edits; the contract is kept.")
@click.option(
    "--format", "format_", type=click.Choice(["text", "json", "diff"]), default="text", help="Default: text."
)
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write a page for a browser.")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Use this config file.")
@click.option("--isolated", is_flag=True, help="Ignore all config files.")
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Default: auto."
)
def command(**values: object) -> int:
    """Make a prompt shorter by edits that keep its contract.

    Without an eval suite an edit is made only if every requirement is kept, or said by a line that stays.
    Exit codes: 0 done, 1 the budget was not reached, 3 an edit was refused by the proof.
    """
    from promptlint.compress import document, files
    from promptlint.compress.offline import Stop, Target

    budget, ratio = values["budget"], values["ratio"]
    target = Target(budget if isinstance(budget, int) else None, ratio if isinstance(ratio, float) else None)
    config = values["config_file"]
    found = files.found(
        str(values["target"]), config if isinstance(config, Path) else None, bool(values["isolated"])
    )
    done = files.shortened(found, target)
    result = document.document(done)
    _show(result, (found.file.source.text, done.source.text), values)
    if values["apply_"]:
        written = files.write(found, done)
        click.echo(f"wrote {result.path}" if written else "nothing to write", err=True)
    if done.refused:
        return 3
    return int(done.stop is Stop.SHORT)


def _show(result: object, texts: tuple[str, str], values: dict[str, object]) -> None:
    from promptlint import style
    from promptlint.compression import Compression
    from promptlint.report import diff
    from promptlint.report.compress import html, json, text

    assert isinstance(result, Compression)
    color = style.decide_color(sys.stdout, os.environ, str(values["color"]))
    changes = [(result.path, *texts)] if texts[0] != texts[1] else []
    if isinstance(values["html"], Path):
        from promptlint.cli import options

        options.write(values["html"], html.render(result, diff.render(changes)))
    if values["format_"] == "json":
        click.echo(json.render(result), nl=False)
    elif values["format_"] == "diff":
        click.echo(diff.render(changes, color, raw=not sys.stdout.isatty()), nl=False, color=True)
    else:
        look = text.Look(color, style.terminal_width(sys.stdout, os.environ))
        click.echo(text.render(result, diff.render(changes, color), look), nl=False, color=True)
