"""`promptlint prompts`: every prompt that was found, and what was taken for none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptlint.cli import options

if TYPE_CHECKING:
    from promptlint.run import Outcome, Request
    from promptlint.verdicts import Evaluated

_CONFIDENCE = 0.95


@click.command("prompts")
@options.shared
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="Default: text."
)
@click.option("--verbose", "-v", is_flag=True, help="Say why each file was taken, or not.")
@click.option(
    "--render",
    "inputs",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Count the prompts with the example inputs of this YAML or JSON file too.",
)
@click.option(
    "--coverage",
    is_flag=True,
    help="List per file what was found, what looks like a prompt but was not taken, and why.",
)
@click.option(
    "--evals",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Say in the manifest what this result of `promptlint eval --format json` shows; may be repeated.",
)
def command(**values: object) -> int:
    """List prompts with tokens, slots, model and price; as JSON, the manifest."""
    from promptlint import owners, run
    from promptlint.errors import UsageError

    inputs = values["inputs"]
    if inputs is not None and values["coverage"]:
        raise UsageError("--render and --coverage are two different reports: ask for one")
    if values["evals"] and values["format_"] != "json":
        raise UsageError("--evals is for the manifest: add --format json")
    request = options.request(values)
    done = run.run(request)
    if values["format_"] == "json":
        done = replace(done, result=owners.of_result(done.result, done.root))
    if values["coverage"]:
        done, text = _coverage(done, request, values)
    else:
        text = _table(done, request, values)
    click.echo(text, nl=False, color=True)
    return run.exit_code(done.result, "never")


def _table(done: Outcome, request: Request, values: dict[str, object]) -> str:
    from promptlint.report import render

    report = replace(options.report(done, values), evaluated=_evaluated(values["evals"]))
    if isinstance(values["inputs"], Path):
        from promptlint import render as rendering

        inputs = rendering.read_inputs(values["inputs"])
        report = replace(report, rendered=rendering.rendered(done, request, inputs))
    return render("manifest" if values["format_"] == "json" else "prompts", report)


def _evaluated(files: object) -> dict[str, tuple[Evaluated, ...]]:
    from promptlint import evaluated
    from promptlint.route import evidence

    assert isinstance(files, tuple)
    found = evidence.found((evaluated.read(file) for file in files), _CONFIDENCE)
    return dict(evidence.by_hash(found))


def _coverage(done: Outcome, request: Request, values: dict[str, object]) -> tuple[Outcome, str]:
    from promptlint import coverage
    from promptlint.report import render

    done, covered = coverage.coverage(done, request)
    report = replace(options.report(done, values), coverage=covered)
    return done, render("coverage-json" if values["format_"] == "json" else "coverage", report)
