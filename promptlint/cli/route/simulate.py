"""`promptlint route simulate`: what traffic would cost, and how good answers would be, once routed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptlint.cli.route import planning

if TYPE_CHECKING:
    from promptlint.route.compiled import Plan
    from promptlint.route.manifest import Entry
    from promptlint.route.simulate.traffic import Traffic


@click.command("simulate")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--policy", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The routing.yaml."
)
@click.option(
    "--traffic",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Logged requests, as JSON lines; may be repeated.",
)
@click.option(
    "--usage",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Instead: assumed volumes, in the usage file of `promptlint plan`.",
)
@click.option("--explain", is_flag=True, help="Show the arithmetic of every prompt.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    help="Default: text. HTML is one page with a plot that loads nothing.",
)
@click.option("--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Default: print it.")
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Default: auto."
)
@planning.options
def command(**values: object) -> int:
    """Simulate how traffic would be routed: share, dollars and quality by tier, against the models in use.

    Without --traffic and --usage the volumes are those that prompts declare (calls_per_month).

    Exit codes: 0 done, 2 usage, policy, manifest or traffic.
    """
    from promptlint import style
    from promptlint.cli.options import write
    from promptlint.report import route as report
    from promptlint.route import reader
    from promptlint.route.simulate import simulated

    plan, entries = planning.plan_and_entries(values)
    place, output = values["policy"], values["output"]
    assert isinstance(place, Path)
    look = report.Look(
        color=output is None and style.decide_color(sys.stdout, os.environ, str(values["color"])),
        width=style.terminal_width(sys.stdout, os.environ),
        explain=bool(values["explain"]),
    )
    found = simulated(plan, reader.read(place), _traffic(values, plan, entries))
    text = report.render(str(values["format_"]), found, look)
    if isinstance(output, Path):
        write(output, text)
    else:
        click.echo(text, nl=False, color=True)
    return 0


def _traffic(values: dict[str, object], plan: Plan, entries: tuple[Entry, ...]) -> Traffic:
    from promptlint.errors import UsageError
    from promptlint.plan import usage
    from promptlint.route.simulate import traffic

    logs, volumes = values["traffic"], values["usage"]
    assert isinstance(logs, tuple)
    if logs and volumes is not None:
        raise UsageError("--traffic and --usage are two sources of requests: give one")
    if logs:
        return traffic.logged(logs, plan, entries)
    found = usage.read(volumes, str(volumes)) if isinstance(volumes, Path) else usage.Usage()
    stray = next(found.strays((entry.id for entry in entries), lambda _: True), None)
    if stray is not None:
        raise UsageError(stray)
    return traffic.assumed(plan, entries, found)
