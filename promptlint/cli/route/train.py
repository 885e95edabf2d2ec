"""`promptlint route train`: a classifier of requests, from logged requests and their outcomes."""

from __future__ import annotations

from pathlib import Path

import click

NOTHING = 4
"""Exit code: the log shows too little."""


@click.command("train")
@click.argument("logs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Write the classifier.")
@click.option("--model", default="", metavar="NAME", help="Only outcomes of this model count.")
@click.option(
    "--tiers",
    default="",
    metavar="A,B,C",
    help="Names of `tier` in the log, from the easiest on. Default: simple,medium,complex.",
)
def command(**values: object) -> int:
    """Learn from LOGS (JSON lines) how hard a request is, for routing at run time.

    A line has `text` or `messages`, and one of `passed`, `score` (0 to 1) and `tier`; also `model`, and
    `conversation` or `user`, which are not split between learning and judging.

    Exit codes: 0 done, 2 usage or a wrong line, 4 the log shows too little: nothing is written.
    """
    from promptlint import documents, jsondoc
    from promptlint.cli.options import write
    from promptlint.route.requests import learned, logs, training

    files, output, tiers = values["logs"], values["output"], str(values["tiers"])
    assert isinstance(files, tuple)
    named = tuple(name.strip() for name in tiers.split(",")) if tiers else logs.TIERS
    log = logs.read(files, str(values["model"]), named)
    if reason := training.lacking(log):
        click.echo(f"too little to learn from: {reason}", err=True)
        return NOTHING
    found = training.trained(log)
    click.echo(learned.text(found), nl=False)
    if not training.is_better(found):
        click.echo("not shown to be better than the same score for every request: not written", err=True)
        return NOTHING
    if isinstance(output, Path):
        write(output, jsondoc.dumps(documents.to_json(found)) + "\n")
    return 0
