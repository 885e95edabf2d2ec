"""`promptlint fix`: repairs written back, each one proven."""

from __future__ import annotations

import os
import stat
import sys

import click

from promptlint.cli import options

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
def command(**values: object) -> int:
    """Apply the safe fixes to prompts in place.

    With standard input the fixed text goes to standard output. Exit codes: 0 nothing is left, 1 findings are
    left (with --diff or --check: something would change), 3 a proof failed and that fix was not written.
    """
    from promptlint import repair, style

    asked = repair.Asked(
        unsafe=bool(values["unsafe"]),
        write=not (values["diff"] or values["check_"]),
        codes=frozenset(str(code) for code in values["only"])
        if isinstance(values["only"], tuple)
        else frozenset(),
    )
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


def _to_a_log() -> bool:
    """Whether a CI service reads standard output for commands; a file is not read, so it gets the bytes."""
    if not any(os.environ.get(name, "").lower() == "true" for name in SERVICES):
        return False
    try:
        return not stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except OSError:  # no descriptor: something in this process reads it
        return True
