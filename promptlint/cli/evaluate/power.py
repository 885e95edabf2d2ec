"""`promptlint eval power`: how many cases a margin needs, and what a suite can show, before it is run."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from promptlint.evals.anchors import Anchor
    from promptlint.evals.model import Suite
    from promptlint.evals.planning import Design, Plan


def _finite(ctx: click.Context, param: click.Parameter, value: object) -> object:
    """The number or numbers of an option: NaN lies in every range of click's."""
    given = value if isinstance(value, tuple) else (value,)
    if any(isinstance(item, float) and math.isnan(item) for item in given):
        raise click.BadParameter("not a number", ctx, param)
    return value


_SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)
_HALF = click.FloatRange(0, 0.5, min_open=True, max_open=True)
_MOST_CASES = 100_000


@click.command("power")
@click.argument("suite", type=click.Path(path_type=Path), required=False)
@click.option(
    "--margin",
    type=_SHARE,
    callback=_finite,
    metavar="SHARE",
    help="The acceptable loss of mean score, as 0.03.",
)
@click.option("--alpha", type=_HALF, callback=_finite, help="One-sided. Default: 0.05.")
@click.option("--cases", type=click.IntRange(1, _MOST_CASES), metavar="N", help="So many cases.")
@click.option("--clusters", type=click.IntRange(1), metavar="K", help="The cases come in K equal clusters.")
@click.option("--repeats", type=click.IntRange(1, 1000), metavar="K", help="Answers a case.")
@click.option(
    "--flips",
    type=click.FloatRange(0, 1),
    multiple=True,
    callback=_finite,
    metavar="SHARE",
    help="Share of answers that change by chance; can be given more than once. Default: as the anchor's last "
    "promotion measured it, else 0.02, 0.05, 0.1 and 0.2 are assumed.",
)
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="Default: text."
)
def command(**values: object) -> int:
    """Tell how likely a suite is to accept a candidate that changes nothing, and how many cases that takes.

    Without a suite, --margin says what is asked for. Nothing is sent and nothing paid.

    Exit codes: 0 done; 1 the suite is hopeless: `eval` refuses to pay for it; 2 usage.
    """
    from promptlint import jsondoc, style
    from promptlint.cli.evaluate import plans
    from promptlint.config import root_of
    from promptlint.evals import suite as suites

    path = values["suite"]
    suite = suites.load(path, root_of(path.resolve().parent)) if isinstance(path, Path) else None
    plan = _plan(suite, values)
    if values["format_"] == "json":
        name = suite.path if suite else None
        click.echo(jsondoc.dumps({"schema_version": 1, "suite": name, **plans.to_json(plan)}))
    else:
        for line in plans.lines(plan):
            click.echo(style.visible(line))
    return int(plan.hopeless is not None)


def _plan(suite: Suite | None, values: dict[str, object]) -> Plan:
    """What is asked for: the suite's own numbers, those of options before them."""
    from promptlint.evals import planning

    anchor = _anchor(suite)
    found = _design(suite, anchor, values)
    given = values["flips"]
    if isinstance(given, tuple) and given:
        return planning.plan(found, given, "given")
    if anchor and anchor.flips is not None:
        return planning.plan(found, (anchor.flips,), "measured")
    return planning.plan(found)


def _design(suite: Suite | None, anchor: Anchor | None, values: dict[str, object]) -> Design:
    from dataclasses import replace

    from promptlint.errors import UsageError
    from promptlint.evals import anchors, planning

    margin, alpha, repeats = values["margin"], values["alpha"], values["repeats"]
    if suite is not None:
        if isinstance(margin, float):
            suite = replace(suite, margin=margin)
        budget = anchors.budget(anchor, suite) if anchor and suite.margin is not None else None
        found = planning.design(suite, budget)
    else:
        found = planning.Design(margin, 0.05, ()) if isinstance(margin, float) else None
    if found is None:
        raise UsageError("no margin: the suite declares none, and there is no --margin")
    return planning.Design(
        found.margin,
        alpha if isinstance(alpha, float) else found.alpha,
        _sizes(found.sizes, values["cases"], values["clusters"]),
        repeats if isinstance(repeats, int) else found.repeats,
    )


def _sizes(known: tuple[int, ...], cases: object, clusters: object) -> tuple[int, ...]:
    """The sizes of the clusters: as the options say, else as they are."""
    from promptlint.errors import UsageError

    if not isinstance(cases, int) and not isinstance(clusters, int):
        return known
    count = cases if isinstance(cases, int) else sum(known)
    groups = clusters if isinstance(clusters, int) else count
    if groups > count:
        raise UsageError(f"--clusters {groups}: there are {count} cases only")
    return tuple([count // groups + (place < count % groups) for place in range(groups)])


def _anchor(suite: Suite | None) -> Anchor | None:
    from promptlint.evals import anchors

    return anchors.read(anchors.path_of(Path(suite.path))) if suite else None
