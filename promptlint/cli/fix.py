"""`promptlint fix`: repairs written back, each one proven."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptlint.cli import gating, options
from promptlint.cli.evaluate import session

if TYPE_CHECKING:
    from promptlint.repair import Asked

_OF_SUITES = ("max_cost", "allow_python", "record", "format_", "html")
SERVICES = ("GITHUB_ACTIONS", "TF_BUILD")
SPELT = "{} would be a command to the CI service and is spelt out; redirect to a file to get it as it is"


@click.command("fix")
@options.shared
@click.option("--unsafe", is_flag=True, help="Apply unsafe fixes too; what each may lose is in its finding.")
@click.option("--diff", is_flag=True, help="Show what would change, and write nothing.")
@click.option("--check", "check_", is_flag=True, help="Only say whether something would change.")
@click.option(
    "--code",
    "only",
    multiple=True,
    callback=options.codes,
    metavar="CODES",
    help="Only fixes of these rules.",
)
@click.option(
    "--suite",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the fixes of one prompt, PATH[::ID] or the suite's, only if this eval suite accepts them.",
)
@gating.shared
def command(**values: object) -> int:
    """Apply the safe fixes to prompts in place.

    With standard input the fixed text goes to standard output. Exit codes: 0 nothing is left, 1 findings are
    left (with --diff or --check: something would change), 3 a proof failed and that fix was not written.
    With --suite: 0 accepted, or nothing to fix, 1 rejected, 2 usage or suite, before anything is paid,
    4 undecided, 130 interrupted.
    """
    from promptlint import repair, style
    from promptlint.errors import UsageError

    asked = repair.Asked(
        unsafe=bool(values["unsafe"]),
        write=not (values["diff"] or values["check_"]),
        codes=frozenset(str(code) for code in values["only"])
        if isinstance(values["only"], tuple)
        else frozenset(),
    )
    if values["suite"] is not None:
        return _gated(asked, values)
    if any(values[name] for name in _OF_SUITES):
        raise UsageError("--max-cost, --allow-python, --record, --format and --html need a --suite")
    done = repair.repair(options.request(values), asked)
    color = style.decide_color(sys.stdout, os.environ, str(values["color"]))
    text = repair.output(done, bool(values["diff"]), color, raw=not sys.stdout.isatty())
    if _to_a_log():
        text, count = style.inert(text)
        if count:
            click.echo(SPELT.format(style.plural(count, "line")), err=True)
    click.echo(text, nl=False, color=True)
    click.echo(repair.summary(done, asked), err=True)
    return repair.exit_code(done, asked)


def _gated(asked: Asked, values: dict[str, object]) -> int:
    """Have a suite judge the fixes of one prompt, all together."""
    from promptlint.compress import files, fixes
    from promptlint.compress.tasks import Task
    from promptlint.model import Safety

    given = options.request(values)
    with session.opened(values) as (suite, setting):
        target = fixes.target(given, suite, setting.folder)
        found = files.found(target, given.config_file, given.isolated)
        least = Safety.UNSAFE if asked.unsafe else Safety.SAFE
        proposals = fixes.proposals(found, given, least, asked.codes)
        if not proposals:
            click.echo("nothing to fix: no model was asked", err=True)
            return 0
        task = Task(found.ground, proposals, suite, setting, searches=False)
        return gating.decided(found, task, values, write=asked.write)


def _to_a_log() -> bool:
    """Whether a CI service reads standard output for commands; a file is not read, so it gets the bytes."""
    if not any(os.environ.get(name, "").lower() == "true" for name in SERVICES):
        return False
    try:
        return not stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except OSError:  # no descriptor: something in this process reads it
        return True
