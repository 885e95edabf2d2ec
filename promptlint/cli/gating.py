"""What `compress` and `fix` share where an eval suite decides: options, the run, what is shown."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from promptlint.cli import options
from promptlint.cli.evaluate import session

if TYPE_CHECKING:
    from collections.abc import Callable

    from promptlint.compress.estimate import Estimate
    from promptlint.compress.files import Found
    from promptlint.compress.gated import Gated
    from promptlint.compress.tasks import Result, Task
    from promptlint.compression import Compression
    from promptlint.evals.session import Setting
    from promptlint.model import Source

F = TypeVar("F", bound="Callable[..., object]")

EXITS = {"accepted": 0, "rejected": 1, "undecided": 4}
INTERRUPTED = 130

_SHARED = (
    click.option("--max-cost", type=float, callback=session.amount, metavar="USD", help="Never spend more."),
    click.option("--allow-python", is_flag=True, help="Run the suite's python assertions. They are code."),
    click.option(
        "--record", type=click.Path(path_type=Path), metavar="FILE", help="Write the answers there."
    ),
    click.option(
        "--format",
        "format_",
        type=click.Choice(["text", "json", "diff"]),
        help="How to show the result. Default: text.",
    ),
    click.option(
        "--html", type=click.Path(path_type=Path), metavar="FILE", help="Write a page for a browser."
    ),
)


def shared(function: F) -> F:
    """Add the options that both commands have."""
    for option in reversed(_SHARED):
        function = option(function)
    return function


def decided(found: Found, task: Task, values: dict[str, object], write: bool) -> int:
    """Run a task, show what came of it, and write what was accepted; the exit code.

    Args:
        found: the prompt, with its file.
        task: what is tried, and by which suite.
        values: of the command.
        write: whether what is accepted is written.
    """
    setting = task.setting
    try:
        done, result = _run(found, task, values)
    except KeyboardInterrupt:  # between two calls
        _hint(setting)
        return INTERRUPTED
    text = found.file.source.text
    show(done.document, (text, done.source.text if done.source else text), values)
    if write:
        write_back(found, done.source)
    if result.broke_off:
        _hint(setting)
    return INTERRUPTED if result.spent.interrupted else EXITS[done.document.verdict]


def _run(found: Found, task: Task, values: dict[str, object]) -> tuple[Gated, Result]:
    from promptlint.compress import gated, suites
    from promptlint.evals import recording

    result = suites.compressed(task, _tell)
    record = values["record"]
    if isinstance(record, Path) and result.header is not None:
        recording.write(record, result.header, result.exchanges)
    return gated.told(found.file, found.ground, result), result


def _hint(setting: Setting) -> None:
    """What to do after a run that has not come to its end."""
    kept = "the answers so far are kept: the same command again asks only for what is missing"
    click.echo(kept if setting.store else "with --no-cache no answer was kept", err=True)


def _tell(estimate: Estimate) -> None:
    """What the run may take, before the first call."""
    from promptlint import style

    if estimate.why_not:
        click.echo(style.visible(estimate.why_not), err=True)
        return
    price = "" if estimate.usd is None else f", about {style.usd(estimate.usd)} (estimated)"
    limit = "" if estimate.usd_most is None else f", {style.usd(estimate.usd_most)} at most"
    parts, calls = style.plural(estimate.parts, "part"), style.plural(estimate.calls, "call")
    proof = style.plural(estimate.proof_cases, "case")
    plan = f"{style.plural(estimate.parts, 'edit')}, a proof on {proof}"
    if estimate.search_cases:
        searched = style.plural(estimate.search_cases, "case")
        plan = f"{parts} to try on {searched}, a proof on {style.number(estimate.proof_cases)} others"
    rewrites = f" ({style.number(estimate.rewrites)} of them of the rewriter)" if estimate.rewrites else ""
    click.echo(f"{plan}: at most {calls}{rewrites}{price}{limit}", err=True)


def write_back(found: Found, source: Source | None) -> None:
    """Write the file, and say so."""
    from promptlint.compress import files

    written = source is not None and files.write(found, source)
    click.echo(f"wrote {found.file.source.path}" if written else "nothing to write", err=True)


def show(result: Compression, texts: tuple[str, str], values: dict[str, object]) -> None:
    """Show a result as was asked for: on standard output, and as a page.

    Args:
        result: of a compression.
        texts: of the file, before and after.
        values: of the command.
    """
    from promptlint import style
    from promptlint.report import diff
    from promptlint.report.compress import html, json, text

    color = style.decide_color(sys.stdout, os.environ, str(values["color"]))
    schema = values.get("schema")
    if isinstance(schema, Path) and result.verdict == "accepted" and result.response_schema:
        options.write(schema, result.response_schema + "\n")
    changes = [(result.path, *texts)] if texts[0] != texts[1] else []
    if isinstance(values["html"], Path):
        options.write(values["html"], html.render(result, diff.render(changes)))
    if values["format_"] == "json":
        click.echo(json.render(result), nl=False)
    elif values["format_"] == "diff":
        click.echo(diff.render(changes, color, raw=not sys.stdout.isatty()), nl=False, color=True)
    else:
        look = text.Look(color, style.terminal_width(sys.stdout, os.environ))
        click.echo(text.render(result, diff.render(changes, color), look), nl=False, color=True)
