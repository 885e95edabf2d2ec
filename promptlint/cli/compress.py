"""`promptlint compress`: a prompt made shorter, with the proof attached."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptlint.cli import options
from promptlint.cli.evaluate import session

if TYPE_CHECKING:
    from promptlint.compress.estimate import Estimate
    from promptlint.compress.files import Found
    from promptlint.compress.gated import Gated
    from promptlint.compress.offline import Target
    from promptlint.compression import Compression
    from promptlint.evals.model import Suite
    from promptlint.evals.session import Setting
    from promptlint.model import Source

_EXITS = {"accepted": 0, "rejected": 1, "undecided": 4}


@click.command("compress")
@click.argument("target", metavar="PATH[::ID]")
@click.option("--budget", type=click.IntRange(min=1), metavar="TOKENS", help="Come down to so many tokens.")
@click.option("--ratio", type=float, metavar="SHARE", help="Come down to this share of the tokens.")
@click.option(
    "--suite", type=click.Path(path_type=Path), metavar="FILE", help="Go as far as this eval suite allows."
)
@click.option("--rewriter", metavar="MODEL", help="Let this model of the suite's host shorten what resists.")
@click.option("--max-calls", type=click.IntRange(min=0), metavar="N", help="Of the search, at most.")
@click.option("--max-cost", type=float, callback=session.amount, metavar="USD", help="Never spend more.")
@click.option("--no-cache", is_flag=True, help="Know no earlier answers, and keep none.")
@click.option("--allow-python", is_flag=True, help="Run the suite's python assertions. They are code.")
@click.option("--record", type=click.Path(path_type=Path), metavar="FILE", help="Write the answers there.")
@click.option("--apply", "apply_", is_flag=True, help="Write what was accepted, or keeps the contract.")
@click.option(
    "--format", "format_", type=click.Choice(["text", "json", "diff"]), default="text", help="Default: text."
)
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write a page for a browser.")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Use this config file.")
@click.option("--isolated", is_flag=True, help="Ignore all config files.")
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Default: auto."
)
def command(**values: object) -> int:
    """Make a prompt shorter by edits that keep its contract, or that an eval suite agrees to.

    Without a suite an edit is made only if every requirement is kept, or said by a line that stays.
    Exit codes: 0 done or accepted, 1 rejected, or the budget was not reached, 2 usage or suite, before
    anything is paid, 3 an edit was refused by the proof, 4 undecided, 130 interrupted.
    """
    from promptlint.compress import files

    target = _target(values)
    config = values["config_file"]
    file = config if isinstance(config, Path) else None
    found = files.found(str(values["target"]), file, bool(values["isolated"]))
    return _offline(found, target, values) if values["suite"] is None else _gated(found, values)


def _target(values: dict[str, object]) -> Target:
    from promptlint.compress.offline import Target
    from promptlint.errors import UsageError

    budget, ratio = values["budget"], values["ratio"]
    if isinstance(ratio, float) and not 0 < ratio <= 1:
        raise UsageError(f"--ratio {ratio:g}: expected a share above 0, 1 at most")
    if values["suite"] is not None and (budget is not None or ratio is not None):
        raise UsageError("--budget and --ratio are for a run without a suite: with one the gate says how far")
    if values["suite"] is None and any(
        values[name] is not None for name in ("rewriter", "max_calls", "record")
    ):
        raise UsageError("--rewriter, --max-calls and --record need a --suite")
    return Target(budget if isinstance(budget, int) else None, ratio if isinstance(ratio, float) else None)


def _offline(found: Found, target: Target, values: dict[str, object]) -> int:
    from promptlint.compress import document, files
    from promptlint.compress.offline import Stop

    done = files.shortened(found, target)
    _show(document.document(done), (found.file.source.text, done.source.text), values)
    if values["apply_"]:
        _write(found, done.source)
    if done.refused:
        return 3
    return int(done.stop is Stop.SHORT)


def _gated(found: Found, values: dict[str, object]) -> int:
    with session.opened(values) as (suite, setting):
        done, interrupted = _searched(found, suite, setting, values)
    text = found.file.source.text
    _show(done.document, (text, done.source.text if done.source else text), values)
    if values["apply_"]:
        _write(found, done.source)
    return 130 if interrupted else _EXITS[done.document.verdict]


def _searched(found: Found, suite: Suite, setting: Setting, values: dict[str, object]) -> tuple[Gated, bool]:
    from promptlint.compress import gated, judging, passes, suites
    from promptlint.evals import recording

    rewriter, most = values["rewriter"], values["max_calls"]
    task = suites.Task(
        ground=found.ground,
        proposals=judging.judged(found.ground, passes.ideas(found.ground)).proposals,
        suite=suite,
        setting=setting,
        rewriter=rewriter if isinstance(rewriter, str) else None,
        most_calls=most if isinstance(most, int) else None,
    )
    result = suites.compressed(task, _tell)
    record = values["record"]
    if isinstance(record, Path) and result.header is not None:
        recording.write(record, result.header, result.exchanges)
    return gated.told(found.file, found.ground, result), result.spent.interrupted


def _tell(estimate: Estimate) -> None:
    """What the run may take, before the first call."""
    from promptlint import style

    if estimate.why_not:
        click.echo(style.visible(estimate.why_not), err=True)
        return
    price = "" if estimate.usd is None else f", about {style.usd(estimate.usd)} (estimated)"
    limit = "" if estimate.usd_most is None else f", {style.usd(estimate.usd_most)} at most"
    cases, calls = style.plural(estimate.search_cases, "case"), style.plural(estimate.calls, "call")
    click.echo(
        f"{style.plural(estimate.parts, 'part')} to try on {cases}, a proof on "
        f"{style.number(estimate.proof_cases)} others: at most {calls}{price}{limit}",
        err=True,
    )


def _write(found: Found, source: Source | None) -> None:
    from promptlint.compress import files

    written = source is not None and files.write(found, source)
    click.echo(f"wrote {found.file.source.path}" if written else "nothing to write", err=True)


def _show(result: Compression, texts: tuple[str, str], values: dict[str, object]) -> None:
    from promptlint import style
    from promptlint.report import diff
    from promptlint.report.compress import html, json, text

    color = style.decide_color(sys.stdout, os.environ, str(values["color"]))
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
