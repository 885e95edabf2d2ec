"""`promptlint check`: what the prompts cost and what is wrong with them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptlint.cli import options

if TYPE_CHECKING:
    from promptlint.run import Request

FORMATS = ("bill", "full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson")

OF_HOSTS = frozenset({"sarif", "github", "gitlab", "junit", "rdjson"})
"""Formats whose readers know the repository and not where the project begins in it."""


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
@click.option("--config-at", metavar="REV", help="Use the configuration of this git revision.")
@click.option("--write-baseline", is_flag=True, help="Write the present findings to the baseline.")
@click.option("--add-ignore", metavar="REASON", help="Put the findings shown into promptlint.ignore.")
def command(**values: object) -> int:
    """Check prompts: tokens, dollars, and what is wrong.

    PATHS are files and folders (default: this folder); "-" reads standard input.
    """
    from promptlint import accept, repository, run, style
    from promptlint.report import render

    done = run.run(_request(values))
    baseline = values["baseline"] if isinstance(values["baseline"], Path) else None
    if values["write_baseline"]:
        click.echo(style.visible(accept.write_baseline(done, baseline)), err=True)
    done = accept.without_baselined(done, baseline)
    if values["add_ignore"] is not None:
        click.echo(style.visible(accept.add_ignore(done, str(values["add_ignore"]))), err=True)
        return 0
    format_ = _format(values)
    shown = repository.from_top(done) if format_ in OF_HOSTS else done
    click.echo(render(format_, options.report(shown, values)), nl=False, color=True)
    return run.exit_code(done.result, str(values["fail_on"]))


def _request(values: dict[str, object]) -> Request:
    request, revision = options.request(values), values["config_at"]
    if not isinstance(revision, str):
        return request
    from promptlint import git

    return replace(request, config_at=git.commit(Path.cwd(), revision))


def _format(values: dict[str, object]) -> str:
    if values["statistics"]:
        return "statistics"
    if values["format_"] is not None:
        return str(values["format_"])
    return "bill" if sys.stdout.isatty() and not values["all_"] else "full"
