"""`promptlint check`: what the prompts cost and what is wrong with them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from promptlint.cli import options

FORMATS = ("bill", "full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson")


@click.command("check")
@options.shared
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), help="Default: bill on a terminal, else full."
)
@click.option("--all", "all_", is_flag=True, help="Every finding in full, instead of the bill.")
@click.option("--statistics", is_flag=True, help="Count the findings by rule.")
@click.option("--verbose", "-v", is_flag=True, help="Say why each file was taken, or not.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="warning",
    help="The severity from which the exit code is 1; info never counts. Default: warning.",
)
@click.option("--baseline", type=click.Path(path_type=Path), help="Report only what this file does not hold.")
@click.option("--write-baseline", is_flag=True, help="Write the present findings to the baseline.")
@click.option("--add-ignore", metavar="REASON", help="Put the findings shown into promptlint.ignore.")
def command(**values: object) -> int:
    """Check prompts: tokens, dollars, and what is wrong.

    PATHS are files and folders (default: this folder); "-" reads standard input.
    """
    from promptlint import accept, run, style
    from promptlint.report import render

    done = run.run(options.request(values))
    baseline = values["baseline"] if isinstance(values["baseline"], Path) else None
    if values["write_baseline"]:
        click.echo(style.visible(accept.write_baseline(done, baseline)), err=True)
    done = accept.without_baselined(done, baseline)
    if values["add_ignore"] is not None:
        click.echo(style.visible(accept.add_ignore(done, str(values["add_ignore"]))), err=True)
        return 0
    click.echo(render(_format(values), options.report(done, values)), nl=False, color=True)
    return run.exit_code(done.result, str(values["fail_on"]))


def _format(values: dict[str, object]) -> str:
    if values["statistics"]:
        return "statistics"
    if values["format_"] is not None:
        return str(values["format_"])
    return "bill" if sys.stdout.isatty() and not values["all_"] else "full"
