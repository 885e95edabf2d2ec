"""`promptlint compress`: a prompt made shorter, with the proof attached."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptlint.cli import gating
from promptlint.cli.evaluate import session

if TYPE_CHECKING:
    from promptlint.compress.files import Found
    from promptlint.compress.offline import Target

_OF_SUITES = ("rewriter", "schema", "max_calls", "max_cost", "record")


@click.command("compress")
@click.argument("target", metavar="PATH[::ID]")
@click.option("--budget", type=click.IntRange(min=1), metavar="TOKENS", help="Come down to so many tokens.")
@click.option("--ratio", type=float, metavar="SHARE", help="Come down to this share of the tokens.")
@click.option(
    "--suite", type=click.Path(path_type=Path), metavar="FILE", help="Go as far as this eval suite allows."
)
@click.option(
    "--rewriter", metavar="MODEL", help="Let this model shorten what resists (openai:, anthropic: hosts)."
)
@click.option(
    "--schema",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Try a JSON Schema in the call instead of a format in words; written there if accepted.",
)
@click.option("--max-calls", type=click.IntRange(min=0), metavar="N", help="Of the search, at most.")
@gating.shared
@click.option("--no-cache", is_flag=True, help="Know no earlier answers, and keep none.")
@click.option("--apply", "apply_", is_flag=True, help="Write what was accepted, or keeps the contract.")
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
    if values["suite"] is None and any(values[name] is not None for name in _OF_SUITES):
        raise UsageError("--rewriter, --schema, --max-calls, --max-cost and --record need a --suite")
    return Target(budget if isinstance(budget, int) else None, ratio if isinstance(ratio, float) else None)


def _offline(found: Found, target: Target, values: dict[str, object]) -> int:
    from promptlint.compress import document, files
    from promptlint.compress.offline import Stop

    done = files.shortened(found, target)
    gating.show(document.document(done), (found.file.source.text, done.source.text), values)
    if values["apply_"]:
        gating.write_back(found, done.source)
    if done.refused:
        return 3
    return int(done.stop is Stop.SHORT)


def _gated(found: Found, values: dict[str, object]) -> int:
    from promptlint.compress import judging, passes
    from promptlint.compress.tasks import Task

    rewriter, most = values["rewriter"], values["max_calls"]
    with session.opened(values) as (suite, setting):
        task = Task(
            ground=found.ground,
            proposals=judging.judged(found.ground, passes.ideas(found.ground)).proposals,
            suite=suite,
            setting=setting,
            rewriter=rewriter if isinstance(rewriter, str) else None,
            most_calls=most if isinstance(most, int) else None,
            schemas=values["schema"] is not None,
        )
        return gating.decided(found, task, values, write=bool(values["apply_"]))
