"""`promptlint init`: writes config, hooks and CI of a project, after showing them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptlint.errors import UsageError

if TYPE_CHECKING:
    from promptlint.scaffold import Ci


@click.command("init")
@click.option(
    "--ci", type=click.Choice(["github", "gitlab", "none"]), help="Default: what the project uses already."
)
@click.option("--hooks/--no-hooks", default=True, help="Whether to set up pre-commit. Default: yes.")
@click.option("--yes", "-y", is_flag=True, help="Write without asking.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
def command(**values: object) -> int:
    """Set up promptlint in this project: config, pre-commit hooks, and a check of pull requests.

    Shows every file before it asks. What is there is never overwritten; a second run changes nothing.
    """
    from promptlint import scaffold, style
    from promptlint.report import diff

    project = scaffold.inspect(Path.cwd(), _ci(values["ci"]))
    plan = scaffold.plan(project, hooks=bool(values["hooks"]))
    for line in (*scaffold.found(project), *(f"There already: {item}." for item in plan.present)):
        click.echo(line)
    if plan.changes:
        color = style.decide_color(sys.stdout, os.environ)
        shown = diff.render([(item.path, item.old, item.new) for item in plan.changes], color)
        click.echo(f"\n{shown}", color=True)
    for item in plan.left:
        click.echo(item)
    if not plan.changes:
        click.echo("Nothing to write.")
    elif values["dry_run"]:
        click.echo("Nothing was written: --dry-run.")
    elif values["yes"] or _agreed(len(plan.changes)):
        click.echo(f"Wrote {', '.join(scaffold.write(project, plan))}.")
    else:
        click.echo("Nothing was written.")
    return 0


def _agreed(count: int) -> bool:
    if not sys.stdin.isatty():
        raise UsageError(
            "init asks before it writes, and there is no terminal to ask: say --yes or --dry-run"
        )
    return click.confirm(f"Write {'this file' if count == 1 else f'these {count} files'}?", default=False)


def _ci(value: object) -> Ci | None:
    known: dict[object, Ci] = {"github": "github", "gitlab": "gitlab", "none": "none"}
    return known.get(value)
