"""`promptlint plan run`: the plan of the prompts that were found, in one of four formats."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptlint.cli import options

if TYPE_CHECKING:
    from promptlint.plan.build import Asked


@click.command("run")
@options.shared
@click.option(
    "--usage",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What is known of the traffic. Default: promptlint-usage.yaml of the project, if there is one.",
)
@click.option(
    "--evidence",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Results of `promptlint eval` or of routing, as JSON; may be given again.",
)
@click.option(
    "--what-if",
    multiple=True,
    metavar="KEY=VALUE",
    help="Compare with another model or figure: model=gpt-4.1.",
)
@click.option(
    "--compare", "compare_with", metavar="REV", help="Compare with the prompts of this git revision."
)
@click.option("--explain", is_flag=True, help="Print how each figure comes about, and all that it rests on.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "markdown", "html"]),
    default="text",
    help="Default: text. HTML is one page that loads nothing.",
)
def command(**values: object) -> int:
    """Put optimizations in order, each with what it saves after those before it.

    Exit codes: 0 done, 2 usage or configuration, 3 promptlint failed on a file.
    """
    from promptlint import run, style
    from promptlint.plan import build
    from promptlint.report import plan as report
    from promptlint.style import visible

    made = build.made(_asked(values))
    look = report.Look(
        color=style.decide_color(sys.stdout, os.environ, str(values["color"])),
        width=style.terminal_width(sys.stdout, os.environ),
        explain=bool(values["explain"]),
    )
    click.echo(report.render(str(values["format_"]), made.plan, look), nl=False, color=True)
    if values["format_"] != "text":
        for note in made.plan.notes:
            click.echo(f"promptlint: {visible(note)}", err=True)
    return run.exit_code(made.outcome.result, "never")


def _asked(values: dict[str, object]) -> Asked:
    from datetime import UTC, datetime

    from promptlint.plan import build

    given, found, base = values["usage"], values["evidence"], values["compare_with"]
    what_if = values["what_if"]
    return build.Asked(
        request=options.request(values),
        today=datetime.now(UTC).date(),
        usage=given if isinstance(given, Path) else None,
        evidence=tuple(each for each in found if isinstance(each, Path)) if isinstance(found, tuple) else (),
        what_if=tuple(map(str, what_if)) if isinstance(what_if, tuple) else (),
        base=base if isinstance(base, str) else None,
    )
