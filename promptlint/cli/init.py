"""`promptlint init`: writes config, hooks and CI of a project, after showing them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptlint.errors import UsageError

if TYPE_CHECKING:
    from promptlint.scaffold import Change, Ci, Plan, Project


@click.command("init")
@click.option(
    "--ci",
    type=click.Choice(["github", "gitlab", "none"]),
    multiple=True,
    help="The CI to set up; can be given twice. Default: what the repository uses already.",
)
@click.option("--forks", is_flag=True, help="GitHub: comment on pull requests from forks, too.")
@click.option("--hooks/--no-hooks", default=True, help="Whether to set up pre-commit. Default: yes.")
@click.option("--yes", "-y", is_flag=True, help="Write without asking.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
def command(**values: object) -> int:
    """Set up promptlint in this repository: a config, pre-commit hooks, and a check of pull requests.

    Shows every change before it asks. A file that is there is added to or left alone, never replaced; a
    second run changes nothing. In a subfolder, the whole repository is set up.

    Exit codes: 0 done, or you said no; 1 something is left to do by hand; 2 a file cannot be written, or
    there is no terminal to ask, and no --yes or --dry-run; 130 interrupted: nothing was written.
    """
    from promptlint import scaffold

    project = scaffold.inspect(Path.cwd(), _ci(values["ci"]))
    plan = scaffold.plan(project, hooks=bool(values["hooks"]), forks=bool(values["forks"]))
    _show(project, plan)
    if not plan.changes:
        click.echo("Nothing to write.")
    elif values["dry_run"]:
        click.echo("Nothing was written: --dry-run.")
    elif values["yes"] or _agreed(len(plan.changes)):
        click.echo(f"Wrote {', '.join(scaffold.write(project, plan))}.\n\nNext:")
        for line in scaffold.next_steps(plan):
            click.echo(f"- {line}")
    else:
        click.echo("Nothing was written.")
    return int(bool(plan.left))


def _show(project: Project, plan: Plan) -> None:
    """What was found, every change in full, and what is left to do by hand."""
    from promptlint import scaffold, style

    color = style.decide_color(sys.stdout, os.environ)
    if project.root != project.folder:
        click.echo(f"The repository: {style.visible(str(project.root))}")
    for line in (*scaffold.found(project), *(f"There already: {item}." for item in plan.present)):
        click.echo(line)
    for change in plan.changes:
        kind = "Add to" if change.original else "New file"
        click.echo(
            f"\n{style.paint(f'{kind}: {style.visible(change.path)}', style.BOLD, color)}\n", color=True
        )
        click.echo(_text(change, color), color=True, nl=False)
    for item in (*plan.left, *plan.notes):
        click.echo(f"\n{item.rstrip()}")
    click.echo("")


def _text(change: Change, color: bool) -> str:
    """A new file as it will be, or what an old one is given."""
    from promptlint import style
    from promptlint.report import diff

    if change.original is None:
        return "".join(f"  {style.visible(line)}\n" if line else "\n" for line in change.new.split("\n")[:-1])
    return diff.render([(change.path, change.old, change.new)], color)


def _agreed(count: int) -> bool:
    if not sys.stdin.isatty():
        raise UsageError(
            "init asks before it writes, and there is no terminal to ask: say --yes or --dry-run"
        )
    what = "this file" if count == 1 else f"these {count} files"
    try:
        return click.confirm(f"Write {what}?", default=False, err=True)
    except click.Abort:
        click.echo("\nNothing was written.", err=True)
        raise


def _ci(value: object) -> tuple[Ci, ...] | None:
    """What the user has chosen; None for nothing."""
    asked = value if isinstance(value, tuple) else ()
    if "none" in asked and len(set(asked)) > 1:
        raise UsageError("--ci none: another CI was asked for, too")
    known: tuple[Ci, ...] = ("github", "gitlab")
    return tuple(each for each in known if each in asked) if asked else None
